"""The lab's DNS: unbound with every name it may know, and a real blocklist server (rbldnsd) behind it."""

import socket
import time

from lab import plan
from lab.daemons import PATIENCE, NoAnswer, start
from lab.files import LAB, folder, write

BLOCKLIST_PORT = 5353
# Of the documentation ranges, for which unbound has answers of its own.
REVERSE = ("113.0.203.in-addr.arpa", "100.51.198.in-addr.arpa", "8.b.d.0.1.0.0.2.ip6.arpa")
# example.edu MX
QUESTION = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x07example\x03edu\x00\x00\x0f\x00\x01"


def start_dns() -> None:
    """Start both and wait for the first answer: Sendmail looks its own name up as it starts. Raises NoAnswer."""
    home = folder(LAB / plan.DNS.name)
    write(home / "unbound.conf", _unbound())
    write(home / "blocklist.zone", _blocklist())
    start(plan.DNS, ["unbound", "-d", "-c", f"{home}/unbound.conf"])
    start(
        plan.DNS,
        ["rbldnsd", "-n", "-u", "nobody", "-r", str(home), "-b", f"{plan.DNS.address}/{BLOCKLIST_PORT}", "-c", "1s",
         "-t", "60", f"{plan.BLOCKLIST}:ip4set:blocklist.zone"],
    )  # fmt: skip
    deadline = time.monotonic() + PATIENCE.total_seconds()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as question:
        question.settimeout(0.05)
        question.connect((plan.DNS.address, 53))
        while time.monotonic() < deadline:
            try:
                question.send(QUESTION)
                question.recv(512)
                return
            except OSError:
                time.sleep(0.02)
    raise NoAnswer("unbound did not answer")


def records() -> list[str]:
    """Give every record of the lab but PTR, in zone file form."""
    found = []
    for host in plan.HOSTS:
        four, six = plan.published(host, 4), plan.published(host, 6)
        found += [*(f"{host.fqdn}. A {one}" for one in four), *(f"{host.fqdn}. AAAA {one}" for one in six)]
        allowed = " ".join([*(f"ip4:{one}" for one in four), *(f"ip6:{one}" for one in six)])
        for domain in host.domains:
            found.append(f"{domain}. MX 10 {host.fqdn}.")
            found.append(f'{domain}. TXT "v=spf1 {allowed} -all"')
            found.append(f'_dmarc.{domain}. TXT "v=DMARC1; p=none"')
    # Each sender of a relay test may have a domain of its own below this one: they all exist.
    probe = plan.PROBE
    found += [f"{probe.domains[0]}. A {probe.address}"]
    return found


def _unbound() -> str:
    probe = plan.PROBE.domains[0]
    reverse = [f"{address} {host.fqdn}" for host in plan.HOSTS for address in plan.addresses(host)]
    lines = [
        *(f'local-zone: "{network}." static' for network in REVERSE),
        'local-zone: "." static',
        f'local-zone: "{plan.BLOCKLIST}." transparent',
        # "redirect": every name below the probe domain has the domain's own records, but for those with a zone below.
        f'local-zone: "{probe}." redirect',
        f'local-zone: "{plan.PROBE.fqdn}." static',
        f'local-zone: "{plan.BOT.fqdn}." static',
        f'local-zone: "_dmarc.{probe}." static',
        *(f"local-data: '{record}'" for record in records()),
        *(f'local-data-ptr: "{entry}"' for entry in reverse),
    ]
    return f"""\
server:
  interface: {plan.DNS.address}
  interface: {plan.DNS.address_6}
  port: 53
  access-control: 0.0.0.0/0 allow
  access-control: ::/0 allow
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{LAB}/{plan.DNS.name}"
  pidfile: ""
  use-syslog: no
  logfile: "{LAB}/{plan.DNS.name}/unbound.log"
  module-config: "iterator"
  num-threads: 1
{"".join(f"  {line}" + chr(10) for line in lines)}
stub-zone:
  name: "{plan.BLOCKLIST}."
  stub-addr: {plan.DNS.address}@{BLOCKLIST_PORT}
remote-control:
  control-enable: no
"""


def _blocklist() -> str:
    """RFC 5782: 127.0.0.2 is listed and 127.0.0.1 is not. The open relay has been noticed, as open relays are.

    So has the vantage point: servers that ask this list refuse the tester, whatever they do with strangers.
    """
    return f"""\
$SOA 60 ns.{plan.BLOCKLIST} hostmaster.{plan.BLOCKLIST} 0 600 300 86400 60
$NS 60 ns.{plan.BLOCKLIST}
:127.0.0.2:Open relay, see http://{plan.BLOCKLIST}/$
127.0.0.2
{plan.TARGETS["openpf"].host.address}
{plan.VANTAGE}
"""
