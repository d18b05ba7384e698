"""What points to a web form: never evidence against anybody, only a reason to test the web server as well."""

import re
from collections.abc import Iterable

# Accounts of web servers, by name and as the numbers that the systems give them: Debian, Red Hat, FreeBSD, SUSE.
NAMES = ("nobody", "www-data", "www", "apache", "apache2", "httpd", "nginx", "lighttpd", "wwwrun", "webserver")
ACCOUNTS = frozenset({*NAMES, "33", "48", "80", "30", "65534", "99"})
MAILED_BY = re.compile(r"form-?mail|\bweb ?form\b|cgi ?mail|feedback ?form", re.IGNORECASE)
SUBJECT = re.compile(r"^\s*(?:www|web) form submission\s*$", re.IGNORECASE)
SENDER = re.compile(rf"(?:^|[<\s])(?:{'|'.join(NAMES)})@", re.IGNORECASE)
BODY = re.compile(r"below is the result of your feedback form\b", re.IGNORECASE)  # FormMail, all versions
LONGEST = 2_000  # characters of a field that are looked at


def marked(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether the header of a spam looks like a form script's; fields as `mail.headers.read_head` gives them."""
    return any(
        (name == "subject" and SUBJECT.search(value[:LONGEST]))
        or (name in {"x-mailer", "x-php-originating-script", "x-php-script"} and MAILED_BY.search(value[:LONGEST]))
        or (name in {"from", "sender", "return-path"} and SENDER.search(value[:LONGEST]))
        for name, value in headers
    )


def tells_of_a_form(text: str) -> bool:
    """Whether a text holds the sentence with which a form script begins its mail."""
    return BODY.search(" ".join(text.split())) is not None
