"""Every kind of mail in every variant: complete, narrow, inert, and silent about what must not be said."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from cases.effects import NoticeKind, Role, SendNotice
from cases.model import Contact, Verdict
from db.tables import Notice, RelayTest
from notices import findings
from notices.outbox import write
from notices.removal import REMOVALS
from notices.render import environments
from notices.sample_mails import Sample, samples, written
from notices.sample_rows import ADDRESS, ANNA, CAROL, DAVE, FINDING, NONCE, NOW, PROBE_DOMAIN, SECOND, SENDER_NONCE
from notices.sample_world import COUNTDOWN, HOUSE, REPORTED, VERIFIED, world
from notices.samples import all_mails

BIDI = "\u202e"
EVIL = f'Ann{BIDI}\x1b[31m<b onload="x">\r\nBLOCK 192.0.2.25 https://evil.example/ ' + "A" * 300


@pytest.fixture(scope="module")
def mails() -> dict[str, Notice]:
    return dict(all_mails())


def the_samples() -> Iterator[Sample]:
    return samples()


def parsed(notice: Notice) -> EmailMessage:
    message = message_from_bytes(notice.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(notice: Notice, kind: str) -> str:
    found = parsed(notice).get_body((kind,))
    assert found is not None
    return str(found.get_content())


def everything(notice: Notice) -> str:
    """All that leaves the house, decoded."""
    message = parsed(notice)
    texts = [str(one.get_content()) for one in message.walk() if one.get_content_maintype() == "text"]
    return "\n".join([*texts, *(f"{name}: {value}" for name, value in message.items())])


def test_it_has_a_triple_and_a_sample_for_every_kind(mails: dict[str, Notice]) -> None:
    names = set(environments()[0].list_templates())
    for kind in NoticeKind:
        assert {f"{kind}.subject", f"{kind}.txt", f"{kind}.html"} <= names
    assert {notice.kind for notice in mails.values()} == {kind.value for kind in NoticeKind}


def test_its_text_is_narrow(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        wide = [line for line in notice.text.splitlines() if len(line) > 78 and "https://" not in line]
        assert not wide, f"{name}: {wide}"
        assert "\n\n\n" not in notice.text, name


def test_its_text_is_what_was_kept_for_subtracting_it(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        assert part(notice, "plain").replace("\r\n", "\n") == notice.text, name


def test_its_subject_is_one_short_ascii_line_without_foreign_text(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        assert notice.subject.isascii() and notice.subject.isprintable(), name
        assert len(notice.subject) <= 78, (name, notice.subject)
        assert "relay7" not in notice.subject and "SPAMMING" not in notice.subject


PAGES = ("https://policy.", "https://client.rdap.org/", *(one.page for one in REMOVALS.values()))


class References(HTMLParser):
    """Whatever an HTML part would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"img", "link", "script", "iframe", "object", "embed", "form", "base", "style", "svg", "video"}:
            self.bad.append(tag)
        for name, value in attrs:
            if name in {"src", "background", "srcset"} or name.startswith("on") or "url(" in (value or ""):
                self.bad.append(f"{tag} {name}={value}")
            if name == "href" and not (value or "").startswith(PAGES):
                self.bad.append(f"{tag} {name}={value}")


def test_its_html_loads_and_runs_nothing(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        references = References()
        references.feed(part(notice, "html"))
        assert not references.bad, f"{name}: {references.bad}"
        assert 'name="color-scheme" content="light dark"' in part(notice, "html")


def words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9][A-Za-z0-9.:@-]*[A-Za-z0-9]", text)


def test_its_text_and_html_say_the_same(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        html = re.sub(r"<wbr>", "", part(notice, "html").partition("<body")[2])
        html = re.sub(r"<[^>]+>", " ", html).replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")
        said = {word.lower() for word in words(html.replace("&amp;", "&").replace("&#34;", '"'))}
        # A long word may be broken in a narrow column of text.
        missing = [word for word in words(notice.text) if word.lower() not in said and len(word) > 3]
        broken = [word for word in missing if not any(word.lower() in whole for whole in said)]
        assert not broken, f"{name}: {broken}"


def test_every_mail_says_who_writes_and_by_what_authority(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        assert "Example University" in notice.text and "noc@example.edu" in notice.text, name
        if notice.kind != NoticeKind.DIGEST:
            assert "Policy on Responsible Use" in notice.text and "https://policy.example.edu/" in notice.text, name
            assert "a person reads" in notice.text, name


def test_every_mail_about_a_case_names_server_and_case(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        if notice.case_id is not None:
            assert ADDRESS in notice.text and "OMR 17" in notice.text, name


SECRETS = (CAROL, DAVE, "victim.example", "4rtxyz123", "for carol", "stop spamming", "@elsewhere.example")


def test_the_complainant_never_appears_in_an_administrators_mail(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        if notice.role == Role.ADMINISTRATOR and name != "admin-received-shared":
            said = everything(notice).lower()
            for secret in (
                CAROL,
                DAVE,
                "victim.example",
                "4rtxyz123",
                "for carol",
                "stop spamming",
                "elsewhere.example",
            ):
                assert secret not in said, f"{name}: {secret}"


def test_the_administrator_sees_who_complained_only_where_that_is_allowed(mails: dict[str, Notice]) -> None:
    assert CAROL in mails["admin-received-shared"].text
    assert "mx.victim.example" not in mails["admin-received-shared"].text


def test_no_nonce_probe_sender_or_message_id_of_a_probe_leaves(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        said = everything(notice).lower()
        assert NONCE.lower() not in said and SENDER_NONCE.lower() not in said, name
        assert NONCE[3:12] not in said and NONCE[13:] not in said, name
        assert f"@{PROBE_DOMAIN}" not in said, name


def test_the_transcript_comes_with_the_results_of_every_verdict_as_plain_text(mails: dict[str, Notice]) -> None:
    told = set()
    for name, notice in mails.items():
        attachments = list(parsed(notice).iter_attachments())
        if notice.kind != NoticeKind.ADMIN_RESULTS:
            assert not attachments, name
            continue
        (attached,) = attachments
        said = str(attached.get_content())
        assert attached.get_content_type() == "text/plain" and attached.get_filename() == "relay-test.txt", name
        first, verdict, *_ = said.splitlines()
        assert first.startswith("Relay test ") and verdict.startswith(f"{ADDRESS}: "), name
        told.add(verdict.split()[1])
        if "unreachable" in name:
            assert "-- no answer from 192.0.2.25 port 25" in said
        else:
            assert "S: 220 relay7.chem.example.edu ESMTP Postfix" in said, name
            assert "C: RCPT TO:<*****@*****>" in said, name  # one can see that a stranger was addressed
        assert "relaytest" not in said.lower() and "omr" not in said.lower(), name
    assert told == {f"{verdict}." for verdict in Verdict}


def test_the_results_say_how_many_forms_were_not_sent_and_why(mails: dict[str, Notice]) -> None:
    said = "2 forms were not sent: no domain that the server serves is known."
    assert all(said in mails[f"admin-results-{name}"].text for name in ("closed", "deferred", "open-postfix"))


def test_forms_that_the_first_proof_made_needless_are_counted_apart_and_foreign_words_of_them_stay_one_line() -> None:
    order = SendNotice(NoticeKind.ADMIN_RESULTS, ANNA, Role.ADMINISTRATOR, 1)
    with world(VERIFIED) as session:
        row = session.scalars(select(RelayTest)).one()
        (report,) = row.report
        void = {"mail_from": "", "rcpt_to": "", "outcome": "void"}
        techniques = [
            {"id": "U02", **void, "reply": "not sent: a probe had come back already"},
            {"id": "U03", **void, "reply": "not sent: a probe had come back already"},
            {"id": "U04", **void, "reply": f"not sent: {EVIL}"},
            {"id": "U05", **void, "reply": "550 not sent: the server's own words"},
        ]
        row.report = [{**report, "techniques": techniques}]
        notice = session.get_one(Notice, write(session, order, VERIFIED, HOUSE, NOW))
        said = unfolded(notice.text)
        inert(notice)
    assert "2 forms were not sent: one had come back already, which is proof enough; 1 form was not sent: Ann" in said


def test_the_results_name_where_the_mail_went_in_and_came_out(mails: dict[str, Notice]) -> None:
    assert "In by 192.0.2.25, out by 192.0.2.31:" in mails["admin-results-open-output"].text
    assert "out by" not in mails["admin-results-open-postfix"].text


def unfolded(text: str) -> str:
    return " ".join(text.replace("| ", "").split())


@pytest.mark.parametrize(
    ("verdict", "meaning"),
    [
        ("accepts", "We do not call that an open relay."),
        ("shut-out", "we can call it neither open nor closed. Please let our test in from 198.51.100.9"),
        ("deferred", "you need not change anything for that"),
        ("unreachable", "No connection was answered when we came from 198.51.100.9."),
        ("bounces", "So it is not an open relay."),
        ("closed", "The case is closed. You need not do anything more"),
    ],
)
def test_each_verdict_says_plainly_what_it_means_for_the_administrator(
    mails: dict[str, Notice], verdict: str, meaning: str
) -> None:
    assert meaning in unfolded(mails[f"admin-results-{verdict}"].text)


def test_each_blocklist_comes_with_its_page_or_with_its_own_words(mails: dict[str, Notice]) -> None:
    text = mails["admin-results-open-postfix"].text
    assert "https://check.spamhaus.org/" in text and "before, it is put back at once" in unfolded(text)
    assert "We know no page of this list: ask its operator.\n    > open relay, see https://bl.example/" in text
    assert "Could not be asked" in text and "> dead.example: fails its self-test for IPv4" in text


def test_after_the_repair_the_lists_that_still_name_the_server_are_told(mails: dict[str, Notice]) -> None:
    still, none = (unfolded(mails[name].text) for name in ("admin-repaired-listed", "admin-repaired"))
    assert "One still lists the server. Now that it is repaired, ask there to be tested again and taken off" in still
    assert "* bl.example, which names 192.0.2.25" in still and "One thing is left: blocklists" in still
    assert "zen.spamhaus.org and bl.spamcop.net do not list it." in still
    assert "the server stands on none of them (zen.spamhaus.org, bl.spamcop.net and bl.example)" in none
    assert "You need not do anything more." in none and "You need not do anything more." not in still


def test_it_names_the_address_that_the_server_saw_where_a_proxy_is_used() -> None:
    order = SendNotice(NoticeKind.ADMIN_RESULTS, ANNA, Role.ADMINISTRATOR, 1)
    with world(VERIFIED) as session:
        row = session.scalars(select(RelayTest)).one()
        row.vantage = {ADDRESS: ["203.0.113.8"], SECOND: ["203.0.113.8"]}
        number = write(session, order, VERIFIED, replace(HOUSE, vantage=()), NOW)
        text = session.get_one(Notice, number).text
    assert "from outside (from 203.0.113.8), addressed" in unfolded(text)


def test_a_test_by_an_earlier_version_still_names_its_lists() -> None:
    with world(VERIFIED) as session:
        row = session.scalars(select(RelayTest)).one()
        row.listed_on = {ADDRESS: ["psbl.surriel.com"]}
        number = write(session, SendNotice(NoticeKind.ADMIN_RESULTS, ANNA, Role.ADMINISTRATOR, 1), VERIFIED, HOUSE, NOW)
        text = session.get_one(Notice, number).text
    assert "Passive Spam Block List (psbl.surriel.com), which names 192.0.2.25" in text


def test_the_words_of_a_list_stay_a_quotation() -> None:
    with world(VERIFIED) as session:
        row = session.scalars(select(RelayTest)).one()
        row.listed_on = {ADDRESS: {"listed_on": ["bl.example"], "reasons": {"bl.example": EVIL}}}
        number = write(session, SendNotice(NoticeKind.ADMIN_RESULTS, ANNA, Role.ADMINISTRATOR, 1), VERIFIED, HOUSE, NOW)
        inert(session.get_one(Notice, number))


def test_a_transcript_that_is_too_long_says_that_it_was_cut() -> None:
    with world(VERIFIED) as session:
        row = session.scalars(select(RelayTest)).one()
        row.transcript = "\n".join(["2026-11-24T17:05:00.000Z 25#1 S: 250 ok"] * 8000)
        test = findings.load(session, VERIFIED.id, 1)
    assert test is not None and len(test.transcript) < findings.TRANSCRIPT + 100
    assert test.transcript.splitlines()[-1].startswith("-- the rest is left out: ")
    assert test.transcript.splitlines()[-2].endswith("S: 250 ok")


def test_a_complainant_hears_the_verdict_only(mails: dict[str, Notice]) -> None:
    for name, notice in mails.items():
        if notice.role == Role.COMPLAINANT:
            for secret in ("U01", "Postfix", "percent", "relay7", "192.0.2.31", ANNA):
                assert secret not in everything(notice), f"{name}: {secret}"


def test_a_verified_relay_is_told_with_its_consequences(mails: dict[str, Notice]) -> None:
    text = " ".join(mails["admin-results-open-sendmail"].text.replace("| ", "").split())
    assert "may block the server's outgoing off-campus mail at any time from now on" in text
    assert "48 hours after this mail has been handed over, that is about Thursday 26 November 2026, 14:05 EST" in text
    assert "promiscuous_relay" in text and "zen.spamhaus.org" in text and "FIXED" in text


def test_a_guide_is_shown_for_each_mailer_that_is_recognised(mails: dict[str, Notice]) -> None:
    marks = {
        "sendmail": "Sendmail. Version 8.8",
        "netscape": "Netscape Messaging Server,",
        "formmail": "FormMail. The script",
        "postfix": "Postfix. See",
        "exim": "Exim 4. The",
        "exchange": "Microsoft Exchange, 2007 and later",
        "unknown": "In general:",
    }
    for name, mark in marks.items():
        assert mark in mails[f"admin-results-open-{name}"].text


def test_times_are_those_of_the_zone_on_both_sides_of_the_clock_change() -> None:
    zone = ZoneInfo("America/New_York")
    for at, said in (
        (COUNTDOWN.deadline, "Thursday 26 November 2026, 13:05 EST"),
        (NOW.replace(month=7, day=4), "Saturday 4 July 2026, 15:05 EDT"),
        (NOW.replace(month=11, day=1, hour=5, minute=30), "Sunday 1 November 2026, 01:30 EDT"),
        (NOW.replace(month=11, day=1, hour=6, minute=30), "Sunday 1 November 2026, 01:30 EST"),
    ):
        house = replace(HOUSE, zone=zone)
        case = replace(COUNTDOWN, deadline=at)
        order = SendNotice(NoticeKind.REPLY_NOT_UNDERSTOOD, ANNA, Role.ADMINISTRATOR, 1)
        notice = written(Sample("", order, case, house=house))
        assert said in " ".join(notice.text.replace("| ", "").split())


def test_hostile_words_of_the_registry_and_of_others_stay_inert() -> None:
    hostile = replace(
        VERIFIED,
        hostname=EVIL,
        contacts=(Contact(ANNA, EVIL, EVIL, EVIL),),
        hint=EVIL,
        block_trouble=EVIL,
        trouble=EVIL,
        end_reason=EVIL,
    )
    for sample in the_samples():
        if sample.case is None or sample.order.kind is NoticeKind.ADMIN_RESULTS:
            continue
        said = {name: EVIL if name in {"why", "reason", "by"} else text for name, text in sample.order.said.items()}
        case = replace(
            sample.case,
            hostname=EVIL,
            contacts=tuple(replace(one, name=EVIL, phone=EVIL, department=EVIL) for one in sample.case.contacts),
            hint=EVIL,
            end_reason=EVIL,
            block_trouble=EVIL if sample.case.block_trouble else "",
        )
        inert(written(replace(sample, case=case, order=replace(sample.order, said=said))), sample.name)
    inert(
        written(Sample("", SendNotice(NoticeKind.ADMIN_RESULTS, ANNA, Role.ADMINISTRATOR, 1), hostile, software=EVIL))
    )


def inert(notice: Notice, name: str = "") -> None:
    for text in (notice.text, part(notice, "html"), notice.subject):
        assert BIDI not in text and "\x1b" not in text, name
    assert "<b onload" not in part(notice, "html"), name
    assert "evil" not in notice.subject and "\n" not in notice.subject, name
    assert not [line for line in notice.text.splitlines() if len(line) > 78 and "https://policy" not in line], name
    assert not [line for line in notice.text.splitlines() if line.startswith("BLOCK")], name
    references = References()
    references.feed(part(notice, "html"))
    assert not references.bad, f"{name}: {references.bad}"


def test_evidence_that_names_the_complainant_is_left_out() -> None:
    hop = FINDING["hops"][0]
    for sender in (CAROL, "bounce+carol.miller=victim.example@pills.example", "x@mail.victim.example"):
        finding = {**FINDING, "hops": [{**hop, "envelope_sender": sender}]}
        order = SendNotice(NoticeKind.ADMIN_RECEIVED, ANNA, Role.ADMINISTRATOR)
        said = _with(finding, order)
        assert "carol" not in said and "victim" not in said and "a mail server outside took it from 192.0.2.25" in said


def test_a_host_that_no_trusted_line_names_is_not_named() -> None:
    hop = {**FINDING["hops"][1], "by": "I-SAY-BLOCK.example", "queue_id": "see http://evil.example"}
    said = _with({**FINDING, "hops": [hop]}, SendNotice(NoticeKind.ADMIN_RECEIVED, ANNA, Role.ADMINISTRATOR))
    assert "I-SAY-BLOCK" not in said and "evil.example" not in said and "a server of ours took it" in said


def _with(finding: dict[str, object], order: SendNotice) -> str:

    with world(REPORTED, finding=finding) as session:
        number = write(session, order, REPORTED, HOUSE, NOW)
        return " ".join(session.get_one(Notice, number).text.split())
