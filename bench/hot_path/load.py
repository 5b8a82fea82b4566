"""A load of its own process: kept connections on loopback, each sending its next request once the last is answered.

Reads requests (one a line: base64 of the whole request) from a file; prints one line of JSON.
"""

import argparse
import asyncio
import base64
import json
import time
from pathlib import Path

import uvloop

LOOPBACK = "127.0.0.1"


async def connection(port: int, requests: list[bytes], deadline: float, times: list[float], statuses: dict) -> None:
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    while requests and time.perf_counter() < deadline:
        started = time.perf_counter()
        writer.write(requests.pop())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        times.append(time.perf_counter() - started)
        status = head[9:12].decode()
        statuses[status] = statuses.get(status, 0) + 1
        if status[0] != "2" and statuses[status] == 1:
            statuses["example"] = body.decode(errors="replace")[:300]
    writer.close()


async def run(port: int, requests: list[bytes], connections: int, seconds: float) -> dict:
    times: list[float] = []
    statuses: dict = {}
    started = time.perf_counter()
    deadline = started + seconds
    await asyncio.gather(*(connection(port, requests, deadline, times, statuses) for _ in range(connections)))
    took = time.perf_counter() - started
    times.sort()
    return {
        "count": len(times),
        "seconds": took,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[len(times) * 99 // 100] * 1000,
        "statuses": statuses,
        "left": len(requests),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--requests", type=Path, required=True)
    options.add_argument("--connections", type=int, default=64)
    options.add_argument("--seconds", type=float, default=4.0)
    given = options.parse_args()
    requests = [base64.b64decode(line) for line in given.requests.read_text().split()]
    requests.reverse()
    print(json.dumps(uvloop.run(run(given.port, requests, given.connections, given.seconds))))


if __name__ == "__main__":
    main()
