"""The words of a Received line: plain ones, comments in parentheses (which nest), quoted ones."""

import re
from dataclasses import dataclass
from functools import cached_property

KEYWORDS = frozenset({"from", "by", "via", "with", "id", "for"})
WORDS_LIMIT = 200  # words of a line that are read; the longest real lines have some fifty


@dataclass(frozen=True)
class Words:
    """Words in order; a comment is (True, its text), anything else (False, word)."""

    items: tuple[tuple[bool, str], ...]

    def comments(self) -> list[str]:
        """The comments, without their parentheses."""
        return [text for comment, text in self.items if comment]

    def plain(self) -> list[str]:
        """The words that are no comments."""
        return [text for comment, text in self.items if not comment]

    def first(self) -> str:
        """The first plain word; empty when there is none."""
        return next((text for comment, text in self.items if not comment), "")

    def places(self, keyword: str) -> list[int]:
        """Where a keyword stands, outside of comments."""
        return [at for at, word in enumerate(self._lower) if word == keyword] if keyword in self._lower else []

    def following(self, keyword: str) -> list[str]:
        """The plain words between a keyword, where it stands first, and the next keyword."""
        if keyword not in self._lower:
            return []
        start = self._lower.index(keyword) + 1
        end = next((at for at, word in enumerate(self._lower[start:], start) if word in KEYWORDS), len(self.items))
        return [text for comment, text in self.items[start:end] if not comment]

    @cached_property
    def _lower(self) -> tuple[str, ...]:
        """The words, with nothing in the place of a comment."""
        return tuple("" if comment else text.lower() for comment, text in self.items)

    def before(self, at: int) -> "Words":
        """What stands before a place."""
        return Words(self.items[:at])

    def after(self, at: int) -> "Words":
        """What stands after a place."""
        return Words(self.items[at + 1 :])


def divided(text: str) -> Words:
    """Divide a line, in one pass, until there are more words than `WORDS_LIMIT`.

    A parenthesis that is never closed is a character like any other.
    """
    closes, _ = _closing(text)
    items: list[tuple[bool, str]] = []
    word = ""
    at = 0
    while at < len(text) and len(items) <= WORDS_LIMIT:
        plain = PLAIN.match(text, at)
        if plain is not None:
            word += plain[0]
            at = plain.end()
            continue
        character = text[at]
        if character == "(" and at in closes:
            items += [(False, word)] if word else []
            word = ""
            items.append((True, text[at + 1 : closes[at]].strip()))
            at = closes[at]
        elif character in '"<' and (end := _closed(text, at)) > 0:
            word += text[at : end + 1]
            at = end
        elif character.isspace():
            items += [(False, word)] if word else []
            word = ""
        else:
            word += character
        at += 1
    items += [(False, word)] if word else []
    return Words(tuple(items))


PLAIN = re.compile(r'[^\s("<]+')


def ambiguous(text: str, words: Words) -> bool:
    """Whether quotation marks, brackets or parentheses that a sender wrote may have moved the bounds of the words.

    No mail system writes parentheses that do not match; they come in with a HELO, an account, an envelope sender or a
    recipient, and then a part of what the writer itself wrote may hide in a comment.
    """
    if len(words.items) > WORDS_LIMIT or not _closing(text)[1]:
        return True
    for comment, item in words.items:
        if comment and (item.count("<") != item.count(">") or (SWALLOWED.search(item) and _has_part(item))):
            return True
        if not comment and ("(" in item or ")" in item or (" " in item and '"' not in item)):
            return True
    return False


# A comment that holds the word "by" together with a comment or an address of its own: a whole line may be in it.
SWALLOWED = re.compile(r"(?:^|[\s)])by\s", re.IGNORECASE)


def _has_part(comment: str) -> bool:
    return "(" in comment or "[" in comment


def _closed(text: str, at: int) -> int:
    """Where the quoted string or the bracketed address that begins here ends; -1: it is neither.

    A local part in quotation marks may hold any character, a closing bracket among them (RFC 5321 §4.1.2).
    """
    limit = at + 330
    if text[at] == '"':
        return text.find('"', at + 1, limit)
    quoted = text.find('"', at + 2, limit) if text[at + 1 : at + 2] == '"' else at
    return text.find(">", quoted + 1, limit) if quoted >= 0 else -1


def _closing(text: str) -> tuple[dict[int, int], bool]:
    """Where each parenthesis closes; and whether they all match."""
    closes: dict[int, int] = {}
    stack: list[int] = []
    match = True
    for parenthesis in PARENTHESES.finditer(text):
        at = parenthesis.start()
        if text[at] == "(":
            stack.append(at)
        elif stack:
            closes[stack.pop()] = at
        else:
            match = False
    return closes, match and not stack


PARENTHESES = re.compile(r"[()]")
