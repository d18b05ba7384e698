"""While a probe may come back, the probe mailbox is looked into more often."""

from datetime import UTC, datetime, timedelta

from desk.awaited import WHILE, Awaited

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_nothing_is_awaited_before_a_server_took_a_probe_and_long_after() -> None:
    awaited = Awaited()
    assert not awaited.at(NOON)
    awaited.expect(NOON)
    assert awaited.at(NOON + WHILE - timedelta(seconds=1))
    assert not awaited.at(NOON + WHILE)
