"""Putting a block in place and lifting it: one small driver each."""
