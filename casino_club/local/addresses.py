"""`var/servers.json`: where the embedded servers of this checkout listen, so that `manage.py …` alone finds them.

Standard library only and free of Django: the settings read it.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from casino_club.local.processes import Process

VAR = Path(os.environ.get("CASINO_CLUB_VAR") or Path(__file__).resolve().parents[2] / "var").resolve()
"""The checkout's `var/`. Tests of a whole run set CASINO_CLUB_VAR, and so meet no run that somebody works with."""

FILE = "servers.json"

NOTHING_RUNS = (
    "No database is running: start everything with `make run` (another terminal is fine), "
    "or set DATABASE_URL and REDIS_URL."
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The URLs of the embedded servers (empty: that one is not embedded) and the processes behind them, by name."""

    database_url: str = ""
    redis_url: str = ""
    home: str = ""
    processes: dict[str, Process] = field(default_factory=dict)


def load(var: Path = VAR) -> Addresses | None:
    """The addresses of the servers that are running now; None when none is, or when the file is not for us to read."""
    try:
        written = json.loads((var / FILE).read_text())
        processes = {name: Process(**process) for name, process in written["processes"].items()}
        addresses = Addresses(written["database_url"], written["redis_url"], written["home"], processes)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    alive = {name for name, process in processes.items() if process.is_alive()}
    if not alive & {"postgres", "valkey"}:
        return None
    return addresses


def save(addresses: Addresses, var: Path = VAR) -> None:
    """Write the file whole or not at all, readable by its owner only: the URLs hold passwords."""
    written = {
        "database_url": addresses.database_url,
        "redis_url": addresses.redis_url,
        "home": addresses.home,
        "processes": {name: {"pid": p.pid, "started": p.started} for name, p in addresses.processes.items()},
    }
    draft = var / f"{FILE}.new"
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(written, file, indent=2)
    draft.replace(var / FILE)


def clear(var: Path = VAR) -> None:
    """Forget the addresses, once the servers have stopped."""
    (var / FILE).unlink(missing_ok=True)
