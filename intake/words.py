"""What the writer of a message wrote himself: its text without quotations and without what we had sent him."""

import itertools
import re
from functools import lru_cache

from intake.inline_forward import inline_forward
from intake.pasted_headers import blocks
from mail.html import is_page, text_of
from mail.parse import Letter, Part


def plain_text(letter: Letter) -> str:
    """The text of a message: its plain form, else its HTML made plain."""
    plain = [part for part in letter.texts if part.content_type == "text/plain" and part.text.strip()]
    chosen = plain or [part for part in letter.texts if part.content_type != "text/plain"]
    return "\n".join(_as_plain(part) for part in chosen).replace("\r\n", "\n").replace("\r", "\n")


def own_lines(text: str, sent: str | None = None) -> list[str]:
    """The lines that the writer wrote, empty ones left out; `sent` is our notice that he answers.

    What mail programs quote is marked by `>`, or indented, or stands below a line that they write above it. What
    stands in our own notice is subtracted where it also stands there in the same order: a lone "FIXED" is his, though
    we wrote it too.
    """
    raw = [line[:WIDTH_LIMIT] for line in text.split("\n", LINES_LIMIT)[:LINES_LIMIT]]
    stripped = [line.strip() for line in raw]
    forward = inline_forward("\n".join("" if QUOTED.match(line) else line for line in stripped))
    lines = []
    at, end = 0, len(raw) if forward is None else forward.start
    while at < end:
        line = stripped[at]
        if RULED.match(line) or raw[at].rstrip("\r") in {"-- ", "--"}:
            break
        attributed = attribution(stripped, at) if line else 0
        if attributed:
            at = _below_indented(raw, at + attributed)
            continue
        if line and not QUOTED.match(line) and not BY_TELEPHONE.match(line):
            lines.append(line)
        at += 1
    return _without(lines, sent) if sent else lines


@lru_cache(maxsize=4)  # several rules ask for it of one message
def page_text(source: str) -> str:
    """The text of a page, as `mail.html.text_of` gives it."""
    return text_of(source)


@lru_cache(maxsize=16)  # several rules ask for them of one message
def own_words(text: str) -> str:
    """What the writer says himself: without quotations and disclaimers, as far as the first header in the text."""
    found = blocks(text)
    lines = text.split("\n")
    forward = inline_forward(text)
    ends = [start for start in (found[0].start if found else -1, forward.start if forward else -1) if start >= 0]
    said = own_lines("\n".join(lines[: min(ends)] if ends else lines))
    return "\n".join(itertools.takewhile(lambda line: not DISCLAIMER.match(line), said))


LINES_LIMIT = 5_000
WIDTH_LIMIT = 10_000  # characters of a line
QUOTED = re.compile(r"[>|]")
RULED = re.compile(r"_{20,}$")
ATTRIBUTION = re.compile(
    r"(?:on|am|le|el|il|op|den|em|dnia|w dniu|dne|il giorno)\b.{0,300}"
    r"\b(?:wrote|schrieb|écrit|escribió|scritto|schreef|geschreven|skrev|escreveu|napisał\(?a?\)?"
    r"|napsal\(?a?\)?)(?!\w)"
    r".{0,100}:?$",
    re.IGNORECASE,
)
OPENS = re.compile(r"(?:on|am|le|el|il|op|den|em|dnia|w dniu|dne)\b.{0,40}[0-9]", re.IGNORECASE)
COLONS = (":", "\uff1a")
DAY = re.compile(r"(?:19|20)[0-9]{2}(?![0-9])|(?<![0-9])[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2}(?![0-9])")
TIME = re.compile(r"(?<![0-9.])[0-9]{1,2}[:.][0-9]{2}(?![0-9.])")
# How programs say it, in the languages that they speak; looked up word by word, for a text may have many lines.
WROTE = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "wrote writes said schrieb schreibt schrieben geschrieben geschreibt écrit écrivait escribió escribio escribe "
        "scritto scrisse scrive scriveva schreef geschreven schrijft skrev skriver escreveu escriu escriuré napisał "
        "napisała pisze napsal napsala pisał píše kirjoitti kirjutas pisal napisao napisal napisala napísal napísala "
        "parašė rašė rakstīja írta scris yazdı yazmış пишет писал писала пише написал написала написав написа "
        "έγραψε viết menulis כתב כתבה كتب كتبت"
    ).split()
)
WROTE_UNSPACED = re.compile(r"(?:写道|寫道|写到|のメール|書きました|작성|쓴 글)(?!\w)")
WORD = re.compile(r"[^\W\d_]+")
BY_TELEPHONE = re.compile(
    r"(?:sent from (?:my|the)?\b|get outlook for\b|outlook für\b|von meinem .{1,40} gesendet"
    r"|gesendet von (?:mein|outlook)"
    r"|envoyé (?:de|depuis) mon|télécharger outlook|enviado (?:desde|do) m[ie]|obtener outlook|inviato da(?:l mio)? i"
    r"|scarica outlook|verstuurd vanaf|download outlook|skickat från min|sendt fra min|wysłane z)",
    re.IGNORECASE,
)
DISCLAIMER = re.compile(
    r"(?:disclaimer\b|confidentiality (?:notice|note)|(?:this|the information in this) (?:e-?mail|message"
    r"|communication)\b"
    r".{0,80}\b(?:confidential|intended|privileged|attach)|(?:diese|der inhalt dieser) (?:e-?mail"
    r"|nachricht)\b.{0,80}vertraulich"
    r"|ce (?:message|courriel|mail)\b.{0,80}confidenti|este (?:mensaje|correo)\b.{0,80}confidencial"
    r"|esta mensagem\b.{0,80}confidencia|(?:questo|il presente) messaggio\b.{0,80}(?:riservat|confidenzial)"
    r"|dit (?:e-?mail)?bericht\b.{0,80}vertrouwelijk|detta (?:e-post)?meddelande\b.{0,80}konfidentiell)",
    re.IGNORECASE,
)


def attribution(lines: list[str], at: int) -> int:
    """How many lines from `at` on say "On … wrote:", in whatever language; 0: none. `lines`: stripped."""
    if ATTRIBUTION.match(lines[at][:500]):
        return 1
    joined = ""
    for count, line in enumerate(lines[at : at + 3], 1):
        joined = f"{joined} {line[:300]}".strip()
        if count > 1 and OPENS.match(lines[at]) and joined.endswith(COLONS) and ATTRIBUTION.match(joined):
            return count
        # A line that only stands above a wrapped one is the writer's own: it would begin with the date.
        if count > 1 and not (DAY.search(lines[at]) or TIME.search(lines[at])):
            break
        ends = joined.endswith(COLONS) or (joined.endswith(">") and DAY.match(joined) is not None)
        if ends and _names_a_writer(joined) and _quoted_below(lines, at + count):
            return count
        if not line or QUOTED.match(line):
            break
    return 0


def says_wrote(line: str) -> bool:
    """Whether a line says that somebody wrote something."""
    if not WROTE.isdisjoint(WORD.findall(line.lower())):
        return True
    return not line.isascii() and WROTE_UNSPACED.search(line) is not None


def _names_a_writer(joined: str) -> bool:
    """Whether words above a quotation say who wrote it, or when to the minute."""
    return "@" in joined or (TIME.search(joined) and DAY.search(joined)) is not None or says_wrote(joined)


def _quoted_below(lines: list[str], at: int) -> bool:
    below = next((line for line in lines[at : at + 3] if line), "")
    return bool(QUOTED.match(below))


def _below_indented(raw: list[str], at: int) -> int:
    """Where what is quoted by indenting it ends: Outlook for Mac marks it in no other way."""
    begin = at
    while at < len(raw) and (not raw[at].strip() or raw[at].startswith("    ")):
        at += 1
    return at if any(line.strip() for line in raw[begin:at]) else begin


def _as_plain(part: Part) -> str:
    """A page that is declared as plain text is a page all the same."""
    text = part.text
    return page_text(text) if part.content_type == "text/html" or is_page(text) else text


def _without(lines: list[str], sent: str) -> list[str]:
    ours = [_bare(line) for line in sent.split("\n") if _bare(line)]
    pairs = set(itertools.pairwise(ours))
    whole = " ".join(ours)
    bare = [_bare(line) for line in lines]
    kept = []
    for at, line in enumerate(lines):
        before = bare[at - 1] if at else ""
        after = bare[at + 1] if at + 1 < len(bare) else ""
        refolded = len(bare[at]) >= 25 and bare[at] in whole
        if not (refolded or (before, bare[at]) in pairs or (bare[at], after) in pairs):
            kept.append(line)
    return kept


def _bare(line: str) -> str:
    return " ".join(line.strip(" \t\r>|*").lower().split())
