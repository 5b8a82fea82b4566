"""Compares ways to serve requests and streams on one port: `make bench`. Local and bounded (about two minutes).

Requests a second depend on what else the machine does; CPU time of the server for one request hardly does.
"""

import argparse
import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from casino_club.local import servers, throwaway
from casino_club.local.ports import LOOPBACK, free_port, is_free
from casino_club.local.postgres import Postgres

CHECKOUT = Path(__file__).resolve().parents[1]
SHAPES = {
    "granian WSGI": ("wsgi", "wsgi"),
    "dispatcher (threads)": ("dispatcher", "asginl"),
    "a2wsgi (threads)": ("a2wsgi", "asginl"),
    "Django ASGI": ("django_asgi", "asginl"),
}
CLIENTS = 8
PATHS = ("/trivial", "/database")


def serve(application: str, interface: str, port: int, environment: dict) -> subprocess.Popen:
    threads = ["--blocking-threads=4"] if interface == "wsgi" else []
    command = [sys.executable, "-m", "granian", f"bench.serving_app:{application}", f"--interface={interface}"]
    command += [
        f"--port={port}",
        "--workers=1",
        "--backlog=4096",
        "--backpressure=8192",
        "--log-level=error",
        "--no-ws",
    ]
    process = subprocess.Popen(command + threads, env=environment, cwd=CHECKOUT, start_new_session=True)
    deadline = time.monotonic() + 20
    while is_free(port):
        if time.monotonic() > deadline or process.poll() is not None:
            raise SystemExit(f"{application} did not start")
        time.sleep(0.1)
    return process


def cpu_seconds(session: int) -> float:
    """CPU time used so far by every process of a session."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def cpu_seconds_of_family(parent: int) -> float:
    """CPU time used so far by a process and its children, those that ended as well."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, fields = stat.read_text().partition(" (")
        except OSError:
            continue
        fields = fields.rpartition(")")[2].split()
        if int(number) == parent:
            total += sum(map(int, fields[11:15]))
        elif int(fields[1]) == parent:
            total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def load(port: int, path: str, seconds: float) -> int:
    """Requests answered in so many seconds over a few kept connections."""
    request = f"GET {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n".encode()
    counts = []

    def client() -> None:
        count, deadline = 0, time.monotonic() + seconds
        with socket.create_connection((LOOPBACK, port)) as connection:
            while time.monotonic() < deadline:
                connection.sendall(request)
                answer = b""
                while b"\r\n\r\n" not in answer:
                    answer += connection.recv(65536)
                head, _, body = answer.partition(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                while len(body) < length:
                    body += connection.recv(65536)
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise SystemExit(answer)
                count += 1
        counts.append(count)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


def measure(port: int, path: str, process: subprocess.Popen, seconds: float) -> tuple[float, float]:
    """(requests a second, CPU milliseconds a request)."""
    load(port, path, 0.5)
    before, started = cpu_seconds(process.pid), time.monotonic()
    count = load(port, path, seconds)
    return count / (time.monotonic() - started), (cpu_seconds(process.pid) - before) / count * 1000


def hold(port: int, count: int) -> list[socket.socket]:
    """Open idle streams and read each one's first event."""
    held = []
    for _ in range(count):
        connection = socket.create_connection((LOOPBACK, port))
        connection.sendall(f"GET /idle HTTP/1.1\r\nHost: {LOOPBACK}\r\n\r\n".encode())
        answer = b""
        while b"event: hello" not in answer:
            answer += connection.recv(4096)
        held.append(connection)
    return held


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--streams", type=int, default=1000)
    given = options.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, given.streams + 500)), hard))
    with throwaway.home() as home:
        postgres = Postgres(home, throwaway=True)
        children = servers.start([postgres], say=lambda name, line: None)
        try:
            compare(given, {**os.environ, "DATABASE_URL": postgres.url})
        finally:
            servers.stop(children, seconds=5)


def compare(given: argparse.Namespace, environment: dict) -> None:
    results: dict = {}
    for _ in range(given.rounds):
        for shape, (application, interface) in SHAPES.items():
            port = free_port()
            process = serve(application, interface, port, environment)
            try:
                measure_shape(shape, port, process, given, results)
            finally:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    report(results)


def measure_shape(shape: str, port: int, process: subprocess.Popen, given: argparse.Namespace, results: dict) -> None:
    for path in PATHS:
        results.setdefault((path, shape), []).append(measure(port, path, process, given.seconds))
    if not shape.startswith("dispatcher"):
        return
    before = memory(process.pid)
    held = hold(port, given.streams)
    grown = (memory(process.pid) - before) / given.streams
    print(f"{given.streams} idle streams: {grown:.0f} KiB each", flush=True)
    for path in PATHS:
        name = f"dispatcher, {given.streams} streams open"
        results.setdefault((path, name), []).append(measure(port, path, process, given.seconds))
    for connection in held:
        connection.close()


def report(results: dict) -> None:
    for path in PATHS:
        base = [statistics.median(column) for column in zip(*results[path, "granian WSGI"], strict=True)]
        for (measured, shape), rounds in results.items():
            if measured == path:
                rate, cpu = (statistics.median(column) for column in zip(*rounds, strict=True))
                line = f"{path:10} {shape:32} {rate:7.0f}/s  {cpu:6.3f} ms CPU"
                print(f"{line}   ×{rate / base[0]:.2f} rate  ×{base[1] / cpu:.2f} by CPU")


def memory(session: int) -> float:
    """KiB of memory of every process of a session."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE") // 1024
    return total


if __name__ == "__main__":
    main()
