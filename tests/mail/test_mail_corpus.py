"""Every message of the corpus, against the answer that stands beside it.

`NAME.json` says what the message is `about`, the `ground` where it is not the usual one, and the kind, complainant and
servers that `explain --json` has to print, servers in order with their confidence.
"""

import json
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from intake.explain import explain_json, explain_text
from intake.ground import Ground

HERE = Path(__file__).parent
NETWORKS = ("192.0.2.0/24", "2001:db8:cafe::/48")
NAMES = sorted(path.stem for path in HERE.glob("*.eml"))


def ground_of(expected: dict[str, Any]) -> Ground:
    hubs = tuple(ip_network(hub) for hub in expected.get("ground", {}).get("hubs", []))
    return Ground(networks=tuple(ip_network(network) for network in NETWORKS), hubs=hubs)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_it_understands_each_message(name: str, line_end: bytes) -> None:
    raw = (HERE / f"{name}.eml").read_bytes().replace(b"\n", line_end)
    expected = json.loads((HERE / f"{name}.json").read_text())
    answer = explain_json(name, raw, ground_of(expected))
    assert list(answer) == ["file", "kind", "complainant", "servers", "notes"]
    found = {
        "kind": answer["kind"],
        "complainant": answer["complainant"],
        "servers": [{key: server[key] for key in ("address", "confidence")} for server in answer["servers"]],
    }
    assert found == {key: expected[key] for key in found}, answer
    for server in answer["servers"]:
        assert list(server) == ["address", "confidence", "found_in", "reason", "hops"]
        assert server["reason"] and server["found_in"]


@pytest.mark.parametrize("name", NAMES)
def test_it_explains_each_message_to_people(name: str) -> None:
    raw = (HERE / f"{name}.eml").read_bytes()
    expected = json.loads((HERE / f"{name}.json").read_text())
    shown = explain_text(name, raw, ground_of(expected))
    assert expected["kind"] in shown
    assert all(line.isprintable() for line in shown.splitlines())
    assert all(server["address"] in shown for server in expected["servers"])


def test_it_has_enough_messages() -> None:
    assert len(NAMES) >= 20
    assert {path.stem for path in HERE.glob("*.json")} == set(NAMES)
