"""What a daemon can be told to do, and to leave to others."""

ROLES = ("intake", "work", "probes", "schedule")
