"""What a bench measures on: scratch servers of its own, with the product's tables, gone when it ends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from casino_club.local import servers, throwaway
from casino_club.local.home import Home
from casino_club.local.postgres import Postgres
from casino_club.local.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Scratch:
    """Servers that run; PostgreSQL with its usual durability. `environment` names them to whatever is started."""

    home: Home
    database_url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> None:
        """Run `manage.py …` to its end."""
        subprocess.run(self._command(*arguments), env=self.environment, cwd=CHECKOUT, check=True)

    def call(self, module: str, call: str) -> None:
        """Run a function of a module beside this one, with Django around it."""
        self.manage(*_shell(module, call))

    def started(self, module: str, call: str) -> subprocess.Popen:
        """The same in a process that is not waited for; its output is the caller's."""
        return subprocess.Popen(
            self._command(*_shell(module, call)),
            env=self.environment,
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "manage.py", *arguments]


@contextmanager
def scratch(**settings: str) -> Iterator[Scratch]:
    """Servers for one bench, migrated; `settings` go into the environment beside their addresses."""
    with throwaway.home() as home:
        postgres, valkey = Postgres(home), Valkey(home, throwaway=True)
        children = servers.start([postgres, valkey], say=lambda name, line: None)
        addresses = {"DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "LOG_LEVEL": "ERROR"}
        made = Scratch(home, postgres.url, {**os.environ, **addresses, **settings})
        try:
            made.manage("migrate", "-v0")
            yield made
        finally:
            servers.stop(children, seconds=5)


def _shell(module: str, call: str) -> tuple[str, ...]:
    return ("shell", "--no-imports", "-c", f"from bench import {module}; {module}.{call}")
