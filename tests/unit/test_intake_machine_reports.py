"""Reports of machines: what they name, whether they are about mail, and that no stranger's bytes break a reader."""

import base64
import json
from ipaddress import ip_network

import pytest

from intake.exhibit import Complaint, Exhibit
from intake.forms import FORMS, csv_feed, feedback_report, spamcop, x_arf, xarf
from intake.ground import Ground
from intake.machine_report import MachineReport, machine_report
from intake.words import plain_text
from mail.limits import Limits
from mail.parse import Budget, Letter, parse
from tests.cost import costs_at_most

GROUND = Ground(networks=(ip_network("192.0.2.0/24"), ip_network("192.0.0.0/16")))


def letter(body: str, subject: str = "Report", sender: str = "fbl@isp.example", extra: str = "") -> Letter:
    return parse(f"From: {sender}\nTo: noc@example.edu\nSubject: {subject}\n{extra}{body}".encode())


def text(said: str, subject: str = "Report", sender: str = "fbl@isp.example", extra: str = "") -> Letter:
    return letter(f"Content-Type: text/plain\n\n{said}\n", subject, sender, extra)


def complaint(of: Letter) -> Complaint:
    return Complaint(of, plain_text(of), Budget(Limits()))


def named(of: Letter) -> list[str]:
    about = complaint(of)
    exhibits: list[Exhibit] = [exhibit for form in FORMS for exhibit in form(about, GROUND)]
    return list(dict.fromkeys(exhibit.named for exhibit in exhibits if exhibit.named))


def recognised(of: Letter) -> MachineReport | None:
    return machine_report(of, plain_text(of))


def report(of: Letter) -> MachineReport:
    found = recognised(of)
    assert found is not None
    return found


def arf(fields: str) -> Letter:
    return letter(
        f"Content-Type: multipart/report; boundary=r\n\n--r\nContent-Type: message/feedback-report\n\n{fields}\n--r--\n"
    )


@pytest.mark.parametrize(
    ("kind", "about_mail"),
    [("abuse", True), ("fraud", True), ("virus", True), ("other", True), ("brand-new", True), ("", True)]
    + [(kind, False) for kind in ("not-spam", "auth-failure", "opt-out", "dmarc", "NOT-SPAM")],
)
def test_a_feedback_report_complains_unless_its_type_says_otherwise(kind: str, about_mail: bool) -> None:
    of = arf(f"Feedback-Type: {kind}\nUser-Agent: x\nVersion: 1\nSource-IP: 192.0.2.17")
    assert report(of).about_mail is about_mail
    assert named(of) == (["192.0.2.17"] if about_mail else [])


@pytest.mark.parametrize(
    "written",
    ["192.0.2.17", "[192.0.2.17]", "192.0.2.17:25", "[192.0.2.17]:25", "::ffff:192.0.2.17", "192.0.2.17 (relay)"],
)
def test_it_reads_a_source_however_it_is_written(written: str) -> None:
    assert named(arf(f"Feedback-Type: abuse\nUser-Agent: x\nVersion: 1\nSource-IP: {written}")) == ["192.0.2.17"]


def test_a_reported_domain_names_no_server() -> None:
    assert (
        named(arf("Feedback-Type: abuse\nVersion: 1\nReported-Domain: example.edu\nReported-URI: http://192.0.2.9/"))
        == []
    )


@pytest.mark.parametrize(
    ("of", "about_mail"),
    [
        ({"category": "messaging", "type": "spam", "protocol": "smtp"}, True),
        ({"class": "messaging", "type": "bulk_messaging"}, True),
        ({"category": "reputation", "type": "blocklist", "threat_type": "spam_source"}, True),
        ({"category": "vulnerability", "type": "open_service", "service": "smtp"}, True),
        ({"category": "vulnerability", "type": "open_service", "service": "rdp"}, False),
        ({"category": "reputation", "type": "trap", "threat_type": "scanning_source"}, False),
        ({"category": "messaging", "type": "spam", "protocol": "whatsapp"}, False),
        ({"category": "content", "type": "spamvertised"}, False),
        ({"category": "connection", "type": "login_attack", "service": "smtp"}, False),
    ],
)
def test_a_json_report_is_about_mail_where_mail_was_sent_or_could_be(of: dict[str, str], about_mail: bool) -> None:
    said = text(json.dumps({"xarf_version": "4.0.0", "source_identifier": "192.0.2.17", **of}))
    assert report(said).about_mail is about_mail
    assert [one.named for one in xarf.find(complaint(said), GROUND)] == ["192.0.2.17"] * about_mail


@pytest.mark.parametrize(
    "of_wrong_types",
    [
        {"xarf_version": ["4"], "source_identifier": ["192.0.2.17"], "category": {}, "type": 7, "evidence": "x"},
        {"xarf_version": "4", "source_identifier": None, "reporter": [], "evidence": [1, None, {"payload": 3}]},
        {
            "xarf_version": "4",
            "category": "messaging",
            "evidence": [{"content_type": "message/rfc822", "payload": "%%%"}],
        },
        {"ReporterInfo": 1, "Report": {"Source": "x", "Samples": [[]], "Attachment": 1}},
        {"ReporterInfo": 1, "Report": 5},
    ],
)
def test_a_report_of_wrong_types_names_nothing(of_wrong_types: object) -> None:
    assert named(text(json.dumps(of_wrong_types))) == []


@pytest.mark.parametrize(
    "hostile", ["[" * 500_000, '{"a":' * 200_000, '{"n":' + "9" * 500_000 + "}", "[" + "[]," * 900_000]
)
def test_hostile_json_costs_little(hostile: str) -> None:
    def read() -> tuple[object, ...]:
        return (*xarf.reports(text('{"xarf_version":' + hostile)), *xarf.reports(text(hostile + ' "xarf_version"')))

    assert costs_at_most(4, read) == ()


def test_the_number_of_mails_in_a_report_is_bounded() -> None:
    mail = {"content_type": "message/rfc822", "payload": base64.b64encode(b"Received: x\n\n").decode()}
    found = xarf.reports(text(json.dumps({"xarf_version": "4", "category": "messaging", "evidence": [mail] * 1000})))
    assert len(found[0].mails) == xarf.MAILS_LIMIT


def test_the_mails_in_a_report_count_against_the_limits() -> None:
    payload = base64.b64encode(b"Received: from x\n\n" + b"x" * 20_000).decode()
    evidence = [{"content_type": "message/rfc822", "payload": payload}]
    of = text(json.dumps({"xarf_version": "4", "category": "messaging", "type": "spam", "evidence": evidence}))
    poor = Complaint(of, "", Budget(Limits(unpacked=1_000)))
    assert list(xarf.find(poor, GROUND)) == []
    assert "left out" in poor.notes[0]


def test_yaml_tricks_are_plain_text() -> None:
    bomb = "a: &a [x,x]\nb: &b [*a,*a]\nSource: !!python/object:x 192.0.2.17\nReport-Type: spam\nSource-Type: ipv4\n"
    assert x_arf.reports(text(bomb))[0].source == ""


@pytest.mark.parametrize("kind", ["login-attack", "port-scan", "dos", "malware", "rfi-attack"])
def test_an_attack_is_no_spam_though_the_service_be_smtp(kind: str) -> None:
    of = text(f"Source: 192.0.2.17\nSource-Type: ipv4\nReport-Type: {kind}\nService: smtp\n")
    assert not report(of).about_mail
    assert list(x_arf.find(complaint(of), GROUND)) == []


@pytest.mark.parametrize(
    ("contact", "told"),
    [("out@isp.example", "out@isp.example"), ("out@sub.isp.example", "out@sub.isp.example")]
    + [
        (bad, "")
        for bad in ("victim@bank.example", "", "isp.example", "a@isp.example, b@bank.example", "a@b@isp.example")
    ],
)
def test_the_outcome_goes_only_to_an_address_of_the_senders_domain(contact: str, told: str) -> None:
    old = text(f"Source: 192.0.2.17\nSource-Type: ipv4\nReport-Type: spam\nReported-From: {contact}\n")
    new = text(
        json.dumps({"xarf_version": "4", "category": "messaging", "type": "spam", "reporter": {"contact": contact}})
    )
    assert (report(old).outcome_to, report(new).outcome_to) == (told, told)


def test_spamcop_is_told_by_the_address_of_its_report() -> None:
    of = text("Email from 192.0.2.17 / Tue, 1 Sep 2026", "[SpamCop (192.0.2.17) id:12]x", "12@reports.cop.example")
    assert report(of).outcome_to == "12@reports.cop.example"
    assert named(of) == ["192.0.2.17"]


def test_an_advertised_web_site_is_no_mail_server() -> None:
    of = text(
        "Spamvertised web site: http://x.example/\nhttp://x.example/ is 192.0.2.17;", "[SpamCop (192.0.2.17) id:12]x"
    )
    assert not report(of).about_mail
    assert list(spamcop.find(complaint(of), GROUND)) == []


def test_an_advertised_address_may_hold_brackets_and_be_long() -> None:
    link = "http://x.example/(a)/" + "y" * 300
    assert not report(text(f"Spamvertised web site: {link}", f"[SpamCop ({link}) id:12]x")).about_mail


def test_a_huge_text_is_read_in_time() -> None:
    said = "Received: from a by b;\n1.2.3.4 is listed: spam\n" * 20_000
    costs_at_most(5, lambda: recognised(text(said, sender="listings@dnsbl.example")))


def test_a_summary_of_spamcop_names_servers() -> None:
    of = text(
        "IP_Address Start Trap User\n192.0.2.17  Aug 31/1d  3  0\n198.51.100.1 Aug 31/1d  1 1\n",
        "[SpamCop] summary report",
    )
    assert "192.0.2.17" in named(of)


def test_an_answer_to_an_old_junk_mail_report_is_none() -> None:
    assert recognised(text("Thanks", "Re: complaint about message from 192.0.2.17")) is None
    assert report(text("x", "complaint about message from 192.0.2.17")).about_mail


def test_a_person_who_asks_about_a_listing_is_no_machine() -> None:
    said = "our server 192.0.2.17 has been listed in a DNSBL for spam. What can we do?"
    assert recognised(text(said, sender="ann@example.edu")) is None
    assert report(text(said, sender="listings@dnsbl.example")).about_mail


def table(rows: str, name: str = "events.csv") -> Letter:
    return letter(f"Content-Type: text/csv; name={name}\n\n{rows}\n", sender="reports@feed.example")


@pytest.mark.parametrize("column", ["ip", "source_ip", "src_ip", "Address", "IP-Address", "source.ip"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_is_read_whatever_it_calls_its_column(column: str, delimiter: str) -> None:
    rows = [["time", column, "type"], ["1", "192.0.2.17", "spam"], ["1", "192.0.2.18", "ntp-monitor"]]
    of = table("\n".join(delimiter.join(row) for row in rows))
    assert report(of).about_mail
    assert named(of) == ["192.0.2.17"]


def test_a_table_without_a_kind_is_what_its_name_says() -> None:
    assert named(table("ip,time\n192.0.2.17,1", "spam-sources.csv")) == ["192.0.2.17"]
    assert named(table("ip,time\n192.0.2.17,1", "ntp.csv")) == []
    assert named(table("ip,url\n192.0.2.17,http://x.example/", "spam_url.csv")) == []


def test_a_table_of_a_whole_network_stays_bounded_and_says_so() -> None:
    rows = "\n".join(f"192.0.{n // 256}.{n % 256},spam" for n in range(65_536))

    def read() -> Complaint:
        about = complaint(table("ip,type\n" + rows))
        assert len(list(csv_feed.find(about, GROUND))) == csv_feed.NAMED_LIMIT
        return about

    about = costs_at_most(25, read)
    assert "only the first 10000 rows" in about.notes[0]
    assert "more addresses" in about.notes[1]


@pytest.mark.parametrize(
    "bad", ['ip,type\n"' + "x" * 200_000, "ip\x00,type\n", "", "ip", "\n\n\n", "ip,type\n1", '"' * 5_000]
)
def test_a_broken_table_names_nothing(bad: str) -> None:
    assert named(table(bad)) == []


def test_a_letter_with_thousand_report_parts_is_cheap() -> None:
    part = "--r\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nSource-IP: 192.0.2.17\n"
    of = letter("Content-Type: multipart/report; boundary=r\n\n" + part * 400)
    assert len(feedback_report.report_fields(of)) == feedback_report.PARTS_LIMIT


def test_a_persons_letter_is_no_report() -> None:
    assert recognised(text("Source: 192.0.2.17 sends us spam\nplease stop", sender="ann@shop.example")) is None


CARRIED = (
    'Content-Type: application/json; name=order.json\n\n{"xarf_version": "4", "category": "connection"}\n',
    "Content-Type: text/plain; name=a.txt\n\nReport-Type: login-attack\nSource: 203.0.113.9\nSource-Type: ip\n",
    "Content-Type: message/feedback-report\n\nFeedback-Type: not-spam\nUser-Agent: x\nVersion: 1\n",
)
FORWARD = "---------- Forwarded message ---------\nFrom: Pills\nDate: Tue\nSubject: x\nTo: ann\n\nBuy.\n"


def beside(said: str, part: str, sender: str = "ann@shop.example") -> Letter:
    return letter(f"Content-Type: multipart/mixed; boundary=r\n\n--r\n\n{said}\n--r\n{part}\n--r--\n", "Fwd: x", sender)


@pytest.mark.parametrize("carried", CARRIED)
@pytest.mark.parametrize(
    "said",
    [
        "This is spam from your server.",
        FORWARD,
        "see\n\nReceived: from a (a [192.0.2.17]) by mx.shop.example with ESMTP id 1; Tue, 1 Sep 2026 10:00:00",
    ],
)
def test_a_report_that_came_with_a_spam_makes_no_person_a_machine(said: str, carried: str) -> None:
    assert recognised(beside(said, carried)) is None
    assert recognised(beside(said, carried, sender="alistair@shop.example")) is None


@pytest.mark.parametrize("carried", CARRIED)
def test_a_report_beside_no_words_of_a_person_is_a_machines(carried: str) -> None:
    assert not report(beside("A report.", carried)).about_mail


def test_a_machines_report_about_mail_is_its_own_whatever_its_words_say() -> None:
    spam = 'Content-Type: application/json\n\n{"xarf_version": "4", "category": "messaging", "type": "spam"}\n'
    said = "Spam was sent to our traps by the server that the report names."
    assert report(beside(said, spam, sender="reports@trap.example")).about_mail
    assert recognised(beside(said, spam)) is None


def test_what_declares_itself_a_report_is_one_whatever_its_words_say() -> None:
    said = "Your server tried to log in here. We got spam from it as well, please stop it.\n" + FORWARD
    of = letter(f"X-ARF: yes\nContent-Type: multipart/mixed; boundary=r\n\n--r\n\n{said}\n--r\n{CARRIED[1]}\n--r--\n")
    assert not report(of).about_mail
