"""Which mail program wrote a message: only to tell its user how to get the full headers there."""

import re

from mail.parse import Letter

SIGNS: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None, re.Pattern[str] | None], ...] = (
    # name, in X-Mailer or User-Agent, in Message-ID, in the boundary
    (
        "thunderbird",
        re.compile(r"thunderbird|icedove|betterbird|seamonkey", re.I),
        None,
        re.compile(r"^-{12}[A-Za-z0-9]{20,}$"),
    ),
    ("apple", re.compile(r"apple mail|iphone mail|ipad mail", re.I), None, re.compile(r"^Apple-(?:Mail|Webmail)")),
    ("yahoo", re.compile(r"yahoo|ymail", re.I), re.compile(r"@mail\.yahoo\.com>$", re.I), None),
    (
        "outlook-web",
        re.compile(r"outlook web|owa/", re.I),
        re.compile(r"\.(?:prod\.outlook|prod\.exchangelabs)\.com>$", re.I),
        None,
    ),
    (
        "outlook",
        re.compile(r"microsoft (?:outlook|office outlook|exchange)|^outlook", re.I),
        None,
        re.compile(r"^----=_NextPart_"),
    ),
    ("gmail", re.compile(r"gmail", re.I), re.compile(r"@mail\.gmail\.com>$", re.I), None),
)


def client_of(letter: Letter) -> str:
    """gmail, outlook, outlook-web, apple, thunderbird or yahoo; empty: unknown."""
    program = f"{letter.first('x-mailer')} {letter.first('user-agent')}".strip()[:300]
    message_id = letter.first("message-id")[-300:].strip()
    boundary = letter.content_type.boundary.decode("ascii", "replace")
    for name, in_program, in_id, in_boundary in SIGNS:
        if program and in_program.search(program):
            return name
        if in_id is not None and in_id.search(message_id):
            return name
        if in_boundary is not None and not program and in_boundary.search(boundary):
            return name
    return ""
