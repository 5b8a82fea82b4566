"""Keeps servers and programs running: starts them in order, brings back what crashes, leaves nothing behind."""

import http.client
import threading
from dataclasses import dataclass, field
from pathlib import Path

from casino_club.local import addresses, processes, servers
from casino_club.local.addresses import Addresses
from casino_club.local.console import Console
from casino_club.local.home import Home, LocalError
from casino_club.local.ports import LOOPBACK
from casino_club.local.postgres import Postgres
from casino_club.local.programs import Child, Program, described
from casino_club.local.valkey import Valkey

TICK_SECONDS = 0.1
PROGRAMS_STOP_SECONDS = 3.0
SERVERS_STOP_SECONDS = 1.5
REST_STOP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run consists of."""

    var: Path
    home: Home
    port: int
    servers: list[Postgres | Valkey]
    preparation: Program
    programs: list[Program]
    greeting: list[str]
    ready_path: str = "/ready"


@dataclass(slots=True)
class Supervisor:
    """Carries out one plan. `stop` may be set from a signal handler at any moment."""

    plan: Plan
    console: Console
    stop: threading.Event = field(default_factory=threading.Event)
    _servers: list[Child] = field(default_factory=list)
    _programs: list[Child] = field(default_factory=list)
    _is_ready: bool = False

    def run(self) -> int:
        """Run until told to stop; returns the exit code for the shell. Raises LocalError when it cannot start."""
        try:
            self._servers = servers.start(self.plan.servers, say=self.console.say, given_up=self._is_over)
            self._write_addresses()
            if not self._prepare():
                return 1
            self._start_programs()
            while not self._is_over():
                self._bring_back_what_ended()
                self._announce_when_ready()
                self.stop.wait(TICK_SECONDS)
            return 0
        finally:
            self._stop_everything()

    def _is_over(self) -> bool:
        return self.stop.is_set() or self.console.is_closed

    def _prepare(self) -> bool:
        if self._is_over():
            return True
        child = Child(self.plan.preparation, self.console.say)
        self._programs = [child]
        child.start()
        code = child.wait(self._is_over)
        if code:
            self.console.tell(f"Preparing failed ({described(code)}); the lines above say why.")
            return False
        if code == 0:
            self._programs = []
        return True

    def _start_programs(self) -> None:
        if self._is_over():
            return
        self._programs = [Child(program, self.console.say) for program in self.plan.programs]
        for child in self._programs:
            child.start()

    def _bring_back_what_ended(self) -> None:
        for child in [*self._servers, *self._programs]:
            code = child.exit_code()
            if code is not None:
                pause = child.plan_restart()
                self.console.tell(
                    f"{child.name} stopped by itself ({described(code)}); starting it again in {pause:.0f} s."
                )
            elif child.is_due:
                self._start_again(child)

    def _start_again(self, child: Child) -> None:
        try:
            child.start()
        except (OSError, LocalError) as error:
            pause = child.plan_restart()
            self.console.tell(f"{child.name} cannot be started ({error}); trying again in {pause:.0f} s.")
        else:
            self.console.tell(f"{child.name} started again.")
            self._write_addresses()

    def _announce_when_ready(self) -> None:
        if not self._is_ready and answers(self.plan.port, self.plan.ready_path):
            self._is_ready = True
            for line in self.plan.greeting:
                self.console.tell(line)

    def _write_addresses(self) -> None:
        if not self._servers:
            return
        urls = {server.name: server.url for server in self.plan.servers}
        running = {child.name: child.process for child in self._servers if child.process}
        addresses.save(
            Addresses(urls.get("postgres", ""), urls.get("valkey", ""), str(self.plan.home.path), running),
            self.plan.var,
        )

    def _stop_everything(self) -> None:
        self.console.tell("Stopping …")
        killed = servers.stop(self._programs, seconds=PROGRAMS_STOP_SECONDS)
        killed += servers.stop(self._servers, seconds=SERVERS_STOP_SECONDS)
        addresses.clear(self.plan.var)
        # A program's own children that left its session, should there ever be one.
        processes.stop_marked(self.plan.home.path, seconds=REST_STOP_SECONDS)
        if killed:
            self.console.tell(f"Had to be killed: {', '.join(child.name for child in killed)}.")
        self.console.tell("Everything has stopped.")


def answers(port: int, path: str) -> bool:
    """Whether a GET of this path on loopback answers 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
