"""Templates to mail: one set of words, set as plain text and as HTML."""

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from mail.redact import one_line
from notices import wording

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
WIDTH = 72
UNBROKEN = 18  # letters of a word that even a narrow cell has room for
LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Rendered:
    """A mail's words, before it has an envelope."""

    subject: str
    text: str
    html: str


def render(kind: str, facts: Mapping[str, object]) -> Rendered:
    """Set the triple `KIND.subject`, `KIND.txt`, `KIND.html`. Raises `jinja2.UndefinedError` when a fact is missing."""
    plain, rich = environments()
    subject = " ".join(plain.get_template(f"{kind}.subject").render(facts).split())
    text = _tidy(plain.get_template(f"{kind}.txt").render(facts, subject=subject))
    html = rich.get_template(f"{kind}.html").render(facts, subject=subject).strip() + "\n"
    return Rendered(subject, text, html)


@cache
def environments() -> tuple[Environment, Environment]:
    """The one for plain text, and the one for HTML, which escapes everything that is not markup of ours."""
    plain, rich = _environment(html=False), _environment(html=True)
    plain.filters.update(
        flow=flow,
        word=str,
        strong=str,
        mono=str,
        link=str,
        quoted=quoted,
        table_row=table_row,
        table_rule=table_rule,
        underline=underline,
        hang=hang,
    )
    rich.filters.update(word=_word, strong=_strong, mono=_mono, link=_link, breakable=_breakable)
    # The macros with which templates/words/ is written: the same names, once for text and once for HTML.
    plain.globals["m"] = plain.get_template("pieces.txt").module
    rich.globals["m"] = rich.get_template("pieces.html").module
    return plain, rich


def _environment(html: bool) -> Environment:
    environment = _Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=html,
        undefined=StrictUndefined,
        auto_reload=False,  # a daemon never mixes the words of two versions
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        span=wording.span,
        about=wording.about,
        counted=wording.counted,
        number_word=wording.number_word,
        listed=wording.listed,
        capital=wording.capital,
        full_stop=wording.full_stop,
        foreign=one_line,
        described_for=lambda technique, case: technique.described(case),
    )
    return environment


class _Environment(Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What every template knows, as a plain dictionary: jinja's own ChainMap is gone through for each mail."""
        return {**self.globals, **(d or {})}


# Plain text


@lru_cache(maxsize=1000)  # most paragraphs say the same in every mail
def flow(text: str, first: str = "", rest: str | None = None, width: int = WIDTH) -> str:
    """Fill a paragraph. Long words are broken so that no foreign text can widen the mail; links never are."""
    rest = first if rest is None else rest
    lines: list[str] = []
    line, prefix = "", first
    for token in _words(text, width - max(len(first), len(rest))):
        if line and len(prefix) + len(line) + 1 + len(token) > width:
            lines.append(prefix + line)
            line, prefix = "", rest
        line = f"{line} {token}" if line else token
    lines.append(prefix + line)
    return "\n".join(lines)


def quoted(text: str) -> str:
    """A foreign line as a quotation."""
    return flow(text, "> ")


def hang(text: str, label: str, width: int) -> str:
    """`label   text`, its further lines under the text. A label that is too wide stands on a line of its own."""
    pad = " " * width
    if len(label) >= width:
        return f"{flow(label)}\n{flow(text, pad)}"
    return flow(text, label.ljust(width), pad)


def table_row(cells: Sequence[str], widths: Sequence[int]) -> str:
    """A row of a table: what is too long for its column goes on in the next line, so that nothing is cut off."""
    columns = [flow(cell, width=width).split("\n") for cell, width in zip(cells, widths, strict=True)]
    lines = zip_longest(*columns, fillvalue="")
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def table_rule(widths: Sequence[int]) -> str:
    """The line under a table's head."""
    return "  ".join("-" * width for width in widths)


def underline(text: str, mark: str = "-") -> str:
    """A heading."""
    return f"{text}\n{mark * len(text)}"


def _words(text: str, width: int) -> list[str]:
    words: list[str] = []
    for word in text.split():
        if len(word) <= width or LINK.search(word):
            words.append(word)
        else:
            words.extend(_shorter(word, width))
    return words


def _shorter(word: str, width: int) -> Iterator[str]:
    """A word in pieces that fit: names, addresses and paths are broken behind a mark, so that they can be read."""
    while len(word) > width:
        at = max(word.rfind(mark, 1, width) for mark in ".:/@_-") + 1 or width
        yield word[:at]
        word = word[at:]
    yield word


def _tidy(text: str) -> str:
    """No blanks at line ends (but for the signature's "-- "), no more than one empty line on end."""
    lines = [line if line == "-- " else line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


# HTML

CODE = "font-family:Consolas,Menlo,'DejaVu Sans Mono',monospace;font-size:0.94em"


def _word(text: str) -> Markup:
    style = f"{CODE};font-weight:bold;white-space:nowrap"
    return Markup(f'<span style="{style}">{escape(text)}</span>')  # noqa: S704 - escaped


def _strong(text: str) -> Markup:
    return Markup(f"<b>{escape(text)}</b>")  # noqa: S704 - escaped


def _mono(text: str) -> Markup:
    return Markup(f'<span style="{CODE}">{escape(text)}</span>')  # noqa: S704 - escaped


def _link(url: str) -> Markup:
    """A link, when it is one to the web or to a mailbox; anything else stays text."""
    if not url.startswith(("https://", "http://", "mailto:")):
        return escape(url)
    return Markup(f'<a href="{escape(url)}" style="overflow-wrap:break-word">{escape(url)}</a>')  # noqa: S704 - escaped


def _breakable(text: str) -> Markup:
    """Text for a narrow cell: a long word has places where it may be broken; addresses and times have none."""
    words = (_broken(word) if len(word) > UNBROKEN else escape(word) for word in text.split(" "))
    return Markup(" ").join(words)


def _broken(word: str) -> Markup:
    """After dots, colons, slashes, at signs; and within what is too long all the same."""
    pieces = [piece for piece in re.split(r"(?<=[.:/@_-])", word) if piece]
    short = (piece[at : at + UNBROKEN] for piece in pieces for at in range(0, len(piece), UNBROKEN))
    return Markup("<wbr>").join(short)


def compile_everything() -> int:
    """Read every template; gives how many kinds of mail there are. Raises jinja2.TemplateSyntaxError."""
    plain, rich = environments()
    names = plain.list_templates()
    for name in names:
        (rich if name.endswith(".html") else plain).get_template(name)
    return sum(name.endswith(".subject") for name in names)
