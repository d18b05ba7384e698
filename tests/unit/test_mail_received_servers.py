"""Received lines of mail servers that people run themselves, and what is read from each.

A block of the table is: the mail system; the line, folded as it comes; and behind `=` what is read. What is not named
there has to be empty; `id`, `for` and `sender` are only compared where they are named.
"""

import pytest

from mail.received import read_line

WHEN = "Tue, 1 Sep 2026 10:00:00 +0000"

SERVERS = """
postfix
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (Postfix) with ESMTP id 4XQ2M1ZB7K
    for <ann@shop.example>
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP id:4XQ2M1ZB7K for:ann@shop.example confirmed

postfix, no name
    from relay.example.edu (unknown [192.0.2.17]) by mx.shop.example (Postfix) with SMTP id A1B2C
    = seen:192.0.2.17 helo:relay.example.edu with:SMTP id:A1B2C

postfix, TLS and a client certificate
    from bulk (relay.example.edu [192.0.2.17]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)
    key-exchange X25519 server-signature RSA-PSS (2048 bits)) (Client CN "[203.0.113.9]", Issuer "R3" (verified OK))
    by mx.shop.example (Postfix) with ESMTPS id 4XQ
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTPS confirmed

postfix, TLS without a certificate
    from bulk (relay.example.edu [192.0.2.17]) (using TLSv1.2 with cipher AES128-SHA (128/128 bits))
    (No client certificate requested) by mx.shop.example (Postfix) with ESMTPS id 4XQ
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTPS confirmed

postfix, a login
    from pc (dsl.isp.example [198.51.100.7]) (Authenticated sender: bob@example.edu) by mx.shop.example (Postfix)
    with ESMTPSA id 4XQ
    = seen:198.51.100.7 helo:pc reverse:dsl.isp.example with:ESMTPSA login:bob@example.edu confirmed

postfix, IPv6
    from bulk (relay.example.edu [IPv6:2001:db8:cafe::17]) by mx.shop.example (Postfix) with ESMTPS id 4XQ
    = seen:2001:db8:cafe::17 helo:bulk reverse:relay.example.edu with:ESMTPS confirmed

postfix, helo is an IPv6 literal
    from [IPv6:2001:db8:1::9] (unknown [IPv6:2001:db8:cafe::17]) by mx.shop.example (Postfix) with ESMTP id 4XQ
    = seen:2001:db8:cafe::17 helo:[ipv6:2001:db8:1::9] with:ESMTP

postfix, helo is a literal
    from [203.0.113.9] (relay.example.edu [192.0.2.17]) by mx.shop.example (Postfix) with ESMTP id 4XQ
    = seen:192.0.2.17 helo:[203.0.113.9] reverse:relay.example.edu with:ESMTP confirmed

postfix, with the port
    from bulk (relay.example.edu [192.0.2.17]:41234) by mx.shop.example (Postfix) with ESMTP id 4XQ
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP confirmed

postfix, UTF8SMTP
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (Postfix) with UTF8SMTPS id 4XQ
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:UTF8SMTPS confirmed

postfix under another name
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (Shopmail) with ESMTP id 4XQ
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

postfix with a system's name in its own
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (Postfix/Debian) with ESMTP id 4XQ
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

postfix, without a space
    from bulk (relay.example.edu[192.0.2.17]) by mx.shop.example (Postfix) with SMTP id 4XQ
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP confirmed

postfix, from a local account
    by mx.shop.example (Postfix, from userid 33) id 4XQ
    = user:33 id:4XQ

postfix, from localhost
    from localhost (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id 4XQ
    = seen:127.0.0.1 helo:localhost reverse:localhost with:ESMTP confirmed

sendmail 8.6
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (8.6.12/8.6.9) with SMTP id KAA12345
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP id:KAA12345

sendmail 8.9 with ident
    from bulk (IDENT:root@relay.example.edu [192.0.2.17]) by mx.shop.example (8.9.3/8.9.3) with ESMTP id KAA12345
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

sendmail 8.8 with ident, no name
    from bulk (squid@[192.0.2.17]) by mx.shop.example (8.8.8/8.8.8) with SMTP id KAA12345
    = seen:192.0.2.17 helo:bulk with:SMTP

sendmail 8.12, no name
    from bulk ([192.0.2.17]) by mx.shop.example (8.12.11/8.12.11) with ESMTP id h81A0001
    = seen:192.0.2.17 helo:bulk with:ESMTP

sendmail, the name does not lead back
    from bulk (relay.example.edu [192.0.2.17] (may be forged)) by mx.shop.example (8.15.2/8.15.2) with ESMTP id x
    = seen:192.0.2.17 helo:bulk with:ESMTP

sendmail of Debian
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (8.15.2/8.15.2/Debian-14~deb10u1) with ESMTPS
    id 581A0001 (version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256 verify=NO)
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTPS confirmed

sendmail 8.17, IPv6
    from bulk (relay.example.edu [IPv6:2001:db8:cafe:0:0:0:0:17]) by mx.shop.example (8.17.1/8.17.1) with ESMTPS
    id 581A0001
    = seen:2001:db8:cafe::17 helo:bulk reverse:relay.example.edu with:ESMTPS confirmed

sendmail, a login
    from pc (dsl.isp.example [198.51.100.7]) (authenticated bits=0) by mx.shop.example (8.14.4/8.14.4) with ESMTP id x
    = seen:198.51.100.7 helo:pc reverse:dsl.isp.example with:ESMTP login:yes confirmed

sendmail, a named login
    from pc (dsl.isp.example [198.51.100.7]) (user=bob mech=login bits=0) by mx.shop.example (8.14.4/8.14.4)
    with ESMTPA id x
    = seen:198.51.100.7 helo:pc reverse:dsl.isp.example with:ESMTPA login:bob confirmed

sendmail, submitted on the host
    (from apache@localhost) by mx.shop.example (8.14.4/8.14.4/Submit) id 581A0001
    = user:apache

sendmail, submitted to itself
    from www.shop.example (localhost [127.0.0.1]) by www.shop.example (8.13.8/8.13.8) with ESMTP id k81A0001
    = by:www.shop.example seen:127.0.0.1 helo:www.shop.example reverse:localhost with:ESMTP confirmed

sendmail of HP with a patch in its version
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (8.11.6p3/8.10.1) with ESMTP id k7IHG
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP confirmed

sendmail 5 of Sun
    from bulk ([192.0.2.17]) by mx.shop.example (5.x/SMI-SVR4) id AA00123
    = seen:192.0.2.17 helo:bulk

sendmail with its own helo only
    from bulk by mx.shop.example (8.11.6/8.10.1) with ESMTP id k7IHG
    = helo:bulk with:ESMTP

exim, no name
    from [192.0.2.17] (helo=bulk) by mx.shop.example with esmtp (Exim 4.96) (envelope-from <spam@bulk.example>)
    id 1abcde-0001Yz-2f for ann@shop.example
    = seen:192.0.2.17 helo:bulk with:ESMTP sender:spam@bulk.example for:ann@shop.example

exim, a name that is the helo too
    from relay.example.edu ([192.0.2.17]) by mx.shop.example with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384
    (Exim 4.96) (envelope-from <spam@bulk.example>) id 1abcde-0001Yz-2f
    = seen:192.0.2.17 helo:relay.example.edu reverse:relay.example.edu with:ESMTPS confirmed

exim, name and helo
    from relay.example.edu ([192.0.2.17] helo=bulk) by mx.shop.example with esmtp (Exim 4.92) id 1abcde-0001Yz-2f
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP confirmed

exim, name, port and helo
    from relay.example.edu ([192.0.2.17]:5432 helo=bulk) by mx.shop.example with esmtps (Exim 4.96) id 1
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTPS confirmed

exim, helo and ident
    from [192.0.2.17] (helo=[203.0.113.9] ident=root) by mx.shop.example with smtp (Exim 3.35 #1 (Debian)) id 1
    = seen:192.0.2.17 helo:[203.0.113.9] with:SMTP

exim, port and helo
    from [192.0.2.17] (port=1234 helo=bulk) by mx.shop.example with esmtp (Exim 4.69) (envelope-from <x@y.example>) id 1
    = seen:192.0.2.17 helo:bulk with:ESMTP sender:x@y.example

exim, port behind the address
    from [192.0.2.17]:5432 (helo=bulk) by mx.shop.example with esmtp (Exim 4.96) id 1
    = seen:192.0.2.17 helo:bulk with:ESMTP

exim, port and no helo
    from [192.0.2.17] (port=1234) by mx.shop.example with smtp (Exim 4.69) id 1
    = seen:192.0.2.17 with:SMTP

exim, a helo that is its own address
    from [192.0.2.17] by mx.shop.example with esmtp (Exim 4.96) (envelope-from <spam@bulk.example>)
    id 1abcde-0001Yz-2f for ann@shop.example
    = seen:192.0.2.17 helo:[192.0.2.17] with:ESMTP sender:spam@bulk.example for:ann@shop.example

exim, the same with TLS and IPv6
    from [2001:db8:cafe::17] by mx.shop.example with esmtps (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96) id 1abc
    = seen:2001:db8:cafe::17 helo:[2001:db8:cafe::17] with:ESMTPS

exim, name and port outside
    from relay.example.edu [192.0.2.17]:5432 (helo bulk) by mx.shop.example with esmtp (Exim 4.90) id 1
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

exim 3 of old
    from relay.example.edu [192.0.2.17] by mx.shop.example with esmtp (Exim 3.35 #1 (Debian)) id 18SWRe-0006X6-00
    = seen:192.0.2.17 helo:relay.example.edu reverse:relay.example.edu with:ESMTP

exim 3, the port behind one more dot
    from relay.example.edu ([192.0.2.17.63559]) by mx.shop.example with esmtp (Exim 3.35 #1) id 1GNrLz-000295-00
    = seen:192.0.2.17 helo:relay.example.edu reverse:relay.example.edu with:ESMTP

exim 4 before it was strict about names
    from relay.example.edu ([192.0.2.17] helo=bulk) by mx.shop.example with esmtp (Exim 4.20) id 1GNrLz-000295-00
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

exim 4 from then on
    from relay.example.edu ([192.0.2.17] helo=bulk) by mx.shop.example with esmtp (Exim 4.21) id 1GNrLz-000295-00
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP confirmed

exim, IPv6
    from [2001:db8:cafe::17] (helo=bulk) by mx.shop.example with esmtps (TLS1.2:ECDHE:256) (Exim 4.94.2) id 1
    = seen:2001:db8:cafe::17 helo:bulk with:ESMTPS

exim, IPv6 with a port
    from relay.example.edu ([2001:db8:cafe::17]:5432) by mx.shop.example with esmtps (Exim 4.94.2) id 1
    = seen:2001:db8:cafe::17 helo:relay.example.edu reverse:relay.example.edu with:ESMTPS confirmed

exim, a login
    from [198.51.100.7] (helo=pc) by mx.shop.example with esmtpsa (TLS1.2) (Exim 4.94.2) id 1
    = seen:198.51.100.7 helo:pc with:ESMTPSA login:yes

exim before RFC 3848
    from [198.51.100.7] (helo=pc) by mx.shop.example with asmtp (Exim 4.24) id 1
    = seen:198.51.100.7 helo:pc with:ASMTP login:yes

exim, a local account
    from www-data by web.example.edu with local (Exim 4.96) (envelope-from <www-data@web.example.edu>) id 1
    = by:web.example.edu with:LOCAL user:www-data sender:www-data@web.example.edu

exim, a scanner's own account
    from amavis by mx.shop.example with scanned-ok (Exim 3.35 #1 (Debian)) id 1
    = helo:amavis with:SCANNED-OK

exim under another name
    from relay.example.edu ([192.0.2.17] helo=bulk) by mx.shop.example with esmtp (Shopmail) id 1
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

qmail
    from relay.example.edu (HELO bulk) (root@192.0.2.17) by mx.shop.example with SMTP
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP

qmail, no ident
    from relay.example.edu (HELO bulk) (192.0.2.17) by mx.shop.example with SMTP
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP

qmail, no name
    from unknown (HELO bulk) (192.0.2.17) by mx.shop.example with SMTP
    = seen:192.0.2.17 helo:bulk with:SMTP

qmail, the helo is the name
    from relay.example.edu (root@192.0.2.17) by mx.shop.example with SMTP
    = seen:192.0.2.17 helo:relay.example.edu reverse:relay.example.edu with:SMTP

qmail, an empty helo
    from relay.example.edu (HELO ) (192.0.2.17) by mx.shop.example with SMTP
    = seen:192.0.2.17 reverse:relay.example.edu with:SMTP

qmail, helo is a literal
    from unknown (HELO ?203.0.113.9?) (192.0.2.17) by 0 with SMTP
    = by:0 seen:192.0.2.17 helo:?203.0.113.9? with:SMTP

netqmail with TLS
    from relay.example.edu (HELO bulk) (192.0.2.17) by mx.shop.example with (DHE-RSA-AES256-SHA encrypted) SMTP
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP

netqmail with a login
    from unknown (HELO pc) (bob@example.edu@198.51.100.7) by mx.shop.example with ESMTPA
    = seen:198.51.100.7 helo:pc with:ESMTPA login:yes

qmail with the smtp-auth patch
    from unknown (HELO pc) (smtp-auth@198.51.100.7) by mx.shop.example with SMTP
    = seen:198.51.100.7 helo:pc with:SMTP

qmail-ldap
    from unknown (HELO bulk) ([192.0.2.17]) (envelope-sender <x@bulk.example>) by mx.shop.example (qmail-ldap-1.03)
    with SMTP for <ann@shop.example>
    = seen:192.0.2.17 helo:bulk with:SMTP sender:x@bulk.example for:ann@shop.example

qmail-ldap with ident
    from unknown (HELO bulk) (root@[192.0.2.17]) (envelope-sender <x@bulk.example>) by mx.shop.example
    (qmail-ldap-1.03) with SMTP for <ann@shop.example>
    = seen:192.0.2.17 helo:bulk with:SMTP

qmail, IPv6
    from relay.example.edu (HELO bulk) (2001:db8:cafe::17) by mx.shop.example with ESMTPS
    = seen:2001:db8:cafe::17 helo:bulk reverse:relay.example.edu with:ESMTPS

qmail, invoked
    (qmail 10681 invoked by uid 48)
    = by: user:48

qmail, invoked from the network
    (qmail 10681 invoked from network)
    = by:

qmail-scanner
    from 192.0.2.17 by mx.shop.example (envelope-from <x@bulk.example>, uid 502) with qmail-scanner-1.24
    (clamdscan: 0.80/594. Clear:RC:0(192.0.2.17):. Processed in 0.288806 secs)
    = helo:192.0.2.17 with:QMAIL-SCANNER-1.24 user:502 sender:x@bulk.example

qmail-scanner of old
    from x@bulk.example by mx.shop.example by uid 502 with qmail-scanner-1.20 (clamuko: 0.65.)
    = helo:x@bulk.example with:QMAIL-SCANNER-1.20 user:502

qmqp
    from relay.example.edu (192.0.2.17) by mx.shop.example with QMQP
    = seen:192.0.2.17 helo:relay.example.edu with:QMQP

qpsmtpd
    from relay.example.edu (HELO bulk) (192.0.2.17) by mx.shop.example (qpsmtpd/0.27-dev) with ESMTP
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

nullmailer
    (nullmailer pid 4711 invoked by uid 33)
    = by: user:33

OpenSMTPD
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (OpenSMTPD) with ESMTPS id 1a2b3c
    (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO) for <ann@shop.example>
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTPS

OpenSMTPD, no name
    from bulk (<unknown> [192.0.2.17]) by mx.shop.example (OpenSMTPD) with ESMTP id 1a2b3c
    = seen:192.0.2.17 helo:bulk with:ESMTP

OpenSMTPD, a login
    from pc (dsl.isp.example [198.51.100.7]) by mx.shop.example (OpenSMTPD) with ESMTPSA id 1a2b3c auth=yes user=bob
    = seen:198.51.100.7 helo:pc reverse:dsl.isp.example with:ESMTPSA login:yes

OpenSMTPD, from itself
    from localhost (mx.shop.example [local]) by mx.shop.example (OpenSMTPD) with ESMTPA id 1a2b3c
    = helo:localhost with:ESMTPA login:yes

Courier
    from bulk (relay.example.edu [::ffff:192.0.2.17]) by mx.shop.example with esmtp
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

Courier, no name
    from bulk (softdnserr [::ffff:192.0.2.17]) by mx.shop.example with esmtp
    = seen:192.0.2.17 helo:bulk with:ESMTP

Courier, a login and TLS
    from pc ([::ffff:198.51.100.7]) (AUTH: LOGIN bob, TLS: TLSv1/SSLv3,256bits,AES256-SHA) by mx.shop.example with esmtp
    = seen:198.51.100.7 helo:pc with:ESMTP login:bob

Courier, a local account
    from localhost (localhost [127.0.0.1]) (uid 1000) by mx.shop.example with local
    = seen:127.0.0.1 helo:localhost reverse:localhost with:LOCAL user:1000

Haraka
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (Haraka/2.8.28) with ESMTPS id AB-CD.1
    envelope-from <x@bulk.example> (cipher=ECDHE-RSA-AES256-GCM-SHA384)
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTPS sender:x@bulk.example

Haraka, no name
    from bulk (NXDOMAIN [192.0.2.17]) by mx.shop.example (Haraka/2.8.28) with ESMTP id AB-CD.1
    = seen:192.0.2.17 helo:bulk with:ESMTP

XMail
    from bulk (192.0.2.17:23198) by mx.shop.example (203.0.113.1:25) with [XMail 1.20 ESMTP Server] id <S72E>
    for <ann@shop.example> from <x@bulk.example>
    = seen:192.0.2.17 helo:bulk by_address:203.0.113.1 sender:x@bulk.example for:ann@shop.example with:ESMTP

smail
    from bulk([192.0.2.17]) (2345 bytes) by mx.shop.example via sendmail with P:esmtp/R:inet_hosts/T:smtp id <m0@mx>
    = seen:192.0.2.17 helo:bulk with:ESMTP

PP
    from bulk (actually relay.example.edu [192.0.2.17]) by mx.shop.example with SMTP (PP)
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP

MMDF
    from bulk by mx.shop.example id aa01234
    = helo:bulk

IBM VM
    from BULK by VM.SHOP.EXAMPLE (IBM VM SMTP V2R2) with BSMTP id 4711
    = by:vm.shop.example helo:bulk with:BSMTP

UUCP
    by mx.shop.example (smail2.5) with UUCP id AA00123
    = with:UUCP

X.400
    by mx.shop.example with X.400 id 4711
    = with:X.400
"""


def table(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """The blocks of a table: mail system, line in one piece, what is read."""
    blocks = []
    for block in text.strip().split("\n\n"):
        name, _, folded = block.partition("\n")
        line, _, read = " ".join(folded.split()).partition(" = ")
        expected = dict(item.partition(":")[::2] for item in read.split())
        blocks.append((name, line, expected))
    return blocks


def check(line: str, expected: dict[str, str]) -> None:
    """Whether the line is read as the table says."""
    read = read_line(f"{line}; {WHEN}")
    found = {
        "seen": read.seen or "", "helo": read.helo.replace(" ", "_"), "reverse": read.reverse, "by": read.by, "with":
    read.protocol,
        "login": read.login, "user": read.user, "confirmed": read.confirmed, "doubtful": read.doubtful,
    }  # fmt: skip
    wanted = {"by": "mx.shop.example", **expected}
    flags = {name: name in wanted for name in ("confirmed", "doubtful")}
    assert found == {name: wanted.get(name, "") for name in found} | flags
    where_named = {
        "id": read.queue_id, "for": read.recipient, "sender": read.envelope_sender, "by_address": read.by_address,
    }  # fmt: skip
    assert {name: text for name, text in where_named.items() if name in expected} == {
        name: expected[name] for name in where_named if name in expected
    }
    assert read.at is not None


@pytest.mark.parametrize(("system", "line", "expected"), table(SERVERS), ids=[block[0] for block in table(SERVERS)])
def test_it_reads_what_a_mail_server_writes(system: str, line: str, expected: dict[str, str]) -> None:
    check(line, expected)
