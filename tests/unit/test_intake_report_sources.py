"""A machine's report that names one source, and brings a trace that begins at another."""

import base64
import json
from ipaddress import ip_network

import pytest

from intake.ground import Ground
from intake.read import read

GROUND = Ground((ip_network("192.0.2.0/24"),), hubs=(ip_network("192.0.2.1/32"),), noc="noc@example.edu")
WHEN = "; Tue, 1 Sep 2026 10:00:00 +0000"
AT_BORDER = (
    f"Received: from relay.example.edu (relay.example.edu [192.0.2.17])\n by mx.isp.example with ESMTP id a{WHEN}\n"
)
HUB = f"Received: from hub.example.edu (hub.example.edu [192.0.2.1])\n by mx.isp.example with ESMTP id a{WHEN}\n"
AT_HUB = AT_BORDER.replace("mx.isp.example", "hub.example.edu (Postfix)")
REST = "From: Pills <win@pills.example>\nSubject: Win\nMessage-ID: <1@pills.example>\n\nDear friend\n"


def message(*parts: str, kind: str = "mixed", subject: str = "Report", extra: str = "") -> str:
    head = f"From: fbl@isp.example\nTo: noc@example.edu\nSubject: {subject}\nMessage-ID: <f@isp.example>\n{extra}"
    boundary = f"b{len(str(parts))}"
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f"{head}MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary={boundary}\n\n{body}--{boundary}--\n"


def spam(trace: str) -> str:
    return f"Content-Type: message/rfc822\n\n{trace}{REST}"


def arf(source: str, trace: str) -> str:
    fields = f"Feedback-Type: abuse\nUser-Agent: ISP/1\nVersion: 1\nSource-IP: {source}\n"
    words = "Content-Type: text/plain\n\nThis is an email abuse report.\n"
    report = f"Content-Type: message/feedback-report\n\n{fields}"
    return message(words, report, spam(trace), kind="report; report-type=feedback-report")


def json_report(source: str, trace: str) -> str:
    mail = {"content_type": "message/rfc822", "payload": base64.b64encode((trace + REST).encode()).decode()}
    read = {"xarf_version": "4.0.0", "category": "messaging", "type": "spam", "source_identifier": source}
    return message(f"Content-Type: application/json\n\n{json.dumps({**read, 'evidence': [mail]})}\n")


def old_report(source: str, trace: str) -> str:
    fields = f"Reported-From: fbl@isp.example\nReport-Type: spam\nSource-Type: ip\nSource: {source}\n"
    return message(f"Content-Type: text/plain\n\n{fields}", spam(trace), extra="X-ARF: Yes\n")


def spamcop(source: str, trace: str) -> str:
    said = f"[ SpamCop V5 ]\nEmail from {source} / {WHEN}\n\n[ Offending message ]\n{trace}{REST}"
    return message(f"Content-Type: text/plain\n\n{said}", subject=f"[SpamCop ({source}) id:7]Win")


def hotmail(source: str, trace: str) -> str:
    return message(spam(trace), subject=f"complaint about message from {source}")


REPORTS = {"ARF": arf, "XARF": json_report, "X-ARF": old_report, "SpamCop": spamcop, "Hotmail": hotmail}


def accused(raw: str) -> dict[str, str]:
    return {one.address: one.confidence.value for one in read(raw.encode(), GROUND).findings}


@pytest.mark.parametrize("form", REPORTS)
def test_a_report_whose_trace_begins_at_its_source_is_high(form: str) -> None:
    assert accused(REPORTS[form]("192.0.2.17", AT_BORDER)) == {"192.0.2.17": "high"}


@pytest.mark.parametrize("form", REPORTS)
def test_a_report_whose_trace_begins_elsewhere_is_low(form: str) -> None:
    raw = REPORTS[form]("203.0.113.9", AT_BORDER)
    assert accused(raw) == {"192.0.2.17": "low"}
    assert "the report itself gives another source, 203.0.113.9" in read(raw.encode(), GROUND).findings[0].reason


@pytest.mark.parametrize("form", REPORTS)
def test_of_two_servers_of_ours_none_is_certain(form: str) -> None:
    assert accused(REPORTS[form]("192.0.2.40", AT_BORDER)) == {"192.0.2.17": "low", "192.0.2.40": "low"}


@pytest.mark.parametrize("form", REPORTS)
def test_a_hub_is_followed_whichever_of_the_two_is_the_source(form: str) -> None:
    assert accused(REPORTS[form]("192.0.2.1", HUB + AT_HUB))["192.0.2.17"] == "high"
    assert accused(REPORTS[form]("192.0.2.17", HUB + AT_HUB))["192.0.2.17"] == "high"


def test_the_reporters_own_inner_address_is_no_source() -> None:
    assert accused(arf("10.0.0.5", AT_BORDER)) == {"192.0.2.17": "high"}


def test_a_spam_that_looks_like_a_report_hides_nothing() -> None:
    raw = message(
        "Content-Type: text/plain\n\nThis spam came out of your network.\n",
        f"Content-Type: message/rfc822\n\n{AT_BORDER}{arf('203.0.113.9', AT_BORDER)}",
    ).replace("From: fbl@isp.example", "From: ann@shop.example")
    assert accused(raw)["192.0.2.17"] == "high"
