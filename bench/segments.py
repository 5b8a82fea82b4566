"""Segmentation of a million players: its time, its memory, and what a night costs on which little has changed.

`python -m bench.segments` starts its own scratch servers; nothing else is touched. A few minutes.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from casino_club.local import servers, throwaway
from casino_club.local.postgres import Postgres
from casino_club.local.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parents[1]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--players", type=int, default=1_000_000)
    given = options.parse_args()
    with throwaway.home() as home:
        postgres, valkey = Postgres(home), Valkey(home, throwaway=True)
        children = servers.start([postgres, valkey], say=lambda name, line: None)
        environment = {**os.environ, "DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "LOG_LEVEL": "ERROR"}
        try:
            run(environment, "migrate", "-v0")
            work = f"from bench import segments_work; segments_work.measure({given.players})"
            run(environment, "shell", "--no-imports", "-c", work)
        finally:
            servers.stop(children, seconds=5)


def run(environment: dict, *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], env=environment, cwd=CHECKOUT, check=True)


if __name__ == "__main__":
    main()
