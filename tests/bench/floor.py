"""The least that reading a mailbox costs: IMAPClient fetches every body, mail-parser parses it, and nothing else.

A program of its own: `floor.py HOST USER PASSWORD`; prints {"messages", "octets", "seconds", "fetch", "parse"} as JSON.
"""

import json
import sys
import time

import mailparser
from imapclient import IMAPClient

AT_ONCE = 50  # as many as a poll of ours takes into one transaction


def main(host: str, user: str, password: str) -> None:
    """Read the whole INBOX once."""
    client = IMAPClient(host, 143, ssl=False)
    client.login(user, password)
    began = time.perf_counter()
    client.select_folder("INBOX", readonly=True)
    uids = client.search(["ALL"])
    octets, fetching, parsing = 0, 0.0, 0.0
    for start in range(0, len(uids), AT_ONCE):
        before = time.perf_counter()
        answer = client.fetch(uids[start : start + AT_ONCE], ["BODY.PEEK[]"])
        fetched = time.perf_counter()
        for data in answer.values():
            octets += len(data[b"BODY[]"])
            mailparser.parse_from_bytes(data[b"BODY[]"])
        fetching += fetched - before
        parsing += time.perf_counter() - fetched
    seconds = time.perf_counter() - began
    client.logout()
    print(
        json.dumps({"messages": len(uids), "octets": octets, "seconds": seconds, "fetch": fetching, "parse": parsing})
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
