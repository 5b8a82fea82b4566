"""The operators' lists over ten million ledger rows, or rounds, against the same pages over next to none.

`python -m bench.admin_lists entries` (or `rounds`) starts its own scratch servers; nothing else is touched. About four
minutes and 3 GB of disk each, given back at the end.
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
    options.add_argument("what", choices=["entries", "rounds"])
    options.add_argument("--rows", type=int, default=10_000_000)
    given = options.parse_args()
    with throwaway.home() as home:
        postgres, valkey = Postgres(home), Valkey(home, throwaway=True)
        children = servers.start([postgres, valkey], say=lambda name, line: None)
        environment = {
            **os.environ,
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "LOG_LEVEL": "ERROR",
            "STATEMENT_TIMEOUT_MS": "0",
            "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
        }
        try:
            run(environment, "migrate", "-v0")
            work = f"from bench import admin_lists_work; admin_lists_work.measure({given.what!r}, {given.rows})"
            run(environment, "shell", "--no-imports", "-c", work)
        finally:
            servers.stop(children, seconds=5)


def run(environment: dict, *command: str) -> None:
    subprocess.run([sys.executable, "manage.py", *command], env=environment, cwd=CHECKOUT, check=True)


if __name__ == "__main__":
    main()
