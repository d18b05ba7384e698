"""The lab, once a session, in the one worker that runs its tests."""

import os
from collections.abc import Iterator

import pytest

from lab.lab import Lab, Unavailable, prepare


@pytest.hookimpl(tryfirst=True)  # xdist reads the marks in this hook, too
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep all that use the lab in one worker of pytest-xdist: it is started once."""
    for item in items:
        if "lab" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("lab"))


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A running lab. Skips with the reason where there can be none, and fails there if OMRBOT_LAB=required."""
    try:
        prepare()
        with Lab(tmp_path_factory.mktemp("lab")) as running:
            yield running
    except Unavailable as why:
        if os.environ.get("OMRBOT_LAB") == "required":
            pytest.fail(str(why), pytrace=False)
        pytest.skip(str(why))
