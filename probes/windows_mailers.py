"""Microsoft's mailers, and the groupware beside them; see `probes.mailers`."""

from probes.signs import ENDS, NUMBER, WHEN, both, ehlo, greeting, helps, mailer, received, refusal

SMTP_SERVICE = "Microsoft SMTP service"
HELP = "This server supports the following commands:\nHELO EHLO STARTTLS RCPT DATA RSET MAIL QUIT HELP AUTH"

MICROSOFT = (
    mailer(
        SMTP_SERVICE,  # of IIS; Exchange 2000 and 2003 work with it
        greeting(
            r"Microsoft E?SMTP MAIL Service, Version: (?P<version>\d[\d.]{0,20})",
            f"mail.example.edu Microsoft ESMTP MAIL Service, Version: 5.0.2195.6713 ready at {WHEN}",
            "5.0.2195.6713",
        ),
        greeting(  # of the NT 4.0 Option Pack
            r"Microsoft SMTP MAIL ready at [\w,: +-]{1,40} Version: (?P<version>\d[\d.]{0,20})",
            f"mail.example.edu Microsoft SMTP MAIL ready at {WHEN} Version: 5.5.1877.197.19",
            "5.5.1877.197.19",
        ),
        helps(
            rf"{HELP} TURN ETRN BDAT",
            f"{HELP} TURN ETRN BDAT VRFY",
        ),
        received(
            r"\bwith Microsoft SMTPSVC\((?P<version>\d[\d.]{0,20})\)",
            f"from probe.example ([198.51.100.9]) by mail.example.edu with Microsoft SMTPSVC(5.0.2195.6713); {WHEN}",
            "5.0.2195.6713",
        ),
        refusal(r"550 5\.7\.1 Unable to relay for \S", "550 5.7.1 Unable to relay for n@omr-probe.example.org"),
        released={
            "5.5.1877.": "of Windows NT 4.0",
            "5.0.2195.": "of Windows 2000",
            "6.0.2600.": "of Windows XP",
            "6.0.3790.": "of Windows Server 2003",
            "7.0.600": "of Windows Server 2008",
            "7.5.760": "of Windows Server 2008 R2",
            "8.0.9200.": "of Windows Server 2012",
            "8.5.9600.": "of Windows Server 2012 R2",
            "10.0.14393.": "of Windows Server 2016",
            "10.0.17763.": "of Windows Server 2019",
            "10.0.20348.": "of Windows Server 2022",
        },
    ),
    mailer(
        "Microsoft Exchange 2000/2003",
        ehlo(
            r"X-LINK2STATE",
            "mail.example.edu Hello [198.51.100.9]\nX-EXPS GSSAPI NTLM LOGIN\nX-LINK2STATE\nXEXCH50\nOK",
        ),
        upon=SMTP_SERVICE,
    ),
    mailer(
        "Microsoft Exchange",  # 4.0 to 5.5, and from 2007 on
        greeting(
            r"Microsoft Exchange Internet Mail (?:Service|Connector)(?: (?P<version>\d[\d.]{0,20}))?",
            "mail.example.edu ESMTP Server (Microsoft Exchange Internet Mail Service 5.5.2653.13) ready",
            "5.5.2653.13",
        ),
        greeting(
            r"Microsoft ESMTP MAIL Service ready at ",
            f"mail.example.edu Microsoft ESMTP MAIL Service ready at {WHEN}",
        ),
        helps(
            rf"{HELP} BDAT$",
            f"{HELP} BDAT",
        ),
        ehlo(
            r"X-ANONYMOUSTLS",
            "mail.example.edu Hello [198.51.100.9]\nSIZE\nX-ANONYMOUSTLS\nAUTH NTLM\nX-EXPS GSSAPI NTLM",
        ),
        received(
            r"\(Microsoft Exchange Internet Mail (?:Service|Connector)(?: Version)? (?P<version>\d[\d.]{0,20})\)",
            "from probe.example (probe.example [198.51.100.9]) by mail.example.edu with SMTP"
            f" (Microsoft Exchange Internet Mail Service Version 5.5.2653.13) id G69TW478; {WHEN}",
            "5.5.2653.13",
        ),
        received(
            r"\bwith Internet Mail Service \((?P<version>[45]\.[\d.]{1,20})\)",
            f"by MAIL with Internet Mail Service (5.5.2653.19) id <QNW565BD>; {WHEN}",
            "5.5.2653.19",
        ),
        received(
            r"\bwith Microsoft SMTP Server (?:\([\w=, .-]{1,120}\) )?id (?P<version>\d[\d.]{0,20})",
            "from probe.example (198.51.100.9) by mail.example.edu (192.0.2.25) with Microsoft SMTP Server (TLS) id"
            f" 14.3.224.2; {WHEN}",
            "14.3.224.2",
        ),
        refusal(r"550 5\.7\.1 Unable to relay$", "550 5.7.1 Unable to relay"),
        refusal(
            r"550 5\.7\.54 SMTP; Unable to relay recipient in non-accepted domain",
            "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
        ),
        refusal(r"550 Relaying [Ii]s [Pp]rohibited", "550 Relaying is prohibited"),  # 5.5
        released={"5.0.": "5.0", "5.5.": "5.5", "8.": "2007", "14.": "2010", "15.0.": "2013", "15.1.": "2016"},
    ),
)

GROUPWARE = (
    mailer(
        "Lotus SMTP MTA",  # of Notes 4
        greeting(
            rf"Lotus SMTP MTA{ENDS}(?: Service)?(?: (?:v|Release )?(?P<version>\d[\w.]{{0,20}}))?",
            "mail.example.edu Lotus SMTP MTA Service Ready",
        ),
        greeting(
            r"Lotus Notes ESMTP Server X", f"Lotus Notes ESMTP Server X1.0 on MAIL/Example University ready at {WHEN}."
        ),
        received(
            rf"\(Lotus SMTP MTA v{NUMBER}",
            f"by mail.example.edu(Lotus SMTP MTA v4.6.3 (733.2 10-16-1998)) id 80256C39.005C4540 ; {WHEN}",
            "4.6.3",
        ),
    ),
    mailer(
        "Lotus Domino",
        *both(
            rf"\((?:Lotus|IBM|HCL) Domino (?:Release {NUMBER}|Build )",
            f"mail.example.edu ESMTP Service (Lotus Domino Release 5.0.8) ready at {WHEN}",
            "from probe.example ([198.51.100.9]) by mail.example.edu (Lotus Domino Release 5.0.8) with SMTP id"
            f" 2000070112000000:1; {WHEN}",
            "5.0.8",
        ),
        refusal(r"554 (?:5\.7\.1 )?Relay rejected for policy reasons", "554 Relay rejected for policy reasons."),
    ),
    mailer(
        "GroupWise",
        greeting(
            rf"GroupWise Internet Agent{ENDS}(?: {NUMBER})?",
            "mail.example.edu GroupWise Internet Agent 5.5.1 Ready (C)1993, 1998 Novell, Inc.",
            "5.5.1",
        ),
        greeting(
            rf"GroupWise SMTP/MIME Daemon {NUMBER}",
            "mail.example.edu GroupWise SMTP/MIME Daemon 4.1 v3 Ready (C)1993, 1996 Novell, Inc.",
            "4.1",
        ),
        received(r"\bwith Novell_GroupWise; ", f"from probe.example by mail.example.edu with Novell_GroupWise; {WHEN}"),
    ),
    mailer(
        "MDaemon",
        greeting(
            rf"E?SMTP MDaemon v?{NUMBER}",
            "mail.example.edu ESMTP MDaemon 9.5.0; Sat, 01 Jul 2006 12:00:00 -0400",
            "9.5.0",
        ),
        greeting(
            rf"E?SMTP service ready \[\d{{1,4}}\] (?:using )?\(?MDaemon v{NUMBER}",
            "mail.example.edu ESMTP service ready [1] (MDaemon v2.7 SP4 R)",
            "2.7",
        ),
        helps(r"^Help system currently inactive\.$", "Help system currently inactive."),
        received(
            r"\(MDaemon(?:[. ]PRO)?[. ]v(?P<version>\d{1,2}\.\d{1,3}(?:\.\d{1,3})?[a-z]?)",
            "from probe.example [198.51.100.9] by mail.example.edu [192.0.2.25] with SMTP (MDaemon.PRO.v5.0.6.R) for"
            f" <n@omr-probe.example.org>; {WHEN}",
            "5.0.6",
        ),
    ),
    mailer(
        "IMail",
        greeting(
            rf"\(IMail {NUMBER} (?:EVAL )?\d{{1,9}}-\d{{1,4}}\)",
            "X1 NT-ESMTP Server mail.example.edu (IMail 8.05 12345-1)",
            "8.05",
        ),
        received(
            r"\(SMTPD(?:32)?-(?P<version>\d[\d.]{0,10}) ?\)",
            f"from probe.example [198.51.100.9] by mail.example.edu with ESMTP (SMTPD32-7.07) id A4CE7F2A0028; {WHEN}",
            "7.07",
        ),
        refusal(
            r"550 not local host \S{1,255}, not a gateway", "550 not local host omr-probe.example.org, not a gateway"
        ),
    ),
    mailer(
        "CommuniGate Pro",
        greeting(
            rf"E?SMTP CommuniGate Pro{ENDS}(?: {NUMBER})?", "mail.example.edu ESMTP CommuniGate Pro 4.1.8", "4.1.8"
        ),
        received(
            rf"\(CommuniGate Pro SMTP {NUMBER}",
            "from [198.51.100.9] (HELO probe.example) by mail.example.edu (CommuniGate Pro SMTP 4.1.8) with ESMTP id"
            f" 2088434; {WHEN}",
            "4.1.8",
        ),
        refusal(
            r"571 \S{1,300} prohibited\. We do not relay", "571 n@omr-probe.example.org prohibited. We do not relay"
        ),
    ),
    mailer(
        "hMailServer",  # greets as its administrator likes
        helps(
            r"^DATA HELO EHLO MAIL NOOP QUIT RCPT RSET SAML TURN VRFY$",
            "DATA HELO EHLO MAIL NOOP QUIT RCPT RSET SAML TURN VRFY",
        ),
        refusal(r"550 Delivery is not allowed to this address\.", "550 Delivery is not allowed to this address."),
    ),
)
