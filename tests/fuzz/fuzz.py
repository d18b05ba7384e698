"""Fuzz one target: `python tests/fuzz/fuzz.py TARGET [libFuzzer options] [corpus folders]`."""

import sys
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]
with atheris.instrument_imports(include=["intake", "mail", "targets"]):
    from targets import TARGETS, within_time


def main() -> None:
    """Give the rest of the command line to libFuzzer."""
    name, *options = sys.argv[1:]
    if name not in TARGETS:
        sys.exit(f"{name}: no such target; one of {', '.join(TARGETS)}")
    atheris.Setup([sys.argv[0], *options], lambda data: within_time(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
