"""A proxy as a target: it hands on what is said to a server behind it, which sees the proxy's address and not ours.

`python -m lab.forwarder ADDRESS BEHIND`. What is behind trusts the campus, and so whoever comes through.
"""

import asyncio
import sys

from lab import plan
from lab.daemons import start


def start_target(target: plan.Target) -> None:
    """Start a proxy in front of the server that its mail comes out of."""
    start(target.host, [sys.executable, "-m", "lab.forwarder", target.host.address, target.output])


async def serve(address: str, behind: str) -> None:
    """Hand on each connection to port 25, until killed."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(behind, 25)
        await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))

    server = await asyncio.start_server(one, address, 25)
    await server.serve_forever()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    try:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:3]))
