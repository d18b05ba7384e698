"""Dovecot: mailboxes of a mail host, and the logins of its Postfix. And the certificates that both show."""

import subprocess

from lab import plan
from lab.daemons import start
from lab.files import LAB, folder, write

MAIL_UID = 5000  # owner of every mailbox; need not be a user


def start_dovecot(host: plan.Host) -> None:
    """Start the Dovecot of a mail host: IMAP on 143 and 993, LMTP on 24 and for its Postfix, SASL for submission."""
    home = folder(LAB / host.name / "dovecot")
    folder(home / "run")
    folder(home / "mail", owner=MAIL_UID, group=MAIL_UID)
    private = folder(LAB / host.name / "spool" / "private", owner="postfix", mode=0o700)
    boxes = [box for box in plan.MAILBOXES.values() if box.host is host]
    users = write(home / "users", "".join(f"{_user(box, f'{home}/mail/{box.address}')}\n" for box in boxes))
    write(
        home / "dovecot.conf",
        f"""
        base_dir = {home}/run
        state_dir = {home}/run
        instance_name = {host.name}
        hostname = {host.fqdn}
        log_path = {home}/dovecot.log
        protocols = imap lmtp
        listen = {", ".join(plan.addresses(host))}
        ssl = yes
        ssl_cert = <{LAB}/tls/server.pem
        ssl_key = <{LAB}/tls/server.key
        disable_plaintext_auth = no
        auth_username_format = %Lu
        auth_mechanisms = plain login
        recipient_delimiter = +
        mail_location = maildir:{home}/mail/%Lu
        mail_uid = {MAIL_UID}
        mail_gid = {MAIL_UID}
        first_valid_uid = {MAIL_UID}
        passdb {{
          driver = passwd-file
          args = scheme=PLAIN username_format=%Lu {users}
        }}
        userdb {{
          driver = passwd-file
          args = username_format=%Lu {users}
        }}
        service lmtp {{
          inet_listener lmtp {{
            port = 24
          }}
          # Not "lmtp": Postfix makes a socket of that name of its own there.
          unix_listener {private}/dovecot-lmtp {{
            mode = 0600
            user = postfix
            group = postfix
          }}
        }}
        service auth {{
          unix_listener {private}/dovecot-auth {{
            mode = 0600
            user = postfix
            group = postfix
          }}
        }}
        namespace inbox {{
          inbox = yes
        }}
        """,
    )
    start(host, ["dovecot", "-F", "-c", f"{home}/dovecot.conf"])


def _user(box: plan.Mailbox, home: str) -> str:
    return f"{box.address}:{{PLAIN}}{box.password}:{MAIL_UID}:{MAIL_UID}::{home}::"


def make_certificates() -> None:
    """Make the lab's authority (`tls/ca.pem`) and one certificate for all mail hosts. Raises CalledProcessError."""
    home = folder(LAB / "tls")
    names = ",".join(f"DNS:{host.fqdn},IP:{host.address}" for host in plan.MAIL_HOSTS)
    extensions = write(home / "extensions", f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    _openssl("req", "-x509", *key, "-days", "30", "-subj", "/CN=Lab authority",
             "-addext", "keyUsage=critical,keyCertSign",
             "-keyout", f"{home}/ca.key", "-out", f"{home}/ca.pem")  # fmt: skip
    _openssl("req", *key, "-subj", f"/CN={plan.NOC.fqdn}", "-keyout", f"{home}/server.key", "-out", f"{home}/request")
    _openssl("x509", "-req", "-in", f"{home}/request", "-CA", f"{home}/ca.pem", "-CAkey", f"{home}/ca.key",
             "-CAcreateserial", "-days", "30", "-extfile", str(extensions), "-out", f"{home}/server.pem")  # fmt: skip
    (home / "server.key").chmod(0o644)  # for every daemon's own user; it guards nothing


def _openssl(*argv: str) -> None:
    subprocess.run(["openssl", *argv], check=True, capture_output=True, timeout=20)
