"""Repair of a million streaks: its memory, and its time against a plain `UPDATE … FROM` of the same rows.

`python -m bench.streak_repair` starts its own scratch servers; nothing else is touched. A quarter of an hour or more.
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
    options.add_argument("--streaks", type=int, default=1_000_000)
    given = options.parse_args()
    with throwaway.home() as home:
        postgres, valkey = Postgres(home), Valkey(home, throwaway=True)
        children = servers.start([postgres, valkey], say=lambda name, line: None)
        environment = {**os.environ, "DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "LOG_LEVEL": "ERROR"}
        try:
            run(environment, "migrate", "-v0")
            work = f"from bench import streak_repair_work; streak_repair_work.measure({given.streaks})"
            run(environment, "shell", "--no-imports", "-c", work)
        finally:
            servers.stop(children, seconds=5)


def run(environment: dict, *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], env=environment, cwd=CHECKOUT, check=True)


if __name__ == "__main__":
    main()
