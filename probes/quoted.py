"""What a server said, for people who may not see a nonce: an administrator who knew them could fool the tests. Pure."""

import re

from mail.redact import one_line
from probes import replies
from probes.results import ProbeResult


def quoted(one: ProbeResult) -> str:
    """What the server said, in quotation marks and without our addresses; where it said nothing, the note."""
    if not one.reply:
        return one_line(one.note)
    text = replies.without_addresses(one.reply)
    for ours in _ours(one):
        text = re.sub(ours, "…", text, flags=re.IGNORECASE)
    return f"“{one_line(text)}”"


def _ours(one: ProbeResult) -> list[str]:
    """Patterns for what a server repeats of the probe elsewhere than in an address: nonce, local part, domain."""
    nonces = [re.escape(nonce) for nonce in (one.nonce, one.sender_nonce) if nonce]
    bang, local, at = "", "", ""
    if one.nonce:
        probed = re.search(rf"(?:([\w.-]+)!)?([\w.=-]+)\+{re.escape(one.nonce)}(?:[@%]([\w.-]+))?", one.rcpt_to)
        bang, local, at = (re.escape(part or "") for part in probed.groups()) if probed else ("", "", "")
    domain = bang or at
    return [
        *([rf"(?<![\w-])(?:[\w-]{{1,63}}\.){{0,3}}{domain}(?![\w-])"] if domain else []),
        *([rf"(?<![\w.+-]){local}(?:\+\w{{0,64}})?(?![\w-])"] if local else []),
        r"IMCEASMTP-\S*",
        *nonces,
    ]
