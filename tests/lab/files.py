"""Writing the servers' files."""

import os
import shutil
import time
from pathlib import Path
from textwrap import dedent

LAB = Path("/run/lab")  # the lab's folder as its own processes see it


def write(path: Path, text: str, *, mode: int = 0o644) -> Path:
    """Write a configuration file, its folders too. The text may be indented as a whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text).lstrip("\n"))
    path.chmod(mode)
    return path


def folder(path: Path, *, owner: str | int = "root", group: str | int = "root", mode: int = 0o755) -> Path:
    """Make a folder with an owner and a mode, or set them on one that is there."""
    path.mkdir(parents=True, exist_ok=True)
    shutil.chown(path, owner, group)
    path.chmod(mode)
    return path


def backdate(path: Path) -> None:
    """Make a file look a minute old. Postfix waits until main.cf is 2 s old: it might still be being written."""
    a_minute_ago = time.time() - 60
    os.utime(path, (a_minute_ago, a_minute_ago))
