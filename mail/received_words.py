"""The words of a Received line: plain ones, comments in parentheses (which nest), quoted ones."""

from dataclasses import dataclass

KEYWORDS = frozenset({"from", "by", "via", "with", "id", "for"})


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

    def last(self, keyword: str) -> int | None:
        """Where a keyword stands last. The sender's own words come before the writer's."""
        for at in range(len(self.items) - 1, -1, -1):
            comment, text = self.items[at]
            if not comment and text.lower() == keyword:
                return at
        return None

    def following(self, keyword: str) -> str:
        """The plain word after a keyword; empty when there is none."""
        for at, (comment, text) in enumerate(self.items[:-1]):
            if not comment and text.lower() == keyword:
                after, word = self.items[at + 1]
                return "" if after or word.lower() in KEYWORDS else word
        return ""

    def before(self, at: int) -> "Words":
        """What stands before a place."""
        return Words(self.items[:at])

    def after(self, at: int) -> "Words":
        """What stands after a place."""
        return Words(self.items[at + 1 :])


def divided(text: str) -> Words:
    """Divide a line, in one pass. A parenthesis that is never closed is a character like any other."""
    closes = _closing(text)
    items: list[tuple[bool, str]] = []
    word = ""
    at = 0
    while at < len(text):
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


def _closed(text: str, at: int) -> int:
    """Where the quoted string or the bracketed address that begins here ends; -1: it is neither.

    A local part in quotation marks may hold any character, a closing bracket among them (RFC 5321 §4.1.2).
    """
    if text[at] == '"':
        end = text.find('"', at + 1)
    else:
        quoted = text.find('"', at + 2) if text[at + 1 : at + 2] == '"' else at
        end = text.find(">", quoted + 1) if quoted >= 0 else -1
    return end if 0 < end - at < 330 else -1


def _closing(text: str) -> dict[int, int]:
    """Where each outermost parenthesis closes."""
    closes: dict[int, int] = {}
    stack: list[int] = []
    for at, character in enumerate(text):
        if character == "(":
            stack.append(at)
        elif character == ")" and stack:
            closes[stack.pop()] = at
    return closes
