"""OpenDMARC at the NOC's border: it checks SPF and DMARC and writes what it found as Authentication-Results."""

from lab import plan
from lab.daemons import start
from lab.files import LAB, folder, write


def start_opendmarc() -> None:
    """Start the milter that the NOC's Postfix asks; without it mail is taken unchecked, as milters are used."""
    host = plan.NOC
    home = folder(LAB / host.name)
    conf = write(
        home / "opendmarc.conf",
        f"""
        AuthservID {host.fqdn}
        TrustedAuthservIDs {host.fqdn}
        SPFSelfValidate true
        SPFIgnoreResults true
        IgnoreAuthenticatedClients true
        RejectFailures false
        SoftwareHeader false
        Syslog true
        UserID root
        UMask 000
        PublicSuffixList /usr/share/publicsuffix/public_suffix_list.dat
        Socket unix:{home}/opendmarc.sock
        """,
    )
    start(host, ["opendmarc", "-f", "-c", str(conf)])
