"""HTML mail as plain text: one pass, no tree, nothing is fetched or run."""

import html
import re
from collections.abc import Callable

HTML_LIMIT = 1_000_000  # characters that are read


def text_of(source: str) -> str:
    """Give the text of an HTML mail: line ends where it shows them, `> ` before what it quotes."""
    lines: list[str] = []
    line: list[str] = []
    depth = 0  # of quotations
    literal = 0  # of <pre>
    skipped = ""  # inside of <style> and the like

    def end_line() -> None:
        text = "".join(line)
        lines.append("> " * min(depth, 20) + (text.rstrip() if literal else " ".join(text.split())))
        line.clear()

    for match in PIECE.finditer(_without_comments(source[:HTML_LIMIT])):
        tag = (match["tag"] or "").lower()
        closing = match["close"] == "/"
        if skipped:
            skipped = "" if closing and tag == skipped else skipped
            continue
        if not tag:
            if match["text"]:
                _add_text(html.unescape(match["text"]), line, end_line, literal=bool(literal))
            continue
        if tag in SKIPPED and not closing:
            skipped = tag
        elif tag in QUOTING or tag == "pre" or tag in BLOCKS:
            if (line and "".join(line).strip()) or tag == "br":
                end_line()
            line.clear()
            if tag in QUOTING:
                depth = max(0, depth + (-1 if closing else 1))
            elif tag == "pre":
                literal = max(0, literal + (-1 if closing else 1))
            elif closing and tag == "p":
                lines.append("")
        elif tag in CELLS and line:
            line.append(" ")
    if line:
        end_line()
    return "\n".join(lines)


SKIPPED = frozenset({"style", "script", "title", "head"})
QUOTING = frozenset({"blockquote"})
CELLS = frozenset({"td", "th"})
BLOCKS = frozenset({"br", "p", "div", "tr", "li", "ul", "ol", "table", "hr", "h1", "h2", "h3", "h4", "h5", "h6"})

# A tag is looked for within 2,000 characters: half a megabyte of brackets is read in one pass all the same.
PIECE = re.compile(
    r"<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9]{0,15})\b[^<>]{0,2000}>|<[!?][^<>]{0,500}>"
    r"|(?P<text>[^<]+|<)",
    re.DOTALL,
)


def _without_comments(source: str) -> str:
    if "<!--" not in source:
        return source
    kept: list[str] = []
    at = 0
    while (start := source.find("<!--", at)) >= 0:
        kept.append(source[at:start])
        end = source.find("-->", start + 4)
        if end < 0:
            break  # never closed: what follows is text after all
        at = end + 3
    else:
        start = at
    kept.append(source[start:])
    return "".join(kept)


def _add_text(text: str, line: list[str], end_line: Callable[[], None], *, literal: bool) -> None:
    if not literal:
        line.append(text.replace("\n", " ").replace("\r", ""))
        return
    first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line.append(first)
    for other in others:
        end_line()
        line.append(other)
