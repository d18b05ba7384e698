"""Which conversation or probe of ours a message is addressed to: by its own outer header, never by what it quotes."""

import re
from dataclasses import dataclass

from intake.ground import Ground, TokenMeaning
from mail import tokens
from mail.parse import Letter
from mail.people import recipients


@dataclass(frozen=True)
class Addressed:
    """The conversation that a message belongs to."""

    token: str = ""
    meaning: TokenMeaning | None = None
    trouble: str = ""  # our own words: why its tokens command nothing


def conversation(letter: Letter, ground: Ground) -> Addressed:
    """Find the one genuine token; several different ones command nothing."""
    written = tokens.in_addresses(recipients(letter), ground.noc, ground.subaddress)
    if not ground.subaddress:
        written = tokens.in_subject(letter.decoded("subject"))
    genuine = {token: meaning for token in written[:TOKENS_LIMIT] if (meaning := ground.token(token)) is not None}
    if not genuine:
        trouble = "it is addressed to a conversation that we do not know" if written else ""
        return Addressed(trouble=trouble)
    token, meaning = next(iter(genuine.items()))
    if len(genuine) > 1:
        return Addressed(token, meaning, "it is addressed to several conversations at once")
    return Addressed(token, meaning)


def nonces(letter: Letter, ground: Ground) -> tuple[str, ...]:
    """What may be the nonce of a probe of ours: a subaddress of the return address, the probe's header, Message-ID.

    Empty for a message that is neither addressed to the probes nor bears their header.
    """
    local, _, domain = ground.return_address.lower().rpartition("@")
    if not local:
        return ()
    found: dict[str, None] = {}
    for address in recipients(letter):
        its_local, _, its_domain = address.rpartition("@")
        if its_domain == domain and its_local.startswith(local + "+"):
            found[its_local[len(local) + 1 :]] = None
    for value in letter.all(PROBE_HEADER):
        found |= dict.fromkeys(NONCE.findall(value[:400].lower()))
    if found:
        found |= dict.fromkeys(NONCE.findall(letter.first("message-id").partition("@")[0][:400].lower()))
    return tuple(found)[:NONCES_LIMIT]


TOKENS_LIMIT = 20
NONCES_LIMIT = 20
PROBE_HEADER = "x-omr-probe"
NONCE = re.compile(r"[a-z0-9]{8,64}", re.ASCII)
