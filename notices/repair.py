"""Which of the repair guides in templates/repair/ a mail shows: those for the mailer that the server runs."""

from cases.model import Verdict

# What a mailer is called, in lower case -> the guide. The first that fits.
MAILERS = (
    ("zimbra", "zimbra"),
    ("postfix", "postfix"),
    ("exim", "exim"),
    ("opensmtpd", "opensmtpd"),
    ("sendmail", "sendmail"),
    ("qmail", "qmail"),
    ("courier", "courier"),
    ("netscape", "netscape"),
    ("iplanet", "netscape"),
    ("sun internet mail", "netscape"),
    ("sun one messaging", "netscape"),
    ("sun java system messaging", "netscape"),
    ("oracle communications messaging", "netscape"),
    ("formmail", "formmail"),
    ("exchange 2000", "exchange-old"),
    ("exchange 5", "exchange-old"),
    ("exchange", "exchange"),
    ("microsoft", "iis"),
    ("lotus smtp mta", "lotus-mta"),
    ("domino", "domino"),
    ("groupwise", "groupwise"),
    ("mdaemon", "mdaemon"),
    ("communigate", "communigate"),
    ("hmailserver", "hmailserver"),
    ("mercury", "mercury"),
)
WITHOUT_VERSION = {"microsoft exchange": ("exchange", "exchange-old")}  # the reader knows which it is
GENERAL = "general"


def guides(verdict: Verdict, software: str) -> tuple[str, ...]:
    """The names of the guides, the mailer's own first and the general one last; none where nothing is to be closed."""
    if verdict not in {Verdict.OPEN, Verdict.BOUNCES, Verdict.ACCEPTS}:
        return ()
    return (*named(software), GENERAL)


def named(software: str) -> tuple[str, ...]:
    """The guide for that mailer, if there is one; two where a name without a version may mean either."""
    low = software.strip().lower()
    return WITHOUT_VERSION.get(low) or tuple(guide for word, guide in MAILERS if word in low)[:1]
