"""The hot path against its peer: `make bench`. Everything on loopback, bounded (about five minutes), interleaved.

Our crash bet and slot spin over HTTP, a FastAPI + SQLAlchemy + asyncpg peer's plain bet (bench/peer), and pgbench with
the peer's SQL; each server alone in one process while it is measured, the same PostgreSQL for all. Every second round
runs the other way round, and what is compared with the peer is compared within its round, so that a machine which
becomes busy or quiet meanwhile favours nobody. Requests a second depend on what else the machine does; CPU time for one
request hardly does: `web` is that of the server's process, `SQL` that of PostgreSQL's.

Then the streams: two like processes, one of which holds 1,000 idle streams, take turns in pairs.
"""

import argparse
import base64
import json
import os
import re
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
import venv
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import jwt
import psycopg

from bench.serving import cpu_seconds, cpu_seconds_of_family
from casino_club.local import servers, throwaway
from casino_club.local.ports import LOOPBACK, free_port, is_free
from casino_club.local.postgres import Postgres
from casino_club.local.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parents[2]
PEER = CHECKOUT / "bench" / "peer"
PEER_HOME = CHECKOUT / "var" / "bench-peer"
PEER_SECRET = "bench-peer-secret-0123456789-0123456789"
OURS = "casino_club.asgi:application"
WARMING = 200  # requests before each measurement
WARMING_SECONDS = 60
PEER_STATEMENTS = 8  # BEGIN, user, wallet, round, entries, wallet, statistics, COMMIT
SETTLING_SECONDS = 4  # streams that were just opened are not idle yet
IDLE_SECONDS = 5  # how long streams are watched at their idling
FIGURES = ("rate", "web_us", "sql_us", "p50_ms", "p99_ms")
CRASH, SLOT, PEER_BET, SQL = "crash bet", "slot spin", "peer bet", "pgbench, the peer's SQL"
ALONE, BESIDE = "crash bet, no streams", "crash bet, streams open"
# What the crash bet promises of its ratios to the peer's figures, and of bets beside idle streams to bets without.
LEAST_RATE, MOST_CPU, MOST_P99, LEAST_BESIDE = 2.5, 0.4, 0.5, 0.9
# What an idle round looks like: in the air until tomorrow.
LONG_FLIGHT = "UPDATE games_round SET due_at = now() + interval '1 day' WHERE status = 'open' AND player_id = ANY(%s)"
# Between two measurements every open round is closed, so that the next bet of its player is a bet and nothing else.
CLOSE = """
UPDATE games_round SET status = 'settled', settled_at = created_at
 WHERE status = 'open' AND due_at < now() + interval '1 hour'
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5, help="of the hot path; 0 leaves it out")
    options.add_argument("--pairs", type=int, default=8, help="of bets with and without streams; 0 leaves them out")
    options.add_argument("--seconds", type=float, default=4.0)
    options.add_argument("--players", type=int, default=6000)
    options.add_argument("--connections", type=int, default=64)
    options.add_argument("--streams", type=int, default=1000)
    given = options.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, given.streams + 500)), hard))
    peer_python = peer_environment()
    with throwaway.home() as home, tempfile.TemporaryDirectory() as folder:
        postgres, valkey = Postgres(home, throwaway=True), Valkey(home, throwaway=True)
        children = servers.start([postgres, valkey], say=lambda name, line: None)
        try:
            database = children[0].process.pid
            Bench(given, home.postgres_bin, postgres.url, valkey.url, peer_python, Path(folder), database).run()
        finally:
            servers.stop(children, seconds=5)


def peer_environment() -> Path:
    """The peer's own environment, made once."""
    python = PEER_HOME / "bin" / "python"
    marker = PEER_HOME / "requirements.txt"
    wanted = (PEER / "requirements.txt").read_text()
    if not marker.exists() or marker.read_text() != wanted:
        venv.create(PEER_HOME, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", PEER / "requirements.txt"], check=True)
        marker.write_text(wanted)
    return python


@dataclass(frozen=True)
class Server:
    process: subprocess.Popen
    port: int


class Bench:
    """One run: its servers, its players, its results."""

    def __init__(
        self,
        given: argparse.Namespace,
        postgres_bin: Path,
        database_url: str,
        redis_url: str,
        peer_python: Path,
        folder: Path,
        postgres: int,
    ):
        self.given = given
        self.postgres = postgres
        self.pgbench = postgres_bin / "pgbench"
        self.psql = postgres_bin / "psql"
        self.database_url = database_url
        self.peer_python = peer_python
        self.folder = folder
        self.results: dict[str, list[dict]] = {}
        self.idling = 0.0
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DJANGO_SETTINGS_MODULE": "casino_club.settings",
            "AUTO_SEED_BASIC": "0",
            "LOG_LEVEL": "WARNING",
        }

    def run(self) -> None:
        self.prepare()
        contenders = [
            (self.measure_ours, CRASH),
            (self.measure_peer, PEER_BET),
            (self.measure_ours, SLOT),
            (self.measure_sql, SQL),
        ]
        for number in range(self.given.rounds):
            for measure, name in contenders if number % 2 == 0 else reversed(contenders):
                measure(name)
        if self.given.rounds:
            self.report()
        if self.given.pairs:
            self.measure_streams()
            self.report_streams()

    def prepare(self) -> None:
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v0"], cwd=CHECKOUT, env=self.environment, check=True)
        made = self.folder / "players.json"
        command = [sys.executable, "-m", "bench.hot_path.players", str(self.given.players + self.given.streams), made]
        subprocess.run(command, cwd=CHECKOUT, env=self.environment, check=True)
        made = json.loads(made.read_text())
        self.players, self.statements = made["players"], made["statements"]
        subprocess.run(
            [self.psql, "-q", "-v", f"players={self.given.players}", "-f", PEER / "schema.sql", self.database_url],
            stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        self.sql("VACUUM ANALYZE")

    def sql(self, statement: str, parameters: list | None = None) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement, parameters)

    @contextmanager
    def serving(self, python: Path, application: str, folder: Path):
        port = free_port()
        command = [
            python, "-m", "granian", application, f"--interface={'asginl' if application == OURS else 'asgi'}",
            f"--port={port}", "--workers=1", "--no-ws", "--backlog=4096", "--backpressure=8192", "--log-level=error",
        ]  # fmt: skip
        process = subprocess.Popen(command, env=self.environment, cwd=folder, start_new_session=True)
        deadline = time.monotonic() + 30
        try:
            while is_free(port):
                if time.monotonic() > deadline or process.poll() is not None:
                    raise SystemExit(f"{application} did not start")
                time.sleep(0.1)
            yield Server(process, port)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def measure_ours(self, name: str) -> None:
        self.sql(CLOSE)
        with self.serving(sys.executable, OURS, CHECKOUT) as server:
            self.warm(server, name)
            self.load(server, name, self.our_requests(name, self.players[WARMING : self.given.players]))

    def measure_peer(self, name: str) -> None:
        with self.serving(self.peer_python, "app:app", PEER) as server:
            requests = self.peer_requests()
            self.load(server, name, requests[:WARMING], kept=False)
            self.load(server, name, requests[WARMING:])

    def measure_sql(self, name: str) -> None:
        command = [
            self.pgbench, "-n", "-M", "prepared", "-c", "8", "-j", "1", "-T", str(int(self.given.seconds)),
            "-D", f"players={self.given.players}", "-f", PEER / "bet.sql", self.database_url,
        ]  # fmt: skip
        before = cpu_seconds_of_family(self.postgres)
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        used = cpu_seconds_of_family(self.postgres) - before
        rate = float(re.search(r"tps = ([\d.]+)", said)[1])
        count = int(re.search(r"transactions actually processed: (\d+)", said)[1])
        self.keep(name, {"rate": rate, "web_us": 0.0, "sql_us": used / count * 1e6, "p50_ms": 0.0, "p99_ms": 0.0})

    def measure_streams(self) -> None:
        """Pairs of bets on two processes, in turns first: one holds no stream, the other holds them all the time."""
        watchers = self.players[self.given.players :]
        with (
            self.serving(sys.executable, OURS, CHECKOUT) as alone,
            self.serving(sys.executable, OURS, CHECKOUT) as beside,
        ):
            self.sql(CLOSE)
            for server in (alone, beside):
                self.warm(server, CRASH)
                self.sql(CLOSE)
            self.load(beside, CRASH, self.our_requests(CRASH, watchers), kept=False)
            self.sql(LONG_FLIGHT, [[player["id"] for player in watchers]])
            held = self.hold(beside, watchers)
            time.sleep(SETTLING_SECONDS)
            before = cpu_seconds(beside.process.pid)
            time.sleep(IDLE_SECONDS)
            self.idling = (cpu_seconds(beside.process.pid) - before) / IDLE_SECONDS
            pair = [(alone, ALONE), (beside, BESIDE)]
            for number in range(self.given.pairs):
                for server, name in pair if number % 2 == 0 else reversed(pair):
                    self.sql(CLOSE)
                    self.load(server, name, self.our_requests(CRASH, self.players[: self.given.players]))
            for connection in held:
                connection.close()

    def warm(self, server: Server, name: str) -> None:
        self.load(server, name, self.our_requests(name, self.players[:WARMING]), kept=False)

    def hold(self, server: Server, watchers: list[dict]) -> list[socket.socket]:
        """Open a stream for each watcher's flight and read its first event."""
        with psycopg.connect(self.database_url) as connection:
            rows = connection.execute("SELECT player_id, id FROM games_round WHERE status = 'open'").fetchall()
        game_of = dict(rows)
        held = []
        for player in watchers:
            connection = socket.create_connection((LOOPBACK, server.port))
            connection.sendall(
                f"GET /api/games/crash/{game_of[player['id']]}/stream HTTP/1.1\r\nHost: {LOOPBACK}\r\n"
                f"Authorization: Bearer {player['token']}\r\nAccept: text/event-stream\r\n\r\n".encode()
            )
            held.append(connection)
        for connection in held:
            answer = b""
            while b"event: placed" not in answer:
                part = connection.recv(65536)
                if not part:
                    raise SystemExit(answer.decode())
                answer += part
        return held

    def our_requests(self, name: str, players: list[dict]) -> list[bytes]:
        path, body = {
            CRASH: ("/api/games/crash/bet", {"bet_amount": 10}),
            SLOT: ("/api/games/slot/spin", {"bet_amount": 20, "lines": 20}),
        }[name]
        return [request(path, body, player["token"]) for player in players]

    def peer_requests(self) -> list[bytes]:
        tokens = [
            jwt.encode({"sub": str(number), "exp": int(time.time()) + 3600}, PEER_SECRET, "HS256")
            for number in range(1, self.given.players + 1)
        ]
        return [request("/bet", {"bet_amount": 10}, token) for token in tokens]

    def load(self, server: Server, name: str, requests: list[bytes], *, kept: bool = True) -> None:
        """One measurement by a process of its own; what is not kept sends every request, however long it takes."""
        file = self.folder / "requests"
        file.write_bytes(b"\n".join(base64.b64encode(each) for each in requests))
        command = [
            sys.executable, "-m", "bench.hot_path.load", f"--port={server.port}", f"--requests={file}",
            f"--connections={self.given.connections}", f"--seconds={self.given.seconds if kept else WARMING_SECONDS}",
        ]  # fmt: skip
        before = cpu_seconds(server.process.pid), cpu_seconds_of_family(self.postgres)
        measured = json.loads(subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout)
        web = cpu_seconds(server.process.pid) - before[0]
        sql = cpu_seconds_of_family(self.postgres) - before[1]
        if set(measured["statuses"]) != {"200"}:
            raise SystemExit(f"{name}: {measured['statuses']}")
        if kept:
            measured["rate"] = measured["count"] / measured["seconds"]
            measured |= {"web_us": web / measured["count"] * 1e6, "sql_us": sql / measured["count"] * 1e6}
            self.keep(name, measured)

    def keep(self, name: str, measured: dict) -> None:
        self.results.setdefault(name, []).append(measured)
        print(
            f"  {name:28} {measured['rate']:7.0f}/s {measured['web_us']:6.0f} µs + {measured['sql_us']:.0f} µs",
            flush=True,
        )

    def report(self) -> None:
        statements = self.statements | {PEER_BET: PEER_STATEMENTS, SQL: PEER_STATEMENTS}
        print(
            f"\n{'':28} {'rate':>9} {'×peer':>6} {'web CPU':>9} {'×peer':>6} {'SQL CPU':>9} {'p50':>8} {'p99':>8} {'×peer':>6}"
            "  statements"
        )
        for name in self.results:
            found = {figure: statistics.median(each[figure] for each in self.results[name]) for figure in FIGURES}
            rate, cpu, p99 = (self.ratio(name, PEER_BET, figure) for figure in ("rate", "web_us", "p99_ms"))
            print(
                f"{name:28} {found['rate']:7.0f}/s {rate:6.2f} {found['web_us']:6.0f} µs {cpu:6.2f} "
                f"{found['sql_us']:6.0f} µs {found['p50_ms']:5.1f} ms {found['p99_ms']:5.1f} ms {p99:6.2f}"
                f"  {statements.get(name, '')}"
            )
        rate, cpu, p99 = (self.ratio(CRASH, PEER_BET, figure) for figure in ("rate", "web_us", "p99_ms"))
        judge("crash bet, requests a second to the peer's", rate, rate >= LEAST_RATE, f"at least {LEAST_RATE}")
        judge("crash bet, web CPU to the peer's", cpu, cpu <= MOST_CPU, f"at most {MOST_CPU}")
        judge("crash bet, p99 to the peer's", p99, p99 <= MOST_P99, f"at most {MOST_P99}")

    def report_streams(self) -> None:
        rate, web, sql, p99 = (
            self.ratio(BESIDE, ALONE, figure) for figure in ("rate", "web_us", "sql_us", "p99_ms")
        )  # fmt: skip
        pairs = sorted(
            one["rate"] / other["rate"] for one, other in zip(self.results[BESIDE], self.results[ALONE], strict=True)
        )
        print(f"\n{self.given.streams} idle streams by themselves: {self.idling:.1%} of a core")
        print(f"bets beside them to bets without, {len(pairs)} pairs of {pairs[0]:.2f} to {pairs[-1]:.2f}")
        print(f"medians: web CPU {web:.2f}, SQL CPU {sql:.2f}, p99 {p99:.2f}")
        judge("bets a second beside idle streams", rate, rate >= LEAST_BESIDE, f"at least {LEAST_BESIDE}")
        most = 1 / LEAST_BESIDE
        judge("web CPU a bet beside idle streams, the steadier figure", web, web <= most, f"at most {most:.2f}")

    def ratio(self, name: str, other: str, figure: str) -> float:
        """The median of a figure's ratios, each of two measurements of one round."""
        rounds = zip(self.results[name], self.results[other], strict=True)
        return statistics.median(one[figure] / base[figure] for one, base in rounds)


def judge(what: str, ratio: float, holds: bool, promise: str) -> None:
    print(f"{'holds' if holds else 'MISSED':7} {what}: {ratio:.2f} ({promise})")


def request(path: str, body: dict, token: str) -> bytes:
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {LOOPBACK}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\n"
        f"Idempotency-Key: {uuid.uuid4().hex}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


if __name__ == "__main__":
    main()
