"""What a driver raises."""


class BlockError(Exception):
    """The driver could not do it; one line that names the thing and what to do."""
