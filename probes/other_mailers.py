"""Mailers of the desk and the department, and of mainframes; see `probes.mailers`."""

from probes.signs import ENDS, NUMBER, WHEN, both, greeting, helps, mailer, received, refusal

DESKTOP = (
    mailer(
        "Mercury/32",
        greeting(
            rf"Mercury/32 v{NUMBER} (?:SMTP/)?ESMTP server ready",
            "mail.example.edu Mercury/32 v3.21 ESMTP server ready.",
            "3.21",
        ),
        received(
            rf"\(Mercury/32 v{NUMBER}\)",
            f"from probe.example (198.51.100.9) by mail.example.edu (Mercury/32 v4.52) with ESMTP ID MG000001; {WHEN}",
            "4.52",
        ),
        refusal(r"553 We do not relay non-local mail, sorry\.", "553 We do not relay non-local mail, sorry."),
    ),
    mailer(
        "Mercury NLM",  # for NetWare
        greeting(rf"Mercury {NUMBER} E?SMTP server ready", "mail.example.edu Mercury 1.43 ESMTP server ready.", "1.43"),
        received(
            r"\(Mercury (?P<version>1\.[\d.]{1,6})\)",
            "from SpoolDir by MAIL (Mercury 1.48); 1 Jul 00 12:00:00 -0400",
            "1.48",
        ),
    ),
    mailer(
        "MailEnable",
        greeting(
            r"E?SMTP Mail ?Enable (?:SMTP )?Service, Version: (?:\d{1,2}-)?(?P<version>\d{1,3}(?:\.\d{1,6})?)",
            "mail.example.edu ESMTP MailEnable Service, Version: 9.76-- ready at 07/01/18 12:00:00",
            "9.76",
        ),
        refusal(
            r"503 This mail server requires authentication when attempting to send to a non-local e-mail address",
            "503 This mail server requires authentication when attempting to send to a non-local e-mail address. Please"
            " check your mail client settings",
        ),
    ),
    mailer(
        "SmarterMail",
        refusal(r"550 Authentication is [Rr]equired for [Rr]elay", "550 Authentication is required for relay"),
    ),
    mailer(
        "Kerio Connect",
        greeting(
            rf"Kerio (?:Connect|MailServer) {NUMBER} (?:patch \d{{1,2}} )?ESMTP ready",
            "mail.example.edu Kerio MailServer 6.7.0 patch 1 ESMTP ready",
            "6.7.0",
        ),
        received(
            rf"\(Kerio (?:Connect|MailServer) {NUMBER}",
            f"from probe.example ([198.51.100.9]) by mail.example.edu (Kerio MailServer 6.7.0 patch 1); {WHEN}",
            "6.7.0",
        ),
    ),
    mailer(
        "IceWarp",  # Merak before
        greeting(rf"E?SMTP (?:IceWarp|Merak) {NUMBER}", f"mail.example.edu ESMTP Merak 8.0.3; {WHEN}", "8.0.3"),
        helps(r"This is Merak (?P<version>\d[\d.]{0,12})", "This is MERAK 3.00.140\n", "3.00.140"),
        received(
            rf"\(IceWarp {NUMBER}",
            "from probe.example ([198.51.100.9]) by mail.example.edu (IceWarp 11.3.0.4 RHEL6 x64) with ESMTP id"
            f" 2000070112000000; {WHEN}",
            "11.3.0.4",
        ),
    ),
    mailer(
        "ArGoSoft Mail Server",
        *both(
            r"\(?ArGoSoft Mail Server(?: (?:Freeware|(?:Pro|Plus) for WinNT/2000(?:/XP)?))?, Version [\d.]{1,8}"
            r" \((?P<version>\d[\d.]{0,12})\)",
            "ArGoSoft Mail Server Freeware, Version 1.8 (1.8.2.5)",
            "from [198.51.100.9] by mail.example.edu (ArGoSoft Mail Server Freeware, Version 1.8 (1.8.2.5));"
            " Sat, 1 Jul 2000 12:00:00 -0400",
            "1.8.2.5",
        ),
        helps(
            r"This is ArGoSoft Mail Server, Version [\d.]{1,8}", "This is ArGoSoft Mail Server, Version 1.4 (1.4.0.3)"
        ),
    ),
    mailer(
        "SLMail",
        greeting(
            rf"SMTP Server SLMail v?{NUMBER} Ready",
            "mail.example.edu SMTP Server SLmail 5.5.0.4433 Ready ESMTP spoken here",
            "5.5.0.4433",
        ),
    ),
    mailer("VPOP3", greeting(r"VPOP3 E?SMTP Server (?:Ready|access)", "mail.example.edu VPOP3 SMTP Server Ready")),
    mailer(
        "MailSite",
        greeting(
            rf"MailSite E?SMTP Receiver(?: Version {NUMBER})? Ready",
            "mail.example.edu MailSite ESMTP Receiver Version 3.4.6.0 Ready",
            "3.4.6.0",
        ),
    ),
    mailer(
        "EMWAC IMS",
        greeting(
            rf"IMS SMTP Receiver Version {NUMBER} Ready",
            "mail.example.edu IMS SMTP Receiver Version 0.83 Ready",
            "0.83",
        ),
    ),
    mailer(
        "NTMail",
        greeting(
            rf"NTMail \(v{NUMBER}/[\w.]{{1,40}}\) ready",
            "mail.example.edu NTMail (v7.02.3037/NU1319.01.5b000000) ready for ESMTP transfer",
            "7.02.3037",
        ),
        greeting(
            rf"WindowsNT SMTP Server v{NUMBER}/",
            f"mail.example.edu WindowsNT SMTP Server v3.03.0018/7.aavn/SP ESMTP ready at {WHEN}",
            "3.03.0018",
        ),
    ),
    mailer(
        "Mail-Max",
        greeting(
            rf"\(Mail-Max Version {NUMBER},",
            f"mail.example.edu (Mail-Max Version 4.2.4.7, {WHEN}) ESMTP Mail Server Ready.",
            "4.2.4.7",
        ),
    ),
    mailer(
        "MERCUR",
        greeting(
            rf"MERCUR SMTP-Server \(v{NUMBER}",
            f"MERCUR SMTP-Server (v3.30.09 SA-0000005) for Windows NT ready at {WHEN}",
            "3.30.09",
        ),
    ),
    mailer("FTGate", greeting(r"FTGate server ready", "mail.example.edu FTGate server ready -attitude [C.o.r.E]")),
    mailer(
        "SurgeMail",
        greeting(
            rf"Surge(?:SMTP|Mail) \(?Version {NUMBER}",
            "mail.example.edu SurgeSMTP (Version 7.1f-15) http://surgemail.example",
            "7.1f",
        ),
    ),
    mailer("Axigen", greeting(r"Axigen ESMTP ready", "mail.example.edu Axigen ESMTP ready")),
    mailer(
        "WinRoute Pro",
        greeting(rf"E?SMTP - WinRoute Pro {NUMBER}", "mail.example.edu ESMTP - WinRoute Pro 4.2.4", "4.2.4"),
    ),
    mailer(
        "AnalogX Proxy",
        greeting(
            rf"SMTP AnalogX Proxy {NUMBER} \(Release\) ready",
            "192.0.2.25 SMTP AnalogX Proxy 4.15 (Release) ready",
            "4.15",
        ),
        in_front=True,
    ),
    mailer(
        "CCProxy",
        greeting(rf"CCProxy {NUMBER} SMTP Service Ready", "CCProxy 7.3 SMTP Service Ready(Unregistered)", "7.3"),
        in_front=True,
    ),
    mailer(
        "Eudora Internet Mail Server",
        greeting(
            rf"running Eudora Internet Mail Server {NUMBER}",
            "mail.example.edu running Eudora Internet Mail Server 3.0.2",
            "3.0.2",
        ),
        helps(r"5\.5\.1 unrecognised command HELP", "5.5.1 unrecognised command HELP"),
        received(
            rf"\(Eudora Internet Mail Server {NUMBER}\)",
            "from probe.example (198.51.100.9) by mail.example.edu with SMTP (Eudora Internet Mail Server 1.3.1);"
            f" {WHEN}",
            "1.3.1",
        ),
    ),
    mailer(
        "Stalker Internet Mail Server",
        greeting(
            rf"Stalker Internet Mail Server{ENDS}(?: V\.{NUMBER})?",
            "mail.example.edu Stalker Internet Mail Server V.1.6 is ready.",
            "1.6",
        ),
    ),
    mailer(
        "AppleShare IP Mail Server",
        greeting(
            rf"AppleShare IP Mail Server {NUMBER} SMTP Server Ready",
            "mail.example.edu AppleShare IP Mail Server 6.2.1 SMTP Server Ready",
            "6.2.1",
        ),
    ),
)

MAINFRAMES = (
    mailer(
        "IBM VM SMTP",
        greeting(
            r"running IBM VM SMTP (?:Level )?(?P<version>[\w.]{1,12})",
            "mail.example.edu running IBM VM SMTP V2R4 on Sat, 1 Jul 2000 12:00:00 EDT",
            "V2R4",
        ),
        helps(r"is running the IBM VM operating system", "mail.example.edu is running the IBM VM operating system"),
        received(
            r"\(IBM VM SMTP (?:Level )?(?P<version>[\w.]{1,12})\)",
            f"from PROBE.EXAMPLE by MAIL.EXAMPLE.EDU (IBM VM SMTP V2R2) with TCP; {WHEN}",
            "V2R2",
        ),
    ),
    mailer(
        "OS/400 SMTP",
        greeting(
            r"running IBM AS/400 SMTP (?P<version>V\w{1,12})",
            "mail.example.edu running IBM AS/400 SMTP V04R05M00 on Sat, 1 Jul 2000 12:00:00 -0400",
            "V04R05M00",
        ),
    ),
    mailer(
        "OpenVMS SMTP",
        greeting(
            r"(?:UCX )?(?P<version>V\d\.[\w-]{1,8}), OpenVMS V\d[\w.-]{0,10} (?:VAX|Alpha|IA64) ready",
            "mail.example.edu UCX V4.2-21I, OpenVMS V6.2 VAX ready at Sat, 1 Jul 2000 12:00:00 GMT",
            "V4.2-21I",
        ),
    ),
)
