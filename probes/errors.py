"""Why a test is not run, in one line for a person."""


class CannotTest(Exception):
    """The test cannot be run as things are: vantage point, proxy, resolver, third-party rule."""


class Refused(CannotTest):
    """The address may never be tested: it is not ours, or is no address at all."""
