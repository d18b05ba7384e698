"""Mailers of UNIX, VMS and other servers of the larger kind; see `probes.mailers`."""

from probes.signs import ENDS, FROM, NUMBER, WHEN, both, ehlo, greeting, helps, mailer, received, refusal

UNIX = (
    mailer(
        "Sendmail",
        greeting(
            r"MetaInfo Sendmail [\d.]{1,8} Build \d{1,6} \(Berkeley (?P<version>\d[\w.]{1,12})\)",
            f"mail.example.edu ESMTP MetaInfo Sendmail 2.5 Build 2630 (Berkeley 8.8.6)/8.8.4; {WHEN}",
            "8.8.6",
        ),
        greeting(  # as its makers write it; with AIX, Solaris, HP-UX and the makers' own products in front of it
            r"Sendmail (?:AIX ?[\d.]{1,6}/(?:UCB )?|SMI-|@\(#\)Sendmail version )?"
            r"(?P<version>(?:Switch-|Sentrion-MTA-)?\d[\w.+]{0,20})(?=[/;, (-])",
            f"mail.example.edu ESMTP Sendmail 8.9.3/8.9.3; {WHEN} (EDT)",
            "8.9.3",
        ),
        greeting(  # edited: the others may contradict it
            r"E?SMTP Sendmail(?= ready| ?;| (?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), |\.?$)",
            f"mail.example.edu ESMTP Sendmail; {WHEN}",
        ),
        helps(
            r"This is sendmail version (?:AIX ?[\d.]{1,6}/|SMI-)?(?P<version>(?:Switch-)?\d[\w.+]{0,20})",
            "2.0.0 This is sendmail version 8.14.4\n2.0.0 Topics:\n2.0.0 \tHELO\tEHLO\tMAIL\tRCPT\tDATA",
            "8.14.4",
        ),
        helps(
            r"Sendmail (?P<version>\d[\w.+]{0,20}) -- HELP not implemented",
            "5.3.0 Sendmail 8.11.2 -- HELP not implemented",
            "8.11.2",
        ),
        received(
            r"\bby \S{1,255} (?:with E?SMTP )?\((?:AIX ?[\d.]{1,6}/|SGI-|SMI-)?"
            r"(?P<version>(?:Switch-|Sentrion-MTA-)?[3458]\.[\w.+]{1,20})(?: \(PHNE_[\w+]{1,30}\))?/[\w.+~/ -]{0,60}\)",
            f"{FROM} by mail.example.edu (8.9.3/8.9.3) with ESMTP id KAA12345; {WHEN}",
            "8.9.3",
        ),
        refusal(
            r"55[013] (?:5\.7\.1 )?<[^>\n]{0,300}>\.\.\. (?:Relaying denied|[Ww]e do not relay)",
            "550 5.7.1 <n@omr-probe.example.org>... Relaying denied",
        ),
    ),
    mailer(
        "Postfix",
        greeting(
            r"E?SMTP Postfix(?![\w.-])(?: \(?(?:Postfix-)?(?P<version>\d[\w.-]{0,30})\)?)?",
            "mail.example.edu ESMTP Postfix (2.3.3)",
            "2.3.3",
        ),
        greeting(
            r"Hi, I'm a Mail-in-a-Box \(Ubuntu/Postfix;",
            "mail.example.edu ESMTP Hi, I'm a Mail-in-a-Box (Ubuntu/Postfix; see https://mailinabox.example/)",
        ),
        helps(r"(?<![\w.])5\.5\.2 Error: command not recognized$", "5.5.2 Error: command not recognized"),
        received(
            r"\bby \S{1,255} \(Postfix(?=[,)/])", f"{FROM} by mail.example.edu (Postfix) with ESMTP id 4XQ; {WHEN}"
        ),
        refusal(
            r"[45]5[04] (?:[45]\.7\.1 )?<[^>\n]{0,300}>: (?:Recipient address rejected: )?Relay access denied",
            "454 4.7.1 <n@omr-probe.example.org>: Relay access denied",
        ),
    ),
    mailer(
        "Zimbra",  # a Postfix underneath, named only where the administrator lets it
        greeting(
            rf"E?SMTP Zimbra{ENDS}(?: {NUMBER})?", "mail.example.edu ESMTP Zimbra 8.8.15_GA_3869", "8.8.15_GA_3869"
        ),
        upon="Postfix",
    ),
    mailer(
        "Exim",
        greeting(
            rf"E?SMTP \(?Exim{ENDS}(?: (?P<version>\d\.[\w.]{{1,20}}))?",
            f"mail.example.edu ESMTP Exim 3.36 #1 {WHEN}",
            "3.36",
        ),
        helps(  # 3.x and 4.x
            r"Commands supported:\n(?:AUTH )?(?:STARTTLS )?HELO EHLO MAIL RCPT DATA(?: AUTH)?(?: BDAT)?\s"
            r"(?:ETRN )?NOOP QUIT RSET (?:ETRN )?(?:EXPN )?(?:VRFY )?HELP",
            "Commands supported:\nAUTH STARTTLS HELO EHLO MAIL RCPT DATA BDAT NOOP QUIT RSET HELP",
        ),
        received(
            r"\(Exim (?P<version>\d\.[\w.]{1,20})",
            "from [198.51.100.9] (helo=probe.example) by mail.example.edu with esmtp (Exim 3.35 #1 (Debian)) id 18t2z0;"
            f" {WHEN}",
            "3.35",
        ),
        refusal(r"550 (?:5\.7\.1 )?relay not permitted", "550 relay not permitted"),  # its own sample configuration
        refusal(  # 3.x
            r"550 relaying to <[^>\n]{0,300}> prohibited by administrator",
            "550 relaying to <n@omr-probe.example.org> prohibited by administrator",
        ),
    ),
    mailer(
        "qmail",
        greeting(
            r"E?SMTP (?:net)?qmail(?![\w.]|-[a-z])(?:[ -](?P<version>\d[\w.]{0,20}))?",
            "mail.example.edu ESMTP qmail 1.03",
            "1.03",
        ),
        greeting(
            r"Welcome to Qmail Toaster Ver\. ", "mail.example.edu - Welcome to Qmail Toaster Ver. 1.3 SMTP Server ESMTP"
        ),
        helps(r"(?:net)?qmail home page: http", "netqmail home page: http://qmail.example/netqmail"),
        received(
            r"^(?:Received: )?from \S{1,255} \(HELO [^()\s]{0,255}\) \((?:[^()@\s]{0,100}@)?\[?[\da-fA-F.:]{2,45}\]?\)"
            r"(?: \(envelope-sender <[^<>\s]{0,300}>\))? by \S{1,255} (?:\(qmail-ldap-(?P<version>\d[\w.]{0,10})\) )?"
            r"with (?:\([\w ,.-]{1,60}\) )?E?SMTPS?A?[ ;]",
            "from unknown (HELO probe.example) (198.51.100.9) by mail.example.edu with SMTP; 1 Jul 2000 16:00:00 -0000",
        ),
        refusal(
            r"553[ -](?:5\.7\.1 )?sorry, that domain isn't in my list of allowed rcpthosts",
            "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        ),
    ),
    mailer(
        "OpenSMTPD",
        greeting(rf"E?SMTP OpenSMTPD{ENDS}(?: {NUMBER})?", "mail.example.edu ESMTP OpenSMTPD"),
        helps(r"This is OpenSMTPD\b", "2.0.0 This is OpenSMTPD\n2.0.0 End of HELP info"),
        received(
            r"\bby \S{1,255} \(OpenSMTPD\) ", f"{FROM} by mail.example.edu (OpenSMTPD) with ESMTP id 1a2b3c; {WHEN}"
        ),
    ),
    mailer(
        "Courier",
        ehlo(r"XVERP=Courier", "mail.example.edu Ok.\nXVERP=Courier\nXEXDATA\nXSECURITY=NONE,STARTTLS\nDSN"),
        received(
            r"\bwith esmtp \(courier[- ](?P<version>\d[\w.]{0,10})\)",
            f"from probe.example ([198.51.100.9]) by mail.example.edu with esmtp (courier-0.40); {WHEN}",
            "0.40",
        ),
        refusal(r"513 Relaying denied\.", "513 Relaying denied."),
    ),
    mailer(
        "Smail",
        greeting(
            r"Smail-?(?P<version>3\.[\d.]{1,12})(?= \(?#)",
            f"mail.example.edu Smail3.1.29.1 #2 ready at {WHEN}",
            "3.1.29.1",
        ),
        received(
            r"\(Smail-?(?P<version>3\.[\d.]{1,12})(?= )",
            f"from probe.example by mail.example.edu with smtp (Smail3.1.29.1 #2) id m0ymnOa-000aOnC; {WHEN}",
            "3.1.29.1",
        ),
    ),
    mailer(
        "ZMailer",
        greeting(
            r"ZMailer Server (?P<version>\d[\w.-]{0,20})",
            f"mail.example.edu ZMailer Server 2.99.55 #16 ESMTP+IDENT ready at {WHEN}",
            "2.99.55",
        ),
        helps(r"This mail-server is at Yoyodyne Propulsion Inc", "This mail-server is at Yoyodyne Propulsion Inc.\n"),
    ),
    mailer(
        "XMail",
        *both(
            r"\[XMail (?P<version>\d[\w.]{0,10}) (?:\([\w/ .-]{1,30}\) )?E?SMTP Server\]",
            f"mail.example.edu <962467200.123@mail.example.edu> [XMail 1.21 ESMTP Server] service ready; {WHEN}",
            "from probe.example (198.51.100.9:23198) by mail.example.edu (192.0.2.25:25) with [XMail 1.21 ESMTP Server]"
            f" id <S72E>; {WHEN}",
            "1.21",
        ),
    ),
    mailer(
        "Haraka",
        greeting(rf"E?SMTP Haraka{ENDS}(?:[ /]{NUMBER})?", "mail.example.edu ESMTP Haraka 2.8.28 ready", "2.8.28"),
        received(
            rf"\(Haraka(?:/{NUMBER})?\) ",
            f"{FROM} by mail.example.edu (Haraka/2.8.28) with ESMTPS id AB-CD.1; {WHEN}",
            "2.8.28",
        ),
        refusal(r"[45]50 I cannot deliver mail for <", "550 I cannot deliver mail for <n@omr-probe.example.org>"),
    ),
    mailer(
        "Apache James",
        greeting(
            rf"\(JAMES E?SMTP Server (?:{NUMBER})?",
            f"mail.example.edu SMTP Server (JAMES SMTP Server 2.3.2) ready {WHEN} (EDT)",
            "2.3.2",
        ),
        greeting(r"Apache JAMES awesome SMTP Server", "Apache JAMES awesome SMTP Server"),
        received(
            rf"\(JAMES SMTP Server (?:{NUMBER})?",
            "from 198.51.100.9 ([198.51.100.9]) by mail.example.edu (JAMES SMTP Server 2.3.2) with SMTP ID 798;"
            f" {WHEN}",
            "2.3.2",
        ),
        refusal(
            r"550 (?:5\.7\.1 |- )?Requested action not taken: relaying denied",
            "550 5.7.1 Requested action not taken: relaying denied",
        ),
    ),
)

NETSCAPE = (
    mailer(
        "Netscape Messaging Server",
        *both(
            rf"\(Netscape (?:Messaging|Mail) Server (?:- Version |v)?{NUMBER}",
            f"mail.example.edu ESMTP server (Netscape Messaging Server - Version 3.62) ready {WHEN}",
            "from probe.example ([198.51.100.9]) by mail.example.edu (Netscape Messaging Server 3.62) with ESMTP id"
            f" AAA4040; {WHEN}",
            "3.62",
        ),
        refusal(  # of the plug-in that comes with 4
            r"551 delivery not allowed to non-local recipient", "551 delivery not allowed to non-local recipient"
        ),
    ),
    mailer(
        "Post.Office",
        *both(
            rf"\((?:Post\.Office|post\.office)(?: MTA)? v{NUMBER}",
            f"mail.example.edu ESMTP server (Post.Office v3.5.3 release 223 ID# 0-42000U100L2S100) ready {WHEN}",
            f"from [198.51.100.9] by mail.example.edu (Post.Office MTA v3.5.3 release 223) with SMTP id com; {WHEN}",
            "3.5.3",
        ),
    ),
    mailer(
        "InterMail",
        *both(
            r"\(InterMail v?(?P<version>M?\.?\d[\w.]{0,20})",
            f"mail.example.edu ESMTP server (InterMail vM.6.01.05.02 201-2131-123) ready {WHEN}",
            "from probe.example ([198.51.100.9]) by mail.example.edu (InterMail vM.6.01.05.02 201-2131-123) with ESMTP"
            f" id <20000701160000.A@mail>; {WHEN}",
            "M.6.01.05.02",
        ),
    ),
    *(
        mailer(
            name,
            *both(
                rf"\({pattern} (?:sims\.|V)?(?P<version>\d[\w.-]{{0,25}})",
                f"mail.example.edu -- Server ESMTP ({shown})",
                f"from probe.example ([198.51.100.9]) by mail.example.edu ({shown}) with ESMTP id <0KU2@mail>; {WHEN}",
                version,
            ),
        )
        for name, pattern, shown, version in (
            (
                "Sun Internet Mail Server",
                "Sun Internet Mail Server",
                "Sun Internet Mail Server sims.4.0.2000.10.12.16.25.p8",
                "4.0.2000.10.12.16.25.p8",
            ),
            (
                "iPlanet Messaging Server",
                "iPlanet Messaging Server",
                "iPlanet Messaging Server 5.2 Patch 2 (built Jul 14 2004)",
                "5.2",
            ),
            (
                "Sun ONE Messaging Server",
                "Sun ONE Messaging Server",
                "Sun ONE Messaging Server 6.0 (built Oct 29 2003)",
                "6.0",
            ),
            (
                "Sun Java System Messaging Server",
                r"Sun Java(?:\(tm\))? System Messaging Server",
                "Sun Java(tm) System Messaging Server 6.3-8.04 (built Jul 29 2009; 32bit)",
                "6.3-8.04",
            ),
            (
                "Oracle Communications Messaging Server",
                "Oracle Communications Messaging (?:Exchange )?Server",
                "Oracle Communications Messaging Exchange Server 7u4-19.01 64bit (built Sep  7 2010)",
                "7u4-19.01",
            ),
            ("PMDF", "PMDF", "PMDF V5.2-32 #41462", "5.2-32"),
        )
    ),
)
