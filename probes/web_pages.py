"""What a page says: is it a form script's, which one, and what became of the recipient. Pure.

The words are those of FormMail (Matt's Script Archive) and of nms FormMail; local changes to them are common, so that
what is not understood is said to be so.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from mail.html import unescaped
from mail.redact import one_line

LONGEST_READ = 64 * 1024  # octets of a page that are read
LONGEST_JUDGED = 24_000  # characters of it that are judged: a hostile page may be made to be hard to read
LONGEST_KEPT = 200  # characters of its title that are kept


@dataclass(frozen=True)
class Page:
    """An answer of a web server."""

    url: str  # where it was asked for; what redirects led there is not told
    status: int
    phrase: str = ""
    text: str = ""  # Latin-1, the beginning
    location: str = ""

    @property
    def said(self) -> str:
        """Status and title, else the status's own words: what is kept as the reply that decided."""
        return f"{self.status} {self._title or one_line(self.phrase, LONGEST_KEPT)}".rstrip()

    @property
    def _title(self) -> str:
        found = TITLE.search(self.text[:LONGEST_JUDGED])
        words = " ".join(unescaped(TAG.sub(" ", found[1])).split()) if found else ""
        return one_line(words, LONGEST_KEPT)

    @property
    def gone(self) -> bool:
        """Whether it says that there is nothing (RFC 9110 §15.5.5, §15.5.11)."""
        return self.status in {404, 410}

    @property
    def closed_to_us(self) -> bool:
        """Whether it says that we may not see what is there."""
        return self.status in {401, 403, 407, 451}


class Answer(StrEnum):
    """What a form script makes of a form."""

    TAKEN = "taken"  # the recipient was accepted; only the demanded field was missed
    SENT = "sent"  # it says that the message was sent
    REFUSED = "refused"  # the recipient was not accepted
    WRONG_REFERRER = "wrong referrer"  # it wants to be called from a page of its own
    FAILED = "failed"  # the web server or the script failed
    UNKNOWN = "unknown"


TITLE = re.compile(r"<(?:title|h1)\b[^>]{0,200}>(.{1,300}?)</(?:title|h1)", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<[^<>]{0,500}>")
FORMMAIL = re.compile(r"\bform-?mail\b", re.IGNORECASE)
NUMBER = r"\d{1,2}\.\d{1,2}[a-z]?\d{0,3}"
VERSION = re.compile(
    rf"\bform-?mail\b\W{{0,9}}(?:version|v\.?)?\s{{0,9}}(?P<beside>{NUMBER})\b"
    rf"|\bversion\s{{0,9}}(?P<below>{NUMBER}) - released",
    re.IGNORECASE,
)
NMS = re.compile(r"\bnms\b|nms-cgi|london perl mongers", re.IGNORECASE)
# What its own pages say beside its name, and no page about a file that is not there.
ITS_OWN = re.compile(
    r"matt(?:'s|&#0?39;s|’s)? (?:script archive|wright)|worldwidemart|scriptarchive|nms-cgi|london perl mongers"
    r"|bad referrer|missing referrer|error: get request|error: request method|error: (?:bad/)?no recipient"
    r"|error: blank fields|thank you for filling out this form",
    re.IGNORECASE,
)
TAKEN = re.compile(r"error: (?:blank|missing) fields|fields were left blank|fields must be filled", re.IGNORECASE)
REFUSED = re.compile(
    r"\b(?:no|bad|invalid|unauthorized) recipient\b|\brecipient\b.{0,40}\bnot (?:valid|allowed)",
    re.IGNORECASE,
)
REFERRER = re.compile(r"(?:bad|missing|malformed|invalid) referr?er", re.IGNORECASE)
SENT = re.compile(r"thank you|below is what you submitted|(?:has been|was) (?:sent|submitted)", re.IGNORECASE)


def script(page: Page) -> str | None:
    """Name and version of the form script that wrote the page, or None: "FormMail 1.6", "nms FormMail"."""
    if not 200 <= page.status < 300 or page.text.lstrip().startswith("#!"):  # its source is no script that runs
        return None
    text = _readable(page)
    if not FORMMAIL.search(text) or not ITS_OWN.search(page.text[:LONGEST_JUDGED]):
        return None
    name = "nms FormMail" if NMS.search(text) else "FormMail"
    version = VERSION.search(text)
    return f"{name} {version['beside'] or version['below']}" if version else name


def answer(page: Page) -> Answer:
    """What the page that answers a form says. A refusal beats a thank-you that stands on the same page."""
    if page.status >= 500:
        return Answer.FAILED
    if 300 <= page.status < 400:
        return Answer.UNKNOWN
    text = _readable(page)
    for words, meaning in (
        (REFUSED, Answer.REFUSED),
        (REFERRER, Answer.WRONG_REFERRER),
        (TAKEN, Answer.TAKEN),
        (SENT, Answer.SENT),
    ):
        if page.status < 400 and words.search(text):
            return meaning
    return Answer.UNKNOWN


def _readable(page: Page) -> str:
    """The words of the page, without the path that was asked for: error pages repeat it."""
    path = unquote(urlsplit(page.url).path)
    text = page.text[:LONGEST_JUDGED]
    for repeated in (path, path.rpartition("/")[2]):
        text = text.replace(repeated, " ") if repeated.strip("/") else text
    return " ".join(unescaped(TAG.sub(" ", text)).split())
