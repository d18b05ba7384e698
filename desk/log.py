"""The daemon's log: one line a happening and a work item, key=value or JSON, and never a secret or a message's text."""

import logging
import sys
from typing import TYPE_CHECKING, Any, TextIO

from mail.redact import one_line

if TYPE_CHECKING:  # loading it takes as long as a relay test, and most commands write no line
    import structlog

LONGEST_VALUE, LONGEST_TRACE = 400, 8000


def configure(*, json: bool = False, quiet: bool = False, stream: TextIO = sys.stderr) -> None:
    """Send every line of ours to `stream`, `quiet` only what went wrong; libraries' own chatter is kept at errors."""
    global _chosen  # noqa: PLW0603
    _chosen = json, quiet, stream
    logging.basicConfig(stream=stream, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    for chatty in ("apscheduler", "imapclient", "mailparser", "alembic", "mail.log"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


def log() -> "structlog.stdlib.BoundLogger":
    """The log; call it where a line is written."""
    import structlog  # noqa: PLC0415

    global _chosen  # noqa: PLW0603
    if _chosen is not None:
        _configure(*_chosen)
        _chosen = None
    return structlog.get_logger()  # type: ignore[no-any-return]


_chosen: tuple[bool, bool, TextIO] | None = None  # what `configure` was told, until the first line is written


def _configure(json: bool, quiet: bool, stream: TextIO) -> None:
    import structlog  # noqa: PLC0415

    lowest = logging.WARNING if quiet else logging.INFO
    rendered: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"], drop_missing=True)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            _harmless,
            rendered,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )


def _harmless(_logger: object, _method: str, line: Any) -> Any:
    """Foreign text stands in the log as one line without control characters."""
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = one_line(value, LONGEST_TRACE if key == "exception" else LONGEST_VALUE)
    return line
