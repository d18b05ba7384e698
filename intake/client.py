"""Which mail program wrote a message: only to tell its user how to get the full headers there."""

import re

from intake.inline_forward import inline_forward
from mail.encoded import decoded_text
from mail.html import text_of
from mail.parse import Letter


def client_of(letter: Letter) -> str:
    """A name of `CLIENTS`; empty: unknown.

    In this order: what the program says of itself, what it writes below a text, what its Message-ID and its boundary
    look like, and how it begins a forwarded mail. A mail from a telephone went through somebody's server: what the
    telephone wrote counts more than the Message-ID.
    """
    program = f"{letter.first('x-mailer')} {letter.first('user-agent')}".strip()[:300]
    text = _beginning(letter)
    forward = inline_forward(text)
    above = text if forward is None else "\n".join(text.split("\n")[: forward.start])
    return (
        _first(PROGRAMS, program)
        or _first(SIGNATURES, above)
        or _first(MESSAGE_IDS, letter.first("message-id")[-300:].strip())
        or ("" if program else _first(BOUNDARIES, letter.content_type.boundary.decode("ascii", "replace")[:200]))
        or ("" if program or forward is None or forward.style not in CLIENTS else forward.style)
    )


CLIENTS = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "gmail outlook outlook-web outlook-mac outlook-mobile apple iphone android k9 fairemail thunderbird yahoo "
        "zimbra roundcube proton gmx evolution kmail mutt notes claws"
    ).split()
)
TEXT_LIMIT = 20_000  # octets of a text that are looked at

Signs = tuple[tuple[str, re.Pattern[str]], ...]
# In X-Mailer or User-Agent.
PROGRAMS: Signs = (
    ("outlook-mobile", re.compile(r"outlook[ -]?(?:for )?(?:ios|android|mobile)", re.I)),
    ("outlook-mac", re.compile(r"microsoft-?(?:macoutlook|outlook for mac|entourage)", re.I)),
    ("outlook-web", re.compile(r"outlook (?:web|live)|\bowa\b|hotmail", re.I)),
    ("outlook", re.compile(r"microsoft (?:office )?outlook|microsoft (?:windows live mail|exchange)|^outlook", re.I)),
    ("k9", re.compile(r"\bk-9\b|thunderbird (?:\w{1,10} )?for android", re.I)),
    ("fairemail", re.compile(r"fairemail", re.I)),
    ("thunderbird", re.compile(r"thunderbird|icedove|betterbird|seamonkey", re.I)),
    ("iphone", re.compile(r"iphone mail|ipad mail", re.I)),
    ("apple", re.compile(r"apple mail|\bmac os x mail", re.I)),
    ("yahoo", re.compile(r"yahoo|ymail|\baol\b", re.I)),
    ("zimbra", re.compile(r"zimbra", re.I)),
    ("roundcube", re.compile(r"roundcube", re.I)),
    ("evolution", re.compile(r"evolution", re.I)),
    ("kmail", re.compile(r"kmail", re.I)),
    ("claws", re.compile(r"claws mail|sylpheed", re.I)),
    ("mutt", re.compile(r"\b(?:neo)?mutt\b", re.I)),
    ("notes", re.compile(r"lotus notes|(?:hcl|ibm) notes|lotus domino", re.I)),
    ("gmx", re.compile(r"\bgmx\b|web\.de", re.I)),
    ("android", re.compile(r"\bandroid\b|samsung|blackberry", re.I)),
    ("gmail", re.compile(r"gmail", re.I)),
)
# Below a text, until somebody changes it; in the languages of the telephones.
SENT_FROM = (
    r"(?:sent from|envoyé (?:de|depuis)|(?:von meinem|gesendet von|gesendet mit)|enviado (?:desde|do|a partir do)"
    r"|inviato da(?:l)?|verstuurd vanaf|verzonden (?:vanaf|met)|skickat från|sendt fra|wysłane z|odesláno z|odoslané z"
    r"|lähetetty|отправлено с)"
)
SIGNATURES: Signs = (
    ("outlook-mobile", re.compile(r"\bOutlook (?:for|für|pour|para|per|voor|för|til|dla|pro) (?:iOS|Android)\b", re.I)),
    ("yahoo", re.compile(rf"{SENT_FROM}[^\n]{{0,30}}\b(?:yahoo|aol)\b", re.I)),
    ("proton", re.compile(rf"{SENT_FROM}[^\n]{{0,30}}\bproton ?mail\b", re.I)),
    ("gmx", re.compile(rf"{SENT_FROM}[^\n]{{0,30}}\b(?:gmx|web\.de)\b", re.I)),
    ("iphone", re.compile(rf"{SENT_FROM}[^\n]{{0,25}}\b(?:iphone|ipad)", re.I)),
    ("k9", re.compile(rf"{SENT_FROM}[^\n]{{0,60}}\b(?:k-9|thunderbird (?:for|für|pour|para|per|voor) android)", re.I)),
    ("android", re.compile(rf"{SENT_FROM}[^\n]{{0,40}}\b(?:android|samsung|galaxy|blackberry|huawei|xiaomi)", re.I)),
)
MESSAGE_IDS: Signs = (
    ("yahoo", re.compile(r"@mail\.(?:yahoo|aol)\.com>$", re.I)),
    ("outlook-web", re.compile(r"\.(?:prod\.outlook|prod\.exchangelabs|phx\.gbl)\.?(?:com)?>$", re.I)),
    ("gmail", re.compile(r"@mail\.gmail\.com>$", re.I)),
    ("proton", re.compile(r"@(?:protonmail\.(?:com|ch)|proton\.me|pm\.me)>$", re.I)),
    ("gmx", re.compile(r"@(?:[\w.-]{0,60}\.)?(?:3c-app-(?:gmx|webde)[\w-]{0,30}|trinity-[\w-]{0,60})>$", re.I)),
    ("zimbra", re.compile(r"\.JavaMail\.zimbra@", re.I)),
)
BOUNDARIES: Signs = (
    ("thunderbird", re.compile(r"^-{12}[A-Za-z0-9]{20,}$")),
    ("apple", re.compile(r"^Apple-(?:Mail|Webmail)")),
    ("outlook", re.compile(r"^----=_NextPart_")),
    ("outlook-web", re.compile(r"^_[0-9]{3}_[A-Z0-9]{20,}")),
)


def _first(signs: Signs, text: str) -> str:
    return next((name for name, sign in signs if sign.search(text)), "")


def _beginning(letter: Letter) -> str:
    """The first text of a letter, as far as a signature is looked for; the rest of a forwarded mail says nothing."""
    for part in letter.texts[:4]:
        text = decoded_text(part.content[:TEXT_LIMIT], part.charset)
        if text.strip():
            return text_of(text) if part.content_type == "text/html" else text
    return ""
