"""The loop: one happening, one transaction; the worker; the ticks."""
