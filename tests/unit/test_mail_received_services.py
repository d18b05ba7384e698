"""Received lines of providers, groupware, filters, proxies and web mail, as a table of blocks."""

import pytest

from tests.unit.test_mail_received_servers import check, table

SERVICES = """
Exchange 2000, SMTPSVC
    from bulk ([192.0.2.17]) by mx.shop.example with Microsoft SMTPSVC(6.0.3790.4675)
    = seen:192.0.2.17 helo:bulk with:SMTP

SMTPSVC, unverified
    from bulk ([192.0.2.17] unverified) by mx.shop.example with Microsoft SMTPSVC(5.0.2195.5329)
    = seen:192.0.2.17 helo:bulk with:SMTP

SMTPSVC, no name
    from bulk ([192.0.2.17] RDNS failed) by mx.shop.example with Microsoft SMTPSVC(6.0.3790.0)
    = seen:192.0.2.17 helo:bulk with:SMTP

SMTPSVC, pickup
    from mail pickup service by mx.shop.example with Microsoft SMTPSVC
    = with:SMTP user:pickup

Exchange 5.5
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example with SMTP (Microsoft Exchange Internet Mail Service
    Version 5.5.2653.13) id G69TW478
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP id:G69TW478

Exchange 5.5, between servers
    by mx.shop.example with Internet Mail Service (5.5.2653.19) id <G69TW479>
    = with:INTERNET id:G69TW479

Exchange 2010
    from bulk (192.0.2.17) by EX01.shop.example (10.0.0.5) with Microsoft SMTP Server id 14.3.123.3
    = by:ex01.shop.example by_address:10.0.0.5 seen:192.0.2.17 helo:bulk with:SMTP id:14.3.123.3

Exchange 2013 with TLS
    from bulk (192.0.2.17) by EX01.shop.example (10.0.0.5) with Microsoft SMTP Server (TLS) id 15.0.847.32
    via Frontend Transport
    = by:ex01.shop.example seen:192.0.2.17 helo:bulk with:SMTP

Exchange 2019 with a cipher
    from bulk (192.0.2.17) by EX01.shop.example (10.0.0.5) with Microsoft SMTP Server (version=TLS1_2,
    cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id 15.2.986.5 via Frontend Transport
    = by:ex01.shop.example seen:192.0.2.17 helo:bulk with:SMTP

Exchange, in the store
    from EX02.shop.example ([fe80::1c2d:3e4f%12]) by EX01.shop.example ([::1]) with mapi id 15.01.0225.042
    = by:ex01.shop.example by_address:::1 seen:fe80::1c2d:3e4f helo:ex02.shop.example with:MAPI id:15.01.0225.042

Exchange, in the store, IPv4
    from EX02.shop.example ([10.0.0.6]) by EX01.shop.example ([10.0.0.5]) with mapi id 14.03.0123.003
    = by:ex01.shop.example seen:10.0.0.6 helo:ex02.shop.example with:MAPI

Exchange Online, the border
    from bulk (192.0.2.17) by AM5EUR02FT040.mail.protection.outlook.example (10.152.8.127) with Microsoft SMTP Server
    id 15.20.2220.19 via Frontend Transport
    = by:am5eur02ft040.mail.protection.outlook.example seen:192.0.2.17 helo:bulk with:SMTP

Exchange Online, IPv6
    from AM6P192CA0042.EURP192.PROD.OUTLOOK.EXAMPLE (2603:10a6:209:82::19) by VI1PR04MB4128.outlook.example
    (2603:10a6:803:4b::25) with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 15.20.3654.25
    = by:vi1pr04mb4128.outlook.example by_address:2603:10a6:803:4b::25 seen:2603:10a6:209:82::19
    helo:am6p192ca0042.eurp192.prod.outlook.example with:SMTP

Exchange Online, the store
    from VI1PR04MB4128.outlook.example ([fe80::a5c6:2b60]) by VI1PR04MB4128.outlook.example ([fe80::a5c6:2b60%5])
    with mapi id 15.20.3654.026
    = by:vi1pr04mb4128.outlook.example seen:fe80::a5c6:2b60 helo:vi1pr04mb4128.outlook.example with:MAPI

Exchange Online, HTTP
    from VI1PR04MB4128.outlook.example (2603:10a6:803:4b::25) by AM0PR04MB4129.outlook.example with HTTPS
    = by:am0pr04mb4129.outlook.example seen:2603:10a6:803:4b::25 helo:vi1pr04mb4128.outlook.example with:HTTPS

Gmail, the border
    from bulk (relay.example.edu. [192.0.2.17]) by mx.google.example with ESMTPS id
    u12-20020a05622a010c00b0041b1a2b3c4dsi123qtw.2023.12.14.06.48.20 for <ann@shop.example> (version=TLS1_3)
    = by:mx.google.example seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTPS for:ann@shop.example

Gmail, no name
    from bulk ([192.0.2.17]) by mx.google.example with ESMTP id a1si1.2023.12.14.06.48.20
    = by:mx.google.example seen:192.0.2.17 helo:bulk with:ESMTP

Gmail, within
    by 2002:a05:6a10:1234:b0:4d5:12:34 with SMTP id x12csp123456pxt
    = by:2002:a05:6a10:1234:b0:4d5:12:34 by_address:2002:a05:6a10:1234:b0:4d5:12:34 with:SMTP

Gmail, within, IPv4
    by 10.25.23.194 with SMTP id 63csp123456lfx
    = by:10.25.23.194 by_address:10.25.23.194 with:SMTP

Gmail, web mail
    by 10.25.23.194 with HTTP
    = by:10.25.23.194 with:HTTP

Gmail, submission
    from [192.168.1.5] (dsl.isp.example. [198.51.100.7]) by smtp.gmail.example with ESMTPSA id a1sm1.2023.12.14.06.48.20
    = by:smtp.gmail.example seen:198.51.100.7 helo:[192.168.1.5] reverse:dsl.isp.example with:ESMTPSA login:yes

Gmail, the old ident-like form
    from bulk (HELO bulk) (bob@198.51.100.7 with plain) by smtp.mail.example with SMTP
    = by:smtp.mail.example seen:198.51.100.7 helo:bulk reverse:bulk with:SMTP login:bob

Gmail, API
    from 123456789 named unknown by gmailapi.google.example with HTTPREST
    = by:gmailapi.google.example helo:123456789_named_unknown with:HTTPREST

Gmail, a forward
    from mail-sor-f41.google.example (mail-sor-f41.google.example. [198.51.100.41]) by mx.google.example with SMTPS
    id a1sor1.2023.12.14.06.48.20 (Google Transport Security)
    = by:mx.google.example seen:198.51.100.41 helo:mail-sor-f41.google.example
    reverse:mail-sor-f41.google.example with:SMTPS

Yahoo
    from 192.0.2.17 (EHLO bulk) (192.0.2.17) by mta1.yahoo.example with SMTP
    = by:mta1.yahoo.example seen:192.0.2.17 helo:bulk with:SMTP

Yahoo with TLS
    from 192.0.2.17 (EHLO bulk) (192.0.2.17) by 10.217.151.75 with SMTPs (version=TLS1_2 cipher=ECDHE-RSA)
    = by:10.217.151.75 by_address:10.217.151.75 seen:192.0.2.17 helo:bulk with:SMTPS

Yahoo of late
    from 192.0.2.17 (EHLO relay.example.edu) by 10.253.233.98 with SMTPs (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256)
    = by:10.253.233.98 by_address:10.253.233.98 seen:192.0.2.17 helo:relay.example.edu with:SMTPS

Yahoo by name
    from 192.0.2.17 (EHLO bulk) by mta1001.mail.ne1.yahoo.com with SMTP
    = by:mta1001.mail.ne1.yahoo.com seen:192.0.2.17 helo:bulk with:SMTP

Yahoo, an empty helo
    from 192.0.2.17  (EHLO ) (192.0.2.17) by mta1.yahoo.example with SMTP
    = by:mta1.yahoo.example seen:192.0.2.17 with:SMTP

Yahoo, web mail
    from [198.51.100.7] by web40310.mail.yahoo.example via HTTP
    = by:web40310.mail.yahoo.example seen:198.51.100.7 with:HTTP

Yahoo, between its hosts
    from [203.0.113.50] by nm1.bullet.mail.yahoo.example with NNFMP
    = by:nm1.bullet.mail.yahoo.example seen:203.0.113.50 with:NNFMP

Yahoo, submission
    from unknown (HELO pc) (bob@198.51.100.7 with login) by smtp104.mail.yahoo.example with SMTP
    = by:smtp104.mail.yahoo.example seen:198.51.100.7 helo:pc with:SMTP login:bob

Yahoo, submission by API
    from sonic.gate.mail.yahoo.example by sonic306.consmr.mail.yahoo.example with HTTP
    = by:sonic306.consmr.mail.yahoo.example helo:sonic.gate.mail.yahoo.example with:HTTP

Hotmail, web mail
    from 198.51.100.7 by by1fd.bay1.hotmail.example with HTTP
    = by:by1fd.bay1.hotmail.example seen:198.51.100.7 with:HTTP

AOL
    from bulk (relay.example.edu [192.0.2.17]) by mtain-dk01.r1000.mx.aol.example (Internet Inbound) with ESMTP id 4D5E
    = by:mtain-dk01.r1000.mx.aol.example seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

AOL, web mail
    from 198.51.100.7 by webmail-d42.sysops.aol.example (203.0.113.42) with HTTP (WebMailUI)
    = by:webmail-d42.sysops.aol.example by_address:203.0.113.42 seen:198.51.100.7 with:HTTP

AOL, within
    from Bob@aol.example by imo-m01.mx.aol.example (mail_out_v36_r4.12.) id m.b9.3bfe3305 (4116) for <ann@shop.example>
    = by:imo-m01.mx.aol.example helo:bob@aol.example for:ann@shop.example

GMX
    from unknown (EHLO bulk) [192.0.2.17] by mx0.gmx.example (mp019) with SMTP
    = by:mx0.gmx.example seen:192.0.2.17 helo:bulk with:SMTP

GMX, web mail
    from [198.51.100.7] by 3c-app-gmx.server.example (via HTTP)
    = by:3c-app-gmx.server.example helo:[198.51.100.7]

WEB.DE
    from [198.51.100.7] (helo=pc) by smtp05.web.example with asmtp (TLSv1:AES256-SHA:256) (WEB.DE 4.110 #4) id 1
    = by:smtp05.web.example seen:198.51.100.7 helo:pc with:ASMTP login:yes

Strato
    from pc ([198.51.100.7]) by smtp.strato.example (RZmta 47.1 DYNA|AUTH) with ESMTPSA id k0a1b2
    = by:smtp.strato.example seen:198.51.100.7 helo:pc with:ESMTPSA login:yes

InterMail
    from bulk ([192.0.2.17]) by mx.shop.example (InterMail vM.4.01.03.37 201-229-121-137-20020806) with ESMTP
    id <20031220035023.GCFK2588.mx@bulk>
    = seen:192.0.2.17 helo:bulk with:ESMTP

Openwave with a login
    from pc (198.51.100.7) by mx.shop.example (7.3.104) (authenticated as bob) id 4D5E
    = seen:198.51.100.7 helo:pc login:bob

Domino
    from bulk ([192.0.2.17]) by mx.shop.example (Lotus Domino Release 5.0.8) with ESMTP id 2026090112000012-1
    = seen:192.0.2.17 helo:bulk with:ESMTP

Domino 9 with a name
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (IBM Domino Release 9.0.1FP3) with ESMTP id 2
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

GroupWise
    from bulk ([192.0.2.17]) by mx.shop.example with ESMTP
    = seen:192.0.2.17 helo:bulk with:ESMTP

GroupWise, within
    from GWDOM-MTA by mx.shop.example with Novell_GroupWise
    = helo:gwdom-mta with:NOVELL_GROUPWISE

MDaemon of old: no address
    from bulk by mx.shop.example (MDaemon PRO v9.0.1) with ESMTP id md50000050056.msg for <ann@shop.example>
    = helo:bulk with:ESMTP for:ann@shop.example

MDaemon: without X-MDRemoteIP the address may be a part of the HELO
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (MDaemon PRO v20.0.1) with ESMTPS id md5001.msg
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTPS doubtful

IMail
    from bulk [192.0.2.17] by mx.shop.example with ESMTP (SMTPD32-8.05) id A1B2
    = seen:192.0.2.17 helo:bulk with:ESMTP

IMail 11
    from bulk [192.0.2.17] by mx.shop.example with ESMTP (SMTPD-11.5) id A1B2
    = seen:192.0.2.17 helo:bulk with:ESMTP

CommuniGate
    from [192.0.2.17] (HELO bulk) by mx.shop.example (CommuniGate Pro SMTP 5.1.3) with SMTP id 19467966
    = seen:192.0.2.17 helo:bulk with:SMTP

CommuniGate, the helo leads to the address
    from bulk.example ([192.0.2.17] verified) by mx.shop.example (CommuniGate Pro SMTP 4.1.8) with ESMTP id 875522
    = seen:192.0.2.17 helo:bulk.example with:ESMTP

CommuniGate, a login
    from [198.51.100.7] (account bob@example.edu HELO [10.0.0.1]) by mx.shop.example (CommuniGate Pro SMTP 4.3.7)
    with ESMTPSA id 88402416
    = seen:198.51.100.7 helo:[10.0.0.1] with:ESMTPSA login:bob@example.edu

CommuniGate, a login and a helo that leads to the address
    from dsl.isp.example (account bob@example.edu [198.51.100.7] verified) by mx.shop.example (CommuniGate Pro SMTP
    5.1.13) with ESMTPSA id 9828571
    = seen:198.51.100.7 helo:dsl.isp.example with:ESMTPSA login:bob@example.edu

CommuniGate, by its own protocol
    from [198.51.100.7] (account bob@example.edu) by mx.shop.example (CommuniGate Pro XIMSS 5.2.16) with HTTPU id 87
    = seen:198.51.100.7 with:HTTPU login:bob@example.edu

CommuniGate, web mail
    from [198.51.100.7] (account bob@example.edu) by mx.shop.example (CommuniGate Pro WebUser 4.3.7) with HTTP id 1
    = seen:198.51.100.7 with:HTTP login:bob@example.edu

Zimbra, into the store
    from mx.shop.example (LHLO mx.shop.example) (10.0.0.5) by store.shop.example with LMTP
    = by:store.shop.example seen:10.0.0.5 helo:mx.shop.example reverse:mx.shop.example with:LMTP

Oracle Messaging Server
    from bulk ([192.0.2.17]) by mx.shop.example (Oracle Communications Messaging Server 7u4-27.01(7.0.4.27.0) 64bit
    (built Aug 30 2012)) with ESMTP id <0MA00I01@mx.shop.example> for ann@shop.example
    = seen:192.0.2.17 helo:bulk with:ESMTP for:ann@shop.example

iPlanet with a name
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example (iPlanet Messaging Server 5.2 HotFix 2.07
    (built Jun 24 2005)) with SMTP id <0J0E@mx.shop.example>
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP

Sun, its conversion channel
    from conversion-daemon.mx.shop.example by mx.shop.example (Sun Java System Messaging Server 6.2-4.02
    (built Sep  9 2005)) id <0IZO@mx.shop.example> (original mail from bob@example.edu)
    = helo:conversion-daemon.mx.shop.example

Netscape
    from bulk ([192.0.2.17]) by mx.shop.example (Netscape Messaging Server 4.15) with SMTP id G1A2B3
    = seen:192.0.2.17 helo:bulk with:SMTP

PMDF
    from bulk ([192.0.2.17]) by mx.shop.example (PMDF V6.2-X17 #30597) with ESMTP id <01K@mx.shop.example>
    = seen:192.0.2.17 helo:bulk with:ESMTP

SurgeMail
    from bulk (unverified [192.0.2.17]) by mx.shop.example (SurgeMail 3.8k4) with ESMTP id 123-1234567
    = seen:192.0.2.17 helo:bulk with:ESMTP

MailEnable
    from bulk ([192.0.2.17]) by mx.shop.example with MailEnable ESMTP
    = seen:192.0.2.17 helo:bulk with:ESMTP

Merak of old: no address
    from bulk by mx.shop.example (Merak 8.0.3) with SMTP id ACM38534
    = helo:bulk with:SMTP

IceWarp
    from bulk ([192.0.2.17]) by mx.shop.example (IceWarp 10.4.5) with ASMTP id 201209
    = seen:192.0.2.17 helo:bulk with:ASMTP login:yes

hMailServer
    from bulk (relay.example.edu [192.0.2.17]) by mx.shop.example with ESMTP
    = seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

Kerio
    from bulk ([192.0.2.17]) by mx.shop.example (Kerio Connect 9.2.3) with ESMTP for ann@shop.example
    = seen:192.0.2.17 helo:bulk with:ESMTP

Rockliffe
    from bulk (unverified [192.0.2.17]) by mx.shop.example (Rockliffe SMTPRA 4.5.6) with ESMTP id
    <B0001@mx.shop.example>
    = seen:192.0.2.17 helo:bulk with:ESMTP

Mercury
    from bulk (192.0.2.17) by mx.shop.example (Mercury/32 v4.01a) ID MG0072A1
    = seen:192.0.2.17 helo:bulk id:MG0072A1

Mercury for NetWare, its spooler
    from MX/SpoolDir by mx.shop.example (Mercury 1.48)
    = by:mx.shop.example

Mercury, its spooler
    from spooler by mx.shop.example (Mercury/32 v4.01a)
    = by:mx.shop.example

Eudora Internet Mail Server
    from bulk (192.0.2.17) by mx.shop.example with ESMTP (Eudora Internet Mail Server 3.2.5)
    = seen:192.0.2.17 helo:bulk with:ESMTP

602LAN
    from bulk ([192.0.2.17]) by mx.shop.example (602LAN SUITE 2004) with SMTP
    = seen:192.0.2.17 helo:bulk with:SMTP

ArGoSoft
    from [192.0.2.17] by mx.shop.example (ArGoSoft Mail Server Pro for WinNT/2000/XP, Version 1.8) with ESMTP
    = helo:[192.0.2.17] with:ESMTP

James
    from bulk ([192.0.2.17]) by mx.shop.example (JAMES SMTP Server 2.3.2) with SMTP ID 4711 for <ann@shop.example>
    = seen:192.0.2.17 helo:bulk with:SMTP id:4711

Momentum
    from ([192.0.2.17:50387] helo=bulk) by mx.shop.example (ecelerity 2.1.1.3 r(11743)) with ESMTP id 80/0A-02454
    = seen:192.0.2.17 helo:bulk with:ESMTP id:80/0A-02454

Momentum with a helo in front
    from [198.51.100.9] ([192.0.2.17:50024]) by mx.shop.example (ecelerity 2.1.1.8 r(12431)) with ESMTP id 10/BD
    = seen:192.0.2.17 helo:[198.51.100.9] with:ESMTP

PowerMTA
    from bulk (192.0.2.17) by mx.shop.example (PowerMTA(TM) v3.5r10) id h0a1b2 for <ann@shop.example>
    = seen:192.0.2.17 helo:bulk for:ann@shop.example

Postal
    from bulk (relay.example.edu [192.0.2.17]) by postal.shop.example with SMTP
    = by:postal.shop.example seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP

SendGrid
    by filter0077p1mdw1.sendgrid.example with SMTP id filter0077p1mdw1-12345-57F1A2B3-1 2026-09-01 10:00:00.123 +0000
    UTC
    = by:filter0077p1mdw1.sendgrid.example with:SMTP

SendGrid, the border
    from bulk (unknown [192.0.2.17]) by geopod-ismtpd-5-0 (SG) with ESMTP id abcDEF123
    = by:geopod-ismtpd-5-0 seen:192.0.2.17 helo:bulk with:ESMTP

Mailgun, by API
    by luna.mailgun.example with HTTP
    = by:luna.mailgun.example with:HTTP

Amazon SES, inbound
    from bulk (relay.example.edu [192.0.2.17]) by inbound-smtp.eu-west-1.amazonaws.example with SMTP id abc123
    for ann@shop.example
    = by:inbound-smtp.eu-west-1.amazonaws.example seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:SMTP

Postini
    from source ([192.0.2.17]) by exprod5mx1.postini.example ([203.0.113.10]) with SMTP
    = by:exprod5mx1.postini.example by_address:203.0.113.10 seen:192.0.2.17 helo:source with:SMTP

Barracuda
    from bulk (relay.example.edu [192.0.2.17]) by barracuda.shop.example with ESMTP id Ab1Cd2 for <ann@shop.example>
    = by:barracuda.shop.example seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

IronPort
    from relay.example.edu (HELO bulk) ([192.0.2.17]) by esa1.shop.example with ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384
    = by:esa1.shop.example seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

IronPort, no other helo
    from relay.example.edu ([192.0.2.17]) by esa1.shop.example with ESMTP
    = by:esa1.shop.example seen:192.0.2.17 helo:relay.example.edu with:ESMTP

Mimecast
    from bulk (relay.example.edu [192.0.2.17]) (Using TLS) by relay.mimecast.example with ESMTP id uk-mta-171-a1B2
    = by:relay.mimecast.example seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTP

Proofpoint
    from bulk (relay.example.edu [192.0.2.17]) by mx0a.pphosted.example (8.16.1.2/8.16.1.2) with ESMTPS id 3a1b2c
    (version=TLSv1.2 cipher=ECDHE-RSA-AES256-GCM-SHA384 bits=256 verify=NOT)
    = by:mx0a.pphosted.example seen:192.0.2.17 helo:bulk reverse:relay.example.edu with:ESMTPS

Proofpoint, its filter
    from pps.filterd (mx0a.pphosted.example [127.0.0.1]) by mx0a.pphosted.example (8.16.1.2/8.16.1.2) with SMTP id 3a1b
    = by:mx0a.pphosted.example seen:127.0.0.1 helo:pps.filterd reverse:mx0a.pphosted.example with:SMTP

MessageLabs
    from unknown (HELO bulk) (192.0.2.17) by server-5.tower-21.messagelabs.example with SMTP
    = by:server-5.tower-21.messagelabs.example seen:192.0.2.17 helo:bulk with:SMTP

MailMarshal
    from bulk (Not Verified[192.0.2.17]) by mx.shop.example with MailMarshal (v6,8,2,9371) id <B4d5e0001>
    = seen:192.0.2.17 helo:bulk with:MAILMARSHAL

MailSweeper, no address
    from bulk (unverified) by mx.shop.example (Clearswift SMTPRS 5.1.7) with ESMTP id <T78926b35@mx.shop.example>
    = helo:bulk with:ESMTP

Trend IMSS
    from bulk (unknown[192.0.2.17]) by mx.shop.example via smtp id 1f3b_0001
    = seen:192.0.2.17 helo:bulk with:SMTP id:1f3b_0001

CheckPoint
    from bulk ([192.0.2.17]) by mx.shop.example via smtpd (for mail.shop.example [203.0.113.20]) with SMTP
    = seen:192.0.2.17 helo:bulk with:SMTP

ASSP
    from bulk ([192.0.2.17] helo=bulk) by ASSP.nospam with ESMTP (2.6.5)
    = by:assp.nospam seen:192.0.2.17 helo:bulk reverse:bulk with:ESMTP

amavis
    from mx.shop.example ([127.0.0.1]) by localhost (mx.shop.example [127.0.0.1]) (amavisd-new, port 10024) with ESMTP
    id A1B2C3
    = by:localhost by_address:127.0.0.1 seen:127.0.0.1 helo:mx.shop.example with:ESMTP

amavis over LMTP
    from mx.shop.example ([127.0.0.1]) by localhost (mx.shop.example [127.0.0.1]) (amavis, port 10024) with LMTP id A1
    = by:localhost seen:127.0.0.1 helo:mx.shop.example with:LMTP

SpamAssassin
    from localhost by mx.shop.example with SpamAssassin (version 3.4.2)
    = helo:localhost with:SPAMASSASSIN

Cyrus
    from mx.shop.example ([unix socket]) by store.shop.example (Cyrus 2.5.10) with LMTPA
    = by:store.shop.example helo:mx.shop.example with:LMTPA login:yes

Dovecot
    from mx.shop.example by store.shop.example with LMTP id 8Jk2OQ (envelope-from <x@bulk.example>) for
    <ann@shop.example>
    = by:store.shop.example helo:mx.shop.example with:LMTP sender:x@bulk.example

Dovecot, with an address
    from mx.shop.example ([10.0.0.5]) by store.shop.example with LMTP id 8Jk2OQ
    = by:store.shop.example seen:10.0.0.5 helo:mx.shop.example with:LMTP

fetchmail
    from pop.isp.example [203.0.113.25] by localhost with POP3 (fetchmail-6.3.26) for <ann@localhost> (single-drop)
    = by:localhost seen:203.0.113.25 helo:pop.isp.example with:POP3

getmail
    from pop.isp.example (203.0.113.25) by ann.example with POP3
    = by:ann.example seen:203.0.113.25 helo:pop.isp.example with:POP3

SquirrelMail
    from 198.51.100.7 (SquirrelMail authenticated user bob) by web.example.edu with HTTP
    = by:web.example.edu seen:198.51.100.7 with:HTTP login:bob

SquirrelMail with a semicolon of its own
    from 198.51.100.7        (SquirrelMail authenticated user bob); by web.example.edu with HTTP
    = by:web.example.edu seen:198.51.100.7 with:HTTP login:bob

NaSMail
    from 198.51.100.7 (NaSMail authenticated user bob.dole) by web.example.edu with HTTP
    = by:web.example.edu seen:198.51.100.7 with:HTTP login:bob.dole

SquirrelMail behind a proxy
    from 198.51.100.7 (proxying for 192.168.1.2) (SquirrelMail authenticated user bob) by web.example.edu with HTTP
    = by:web.example.edu seen:198.51.100.7 with:HTTP login:bob

Horde
    from 198.51.100.7 ([198.51.100.7]) by web.example.edu (Horde Framework) with HTTP
    = by:web.example.edu seen:198.51.100.7 helo:198.51.100.7 with:HTTP

IMP with a name
    from dsl.isp.example (dsl.isp.example [198.51.100.7]) by web.example.edu (Horde MIME library) with HTTP
    = by:web.example.edu seen:198.51.100.7 helo:dsl.isp.example reverse:dsl.isp.example with:HTTP

Roundcube
    from [198.51.100.7] by web.example.edu with HTTP (HTTP/1.1 POST)
    = by:web.example.edu seen:198.51.100.7 with:HTTP

a web mail that names its user
    from 198.51.100.7 ([198.51.100.7]) as user bob@localhost by web.example.edu with HTTP
    = by:web.example.edu seen:198.51.100.7 helo:198.51.100.7 with:HTTP login:bob@localhost

LISTSERV
    from LISTS.SHOP.EXAMPLE by LISTS.SHOP.EXAMPLE (LISTSERV-TCP/IP release 1.8d) with spool id 35469828
    = by:lists.shop.example helo:lists.shop.example with:SPOOL

Lyris
    from bulk ([192.0.2.17]) by mx.shop.example with SMTP (Lyris ListManager WIN32 version 9.2a)
    = seen:192.0.2.17 helo:bulk with:SMTP
"""


@pytest.mark.parametrize(("system", "line", "expected"), table(SERVICES), ids=[block[0] for block in table(SERVICES)])
def test_it_reads_what_a_service_writes(system: str, line: str, expected: dict[str, str]) -> None:
    check(line, expected)
