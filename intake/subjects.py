"""The marks that mail programs put before a subject: "Re:" above an answer, "Fwd:" above a forward, in any language."""

import re

ANSWERS = r"(?:re|aw|sv|odp|antw?|r|rif|ynt|res|vá|отв|回复|答复|回覆)(?:\[[0-9]{1,3}\])?\s{0,2}[:\uff1a]"
FORWARDS = r"(?:fwd?|wg|tr|rv|enc|i|doorst|vb|pd|vs|vl|vidb|videresend|redir\.?|i̇lt|ilt|fs|转发|轉寄)\s{0,2}[:\uff1a]"
ANSWER = re.compile(rf"\s{{0,3}}{ANSWERS}\s{{0,3}}", re.IGNORECASE)
FORWARD = re.compile(rf"\s{{0,3}}{FORWARDS}(?!\s{{0,3}}{ANSWERS})", re.IGNORECASE)
MARK = re.compile(rf"\s{{0,3}}(?:{FORWARDS}|{ANSWERS})\s{{0,3}}", re.IGNORECASE)


def forwards(subject: str) -> bool:
    """Whether it is the subject of a forwarded mail; "Fwd: Re: …" is that of a thread."""
    return FORWARD.match(subject) is not None


def is_anothers(subject: str) -> bool:
    """Whether somebody else wrote the subject first."""
    return MARK.match(subject) is not None


def bare(subject: str) -> str:
    """The subject as it was before somebody answered or forwarded it once."""
    return MARK.sub("", subject, count=1)
