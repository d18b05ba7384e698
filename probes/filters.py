"""Filters and gateways, which answer in front of a mailer that is not known; see `probes.mailers`.

A firewall that blanks the greeting (`220 ********`) names nobody, and so does a filter that greets without a name.
"""

from probes.signs import FROM, NUMBER, WHEN, greeting, mailer, received, refusal

FILTERS = (
    mailer(
        "Barracuda",
        greeting(r"E?SMTP \([\da-f]{32}\)", "mail.example.edu ESMTP (09678d23bc13369ca0f4a4c15ae7f1d4)"),
        received(
            r"\bby \S{1,255} \(Spam (?:& Virus )?Firewall\) with ",
            f"{FROM} by mail.example.edu (Spam & Virus Firewall) with ESMTP id BF1B83C5184; {WHEN}",
        ),
        in_front=True,
    ),
    mailer(
        "IronPort",
        refusal(r"550 #5\.1\.0 Address rejected", "550 #5.1.0 Address rejected."),
        in_front=True,
    ),
    mailer(
        "Symantec Messaging Gateway",  # Symantec Mail Security before
        greeting(
            r"E?SMTP Symantec (?:Messaging Gateway|Mail Security)(?![\w-])",
            "mail.example.edu ESMTP Symantec Messaging Gateway",
        ),
        in_front=True,
    ),
    mailer(
        "Proofpoint",  # on a Sendmail of its own
        received(
            r"^(?:Received: )?from pps\.filterd \(",
            "from pps.filterd (mail.example.edu [127.0.0.1]) by mail.example.edu (8.16.1.2/8.16.1.2) with SMTP id 215H;"
            f" {WHEN}",
        ),
        upon="Sendmail",
        in_front=True,
    ),
    mailer(
        "Sophos Email Appliance",
        greeting(
            rf"Sophos Email Appliance v{NUMBER}", "mail.example.edu ESMTP Sophos Email Appliance v4.5.3.6", "4.5.3.6"
        ),
        in_front=True,
    ),
    mailer(
        "SonicWall Email Security",
        greeting(rf"E?SMTP SonicWall \({NUMBER}\)", "mail.example.edu ESMTP SonicWALL (9.0.5.2077)", "9.0.5.2077"),
        in_front=True,
    ),
    mailer(
        "Trend Micro InterScan",
        greeting(
            rf"Trend Micro (?:InterScan Messaging Security Suite, Version: |ESMTP ){NUMBER} ready",
            "mail.example.edu Trend Micro InterScan Messaging Security Suite, Version: 5.5.0.1183 ready",
            "5.5.0.1183",
        ),
        greeting(r"E?SMTP IMSVA$", "ESMTP IMSVA"),
        received(
            r"\(InterScan E-Mail VirusWall NT\)",
            f"from 198.51.100.9 by mail.example.edu (InterScan E-Mail VirusWall NT); {WHEN}",
        ),
        in_front=True,
    ),
    mailer(
        "McAfee WebShield",
        greeting(
            rf"WebShield SMTP V{NUMBER} (?:\w{{1,8}} )?Network Associates",
            "mail.example.edu WebShield SMTP V4.5 MR1a Network Associates, Inc. Ready at Sat Jul 1 12:00:00 2000",
            "4.5",
        ),
        in_front=True,
    ),
    mailer(
        "MAILsweeper",
        greeting(
            rf"MAILsweeper E?SMTP Receiver Version {NUMBER} Ready",
            "mail.example.edu MAILsweeper ESMTP Receiver Version 4.2.1.0 Ready",
            "4.2.1.0",
        ),
        received(
            rf"\(Content Technologies SMTPRS {NUMBER}\)",
            "from probe.example (probe.example) by mail.example.edu (Content Technologies SMTPRS 4.2.1) with ESMTP id"
            f" <T6109@mail.example.edu>; {WHEN}",
            "4.2.1",
        ),
        in_front=True,
    ),
    mailer(
        "Check Point FireWall-1",
        greeting(r"CheckPoint FireWall-1 secure E?SMTP server", "CheckPoint FireWall-1 secure ESMTP server"),
        in_front=True,
    ),
    mailer(
        "TIS smap",  # of the Firewall Toolkit
        greeting(r"SMTP/smap Ready\.", "mail.example.edu SMTP/smap Ready."),
        received(
            r"\bvia smap \((?P<version>V?[\d.]{1,8})\)",
            f"from probe.example(198.51.100.9) by mail.example.edu via smap (V1.3) id xma093673; {WHEN}",
            "V1.3",
        ),
        in_front=True,
    ),
)
