"""What the fuzzers try: bytes go in, and whatever they are, these promises must hold."""

import json
import time
from ipaddress import ip_network

from intake.evidence import examine
from intake.exhibit import Complaint
from intake.explain import explain_json, explain_text
from intake.forms import FORMS
from intake.ground import Ground
from intake.read import FAULT
from intake.words import plain_text
from mail.addresses import read_address
from mail.headers import read_head
from mail.limits import Limits
from mail.parse import Budget, Letter, Part, Unreadable, parse
from mail.received import read_line, read_received

NETWORKS = (ip_network("192.0.2.0/24"), ip_network("2001:db8:cafe::/48"))
GROUND = Ground(
    NETWORKS,
    hubs=(ip_network("192.0.2.1/32"),),
    noc="noc@example.edu",
    limits=Limits(message=1_000_000, unpacked=3_000_000, parts=100, depth=5),
)
CPU_LIMIT = 2.0  # seconds of CPU that any message may cost


def received(data: bytes) -> None:
    """The reader of Received lines: every field storable, every address one in its canonical form."""
    lines = read_head(b"Received: " + data)
    for line in (read_line(data.decode("utf-8", "replace")), *read_received(value for _, value in lines)):
        for address in (line.seen, line.by_address):
            assert address is None or read_address(address) == address, address
        for text in (line.helo, line.reverse, line.by, line.queue_id, line.login, line.recipient, line.user):
            assert len(text) <= 400, text
            text.encode()
        assert line.at is None or line.at.tzinfo is not None


def forms(data: bytes) -> None:
    """Every form on one part that holds the bytes, under the type that the first of them chooses."""
    kinds = ("text/plain", "text/html", "application/json", "text/csv", "message/feedback-report", "application/zip")
    kinds += ("application/gzip", "message/rfc822", "application/mbox", "application/ms-tnef", "application/x-yaml")
    kinds += ("application/vnd.ms-outlook", "application/octet-stream", "text/rfc822-headers")
    kind = kinds[data[0] % len(kinds)] if data else kinds[0]
    part = Part(kind, "utf-8", "spam.zip" if kind == "application/zip" else "spam.eml", kind[:5] != "text/", data[1:])
    letter = Letter((("from", "ann@shop.example"), ("subject", "spam from your open relay")), (part,), len(data))
    budget = Budget(GROUND.limits)
    complaint = Complaint(letter, plain_text(letter), budget)
    for form in FORMS:
        for exhibit in form(complaint, GROUND):
            assert not exhibit.named or read_address(exhibit.named) == exhibit.named
    examine(complaint, GROUND)


def explain(data: bytes) -> None:
    """The whole of explain: one JSON object, servers of ours alone, text that a terminal can show."""
    answer = explain_json("fuzz.eml", data, GROUND)
    json.dumps(answer, ensure_ascii=False).encode()
    assert not any(note.startswith(FAULT) for note in answer["notes"]), answer["notes"]
    for server in answer["servers"]:
        assert GROUND.ours(server["address"]), server
        assert server["reason"] and server["found_in"] and server["confidence"] in {"high", "low"}
    shown = explain_text("fuzz.eml", data, GROUND)
    assert all(line.isprintable() for line in shown.split("\n")), shown


def parts(data: bytes) -> None:
    """The MIME parser: what is not refused stays within its bounds."""
    try:
        letter = parse(data, GROUND.limits)
    except Unreadable:
        return
    assert len(letter.parts) <= GROUND.limits.parts
    assert sum(len(part.content) for part in letter.parts) <= GROUND.limits.unpacked
    for part in letter.parts:
        part.text.encode()
        assert part.filename == "" or part.filename.isprintable(), part.filename


TARGETS = {"received": received, "parts": parts, "forms": forms, "explain": explain}


def within_time(target: str, data: bytes) -> None:
    """Try one input, its CPU time included."""
    began = time.process_time()
    TARGETS[target](data)
    spent = time.process_time() - began
    assert spent < CPU_LIMIT, f"{spent:.1f} s of CPU"
