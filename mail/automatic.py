"""Whether a machine wrote a message (RFC 3834): such mail is never answered, and commands nothing."""

import re

from mail.parse import Letter
from mail.people import author, return_path


def written_by_machine(letter: Letter) -> str:
    """Why nobody may be answered, in our own words; empty: a person wrote it, as far as it shows.

    Neither Precedence nor X-Auto-Response-Suppress is such a sign: both stand on mail that people wrote.
    """
    if return_path(letter) == "":
        return "its Return-Path is null"
    for value in letter.all("auto-submitted"):
        if value.partition(";")[0].strip().lower() not in {"no", ""}:
            return "it says Auto-Submitted"
    if any(letter.all(name) for name in ANSWERING):
        return "a header says that it was written automatically"
    if letter.first("precedence").strip().lower() in {"auto_reply", "auto-reply"}:
        return "its Precedence says that it is an automatic reply"
    local = author(letter).rpartition("@")[0]
    if MACHINE.fullmatch(local):
        return f"nobody reads mail to {local}@"
    return ""


def answers_automatically(letter: Letter) -> bool:
    """Whether it is an automatic answer: of a vacation program, an out-of-office, a receipt."""
    submitted = letter.first("auto-submitted").partition(";")[0].strip().lower()
    kind = letter.content_type
    return (
        submitted in {"auto-replied", "auto-notified"}
        or any(letter.all(name) for name in ANSWERING)
        or letter.first("precedence").strip().lower() in {"auto_reply", "auto-reply"}
        or kind.report_type == "disposition-notification"
        or (bool(AWAY.match(letter.decoded("subject")[:200])) and bool(written_by_machine(letter) or _answers(letter)))
    )


def says_he_is_away(letter: Letter) -> bool:
    """Whether the subject is that of an absence; some programs that answer for the absent say so in no other way."""
    return bool(AWAY.match(letter.decoded("subject")[:200].strip()))


def _answers(letter: Letter) -> bool:
    return bool(letter.first("in-reply-to") or letter.first("references"))


ANSWERING = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-vacation", "x-mail-autoreply")
MACHINE = re.compile(r"mailer-daemon|mailerdaemon|(?:no|do-?not)[-_.]?reply(?:[-_.+].{0,60})?", re.IGNORECASE)
AWAY = re.compile(
    r"(?:auto(?:matic)?[ -]?(?:reply|response|antwort)|automatische antwort|abwesen(?:d|heit)?(?:sno\w{1,12})?"
    r"|out of (?:the )?office|(?:on )?(?:vacation|holidays?)|réponse automatique|absence(?: du bureau)?"
    r"|respuesta automática|risposta automatica|fuori sede|(?:niet )?afwezig(?:heid\w{0,20})?|automatisch antwoord"
    r"|autosvar|resposta automática|autoreply|auto(?=:))"
    # More words than these, or a date, tell of something else: "Absence of any answer to my complaint".
    r"(?:\s*(?:$|[:(–-])|\s+(?:notice|message|auto|re:|aw:|until|till|from|bis|vom?|jusqu|du|tot|van|[0-9]))",
    re.IGNORECASE,
)
