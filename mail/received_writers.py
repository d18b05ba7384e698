"""Which mail system wrote a Received line, by the comments that it wrote behind its own name."""

import re
from enum import Enum

from mail.received_words import Words


class Writer(Enum):
    """What of a mail system matters for reading its line."""

    POSTFIX = "postfix"
    SENDMAIL = "sendmail"
    EXIM = "exim"
    BARE = "bare"  # writes `from HELO [address] by`, without parentheses
    NAMES_ONLY = "names only"  # writes no address: what looks like one is the sender's word
    PICKUP = "pickup"  # writes `from mail pickup service`, `from spooler` for what its own host handed in
    OTHER = "other"


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
    for comment in rest.comments():
        if comment.startswith("Mercury"):
            return Writer.PICKUP
        if EXIM.match(comment):
            return Writer.EXIM
        if BARE.match(comment):
            return Writer.BARE
        if NAMES_ONLY.match(comment):
            return Writer.NAMES_ONLY
    return Writer.OTHER


def confirms(writer: Writer) -> bool:
    """Whether this mail system writes a looked-up name only (or without a caveat) if it leads back to the address.

    Postfix: smtpd(8) writes "unknown" unless the name that belongs to the address has that address (postconf(5),
    reject_unknown_client_hostname). Sendmail: adds "(may be forged)" when it has not (Installation and Operation Guide,
    ${client_resolve}: FORGED; documented from 8.10 on). Exim: a name counts only after it was looked up forwards and
    gave the address (specification, host_lookup; `exim -bh` shows the check). qmail's tcpserver, OpenSMTPD,
    Exchange and whoever is unknown: no such promise.
    """
    return writer in {Writer.POSTFIX, Writer.SENDMAIL, Writer.EXIM}


SENDMAIL = re.compile(
    r"8\.[1-9][0-9]\.[0-9]{1,2}(?:[A-Za-z+][\w.+]{0,12})?/(?:8\.[0-9]{1,2}\.[0-9]{1,2}(?:[A-Za-z+][\w.+]{0,12})?|Submit)"
    r"(?:/[\w.~+-]{1,40})?",
    re.ASCII,
)
EXIM = re.compile(r"Exim [1-9]\.")
# IMail, fetchmail, GMX.
BARE = re.compile(r"SMTPD32|SMTPD-[0-9]|IMail|fetchmail|mp[0-9]{1,4}$", re.IGNORECASE)
# MDaemon before version 10.
NAMES_ONLY = re.compile(r"MDaemon(?:[ .]PRO)?[ .]v[0-9]\.|Merak|VisNetic|LSMTP|LISTSERV|IBM VM", re.IGNORECASE)
