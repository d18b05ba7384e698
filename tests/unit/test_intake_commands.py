"""What an answer says, and what it does not say."""

from datetime import timedelta

import pytest

from intake.commands import command_of
from intake.reading import Word
from intake.words import own_lines


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("FIXED", Word.FIXED),
        ("Fixed!", Word.FIXED),
        ("*FIXED*", Word.FIXED),
        ("Fixed now, thanks", Word.FIXED),
        ("It is fixed now.", Word.FIXED),
        ("It's been fixed, thank you", Word.FIXED),
        ("FIXED closed it in main.cf", Word.FIXED),
        ("Fixed - we closed it", Word.FIXED),
        ("NOT MINE", Word.NOT_MINE),
        ("This server is not mine", Word.NOT_MINE),
        ("not mine, ask Physics", Word.NOT_MINE),
        ("Please retest", Word.RETEST),
        ("Notified by phone 10:15", Word.NOTIFIED),
        ("Done.", Word.DONE),
        ("dismiss", Word.DISMISS),
        ("LIFT tested by hand", Word.LIFT),
        ("OPEN seen in our logs", Word.OPEN),
        ("CLOSE not a relay", Word.CLOSE),
        ("close: false alarm", Word.CLOSE),
        ("block it now", Word.BLOCK),
    ],
)
def test_it_obeys_what_is_plain(line: str, word: Word) -> None:
    assert command_of(["Hello,", line]).word is word


@pytest.mark.parametrize(
    "line",
    [
        "not fixed yet", "Done? not yet", "Fixed? No", "unfixed", "will be fixed tomorrow", "Fixed, but not all",
        "fixed the printer", "Is this not mine?", "Do not block", "BLOCK or HOLD", "HOLD", "HOLD 0h", "blocked",
        "Open relay is still there", "Close to the deadline", "not done", "I can't lift it", "", "????",
    ],
)  # fmt: skip
def test_it_never_guesses(line: str) -> None:
    assert command_of([line]).word is Word.OTHER


def test_it_reads_what_belongs_to_a_decision() -> None:
    assert command_of(["HOLD 24h vendor comes"]).hold == timedelta(hours=24)
    assert command_of(["hold for 2 days please"]).hold == timedelta(days=2)
    block = command_of(["BLOCK OUTPUT 2001:DB8:0::17, please"])
    assert (block.output, block.address) == (True, "2001:db8::17")


def test_a_reason_goes_on_below_and_ends_at_the_greeting() -> None:
    command = command_of(["CLOSE: tested by hand,", "no relay.", "Kind regards", "Bob"])
    assert command.reason == "tested by hand, no relay."
    assert command_of(["LIFT", "Regards", "Bob"]).reason == ""


def test_a_reason_is_bounded() -> None:
    assert len(command_of(["CLOSE " + "x " * 400, "y " * 5000]).reason) <= 500


SENT = "Your server is an open mail relay\n\nAnswer with one word:\n\nFIXED\nto have it tested again at once.\n"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (
            "FIXED\n\nOn 1 Sep 2026 at 10:00, noc@example.edu wrote:\n> Your server is an open mail relay\n> FIXED\n",
            "FIXED",
        ),
        ("FIXED\n\n" + SENT, "FIXED"),
        ("> Your server\n\nfixed it all\n", "fixed it all"),
        (SENT + "\nwe are still looking\n", "we are still looking"),
        ("Your server is an open mail relay Answer with one word:\nwe look\n", "we look"),
        ("-----Original Message-----\nFIXED\n", None),
        ("| FIXED\n", None),
        (SENT, None),
    ],
)
def test_it_subtracts_what_we_wrote_ourselves(text: str, first: str | None) -> None:
    assert next(iter(own_lines(text, SENT)), None) == first
