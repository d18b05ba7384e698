# ruff: noqa: E501 - one layout a line
"""What a sender can write into a Received line never stands there as the address that the writer saw.

His are the HELO, the answer of his ident server, his account, the envelope sender, the recipient, and the name in his
own reverse zone. `FRAMED` is the server that he would like to be accused; `TRUE` is where he is.
"""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mail.received import Received, is_local, read_line

WHEN = "Tue, 1 Sep 2026 10:00:00 +0000"
FRAMED = "192.0.2.17"
TRUE = "198.51.100.6"

# Layouts of mail systems with the sender's words in them: {helo}, or another part that he chooses.
BY_HELO = {
    "postfix": "from {helo} (evil.ex [198.51.100.6]) by mx.ex (Postfix) with ESMTP id 4XQ",
    "postfix, no name": "from {helo} (unknown [198.51.100.6]) by mx.ex (Postfix) with SMTP id 4XQ for <a@b.ex>",
    "postfix, renamed": "from {helo} (evil.ex [198.51.100.6]) by mx.ex (Shopmail) with ESMTP id 4XQ",
    "sendmail": "from {helo} (IDENT:x@evil.ex [198.51.100.6]) by mx.ex (8.12.3/8.12.3) with ESMTP id KAA1",
    "sendmail, forged": "from {helo} (evil.ex [198.51.100.6] (may be forged)) by mx (8.15.2/8.15.2) with ESMTP id x",
    "exim": "from [198.51.100.6] (helo={helo}) by mx.ex with esmtp (Exim 4.96) id 1abc-0001-2f",
    "exim, ident": "from [198.51.100.6] (helo={helo} ident=x) by mx.ex with esmtp (Exim 4.96) id 1abc-0001-2f",
    "exim, port": "from [198.51.100.6] (port=12 helo={helo}) by mx.ex with esmtp (Exim 4.69) id 1abc-0001-2f",
    "exim, name": "from evil.ex ([198.51.100.6]:99 helo={helo}) by mx.ex with esmtp (Exim 4.96) id 1",
    "exim, outside": "from evil.ex [198.51.100.6]:99 (helo {helo}) by mx.ex with esmtp (Exim 4.90) id 1",
    "qmail": "from evil.ex (HELO {helo}) (198.51.100.6) by mx.ex with SMTP",
    "qmail, ident": "from unknown (HELO {helo}) (x@198.51.100.6) by mx.ex with SMTP",
    "qpsmtpd": "from evil.ex (HELO {helo}) (198.51.100.6) by mx.ex (qpsmtpd/0.84) with ESMTP",
    "opensmtpd": "from {helo} (evil.ex [198.51.100.6]) by mx.ex (OpenSMTPD) with ESMTPS id 1 (TLSv1.3:X:256:NO)",
    "exchange": "from {helo} (198.51.100.6) by EX01.ex (10.0.0.5) with Microsoft SMTP Server (TLS) id 15.1.225.42",
    "smtpsvc": "from {helo} ([198.51.100.6]) by mx.ex with Microsoft SMTPSVC(6.0.3790.4675)",
    "gmail": "from {helo} (evil.ex. [198.51.100.6]) by mx.google.ex with ESMTPS id a1.2023.12.14.06.48.20",
    "yahoo": "from 198.51.100.6 (EHLO {helo}) (198.51.100.6) by mta1.yahoo.example with SMTP",
    "yahoo of late": "from 198.51.100.6 (EHLO {helo}) by 10.253.233.98 with SMTPs (version=TLS1_3 cipher=AES)",
    "yahoo by name": "from 198.51.100.6 (EHLO {helo}) by mta1.mail.ne1.yahoo.com with SMTP",
    "gmx": "from unknown (EHLO {helo}) [198.51.100.6] by mx0.gmx.ex (mp019) with SMTP",
    "domino": "from {helo} ([198.51.100.6]) by mx (Lotus Domino Release 5.0.8) with ESMTP id 1",
    "imail": "from {helo} [198.51.100.6] by mx.ex with ESMTP (SMTPD32-8.05) id A1",
    "communigate": "from [198.51.100.6] (HELO {helo}) by mx.ex (CommuniGate Pro SMTP 5.1.3) with SMTP id 19",
    "communigate, login": "from [198.51.100.6] (account bob HELO {helo}) by mx (CommuniGate Pro SMTP 5.1) with ESMTPA id 9",
    "momentum": "from ([198.51.100.6:50387] helo={helo}) by mx.ex (ecelerity 2.1 r(11743)) with ESMTP id 80/0A",
    "ironport": "from evil.ex (HELO {helo}) ([198.51.100.6]) by esa1.ex with ESMTP",
    "mailmarshal": "from {helo} (Not Verified[198.51.100.6]) by mx.ex with MailMarshal (v6,8,2,9371) id <B4>",
    "xmail": "from {helo} (198.51.100.6:99) by mx (203.0.113.1:25) with [XMail 1.2 ESMTP Server] id <S7> for <a@b.ex>",
    "courier": "from {helo} (evil.ex [::ffff:198.51.100.6]) by mx.ex with esmtp",
    "mdaemon of old": "from {helo} by mx.ex (MDaemon PRO v9.0.1) with ESMTP id md5.msg for <a@b.ex>",
    "mdaemon": "from {helo} by mx.ex (MDaemon PRO v20.0.1) with ESMTP id md5.msg for <a@b.ex>",
    "merak of old": "from {helo} by mx.ex (Merak 8.0.3) with SMTP id ACM38534",
    "powermta": "from {helo} (198.51.100.6) by mx.ex (PowerMTA(TM) v3.5r10) id h0 for <a@b.ex>",
}
BY_OTHERS = {
    "recipient": "from h (evil.ex [198.51.100.6]) by mx.ex (Postfix) with ESMTP id 1 for <{other}@b.ex>",
    "recipient, bare, of one who names no address": "from [192.0.2.17] by mx.ex with smtp id 1 for {other}@b.ex",
    "recipient, bare": "from [198.51.100.6] (helo=h) by mx.ex with esmtp (Exim 4.96) id 1 for {other}@b.ex",
    "envelope sender": "from [198.51.100.6] (helo=h) by mx with esmtp (Exim 4.96) (envelope-from <{other}@e.ex>) id 1",
    "envelope sender, qmail-ldap": "from u (HELO h) ([198.51.100.6]) (envelope-sender <{other}@e.ex>) by mx (q-1) with SMTP",
    "ident, sendmail": "from h (IDENT:{other}@evil.ex [198.51.100.6]) by mx.ex (8.12.3/8.12.3) with SMTP id K",
    "ident, sendmail, no name": "from h ({other}@[198.51.100.6]) by mx.ex (8.12.3/8.12.3) with SMTP id K",
    "ident, qmail": "from unknown (HELO h) ({other}@198.51.100.6) by mx.ex with SMTP",
    "ident, exim": "from [198.51.100.6] (helo=h ident={other}) by mx.ex with esmtp (Exim 4.96) id 1",
    "login, postfix": "from h (e [198.51.100.6]) (Authenticated sender: {other}) by mx.ex (Postfix) with ESMTPA id 1",
    "login, courier": "from h ([::ffff:198.51.100.6]) (AUTH: LOGIN {other}, TLS: x) by mx.ex with esmtp",
    "reverse name": "from h ({other} [198.51.100.6]) by mx.ex (8.15.2/8.15.2) with ESMTP id x",
    "reverse name, qmail": "from {other} (HELO h) (198.51.100.6) by mx.ex with SMTP",
}
# A HELO with both ends of the trick: what opens here is closed by the envelope sender or the recipient.
PAIRS = "from {helo} (evil.ex [198.51.100.6]) by mx.ex (8.11.6/8.11.6) with SMTP (envelope-from <{other}@e>) id 1"
PAIRS_EXIM = (
    "from [198.51.100.6] (helo={helo}) by mx with esmtp (Exim 4.9) (envelope-from <{other}@e>) id 1 for {other}@b"
)

WORDS = [
    "192.0.2.17", "[192.0.2.17]", "[IPv6:::ffff:192.0.2.17]", "[192.0.2.17]:25", "x [192.0.2.17]", "[192.0.2.17] x",
    "192.0.2.17 192.0.2.17", "x (192.0.2.17)", "x (x [192.0.2.17])", "x ([192.0.2.17])", "([192.0.2.17])", "(192.0.2.17)",
    "x (x [192.0.2.17] (may be forged))", "x (HELO y) (192.0.2.17)", "x (HELO y) (z@192.0.2.17)", "[192.0.2.17] (helo=x)",
    "x ([192.0.2.17] helo=y)", "[192.0.2.17] (HELO x)", "[192.0.2.17] (account x HELO y)", "[192.0.2.17] (port=5 helo=x)",
    "a by mx.b.ex", "x (x [192.0.2.17]) by mx.b.ex", "x [192.0.2.17] by mx.b.ex (SMTPD32-8.05) with SMTP",
    "[192.0.2.17] by web.b.ex with HTTP", "[192.0.2.17] by web.b.ex via HTTP", "from x (x [192.0.2.17])",
    "from", "by", "with", "by by by", "x with SMTP", "id 192.0.2.17", "for <a@b> (192.0.2.17)", ";", "x; ", "x;y",
    "x (x [192.0.2.17]); Tue, 1 Sep 2026 10:00:00 +0000", "x (x [192.0.2.17]) by mx.b.ex; ", "[192.0.2.17];",
    "x (x [192.0.2.17]) by mx.b.ex (Postfix) with SMTP id 1; Tue, 1 Sep 2026 10:00:00 +0000 (",
    "x (x [192.0.2.17]) by mx.b.ex (Postfix) with SMTP id 1 for <", '"', '"x (x [192.0.2.17])"', "<[192.0.2.17]>",
    'x (x [192.0.2.17]) by mx.b.ex (Postfix) with SMTP id "', "x (x [192.0.2.17]) by mx.b.ex (Postfix) (",
    "x (x [192.0.2.17]) (using", "x (x [192.0.2.17]) (using TLSv1.3 with (", "(", ")", "((", "))", ") (", "x) (y", "()",
    "x) (y [192.0.2.17]", "x) (192.0.2.17", "x) (z@192.0.2.17", "x) [192.0.2.17] (y", "x) ([192.0.2.17] helo=y",
    "x) by mx.b.ex (y [192.0.2.17]", "x) (HELO y) (192.0.2.17", "x ident=y) (z [192.0.2.17]", "x) 192.0.2.17 (y",
    "x) (192.0.2.17) by mx.b.ex (qpsmtpd/1) with SMTP ((", "[192.0.2.17] (helo=", "[192.0.2.17] (helo=x", "x [192.0.2.17",
    "x (authenticated) (y [192.0.2.17])", "x (Exim 4.96) (y [192.0.2.17])", "x (y [192.0.2.17]) by mx.b.ex (Exim 4.9) (z",
    "x@192.0.2.17", "x@[192.0.2.17]", "x@y [192.0.2.17] z", "a) (b [192.0.2.17]) (", "192.0.2.17 with login", "HELO [192.0.2.17]",
    "helo=[192.0.2.17]", "\\", "x\\) (y [192.0.2.17]\\", "x\t(y\t[192.0.2.17])", "\0", "[", "]", "[[192.0.2.17]]", "[192.0.2.17", "",
    "x (proxying for 192.0.2.17)", "x (y [192.0.2.17]) (z [192.0.2.17])", "x (helo [192.0.2.17])", "x ([192.0.2.17])(", "x" * 400,
    "192.0.2.17)(0 ", "x [192.0.2.17]) (proxying for ", "x [192.0.2.17]) (using x", 'x [192.0.2.17]) (using "', "192.0.2.17) (for ",
    "[192.0.2.17] helo=x", "[192.0.2.17] ident=x", "[192.0.2.17]:5 helo=x ident=", "192.0.2.17 helo=x", "x [192.0.2.17] helo=y",
    "x (y [192.0.2.17]) by mx.b.ex (Postfix) with SMTP id " + "1" * 4200, "(Exim 4.96)", "(Exim 4.96) x", "x (Exim 4.96) y",
    "[192.0.2.17] by mx.b.ex with esmtp (Exim 4.96) id 1", "[192.0.2.17] by mx.b.ex with esmtp (Exim 4.96) (",
    "192.0.2.17 (EHLO x)", "192.0.2.17 (EHLO x) by 10.2.3.4 with SMTPs", "192.0.2.17 (EHLO x) by 10.2.3.4 with SMTPs (",
]  # fmt: skip


def harmless(line: Received) -> bool:
    """The true address, or none, or doubt; and no name confirmed in doubt."""
    return (line.seen in {TRUE, None} or line.doubtful) and not (line.confirmed and line.doubtful)


@pytest.mark.parametrize("system", BY_HELO)
def test_no_helo_frames_another(system: str) -> None:
    for word in WORDS:
        line = read_line(f"{BY_HELO[system].format(helo=word)}; {WHEN}")
        assert harmless(line), (word, line)
        assert not line.confirmed or line.reverse == "evil.ex", (word, line)


@pytest.mark.parametrize("place", BY_OTHERS)
def test_no_recipient_sender_ident_login_or_name_frames_another(place: str) -> None:
    for word in WORDS:
        line = read_line(f"{BY_OTHERS[place].format(other=word)}; {WHEN}")
        assert harmless(line), (word, line)


@pytest.mark.parametrize(
    "layout", [*BY_HELO.values(), *(BY_OTHERS[place] for place in BY_OTHERS if not place.startswith("reverse name"))]
)
def test_no_word_of_the_sender_gives_his_own_address_a_confirmed_name(layout: str) -> None:
    for word in WORDS:
        for name in (word.replace(FRAMED, TRUE), word.replace(FRAMED, TRUE).replace("x ", "x@good.example ")):
            line = read_line(f"{layout.format(helo=name, other=name)}; {WHEN}")
            assert not line.confirmed or line.reverse in {"evil.ex", "e"}, (name, line)


@pytest.mark.parametrize("layout", [PAIRS, PAIRS_EXIM])
def test_no_helo_and_envelope_together_frame_another(layout: str) -> None:
    for word in WORDS:
        for closing in (")", "x)", "))", ") (", ") by q (", ">) by mx (Postfix) (<", '"', '")"', "x>) (Exim 4.9) (<"):
            line = read_line(f"{layout.format(helo=word, other=closing)}; {WHEN}")
            assert harmless(line), (word, closing, line)


@pytest.mark.parametrize(
    "line",
    [
        "from h (by.example [198.51.100.6]) by mx.ex (Postfix) with SMTP id 1",
        "from h (tls.example [198.51.100.6]) by mx.ex (8.15.2/8.15.2) with SMTP id 1",
        "from h (using.example [198.51.100.6]) by mx.ex (Postfix) with SMTP id 1",
        "from h (x.by [198.51.100.6]) by mx.ex (Postfix) with SMTP id 192.0.2.17",
    ],
)
def test_a_name_that_looks_like_a_word_of_the_line_hides_no_address(line: str) -> None:
    read = read_line(f"{line}; {WHEN}")
    assert (read.seen, read.doubtful) == (TRUE, False)


@pytest.mark.parametrize(
    "line",
    [
        "from h ([198.51.100.6]) by mx.ex (203.0.113.1) with SMTP id 1",
        "from h by mx.ex (203.0.113.1) with SMTP id 1",
        "from h by mx.ex ([203.0.113.1]) with SMTP id 203.0.113.1 for <203.0.113.1@b.ex>",
        "by mx.ex (203.0.113.1) with SMTP id 1",
        "by mx.ex ([203.0.113.1]) (203.0.113.1) from [203.0.113.1]",
        "from h by mx.ex with Microsoft SMTP Server id 15.1.225.42 (https://203.0.113.1/)",
    ],
)
def test_the_writers_own_address_is_not_the_peers(line: str) -> None:
    assert read_line(f"{line}; {WHEN}").seen in {TRUE, None}


@pytest.mark.parametrize(
    "line",
    [
        "from h (192.0.2.17.evil.ex [198.51.100.6]) by mx.ex (Postfix) with SMTP id 1",
        "from h (evil.ex [198.51.100.6]) by mx.ex (Postfix) with SMTP id 1 (x [192.0.2.17])",
        "from h (http://192.0.2.17/ [198.51.100.6]) by mx.ex (Postfix) with SMTP id 2023.12.14.06.48.20",
    ],
)
def test_what_looks_like_an_address_elsewhere_is_none(line: str) -> None:
    assert read_line(f"{line}; {WHEN}").seen == TRUE


def test_a_login_or_an_account_is_not_taken_from_a_helo() -> None:
    for helo in ("x) (authenticated bits=0", "x) (uid 33", "x auth=login", "x user=bob", "x) (account bob"):
        for layout in (BY_HELO["exim"], BY_HELO["exim, name"], BY_HELO["qmail"], BY_HELO["communigate"]):
            line = read_line(f"{layout.format(helo=helo)}; {WHEN}")
            assert line.doubtful or not (line.login or line.user), (helo, line)


@pytest.mark.parametrize(
    "helo",
    [
        "mail pickup service", "spooler", "spooldir", "x/spooldir", "(x)", "()", "", "(from root@localhost)", "by",
        "local", "<>", ",", ";", '""', "(", "[192.0.2.17] (helo=", "(helo=", "(HELO ", "(qmail 1 invoked by uid 2)", "from",
    ],
)  # fmt: skip
@pytest.mark.parametrize("layout", BY_HELO)
def test_no_helo_makes_a_line_one_of_the_writers_own(layout: str, helo: str) -> None:
    line = read_line(f"{BY_HELO[layout].format(helo=helo)}; {WHEN}")
    assert not is_local(line), line


SIGNS = [" ", "x", "[", "]", "(", ")", "<", ">", '"', ";", "by ", " by ", "from ", "with ", "helo=", "HELO ", "\\", "@"]
OWN = [TRUE, f"[{TRUE}]", "good.example", f"good.example [{TRUE}]"]
PIECES = st.sampled_from([*WORDS[:-2], *SIGNS, *OWN])
TEXT = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=8).map("".join))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(helo=TEXT, other=TEXT)
@example(helo="x (x [192.0.2.17]", other=")")
def test_whatever_a_sender_writes_he_frames_nobody(helo: str, other: str) -> None:
    for layout in (*BY_HELO.values(), *BY_OTHERS.values(), PAIRS, PAIRS_EXIM):
        line = read_line(f"{layout.format(helo=helo, other=other)}; {WHEN}")
        assert harmless(line), (layout, line)
        assert not line.confirmed or layout == BY_OTHERS["reverse name"] or line.reverse in {"evil.ex", "e"}, layout


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.one_of(st.text(), TEXT))
def test_no_text_raises(text: str) -> None:
    assert isinstance(read_line(text), Received)


@pytest.mark.parametrize(
    "line",
    [
        "from {address} (EHLO x) by 10.0.0.5 with SMTP id 1",
        "from {address} (EHLO x) by 10.0.0.5 (Postfix) with SMTPs id 1",
        "from {address} (EHLO x) by mx.yahoo.com.evil.ex with SMTPs",
        "from {address} (EHLO x) by mx.myyahoo.com with SMTPs",
        "from {address} (EHLO x) (y) by 10.0.0.5 with SMTPs",
        "from {address} x (EHLO x) by 10.0.0.5 with SMTPs",
        "from [{address}] by mx.ex with SMTP id 1 (Exim)",
        "from [{address}] by mx.ex with SMTP id 1 for a@b.ex (Exim 4.96)",
        "from [{address}] x by mx.ex with esmtp (Exim 4.96) id 1",
        "from {address} by mx.ex with esmtp (Exim 4.96) id 1",
    ],
)
def test_an_address_in_front_may_be_a_helo_elsewhere(line: str) -> None:
    assert harmless(read_line(f"{line.format(address=FRAMED)}; {WHEN}"))


@pytest.mark.parametrize(
    "behind",
    [
        "(using TLSv1.3 with cipher AES (1/1 bits)) by mx.ex",
        "(using TLSv1.3 with cipher AES (1/1 bits)) (Client CN (from x [192.0.2.17]) by mx.ex)",
        "(using TLSv1.3 with cipher AES from 192.0.2.17 (1/1 bits))",
        "from x (using TLSv1.3 with cipher AES (1/1 bits))",
    ],
)
def test_only_what_yandex_writes_may_stand_behind_a_date(behind: str) -> None:
    assert read_line(f"from x (y [192.0.2.17]) by mx.ex with ESMTPS id 1; {WHEN} {behind}").doubtful
