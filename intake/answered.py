"""Whether a message answers a mail of ours, and what of the words that it quotes is ours."""

import re
from collections.abc import Sequence
from functools import cached_property

from intake.addressed import conversation
from intake.ground import Ground
from intake.pasted_headers import Block
from intake.subjects import ANSWER, bare, is_anothers
from mail.encoded import decoded_words
from mail.parse import Letter
from mail.people import author


class Answer:
    """Whether a message answers us, so that what it quotes may be ours."""

    def __init__(self, letter: Letter | None, ground: Ground | None) -> None:
        self._letter, self._ground = letter, ground

    @cached_property
    def _noc(self) -> str:
        """Our address, where the message may answer one from there; else empty.

        A spam may bear our address as its sender, and our words: what forwards it is no answer. An answer brings
        nobody else's files.
        """
        if self._letter is None or self._ground is None:
            return ""
        subject = self._letter.decoded("subject")[:SUBJECT_LIMIT]
        answers = ANSWER.match(subject) is not None and "(fwd" not in subject.lower()
        return self._ground.noc.lower() if answers else ""

    @cached_property
    def _sent(self) -> str:
        """What we sent in the conversation that the message belongs to: where its writer is whom we wrote to.

        A spam may have brought the token of somebody else, in its Reply-To or its subject.
        """
        if self._letter is None or self._ground is None or not self._noc:
            return ""
        to = conversation(self._letter, self._ground)
        if to.meaning is None or author(self._letter) != to.meaning.person.lower():
            return ""
        return _run(self._ground.sent_text(to.token) or "")

    def passes_on(self, pasted: Block) -> bool:
        """Whether the message's subject is that of a header in it, as programs write it that forward a mail."""
        if self._letter is None:
            return False
        theirs = _run(decoded_words(next((value for name, value in pasted.headers if name == "subject"), "")))
        said = _run(self._letter.decoded("subject")[:SUBJECT_LIMIT])
        marked = said == f"{theirs} (fwd)" or (said.startswith("[") and said.endswith(f": {theirs}]"))
        forwarded = is_anothers(said) and not ANSWER.match(said) and bare(said) == theirs
        return len(theirs.split()) >= TELLING_WORDS and (marked or forwarded)

    def wrote(self, named: str, below: Sequence[str]) -> bool:
        """Whether words that name a writer name us and nobody else; or name no address, above what we sent."""
        local, _, domain = self._noc.partition("@")
        written = [match[0].lower().rpartition("@") for match in ADDRESS.finditer(named)]
        if not written:
            return self.sent_one_of(below)
        return bool(domain) and all(
            its_domain == domain and (its_local == local or its_local.startswith(f"{local}+"))
            for its_local, _, its_domain in written
        )

    def sent_one_of(self, lines: Sequence[str]) -> bool:
        """Whether one of these lines tells that they stand in what we sent."""
        return any(len(line) >= TELLING and self.sent_this(line.lstrip("|> ")) for line in lines)

    def sent_this(self, words: str) -> bool:
        """Whether words stand in what we sent."""
        return bool(self._sent) and _run(words) in self._sent


NO_ANSWER = Answer(None, None)  # a text that answers nobody
SUBJECT_LIMIT = 500  # characters
TELLING = 25  # characters of a line
ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]{1,80}@[^\s<>()\[\]\"',;:]{1,200}")
TELLING_WORDS = 2  # a subject of one word may be the complainant's own


def _run(words: str) -> str:
    return " ".join(words.lower().split())
