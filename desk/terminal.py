"""What stands on a terminal as a table, or in colour."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mail.redact import one_line

PIPE = 240  # columns of what is no terminal
LONGEST = 2000  # characters of a cell
COLOURS = {"ok": "green", "warn": "yellow", "bad": "red"}


def show_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table that folds what is too long. A cell is one line without control characters, and never markup."""
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(cell, LONGEST)) for cell in row))
    Console(highlight=False, width=None if sys.stdout.isatty() else PIPE).print(table)


def show_grade(grade: str, said: str) -> None:
    """Print a finding behind its grade: ok, warn or bad."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(Text.assemble((f"{grade:4} ", COLOURS[grade]), said))
