"""Who had logged in, and which local account handed the mail in, as a Received line says it.

Both are hints for an administrator. A HELO is not looked at, but what else a sender can have put into a comment is.
"""

import re

from mail.received_words import Words


def read_login(sender: Words, rest: Words, protocol: str) -> str:
    """The account of the login; "yes" where it is not named; empty: there was none.

    `sender` and `rest` are what stands before and behind `by`.
    """
    comments = [c for c in (*sender.comments(), *rest.comments()) if not NOT_A_LOGIN.match(c)]
    for comment in comments:
        match = NAMED.match(comment)
        if match is not None:
            account = next((group for group in match.groups() if group), "")
            return account.strip("<>'\",;:").lower()[:200] or "yes"
    for at, (within, word) in enumerate(sender.items[:-2]):
        if not within and word.lower() == "as" and sender.items[at + 1] == (False, "user"):
            return sender.items[at + 2][1][:200]
    if LOGGED_IN.fullmatch(protocol) or any(UNNAMED.search(comment) for comment in comments):
        return "yes"
    return ""


def read_user(sender: Words, rest: Words) -> str:
    """The local account or user id that handed the mail in; empty: none did."""
    for comment in (*sender.comments(), *rest.comments()):
        match = USER.match(comment)
        if match is not None:
            return next((group for group in match.groups() if group), "")[:40]
    words = [word.lower() for word in rest.plain()]
    for at, word in enumerate(words[:-2]):  # qmail-scanner: `by HOST by uid 502`
        if word == "by" and words[at + 1] == "uid":
            return words[at + 2][:40]
    return ""


# RFC 3848, RFC 6531: an A after the S of LMTP or SMTP (and TLS) says that the sender had logged in. ASMTP: before them.
LOGGED_IN = re.compile(r"(?:E?SMTP|LMTP|UTF8SMTP|UTF8LMTP)S?A|E?ASMTPS?", re.IGNORECASE)
NOT_A_LOGIN = re.compile(r"(?:HELO|EHLO) |[^\s()]* ?\[", re.IGNORECASE)
NAMED = re.compile(
    r"(?:smtp[- ])?(?:authenticated|authentificated|auth\.?) (?:sender|user|as|id)(?: as)?[:= ] ?(\S+)"
    r"|authenticated: (\S+)"
    r"|smtp-auth user (\S+)"
    r"|account (\S+)"
    r"|[a-z]{1,20}mail authenticated user (\S+)"
    r"|auth: [a-z0-9-]{1,20} ([^\s,]+)"
    r"|user=(\S+)"
    r"|sasl (?:login|username)[:= ] ?(\S+)"
    r"|([^\s()]{1,200})@[0-9a-f.:]{2,60} with [a-z0-9-]{1,20}$",
    re.IGNORECASE,
)
UNNAMED = re.compile(
    r"^(?:smtp )?authenticated\b|^user authenticated|^auth=(?:login|plain|cram-md5|xoauth2?)\b"
    r"|^[0-9a-f.:]{2,60} with (?:login|plain|cram-md5|xoauth2?)$"
    r"|\|auth\b",
    re.IGNORECASE,
)
USER = re.compile(
    r"[^()]{0,200}\bfrom userid ([0-9]{1,10})$"
    r"|(?:qmail|nullmailer)\b[^()]{0,100} invoked (?:by uid ([0-9]{1,10})|from (?:network|alias))"
    r"|(?:[^()]{0,330}, ?)?uid ([0-9]{1,10})$"
    r"|from ([^\s@()]{1,40})@localhost$",
    re.IGNORECASE,
)
