"""Which of the repair guides in templates/repair/ a mail shows: those for the mailer that the server runs."""

from cases.model import Verdict

# What a mailer calls itself, in lower case -> the guide. The first that fits.
MAILERS = (
    ("postfix", "postfix"),
    ("exim", "exim"),
    ("sendmail", "sendmail"),
    ("netscape messaging", "netscape"),
    ("formmail", "formmail"),
    ("exchange", "exchange"),
    ("microsoft", "exchange"),
)
GENERAL = "general"


def guides(verdict: Verdict, software: str) -> tuple[str, ...]:
    """The names of the guides, the mailer's own first and the general one last; none where nothing is to be closed."""
    if verdict not in {Verdict.OPEN, Verdict.BOUNCES, Verdict.ACCEPTS}:
        return ()
    return (*named(software), GENERAL)


def named(software: str) -> tuple[str, ...]:
    """The guide for that mailer, if there is one."""
    low = software.lower()
    return tuple(guide for word, guide in MAILERS if word in low)[:1]
