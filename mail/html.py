"""HTML mail as plain text: one pass, no tree, nothing is fetched or run."""

import html
import re
from collections.abc import Iterator

HTML_LIMIT = 1_000_000  # characters that are read
# No character has such a number; of thousands of digits Python makes an error (int_max_str_digits).
ENDLESS = re.compile(r"&#(?:[0-9]{20,}|[xX][0-9a-fA-F]{20,});?")


def text_of(source: str) -> str:
    """Give the text of an HTML mail: line ends where it shows them, `> ` before what it quotes, a tab between cells.

    What holds no tag of HTML is plain text, declared wrongly, and keeps its lines: `<ann@shop.example>` is none.
    """
    if not is_html(source):
        return unescaped(source[:HTML_LIMIT])
    page = _Page()
    skipped = ""  # inside of <style> and the like
    for match in _pieces(source[:HTML_LIMIT]):
        tag = (match["tag"] or "").lower()
        closing = match["close"] == "/"
        if skipped == "head" and tag and tag not in OF_THE_HEAD:
            skipped = ""  # it was never closed
        if skipped:
            skipped = "" if closing and tag == skipped else skipped
        elif tag in SKIPPED and not closing:
            skipped = tag
        elif tag:
            page.add_tag(tag, match[0], closing=closing)
        elif match["text"]:
            page.add_text(unescaped(match["text"]))
    page.end_line(forced=False)
    return "\n".join(page.lines)


def unescaped(text: str) -> str:
    """The text with its character references read (HTML 4.01 §5.3), whatever stands in them."""
    return html.unescape(ENDLESS.sub(" ", text) if "&#" in text else text)


def is_html(source: str) -> bool:
    """Whether a text holds tags of HTML, whatever was declared."""
    return TAG.search(source[:HTML_LIMIT]) is not None


def is_page(source: str) -> bool:
    """Whether a text is HTML from its beginning on; a text that only quotes the source of a page is none."""
    beginning = source[:LEADING].lstrip()
    return TAG.match(beginning) is not None


LEADING = 2_000  # characters, of which most may be white space
TAG = re.compile(
    r"<(?:/?(?:html|head|body|p|br|div|span|table|tr|td|pre|h[1-6]|[abiu]|ul|ol|li|font|blockquote|center|hr|img|meta"
    r"|style|script|title|strong|em|tt|code|textarea|xmp|listing|plaintext|dl|th|article|section|main)"
    r"[ \t\r\n/>]|!doctype html)",
    re.IGNORECASE,
)


class _Page:
    """What was read so far."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.depth = 0  # of quotations
        self.literal = ""  # the tag within which line ends count as they stand
        self.within = 0  # how often that tag is open

    def add_tag(self, tag: str, whole: str, *, closing: bool) -> None:
        if tag in CELLS:
            if self.line and not closing:
                self.line.append("\t")
        elif tag in QUOTING or tag in BLOCKS or tag in LITERAL:
            self.end_line(forced=tag == "br")
            if tag in QUOTING:
                self.depth = max(0, self.depth + (-1 if closing else 1))
            elif closing and tag == "p":
                self.lines.append("")
        if tag == self.literal:
            self.within += -1 if closing else 1
            self.literal = self.literal if self.within > 0 else ""
        elif not closing and not self.literal and (tag in LITERAL or WHITE_SPACE.search(whole)):
            self.literal, self.within = tag, 1

    def add_text(self, text: str) -> None:
        # A literal piece may hold a great many lines; what stands in a running text is one.
        first, *others = text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if self.literal else [_run(text)]
        self.line.append(first)
        for other in others:
            self.end_line(forced=True)
            self.line.append(other)

    def end_line(self, *, forced: bool) -> None:
        text = "".join(self.line)
        self.line.clear()
        if forced or text.strip():
            cells = [text.rstrip()] if self.literal else [" ".join(cell.split()) for cell in text.split("\t")]
            self.lines.append("> " * min(self.depth, DEEPEST) + "\t".join(cells).rstrip("\t"))


SKIPPED = frozenset({"style", "script", "title", "head"})
OF_THE_HEAD = frozenset(
    {"head", "title", "meta", "link", "style", "script", "base", "noscript", "template", "object", "xml"}
)
QUOTING = frozenset({"blockquote"})
CELLS = frozenset({"td", "th"})
LITERAL = frozenset({"pre", "textarea", "xmp", "listing", "plaintext"})
BLOCKS = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "br p div tr li ul ol dl dt dd table tbody thead hr h1 h2 h3 h4 h5 h6 section article header footer main aside "
        "details summary address center fieldset form figure body"
    ).split()
)
DEEPEST = 20  # marks of quotation before a line
WHITE_SPACE = re.compile(r"white-space\s{0,4}:\s{0,4}(?:pre|break-spaces)", re.IGNORECASE)

# A tag is looked for within 2,000 characters: half a megabyte of brackets is read in one pass all the same. Brackets in
# quotation marks are the value's.
PIECE = re.compile(
    r"<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9]{0,15})\b"
    r"""(?:[^<>]{0,2000}|(?:[^<>"']|"[^"]{0,200}+"|'[^']{0,200}+'){0,200}+)>|<[!?][^<>]{0,500}>"""
    r"|(?P<text><?[^<]+|<+(?=<)|<)",
    re.DOTALL,
)


def _pieces(source: str) -> Iterator[re.Match[str]]:
    """Tags and texts in order, without comments: these begin outside of tags, and one that is never closed is text."""
    at, last_end = 0, source.rfind("-->")
    while at < len(source):
        if source.startswith("<!--", at) and at + 4 <= last_end:
            at = source.index("-->", at + 4) + 3
            continue
        piece = PIECE.match(source, at)
        if piece is None:
            return
        yield piece
        at = piece.end()


def _run(text: str) -> str:
    return text.replace("\n", " ").replace("\r", "").replace("\t", " ")
