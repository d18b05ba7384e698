"""Which mail system wrote a Received line, by the comments that it wrote behind its own name."""

import re
from enum import Enum

from mail.received_words import Words


class Writer(Enum):
    """What of a mail system matters for reading its line."""

    POSTFIX = "postfix"
    SENDMAIL = "sendmail"
    EXIM = "exim"
    EXIM_OF_OLD = "exim before 4.21"  # the same layout, but it did not look a name up both ways
    BARE = "bare"  # writes `from HELO [address] by`, without parentheses
    NAMES_ONLY = "names only"  # writes no address: what looks like one is the sender's word
    MDAEMON = "mdaemon"  # writes an address or none, by its version and for some peers: NAMES_ONLY on its own word
    PICKUP = "pickup"  # writes `from mail pickup service`, `from spooler` for what its own host handed in
    ADDRESS_FIRST = "address first"  # writes `from address (EHLO x) by`; with others the first word is the sender's
    OTHER = "other"

    @property
    def exim(self) -> bool:
        """Whether the line has the layout of Exim."""
        return self in {Writer.EXIM, Writer.EXIM_OF_OLD}

    @property
    def names_only(self) -> bool:
        """Whether an address in the line may be the sender's word."""
        return self in {Writer.NAMES_ONLY, Writer.MDAEMON}


def writer_of(rest: Words) -> Writer:
    """Tell the writer from what stands behind `by`. A renamed Postfix, and Sendmail before 8.10, are OTHER."""
    # `by NAME (Postfix) with`: the comment that follows the name at once.
    own = rest.items[1][1] if len(rest.items) > 1 and rest.items[1][0] else ""
    if own == "Postfix":
        return Writer.POSTFIX
    if SENDMAIL.fullmatch(own):
        return Writer.SENDMAIL
    if any(word.upper().startswith("SMTPSVC") for word in rest.plain()):
        return Writer.PICKUP
    # What is remarked behind a recipient may belong to him.
    for comment in rest.before(next(iter(rest.places("for")), len(rest.items))).comments():
        if comment.startswith("Mercury"):
            return Writer.PICKUP
        exim = EXIM.match(comment)
        if exim is not None:
            return Writer.EXIM if (int(exim["major"]), int(exim["minor"])) >= (4, 21) else Writer.EXIM_OF_OLD
        if BARE.match(comment):
            return Writer.BARE
        if MDAEMON.match(comment):
            return Writer.MDAEMON
        if NAMES_ONLY.match(comment):
            return Writer.NAMES_ONLY
    by_address = TEN.fullmatch(rest.first()) is not None and rest.following("with")[:1] == ["SMTPs"]
    return Writer.ADDRESS_FIRST if by_address or YAHOO.search(rest.first()) else Writer.OTHER


def confirms(writer: Writer) -> bool:
    """Whether this mail system writes a looked-up name only (or without a caveat) if it leads back to the address.

    Postfix: smtpd(8) writes "unknown" unless the name that belongs to the address has that address (postconf(5),
    reject_unknown_client_hostname). Sendmail: adds "(may be forged)" when it has not (Installation and Operation Guide,
    ${client_resolve}: FORGED; documented from 8.10 on). Exim: a name counts only after it was looked up forwards and
    gave the address (specification, host_lookup; `exim -bh` shows the check), but before 4.21 any of the names of an
    address could be written once one of them did so, and before 4.01 none had to (host_name_lookup in src/host.c tells
    that history). qmail's tcpserver, OpenSMTPD, Exchange, MDaemon and whoever is unknown: no such promise.
    """
    return writer in {Writer.POSTFIX, Writer.SENDMAIL, Writer.EXIM}


# Yahoo and AOL: their hosts call themselves so, or by an inner address, and then with a small s behind SMTP.
YAHOO = re.compile(r"\.(?:yahoo|aol)\.com\.?$", re.IGNORECASE)
TEN = re.compile(r"10(?:\.[0-9]{1,3}){3}", re.ASCII)
SENDMAIL = re.compile(
    r"8\.[1-9][0-9]\.[0-9]{1,2}(?:[A-Za-z+][\w.+]{0,12})?/(?:8\.[0-9]{1,2}\.[0-9]{1,2}(?:[A-Za-z+][\w.+]{0,12})?|Submit)"
    r"(?:/[\w.~+-]{1,40})?",
    re.ASCII,
)
EXIM = re.compile(r"Exim (?P<major>[1-9])\.(?P<minor>[0-9]{1,4})", re.ASCII)
# IMail, fetchmail, GMX.
BARE = re.compile(r"SMTPD32|SMTPD-[0-9]|IMail|fetchmail|mp[0-9]{1,4}$", re.IGNORECASE)
MDAEMON = re.compile(r"MDaemon", re.IGNORECASE)
NAMES_ONLY = re.compile(r"Merak|VisNetic|LSMTP|LISTSERV|IBM VM", re.IGNORECASE)
