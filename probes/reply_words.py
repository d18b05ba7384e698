"""The words in which mail servers refuse: one table a meaning, each line with an answer that a real server gives.

Read are the words of an answer after `plain` has taken out what is no word of its own: addresses, codes, line ends.
Every pattern is bounded, so that reading is linear in the answer, whatever it holds.
"""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Words:
    """Patterns that mean the same; each beside an answer that a test reads with it."""

    lines: tuple[tuple[str, str], ...]

    def __contains__(self, text: str) -> bool:
        return self._pattern.search(text) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile("|".join(pattern for pattern, _ in self.lines), re.IGNORECASE)


# It does not pass on mail of strangers: what the test asks for. `relay` itself stands alone, see `RELAY`.
STRANGERS = Words(
    (
        (r"rcpthosts", "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
        (r"not (?:a )?local host\b|\bnot a gateway", "not local host omr-probe.example.org, not a gateway"),
        (r"\bgatewaying\b", "gatewaying is not done here"),
        (
            r"\b(?:authenti\w{0,12}|authori[sz]ation|log-?in|auth)\b (?:is |first ){0,2}(?:required|needed)",
            "SMTP authentication is required.",
        ),
        (
            r"\brequires? (?:smtp[- ]?)?(?:authentication|auth|log-?in)\b",
            "This mail server requires authentication when attempting to send to a non-local e-mail address.",
        ),
        (
            r"\b(?:must|have to|need to|please) (?:first )?(?:authenticate|log ?in|use auth)\b|\bnot authenticated",
            "you must authenticate first",
        ),
        (r"\bsmtp[- ]?auth(?:entication)?\b", "Please turn on SMTP Authentication in your mail client"),
        (
            r"\bwith(?:out)? (?:proper |prior )?authentication\b",
            "Remote sending only allowed with authentication",
        ),
        (
            r"\b(?:recipient|domain|user|host|address) (?:is )?not (?:local|served|hosted|handled)\b",
            "User not local; please try <n@omr-probe.example.org>",
        ),
        (r"\bnon-?local (?:e-?mail |mail )?(?:recipient|domain|user|address)", "mail for non-local users is not taken"),
        (r"\bno such domain (?:at this location|here)", "No such domain at this location"),
        (
            r"\b(?:do|does|can|will|can ?not|wo|am|are)(?:n't| not)? (?:able to )?"
            r"(?:accept|handle|take|deliver|serve|forward|relay) (?:any )?(?:e?-?mail|messages) (?:for|to)\b",
            "I cannot deliver mail for <n@omr-probe.example.org>",
        ),
        (r"\bnot (?:in|among) (?:my|our) (?:local |hosted )?domains", "that domain is not among our domains"),
    )
)
RELAY = re.compile(r"\brel(?:ay(?:s|ed|ing)?|ais|aye|ayen)\b|\u4e2d\u7d99", re.IGNORECASE)
# In a 4yz the word alone may tell of a host that did not answer: there the refusal has to be said.
DENIED = re.compile(
    r"\brelay\w{0,3}\b[^.;]{0,60}\b(?:denied|deny|refused?|rejected|prohibited|disallowed|forbidden|restricted"
    r"|not (?:be )?(?:allowed|permitted|authori[sz]ed|accepted|enabled|supported|done))\b"
    r"|(?:\bnot\b|\bno\b|n't|\bcannot|unable to|\bden(?:y|ied)|\brefused?)[^.;]{0,40}\brelay",
    re.IGNORECASE,
)
NOT_NOW = re.compile(
    r"temporar|try (?:it )?(?:again )?later|at this time|\bbusy\b|time[d -]{0,2}out|unavailable", re.IGNORECASE
)
# `relay` in what is said of *us*, or in a name.
RELAY_OF_OURS = re.compile(
    r"(?<!not an )\bopen[- ](?:mail[- ]|smtp[- ])?(?:relay|proxy|proxies)(?:s|ing)?\b"
    r"|\b(?:your|sending|connecting|insecure|unsecured?|unresolvable|remote|client) (?:mail |smtp )?relays?\b"
    r"(?! (?:attempt|request))"
    r"|\brelay (?:host ?)?name\b"
    r"|(?<!not a )\b(?:spam|known|listed|suspected|abused)[- ](?:mail |smtp )?relays?\b"
    r"|\brelay (?:spam\w{0,8}|(?:block|black|deny)[- ]?list|tests?|test(?:er|ing)s?|prob(?:es?|ing)"
    r"|scan(?:s|n\w{2,4})?)\b",
    re.IGNORECASE,
)

# There is no such mailbox: final, whatever the code says. With soft_bounce, Postfix turns every 5yz into a 4yz.
NO_MAILBOX = Words(
    (
        (
            r"\b(?:user|recipient|mailbox) unknown\b",
            "Recipient address rejected: User unknown in virtual mailbox table",
        ),
        (r"\b(?:unknown|no such|invalid) (?:user|recipient|mailbox)\b", "no such user here"),
    )
)

# Temporary for everybody who comes for the first time, or too often: it will be asked again.
COME_BACK = Words(
    (
        (r"gr[ae]y-?\s?list", "<n@omr-probe.example.org>: Recipient address rejected: Greylisted, see http://..."),
        (r"\bfirst time .{0,40}seen|postgrey", "first time this triplet was seen"),
        (r"\b(?:again|back|retry) in \d+", "please come back in 00:05:00"),
        (
            r"\bnot yet (?:been )?authori[sz]ed",
            "203.0.113.5 is not yet authorized to deliver mail from <x@T> to <n@T>. Please try later.",
        ),
        (r"\btoo (?:many|much|fast)\b", "Error: too many connections from 203.0.113.5"),
        (r"\brate[- ]?limit|\bthrottl|\bslow down", "rate limit exceeded"),
        (r"\b(?:server|too|system) (?:is )?busy", "Server busy. Please try again later from [203.0.113.5]."),
        (r"\bverification in progress", "unverified address: Address verification in progress"),
        (r"\brelay\w{0,3} temporarily", "Relaying temporarily denied. Cannot resolve PTR record for 203.0.113.5"),
        (r"\btemporar\w{2,4} deferred", "Messages from 203.0.113.5 temporarily deferred"),
    )
)

# On a list, or taken for somebody who should be. A login is then asked of us and of nobody else.
LISTED = Words(
    (
        (
            r"(?:black|block|deny)-?\s?list|\bdnsbl|\brbls?\b|\brhsbl|(?<!not )\blisted (?:in|on|at|by|as)\b"
            r"|\b(?:is|are|been) (?:\w{1,12} )?listed\b|spamhaus|spamcop|sorbs|barracuda|\bcbl\b"
            r"|liste noire|lista negra",
            "Service unavailable; Client host [203.0.113.5] blocked using zen.spamhaus.org",
        ),
        (r"\breputation\b|\bbanned\b|\bblocked\b|\bgesperrt\b|\bbloqu", "Access denied, banned sending IP"),
        (
            r"(?<!not an )\bopen[- ](?:mail[- ]|smtp[- ])?(?:relay|proxy)|\binsecure (?:mail )?relay",
            "Rejecting open proxy",
        ),
    )
)
# At a submission port it says so of everybody who has not logged in; at port 25 it is about our address.
NO_CLIENT = Words(
    ((r"\bclient host rejected: access denied", "<unknown[203.0.113.5]>: Client host rejected: Access denied"),)
)
# About our address, our name, our sender or what we are taken for.
ABOUT_US = Words(
    (
        (r"\btoo (?:many|much)\b(?! hops)", "Too many unknown RCPT TO addresses from host"),
        (r"\bspam|unsolicited|\bzombie|\bdynamic\b", "we do not accept mail from dynamic ips"),
        (r"\bips?\b|\bclient (?:host|address|name)\b", "Client host rejected: Access denied"),
        (
            r"\byour (?:host|hostname|address|server|mailer|network|domain|country|provider|isp|mta|remotehost"
            r"|(?:mail |smtp )?relay|(?:e-?mail|mail) (?:server|address|system))\b",
            "sorry, your remotehost looks suspiciously like spammer",
        ),
        (
            r"\b(?:from|to) (?:that|your) country|\byou are not (?:allowed|permitted|welcome)\b"
            r"(?! to (?:relay|deliver))",
            "Not allowed to send from that country",
        ),
        (r"\b(?:sending|connecting|remote|peer) (?:ip|host|server|mta|address|system)", "remote host refused"),
        (
            r"reverse[- ](?:dns|lookup|name|mapping)|\brdns\b|\bptr\b|name lookup failed"
            r"|can(?:not|'t) (?:find|resolve) your|hostname mismatch|\brelay (?:host ?)?name\b",
            "Client host rejected: cannot find your hostname",
        ),
        (r"\bhelo|\behlo|\bhello name", "Access denied - Invalid HELO name (See RFC2821 4.1.1.1)"),
        (
            r"\bsenders?\b|return-?\s?path|reverse-?path|\benvelope[- ]from|\bmail from\b|\bfrom address|\bfrom you\b"
            r"|\bspf\b|\bdmarc\b|badmailfrom|\boriginator",
            "sorry, your envelope sender is in my badmailfrom list (#5.7.1)",
        ),
        (
            r"\babsender|\S?metteur\b|\bexp\S{1,2}diteur|\bremitente\b|\bremetente\b|\bmittente\b|\bnadawc|\bafzender",
            "5.1.0 Emetteur invalide. Invalid Sender.",
        ),
        (r"(?<!recipient )\b(?:verif(?:y|ication)|callback|callout)\b", "Verification failed for <x@T>"),
    )
)

# A domain could not be looked up. It is our sender's, or our recipient's: the same, and no word about strangers.
DOMAIN_UNKNOWN = Words(
    (
        (
            r"\bdomain\b[^.;]{0,80}\b(?:not found|(?:not|n't|must) (?:exist|resolve)|unknown|invalid)\b",
            "<x@T>: Sender address rejected: Domain not found",
        ),
        (r"unresolvable|unrouteable|unroutable", "Unrouteable address"),
        (
            r"\b(?:unknown|invalid|bad|nonexist[ae]nt|non-exist[ae]nt|dead) domain",
            "RCPT address has non-existant domain",
        ),
        (r"\b(?:bad|unknown) (?:destination )?host\b|\bhost (?:name )?(?:unknown|not found)\b", "bad destination host"),
        (r"\bnull ?mx\b|\bno mx\b|\bdoes(?: not|n't) accept mail\b(?! (?:for|to))", "Recipient address has null MX"),
        (r"\bundeliverable address|\bunverified address|\bdns (?:hard )?error", "undeliverable address: host said: no"),
    )
)
TO_RECIPIENT = re.compile(r"\brecipient|\brcpt|\bdestination\b", re.IGNORECASE)

# At the end of DATA: about what our message looks like.
OUR_MESSAGE = Words(
    (
        (r"\bspam|unsolicited|\bbulk\b|\bjunk|\bscore", "this message scored 7.1 spam points"),
        (r"\bvirus|infected|malware|phish|attachment", "message contains a virus"),
        (
            r"\bcontent\b|\bheaders?\b|\bsubject\b|\bsignature\b|\bdkim\b|\bmessage-id\b",
            "5.7.1 message content rejected",
        ),
        (r"\bsize\b|too (?:large|big|long)\b", "5.3.4 Message size exceeds fixed limit"),
    )
)

TLS_DEMANDED = Words(
    (
        (r"\bstarttls\b", "5.7.0 Must issue a STARTTLS command first"),
        (
            r"\b(?:tls|ssl|encryption|encrypted|secure connection)\b[^.;]{0,40}\b(?:required|needed|mandatory|first)\b",
            "5.7.10 Encryption required",
        ),
        (r"\b(?:must|requires?|need to)\b[^.;]{0,40}\b(?:tls|ssl|encrypt)", "Session must be encrypted"),
    )
)

ADDRESS_LIKE = re.compile(r'<[^<>\n]*>|"[^"\n]*"@\S*|"[^"@%\n]*[@%][^"\n]*"|(?<!\S)\S*[@%]\S*|(?<!\S)[\w.-]{1,253}!\S+')
NAME_LIKE = re.compile(r"https?://\S*|\b(?:[a-z0-9_-]{1,63}\.){1,10}[a-z]{2,24}\b(?!\.)", re.IGNORECASE)
LINE_CODE = re.compile(
    r"^[ \t]{0,3}(?:\d{3}[ -])?[ \t]{0,3}#?[245]\.\d{1,3}\.\d{1,3}\b[:\t ]*|\(?#[245]\.\d{1,3}\.\d{1,3}\)?", re.M
)
APOSTROPHE = re.compile("[\u2018\u2019\u00b4`]")


def bare(text: str) -> str:
    """The text without addresses: ours contain words like "relaytest", and a server repeats them."""
    return ADDRESS_LIKE.sub(" ", text)


def plain(text: str) -> str:
    """The words of an answer as one line: no addresses, and no enhanced codes that stand between them (RFC 2034)."""
    return " ".join(bare(LINE_CODE.sub(" ", APOSTROPHE.sub("'", text))).split())


def nameless(text: str) -> str:
    """The words without host names and web addresses, of which some contain "relay"."""
    return NAME_LIKE.sub(" ", text)
