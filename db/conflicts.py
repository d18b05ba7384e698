"""What says that another transaction was faster."""


class Conflict(Exception):
    """The case was saved by somebody else since it was read: read it again, and decide again."""


class AlreadyOpen(Exception):
    """Another open case has one of these addresses: at most one case a server is open."""
