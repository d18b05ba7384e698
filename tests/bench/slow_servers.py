"""Closed mail servers that take their time: as many as wanted, one to an address, each answer after half a second.

A program of its own: `slow_servers.py COUNT SECONDS`; listens on port 25 of 127.1.0.1, 127.1.0.2, … and prints one line
when all of them do. It runs until it is killed.
"""

import asyncio
import sys
from ipaddress import ip_address

FIRST = ip_address("127.1.0.1")
PORT = 25
LONGEST_LINE = 2000
ANSWERS = {
    b"HELO": "250 {name}",
    b"EHLO": "250-{name}\r\n250-SIZE 10240000\r\n250 8BITMIME",
    b"MAIL": "250 2.1.0 Ok",
    b"RCPT": "550 5.7.1 Relaying denied",
    b"RSET": "250 2.0.0 Ok",
    b"NOOP": "250 2.0.0 Ok",
    b"QUIT": "221 2.0.0 Bye",
}


def addresses(count: int) -> list[str]:
    """Give the addresses of so many servers."""
    return [str(FIRST + number) for number in range(count)]


async def main(count: int, seconds: float) -> None:
    """Serve."""
    servers = [
        await asyncio.start_server(lambda r, w, a=address: _serve(r, w, a, seconds), address, PORT, limit=LONGEST_LINE)
        for address in addresses(count)
    ]
    print(f"{len(servers)} servers listen", flush=True)
    await asyncio.Event().wait()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str, seconds: float) -> None:
    name = f"slow{address.replace('.', '-')}.example"
    try:
        await asyncio.sleep(seconds)
        writer.write(f"220 {name} ESMTP\r\n".encode())
        while line := await reader.readline():
            verb = line[:4].upper()
            await asyncio.sleep(seconds)
            writer.write(
                f"{ANSWERS.get(verb, '502 5.5.2 Error: command not recognized').format(name=name)}\r\n".encode()
            )
            await writer.drain()
            if verb == b"QUIT":
                break
    except (OSError, ValueError):  # it hung up, or sends a line without an end
        pass
    finally:
        writer.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
