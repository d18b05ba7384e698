"""The digest: what needs a human first, once a day, short on quiet days."""

from datetime import date, timedelta

from notices import digest
from notices.digest_sections import MOST_ROWS, Section
from notices.house import Health
from notices.render import table_row
from notices.sample_mails import digest_mail
from notices.sample_rows import NOW
from notices.sample_world import COUNTDOWN, HOUSE, NOBODY, REPAIRED, world

HEALTH = Health("1.0", NOW)


def test_it_begins_with_what_needs_a_human_and_ends_with_the_bot() -> None:
    text = digest_mail(busy=True).text
    order = ["Calls to make", "Security has been asked", "Questions to you", "Clocks that run out next"]
    order += ["New since yesterday", "Blocked", "Ended since yesterday", "The bot itself"]
    places = [text.index(title) for title in order]
    assert places == sorted(places)


def test_the_call_list_has_the_telephone_numbers() -> None:
    assert "+1 555 0142" in digest_mail(busy=True).text


def test_its_subject_counts_what_needs_somebody() -> None:
    assert digest_mail(busy=True).subject == "OMR digest, Tue 24 Nov 2026: 10 things need you"
    assert digest_mail(busy=False).subject == "OMR digest, Tue 24 Nov 2026: nothing needs you"


def test_a_quiet_day_is_short() -> None:
    assert len(digest_mail(busy=False).text.splitlines()) < 35


def test_it_is_posted_once_a_day() -> None:
    with world(COUNTDOWN) as session:
        assert len(digest.post(session, NOW, HOUSE, HEALTH)) == 1
        assert digest.post(session, NOW + timedelta(hours=1), HOUSE, HEALTH) == ()
        assert len(digest.post(session, NOW + timedelta(days=1), HOUSE, HEALTH)) == 1


def test_one_case_with_two_people_to_call_is_one_thing() -> None:
    with world(NOBODY) as session:
        facts = digest.collect(session, NOW, HOUSE, HEALTH)
        assert len(facts.needs[0].rows) == 2 and facts.count == 1


def test_a_day_that_is_over_is_told_up_to_its_end() -> None:
    with world(REPAIRED) as session:
        later = NOW + timedelta(days=3)
        assert digest.collect(session, later, HOUSE, HEALTH, date(2026, 11, 24)).news
        assert not digest.collect(session, later, HOUSE, HEALTH, date(2026, 11, 26)).news


def test_a_long_table_says_how_much_it_leaves_out() -> None:
    section = Section("x", "", ("a",), tuple((str(row),) for row in range(MOST_ROWS + 3)), (5,))
    assert (len(section.shown), section.over) == (MOST_ROWS, 3)


def test_a_row_of_a_table_breaks_only_words_that_no_line_has_room_for() -> None:
    assert table_row(("17", "192.0.2.40 mail.physics.example.edu"), (5, 26)).splitlines() == [
        "17     192.0.2.40",
        "       mail.physics.example.edu",
    ]
    assert max(len(line) for line in table_row(("A" * 50, "b"), (10, 5)).splitlines()) <= 17


def test_a_name_too_long_for_its_column_is_broken_behind_a_mark() -> None:
    assert table_row(["postmaster@chemistry.example.edu"], [25]) == "postmaster@chemistry.\nexample.edu"
    assert table_row(["x" * 30], [25]) == f"{'x' * 25}\n{'x' * 5}"
