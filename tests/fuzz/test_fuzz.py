"""The kept corpora hold, and a few seconds of fuzzing find nothing (`make fuzz` does it for ten minutes each).

On CPython and machines for which atheris has no wheel only the corpora are tried.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from targets import TARGETS, within_time

HERE = Path(__file__).parent
SECONDS = 4

fuzzable = pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="no atheris for this Python here")


@pytest.mark.parametrize("target", TARGETS)
def test_everything_that_was_kept_holds(target: str) -> None:
    kept = sorted((HERE / "corpus" / target).iterdir())
    assert kept
    for path in kept:
        within_time(target, path.read_bytes())


@fuzzable
@pytest.mark.parametrize("target", TARGETS)
def test_some_seconds_of_fuzzing_find_nothing(target: str, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    run = subprocess.run(
        [
            sys.executable, HERE / "fuzz.py", target, f"-max_total_time={SECONDS}", "-max_len=20000",
            f"-dict={HERE / 'mail.dict'}", f"-artifact_prefix={tmp_path}/", new, HERE / "corpus" / target,
        ],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    assert "Done" in run.stderr
