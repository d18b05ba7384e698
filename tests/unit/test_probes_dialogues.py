"""One dialogue file a misbehaviour: what the test makes of it."""

import asyncio
from pathlib import Path

import pytest
from probes_servers import DIALOGUES, Script, hold_test, scripted, settings

from probes.verdict import judge_dialogue

VERDICTS = ("accepts", "deferred", "shut-out", "unreachable", "closed")
FILES = sorted(DIALOGUES.glob("*.dialogue"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_it_judges_the_server_as_the_dialogue_expects(path: Path) -> None:
    async def dialogue() -> None:
        script = Script.read(path)
        async with scripted(script) as (server, port):
            dialogues = await hold_test(port)
        only = dialogues.addresses[0]
        report = judge_dialogue(only, only.results, window_over=True)
        found = {one.id: one.outcome.value for one in report.techniques}
        wanted = dict(script.expected)
        assert report.verdict == wanted.pop("verdict"), f"{report.reason}\n{only.transcript}"
        if "software" in wanted:
            assert (report.software or "none") == wanted.pop("software")
        if "connections" in wanted:
            assert server.connections <= int(wanted.pop("connections"))
        if wanted.pop("tls", "no") == "yes":
            plain = next(one for one in only.results if one.form == "U01")
            assert plain.tls and plain.plain_needs_tls
        for form, outcome in wanted.items():
            assert found[form] == outcome, only.transcript
        assert server.most_at_once <= settings(port).connections_per_host

    asyncio.run(dialogue())


def test_each_file_says_what_it_shows_and_what_is_expected() -> None:
    for path in FILES:
        text = path.read_text("ascii")
        assert any(line.startswith("# ") for line in text.splitlines()), path.name
        expected = Script.read(path).expected
        assert expected["verdict"] == next(word for word in VERDICTS if path.stem.startswith(word) or word == "closed")
        assert "U01" in expected, path.name
