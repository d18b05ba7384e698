"""A header as fields, whatever ends its lines."""

from mail.headers import read_head


def test_a_cr_alone_ends_a_line_only_where_no_line_ends_otherwise() -> None:
    assert read_head(b"From: a\rTo: b\r") == (("from", "a"), ("to", "b"))
    within = b'Return-Path: <"a\rReceived: from mail.example.edu ([192.0.2.25]) by mx.shop.example"@pills.example>\n'
    assert [name for name, _ in read_head(within + b"From: a\r\n")] == ["return-path", "from"]
