"""Web servers with form scripts on some of the lab's hosts, each beside the closed mail server that stands there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from lab import plan
from lab.files import LAB, write
from lab.lab import Lab

SCRIPT = Path(__file__).resolve().parent / "cgi" / "formmail.pl"
PERL = "/usr/bin/perl"
POSTFIX_COMMAND = "/usr/sbin/sendmail"  # of those that were fetched, Postfix's has the name


@dataclass(frozen=True)
class WebHost:
    """A web server; `version` is its FormMail's, empty: it has none."""

    name: str  # of a target in the plan
    version: str
    verdict: str  # what test-relay --web has to find
    form: str = ""  # by which it is proved

    @property
    def target(self) -> plan.Target:
        """The mail server beside it."""
        return plan.TARGETS[self.name]


WEB_HOSTS = (
    WebHost("closedpf", "1.6", "open", "W01"),
    WebHost("closedsendmail", "1.9", "open", "W02"),
    # The script is as bad; its mail server knows no percent hack.
    WebHost("closedexim", "1.9", "closed"),
    WebHost("closedopensmtpd", "1.92", "closed"),
    WebHost("discardpf", "", "closed"),
)


def start_web(lab: Lab, host: WebHost) -> None:
    """Start the web server; it ends with the lab. Raises AssertionError if it does not start."""
    home, seen = lab.folder / host.name / "web", LAB / host.name / "web"
    write(home / "pages" / "index.html", "<title>Welcome</title>\n")
    if host.version:
        write(home / "pages" / "cgi-bin" / "formmail.pl", _settings(host) + SCRIPT.read_text(), mode=0o755)
    write(home / "lighttpd.conf", _configuration(host, seen))
    home.parent.chmod(0o755)
    # What the packages' setgid bit does: the web server's account may hand mail to Postfix.
    lab.administer(host.name, ["sed", "-i", "/^postdrop:/{/www-data/!s/$/www-data/}", "/etc/group"])
    lab.administer(host.name, ["lighttpd", "-f", f"{seen}/lighttpd.conf"])


@contextmanager
def without_script(lab: Lab, host: WebHost) -> Iterator[None]:
    """Do what its administrator does, and undo it for the next test."""
    there = lab.folder / host.name / "web" / "pages" / "cgi-bin" / "formmail.pl"
    elsewhere = there.rename(lab.folder / host.name / "web" / "formmail.removed")
    try:
        yield
    finally:
        elsewhere.rename(there)


def send_by_form(lab: Lab, host: WebHost, to: str, subject: str) -> None:
    """Do what a spammer does: have the script mail to a stranger. Raises AssertionError if it does not take it."""
    form = urlencode({"recipient": to, "subject": subject, "email": "win@pills.example", "offer": "You were chosen."})
    url = f"http://{host.target.host.address}/cgi-bin/formmail.pl"
    script = "import sys, urllib.request as u; print(u.urlopen(sys.argv[1], sys.argv[2].encode(), 20).read().decode())"
    done = lab.python(plan.SPAMMER.name, "-c", script, url, form)
    assert "Thank You" in done.stdout, done.stdout + done.stderr


def _settings(host: WebHost) -> str:
    machine = host.target.host
    domain = machine.domains[0]
    lines = {
        "version": host.version,
        "names": domain.replace(".", "\\."),
        "webmaster": f"webmaster@{domain}",
        "sender": f"www-data@{domain}",
        "command": f"{POSTFIX_COMMAND} -i -t" if host.target.mailer == "postfix" else "",
        "server": machine.address,
    }
    settings = "".join(f"our ${name} = '{value}';\n" for name, value in lines.items())
    return f"#!{PERL}\n{settings}$ENV{{MAIL_CONFIG}} = '{LAB}/{host.name}/etc';\n"


def _configuration(host: WebHost, seen: Path) -> str:
    return f"""\
server.modules = ("mod_cgi")
server.bind = "{host.target.host.address}"
server.port = 80
server.document-root = "{seen}/pages"
server.errorlog = "/dev/null"
server.username = "www-data"
server.groupname = "www-data"
server.pid-file = ""
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/html")
cgi.assign = (".pl" => "{PERL}")
"""
