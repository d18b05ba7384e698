"""The daemon's log: one line a happening and a work item, key=value or JSON, and never a secret or a message's text."""

import logging
import sys
from typing import TextIO

import structlog


def configure(*, json: bool, stream: TextIO = sys.stderr) -> None:
    """Send every line of ours to `stream`; libraries' own chatter is kept at warnings."""
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
            rendered,
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=stream, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    for chatty in ("apscheduler", "imapclient", "mailparser", "alembic", "mail.log"):
        logging.getLogger(chatty).setLevel(logging.ERROR)


def log() -> structlog.stdlib.BoundLogger:
    """The log; call it where a line is written."""
    return structlog.get_logger()  # type: ignore[no-any-return]
