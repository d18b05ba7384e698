"""Where the complainant's own side ends: what is certain, what only looks so, and what a forger can do about it."""

from collections.abc import Sequence
from ipaddress import ip_network

import pytest

from intake.chain import Chain, follow
from intake.ground import Ground
from mail.received import read_received

GROUND = Ground((ip_network("192.0.2.0/24"),))
FROM_US = "from relay.example.edu (relay.example.edu [192.0.2.17]) by"
WHEN = "; Tue, 1 Sep 2026 10:30:00 +0000"


def test_a_store_that_names_no_peer_shows_nothing() -> None:
    line = f"{FROM_US} mx.shop.example (Postfix) with ESMTPS id 1"
    assert accused(["from mx by store.shop.example (LMTPProxy)", line]) == [("192.0.2.17", "low")]


def chain(lines: Sequence[str], ground: Ground = GROUND) -> Chain:
    return follow(read_received([one if ";" in one else one + WHEN for one in lines]), ground, "the attached message")


def accused(lines: Sequence[str], ground: Ground = GROUND) -> list[tuple[str, str]]:
    return [(one.address, one.confidence.value) for one in chain(lines, ground).findings]


# Every line above the last is the complainant's own; the last one took the mail from us.
SIDES = {
    "Postfix hands on to a store by LMTP": [
        "from mx.shop.example ([203.0.113.5]) by store.shop.example (Dovecot) with LMTP id a",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTPS id 1",
    ],
    "Cyrus takes it from a socket": [
        "from mx.shop.example ([unix socket]) by mx.shop.example (Cyrus v2.3.16) with LMTPA",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTPS id 1",
    ],
    "amavis filters on the same host": [
        "from localhost (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id 2",
        "from mx.shop.example ([127.0.0.1]) by localhost (mx.shop.example [127.0.0.1]) (amavisd-new, port 10024)"
        " with ESMTP id x",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTPS id 1",
    ],
    "a gateway hands on within itself twice, by one name": [
        "from imsva.shop.example (unknown [127.0.0.1]) by IMSVA (Postfix) with ESMTP id 3",
        "from imsva.shop.example (unknown [127.0.0.1]) by IMSVA (Postfix) with ESMTP id 2",
        f"{FROM_US} imsva.shop.example (Postfix) with ESMTP",
    ],
    "Postfix forwards by an alias": [
        "by mx.shop.example (Postfix) id 9",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTPS id 1",
    ],
    "qmail hands on to itself": [
        "(qmail 10681 invoked by alias)",
        "(qmail 10680 invoked from network)",
        "from relay.example.edu (HELO bulk) (192.0.2.17) by mx.shop.example with SMTP",
    ],
    "a host of theirs with a private address, by the name that their own server looked up": [
        "from mx2.shop.example (mx2.shop.example [10.0.0.5]) by store.shop.example (Postfix) with ESMTP id 3",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same by an inner name": [
        "from mx2.shop.local (mx2.shop.local [IPv6:fd00:d0c::25]) by store.shop.example (Postfix) with ESMTP id 3",
        f"{FROM_US} mx2.shop.local (Postfix) with ESMTP id 1",
    ],
    "Exchange on premises, two hops inside": [
        "from EX01.shop.local (10.1.1.5) by EX02.shop.local (10.1.1.6) with Microsoft SMTP Server id 15.1.225.42 via"
        " Mailbox Transport",
        "from EX01.shop.local (10.1.1.5) by EX01.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.1.225.42",
        "from relay.example.edu (192.0.2.17) by EX01.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.1.225.42"
        " via Frontend Transport",
    ],
    "Exchange on premises, one host": [
        "from EX01.shop.local (10.1.1.5) by EX01.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.2.1258.28 via"
        " Mailbox Transport",
        "from EX01.shop.local (10.1.1.5) by EX01.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.2.1258.28",
        "from relay.example.edu (192.0.2.17) by EX01.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.2.1258.28"
        " via Frontend Transport",
    ],
    "the same with a public address": [
        "from EX01.shop.example (203.0.113.9) by EX01.shop.example (203.0.113.9) with Microsoft SMTP Server id 15.2.1",
        "from EX01.shop.example (203.0.113.9) by EX01.shop.example (203.0.113.9) with Microsoft SMTP Server id 15.2.1",
        "from relay.example.edu (192.0.2.17) by EX01.shop.example (203.0.113.9) with Microsoft SMTP Server id 15.2.1"
        " via Frontend Transport",
    ],
    "Proxmox's gateway before a store": [
        "from pmg.shop.example (pmg.shop.example [10.0.0.20]) by mail.shop.example (Postfix) with ESMTPS id B1",
        "from pmg.shop.example (localhost.localdomain [127.0.0.1]) by pmg.shop.example (Proxmox) with ESMTP id A2",
        f"{FROM_US} pmg.shop.example (Proxmox) with ESMTPS id A1",
    ],
    "Exchange Online of old": [
        "from BY2PR03MB0001.namprd03.prod.outlook.com (10.141.249.1) by BY2PR03MB0002.namprd03.prod.outlook.com"
        " (10.141.249.2) with Microsoft SMTP Server (TLS) id 15.0.1",
        "from relay.example.edu (192.0.2.17) by BY2PR03MB0001.namprd03.prod.outlook.com (10.141.249.1) with Microsoft"
        " SMTP Server (TLS) id 15.0.1 via Frontend Transport",
    ],
    "a public mail store of theirs": [
        "from mx2.shop.example (mx2.shop.example [203.0.113.5]) by store.shop.example (Postfix) with ESMTP id 3",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "a gateway of theirs, by what it does and where": [
        "from smtp-in-eu2.shop.example (smtp-in-eu2.shop.example [203.0.113.5]) by store.shop.example (Postfix) with"
        " ESMTP id 3",
        f"{FROM_US} smtp-in-eu2.shop.example (Postfix) with ESMTP id 1",
    ],
    "a mail store of theirs in a zone for mail": [
        "from in-03.mail.shop.example (in-03.mail.shop.example [203.0.113.5]) by store.mail.shop.example (Postfix)"
        " with ESMTP id 3",
        f"{FROM_US} in-03.mail.shop.example (Postfix) with ESMTP id 1",
    ],
    "Exchange with a private address": [
        "from ex01.shop.local (ex01.shop.local [10.0.0.9]) by mx.shop.local (Postfix) with ESMTP id 3",
        "from relay.example.edu (192.0.2.17) by ex01.shop.local (10.0.0.9) with Microsoft SMTP Server id 15.1.225.42",
    ],
    "a list server of theirs": [
        "from lists.shop.example (lists.shop.example [203.0.113.7]) by mx.shop.example (8.15.2/8.15.2) with ESMTP id a",
        "from localhost (localhost [127.0.0.1]) by lists.shop.example (Postfix) with ESMTP id 4",
        f"{FROM_US} lists.shop.example (Postfix) with ESMTP id 1",
    ],
    "fetchmail takes it from a provider": [
        "from pop.isp.example [203.0.113.50] by laptop.home with POP3 (fetchmail-6.4.37) for <ann@localhost>",
        f"{FROM_US} pop.isp.example (Postfix) with ESMTP id 1",
    ],
    "Mercury's spooler": [
        "from MAIL/SpoolDir by mx.shop.example (Mercury 1.48)",
        "from SpoolDir by MAIL (Mercury 1.48)",
        "from relay.example.edu (192.0.2.17) by mx.shop.example (Mercury 1.48) with ESMTP",
    ],
    "Gmail": [
        "by 2002:a05:7300:5719:b0:11d:33b5:b49b with SMTP id x25csp1",
        "from relay.example.edu (relay.example.edu. [192.0.2.17]) by mx.google.com with ESMTPS id a.2023.12.14.06.48",
    ],
    "Exchange Online": [
        "from DB9PR02MB0002.eurprd02.prod.outlook.com (2603:10a6:10:1d9::6) by AM0PR02MB0001.eurprd02.prod.outlook.com"
        " with HTTPS",
        "from DU2PR04CA0001.eurprd04.prod.outlook.com (2603:10a6:10:3b::6) by"
        " DB9PR02MB0002.eurprd02.prod.outlook.com (2603:10a6:10:1d9::6) with Microsoft SMTP Server (version=TLS1_2)",
        "from DB5EUR01FT001.eop-EUR01.prod.protection.outlook.com (2603:10a6:10:3b:cafe::1) by"
        " DU2PR04CA0001.outlook.office365.com (2603:10a6:10:3b::6) with Microsoft SMTP Server via Frontend Transport",
        "from relay.example.edu (192.0.2.17) by DB5EUR01FT001.mail.protection.outlook.com (10.152.4.1) with Microsoft"
        " SMTP Server id 15.20.1 via Frontend Transport",
    ],
    "Mailman on Debian hands on by its own account": [
        "by lists.shop.example (Postfix, from userid 38) id 4B0",
        f"{FROM_US} lists.shop.example (Postfix) with ESMTPS id 4A1",
    ],
    "qmail takes mail in under vpopmail's account": [
        "(qmail 12031 invoked by uid 89)",
        "by simscan 1.4.0 ppid: 12025, pid: 12028, t: 1.2s scanners: attach: 1.4.0 clamav: 0.98",
        "from relay.example.edu (HELO bulk) (192.0.2.17) by mx.shop.example (qpsmtpd/0.93) with ESMTP",
    ],
    "amavis is called by another name on the same host": [
        "from filter.shop.example (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id B1",
        "from mx.shop.example ([127.0.0.1]) by filter.shop.example (mx.shop.example [127.0.0.1]) (amavis, port 10024)"
        " with LMTP id C1",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTPS id A1",
    ],
    "Fastmail": [
        "from phl-compute-05.internal (phl-compute-05.nyi.internal [10.202.2.45]) by phl-sloti32n1p1 (Cyrus 3.13.0)"
        " with LMTPA",
        "from phl-mx-02.messagingengine.com ([10.202.2.201]) by phl-compute-05.internal (LMTPProxy)",
        "from phl-mx-02.messagingengine.com (localhost [127.0.0.1]) by mailmx.phl.internal (Postfix) with ESMTP id 5B1",
        "from mailmx.phl.internal (localhost [127.0.0.1]) by phl-mx-02.messagingengine.com (Authentication Milter)"
        " with ESMTP id 0A1B2C",
        f"{FROM_US} phl-mx-02.messagingengine.com (Postfix) with ESMTPS id 5A1",
    ],
    "Apple": [
        "from p00-icloudmta-smtpin-us-east-2a-60-percent-6 by p126-mailgateway-smtp-57b8f4d6b6-2kx8q"
        " (mailgateway 2540B45) with SMTP id 5a2a2f9e",
        f"{FROM_US} p00-icloudmta-smtpin-us-east-2a-60-percent-6 (Postfix) with ESMTPS id 2C1",
    ],
    "Yahoo": [
        "from 10.217.150.73 by atlas203.free.mail.bf1.yahoo.com pod-id NONE with HTTPS",
        "from 192.0.2.17 (EHLO relay.example.edu) by 10.217.150.73 with SMTPs (version=TLS1_3 cipher=AES)",
    ],
    "a service filters for them, and Exchange notes its address alone": [
        "from EX01.shop.local (10.1.1.5) by EX01.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.2.1 via"
        " Mailbox Transport",
        "from mx0a-0012.pphosted.com (148.163.158.5) by EX01.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.2",
        "from pps.filterd (m0012.ppops.net [127.0.0.1]) by mx0a-0012.pphosted.com (8.17.1/8.17.1) with ESMTP id a",
        f"{FROM_US} mx0a-0012.pphosted.com (PPS) with ESMTPS id b",
    ],
    "a service filters for them": [
        "from mx0a-0012.pphosted.com (mx0a-0012.pphosted.com [203.0.113.20]) by mx.shop.example (Postfix) with ESMTPS",
        "from pps.filterd (m0012.ppops.net [127.0.0.1]) by mx0a-0012.pphosted.com (8.17.1/8.17.1) with ESMTP id a",
        f"{FROM_US} mx0a-0012.pphosted.com (PPS) with ESMTPS id b",
    ],
}


@pytest.mark.parametrize("side", SIDES)
def test_the_complainants_own_hops_are_passed(side: str) -> None:
    assert accused(SIDES[side]) == [("192.0.2.17", "high")], chain(SIDES[side]).conclusion


@pytest.mark.parametrize("side", SIDES)
def test_a_stranger_behind_them_is_named_as_such(side: str) -> None:
    lines = [one.replace("192.0.2.17", "198.51.100.66") for one in SIDES[side]]
    lines.append(f"{FROM_US} relay.example.edu (Postfix) with ESMTP id 5")
    assert chain(lines).foreign_hop == "198.51.100.66"
    assert accused(lines) == [("192.0.2.17", "low")]


# In each the lines from the first forged one down are the work of a stranger, who wrote them as well as anybody can.
PERFECT = {
    "his own PTR record gives him the name of their host, and qmail believes it": [
        "from mx2.shop.example (HELO mx2.shop.example) (198.51.100.66) by mx.shop.example with SMTP",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same, and OpenSMTPD believes it": [
        "from mx2.shop.example (mx2.shop.example [198.51.100.66]) by mx.shop.example (OpenSMTPD) with ESMTP id 1",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same, and software that nobody knows believes it": [
        "from mx2.shop.example (mx2.shop.example [198.51.100.66]) by mx.shop.example (Wunder 1.0) with ESMTP id 1",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same, and Exim of old asks nobody else": [
        "from mx2.shop.example ([198.51.100.66]) by mx.shop.example with esmtp (Exim 3.35 #1 (Debian)) id 18SWRe-00",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "his HELO is half a line, and MDaemon writes no address of its own": [
        "from bulk ([192.0.2.17]) by mx.shop.example (MDaemon PRO v10.1.1) with ESMTP id md50000092331.msg",
    ],
    "his HELO makes Exim's line unreadable": [
        "from [198.51.100.66] (helo=[192.0.2.17] (helo=) by mx.shop.example with esmtp (Exim 4.96) id 1abc-0001-2f",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTP id 1",
    ],
    "his HELO is a pair of brackets, and their server writes no address": [
        "from <> by mx.shop.example (Merak 8.0.3) with SMTP id ACM38534",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same, and Sendmail says so": [
        "from mx2.shop.example (mx2.shop.example [198.51.100.66] (may be forged)) by mx.shop.example (8.15.2/8.15.2)"
        " with ESMTP id 1",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "Exchange notes his HELO and his address": [
        "from mx2.shop.example (198.51.100.66) by mx.shop.example (203.0.113.5) with Microsoft SMTP Server id 15.1.1",
        "from relay.example.edu (192.0.2.17) by mx2.shop.example (198.51.100.66) with Microsoft SMTP Server id 15.1.1",
    ],
    "he calls himself a filter service": [
        "from mx0a-0012.pphosted.com (unknown [198.51.100.66]) by mx.shop.example (Postfix) with ESMTPS id 1",
        f"{FROM_US} mx0a-0012.pphosted.com (PPS) with ESMTPS id b",
    ],
    "he calls himself one to Exchange": [
        "from mx0a-0012.pphosted.com (198.51.100.66) by EX1.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.2.1",
        f"{FROM_US} mx0a-0012.pphosted.com (PPS) with ESMTPS id b",
    ],
    "one hands his mail on, and writes no line of its own": [
        "from mx0a-0012.pphosted.com (148.163.158.5) by EX1.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.2.1",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTPS id b",
    ],
    "he is a customer of one, and sends a whole header through it": [
        "from mx0a-0012.pphosted.com (148.163.158.5) by EX1.shop.local (10.1.1.5) with Microsoft SMTP Server id 15.2.1",
        "from bulk (bulk.pills.example [198.51.100.66]) by mx0a-0012.pphosted.com (PPS) with ESMTPS id b",
        f"{FROM_US} mx0b-0012.pphosted.com (PPS) with ESMTPS id b",
    ],
    "his PTR record calls him one, and qmail believes it": [
        "from mx0a-0012.pphosted.com (HELO mx0a-0012.pphosted.com) (198.51.100.66) by mx.shop.example with SMTP",
        f"{FROM_US} mx0a-0012.pphosted.com (PPS) with ESMTPS id b",
    ],
    "he names himself as their host, and has another address": [
        "from EX1.shop.example (198.51.100.66) by EX1.shop.example (203.0.113.9) with Microsoft SMTP Server id 15.2.1",
        "from relay.example.edu (192.0.2.17) by EX1.shop.example (203.0.113.9) with Microsoft SMTP Server id 15.2.1",
    ],
    "the same, and their host notes it once more at the end": [
        "from mx.shop.example ([198.51.100.66]) by mx.shop.example with ESMTP id 1 (peer 198.51.100.66)",
        f"{FROM_US} mx.shop.example with ESMTP id 1",
    ],
    "the host's own address is the router's, and everybody comes from there": [
        "from bulk (203.0.113.9) by EX01.shop.example (203.0.113.9) with Microsoft SMTP Server id 15.2.1",
        "from relay.example.edu (192.0.2.17) by EX01.shop.example (203.0.113.9) with Microsoft SMTP Server id 15.2.1",
    ],
    "a container's gateway hides his address": [
        "from mx2.shop.example (unknown [172.17.0.1]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "a balancer hides his address, and he does not know the names inside": [
        "from bulk (unknown [10.0.0.9]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} mail.pills.example (Postfix) with ESMTP id 1",
    ],
    "a TLS proxy on the host hides his address": [
        "from bulk (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} mail.pills.example (Postfix) with ESMTP id 1",
    ],
    "a balancer hides his address, and he calls himself by the name that he writes under": [
        "from ex1.shop.example (unknown [10.0.0.5]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} ex1.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same, and Exchange stands behind the balancer": [
        "from EX1.shop.example (10.0.0.5) by EX2.shop.example (10.0.0.6) with Microsoft SMTP Server id 15.1.225.42",
        "from relay.example.edu (192.0.2.17) by EX1.shop.example (10.0.0.5) with Microsoft SMTP Server id 15.1.225.42",
    ],
    "the same, and software that nobody knows may have taken his word for the name": [
        "from ex1.shop.example (ex1.shop.example [10.0.0.5]) by mx.shop.example (Wunder 1.0) with ESMTP id 1",
        f"{FROM_US} ex1.shop.example (Postfix) with ESMTP id 1",
    ],
    "a balancer has a name, and everybody knows it": [
        "from bulk (mail-proxy.shop.example [10.0.0.5]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} mail-proxy.shop.example (Postfix) with ESMTP id 1",
    ],
    "a gateway with a private IPv6 address hides his": [
        "from bulk (mx2.shop.example [IPv6:fd00:d0c::1]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "a cluster's address has a name that shows it": [
        "from bulk (100-64-0-9.mail.svc.cluster.local [100.64.0.9]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} 100-64-0-9.mail.svc.cluster.local (Postfix) with ESMTP id 1",
    ],
    "an infected PC of theirs writes it": [
        "from pc7.shop.example (pc7.shop.example [10.0.0.77]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} pc7.shop.example (Postfix) with ESMTP id 1",
    ],
    "a balancer hides his address, and his line has no writer": [
        "from bulk (unknown [10.0.0.5]) by mx.shop.example (Postfix) with ESMTP id 1",
        "from 192.0.2.17 with HTTP",
    ],
    "a TLS proxy on the host hides his address, and he knows the host's name": [
        "from bulk (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTP id 1",
    ],
    "a TLS proxy on the host hides his address, and he knows their domain": [
        "from localhost (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
    "he puts a header into a web form of theirs": [
        "by www.shop.example (Postfix, from userid 33) id 9",
        f"{FROM_US} www.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same, and the form has an account of its own": [
        "by www.shop.example (Postfix, from userid 1001) id 9",
        f"{FROM_US} www.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same with Exim": [
        "from shopweb by www.shop.example with local (Exim 4.96) (envelope-from <shopweb@www.shop.example>) id 1abc",
        f"{FROM_US} www.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same with qmail": [
        "(qmail 10681 invoked by uid 1001)",
        "from relay.example.edu (HELO bulk) (192.0.2.17) by www.shop.example with SMTP",
    ],
    "the same with Courier": [
        "from localhost (localhost [127.0.0.1]) (uid 1001) by www.shop.example with local",
        f"{FROM_US} www.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same with IIS": [
        "from mail pickup service by www.shop.example with Microsoft SMTPSVC",
        "from relay.example.edu ([192.0.2.17]) by www.shop.example with Microsoft SMTPSVC(6.0.3790.4675)",
    ],
    "he sends a whole header from a mailbox at their provider": [
        "from VI1PR04MB0001.eurprd04.prod.outlook.com ([fe80::a5c6:2b60]) by VI1PR04MB0001.eurprd04.prod.outlook.com"
        " ([fe80::a5c6:2b60%5]) with mapi id 15.20.3654.026",
        "from relay.example.edu (192.0.2.17) by VI1PR04MB0001.eurprd04.prod.outlook.com (2603:10a6:10:1d9::6) with"
        " Microsoft SMTP Server id 15.20.1 via Frontend Transport",
    ],
    "the same with Exchange 2010, where mailboxes send by MAPI as well": [
        "from EX02.shop.local ([10.1.1.6]) by EX01.shop.local ([10.1.1.5]) with mapi id 14.03.0123.003",
        "from relay.example.edu (192.0.2.17) by EX02.shop.local (10.1.1.6) with Microsoft SMTP Server id 14.3.123.3",
    ],
    "he hands a whole header in over HTTP": [
        "by 10.25.23.194 with HTTP",
        "from relay.example.edu (relay.example.edu. [192.0.2.17]) by mx.google.com with ESMTPS id b",
    ],
    "he sends from a web shop of theirs": [
        "from store.shop.example (store.shop.example [203.0.113.80]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} store.shop.example (Postfix) with ESMTP id 1",
    ],
    "the same, and only they have its address": [
        "from store.shop.example (store.shop.example [10.0.0.80]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} store.shop.example (Postfix) with ESMTP id 1",
    ],
    "he rents a machine from their provider, where all are called mail and a number": [
        "from mail-4711.hoster.example (mail-4711.hoster.example [203.0.113.80]) by mx.hoster.example (Postfix) with"
        " ESMTP id 1",
        f"{FROM_US} mail-4711.hoster.example (Postfix) with ESMTP id 1",
    ],
    "the same, and a customer's name": [
        "from mail-pills.hoster.example (mail-pills.hoster.example [203.0.113.80]) by mx.hoster.example (Postfix) with"
        " ESMTP id 1",
        f"{FROM_US} mail-pills.hoster.example (Postfix) with ESMTP id 1",
    ],
    "the same, and it is called as Exchange is where nobody else has an address": [
        "from ex2.hoster.example (ex2.hoster.example [203.0.113.80]) by mx.hoster.example (Postfix) with ESMTP id 1",
        f"{FROM_US} ex2.hoster.example (Postfix) with ESMTP id 1",
    ],
    "he sends from the web server of a customer in their domain": [
        "from web7.shop.example (web7.shop.example [203.0.113.77]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} web7.shop.example (Postfix) with ESMTP id 1",
    ],
    "he has an honest name in the registry where they have theirs": [
        "from mail.evil.eu.org (mail.evil.eu.org [203.0.113.9]) by mx.ann.eu.org (Postfix) with ESMTP id 1",
        f"{FROM_US} mail.evil.eu.org (Postfix) with ESMTP id 1",
    ],
    "the same directly in one that nobody knows": [
        "from mail-evil.names.example (mail-evil.names.example [203.0.113.9]) by ann.names.example (Postfix) with"
        " ESMTP id 1",
        f"{FROM_US} mail-evil.names.example (Postfix) with ESMTP id 1",
    ],
    "the same in one that nobody knows": [
        "from mail.evil.names.example (mail.evil.names.example [203.0.113.9]) by mx.ann.names.example (Postfix) with"
        " ESMTP id 1",
        f"{FROM_US} mail.evil.names.example (Postfix) with ESMTP id 1",
    ],
    "he writes at Gmail, and Gmail hands on": [
        "from mail-sor-f41.google.com (mail-sor-f41.google.com. [203.0.113.41]) by mx.google.com with SMTPS id a",
        "by 2002:a05:7300:5719:b0:11d:33b5:b49b with SMTP id x25csp1",
        "from relay.example.edu (relay.example.edu. [192.0.2.17]) by mx.google.com with ESMTPS id b",
    ],
    "he is a tenant of Exchange Online, too": [
        "from EUR05-DB8-obe.outbound.protection.outlook.com (203.0.113.40) by"
        " DB5EUR01FT001.mail.protection.outlook.com (10.152.4.1) with Microsoft SMTP Server id 15.20.1",
        "from relay.example.edu (192.0.2.17) by DB9PR02MB0002.eurprd02.prod.outlook.com (2603:10a6:10:1d9::6) with"
        " Microsoft SMTP Server id 15.20.1 via Frontend Transport",
    ],
    "he knows which other host of theirs is called so, and hands it a whole header": [
        "by www.shop.example (Postfix, from userid 38) id 9",
        f"{FROM_US} lists.shop.example (Postfix) with ESMTP id 1",
    ],
    "a TLS proxy on the host hides his address, and he names himself as he writes": [
        "from mail.pills.example (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id 1",
        f"{FROM_US} mail.pills.example (Postfix) with ESMTP id 1",
    ],
    "the same, and he writes a line as a filter's": [
        "from mail.pills.example (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id 1",
        "from mx.shop.example (unknown [10.0.0.3]) by mail.pills.example (amavis, port 10024) with ESMTP id 1",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTP id 1",
    ],
    "he calls himself as Apple's hosts do": [
        "from p00-icloudmta-smtpin-1 by mx.shop.example (mailgateway 2540B45) with SMTP id 1",
        f"{FROM_US} p00-icloudmta-smtpin-1 (Postfix) with ESMTPS id 2C1",
    ],
    "he has a mailbox with Apple and sends a whole header from it": [
        "from p00-icloudmta-asmtp-us-east-2a-6 by p126-mailgateway-smtp-57b8f4d6b6-2kx8q (mailgateway 2540B45)"
        " with SMTP id 5a2a2f9e",
        "from outbound.ci.icloud.com (unknown [127.0.0.2]) by p00-icloudmta-asmtp-us-east-2a-6 (Postfix) with ESMTPS",
        f"{FROM_US} p00-icloudmta-smtpin-us-east-2a-60-percent-6 (Postfix) with ESMTPS id 2C1",
    ],
    "the address that Yahoo's host names is not that of the writer": [
        "from 10.217.150.73 by atlas203.free.mail.bf1.yahoo.com pod-id NONE with HTTPS",
        "from 192.0.2.17 (EHLO relay.example.edu) by 10.217.150.74 with SMTPs (version=TLS1_3 cipher=AES)",
    ],
    "Yahoo's host took it by SMTP": [
        "from 10.217.150.73 (EHLO bulk) by atlas203.free.mail.bf1.yahoo.com with SMTPs",
        "from 192.0.2.17 (EHLO relay.example.edu) by 10.217.150.73 with SMTPs (version=TLS1_3 cipher=AES)",
    ],
    "a host that he calls a proxy of LMTP stands far away": [
        "from bulk (198.51.100.66) by mx.shop.example (LMTPProxy)",
        f"{FROM_US} mx.shop.example (Postfix) with ESMTP id 1",
    ],
    "his line is dated hours after theirs": [
        "from localhost (localhost [127.0.0.1]) by mx.shop.example (Postfix) with ESMTP id 2" + WHEN,
        f"{FROM_US} mx.shop.example (Postfix) with ESMTP id 1; Tue, 1 Sep 2026 19:30:00 +0000",
    ],
    "the lines run in a circle": [
        "from mx2.shop.example (mx2.shop.example [10.0.0.5]) by mx.shop.example (Postfix) with ESMTP id 1",
        "from mx.shop.example (mx.shop.example [10.0.0.4]) by mx2.shop.example (Postfix) with ESMTP id 2",
        "from mx2.shop.example (mx2.shop.example [10.0.0.5]) by mx.shop.example (Postfix) with ESMTP id 3",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 4",
    ],
    "their mailbox provider writes no address at all": [
        "from mx2.shop.example by mx.shop.example with SMTP id 1",
        f"{FROM_US} mx2.shop.example (Postfix) with ESMTP id 1",
    ],
}


@pytest.mark.parametrize("forgery", PERFECT)
def test_a_perfect_forgery_is_low(forgery: str) -> None:
    assert accused(PERFECT[forgery]) == [("192.0.2.17", "low")], chain(PERFECT[forgery]).conclusion
    assert chain(PERFECT[forgery]).findings[0].mail_left_at is None


def test_a_private_address_of_our_networks_is_not_ours_alone() -> None:
    ground = Ground((ip_network("10.0.0.0/8"),), hubs=(ip_network("10.0.0.1/32"),), noc="noc@example.edu")
    theirs = ["from mx.shop.example (mx.shop.example [10.0.0.5]) by store.shop.example (Postfix) with ESMTP id 1"]
    assert accused(theirs, ground) == [("10.0.0.5", "low")]
    within_ours = [one.replace("shop.example", "example.edu") for one in theirs]
    assert accused(within_ours, ground) == [("10.0.0.5", "high")]


def test_the_reason_says_why_it_is_unsure() -> None:
    reason = chain(PERFECT["a container's gateway hides his address"]).findings[0].reason
    assert reason.endswith("but 172.17.0.1 may be a gateway, behind which the whole Internet has one address")
