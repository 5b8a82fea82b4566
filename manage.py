#!/usr/bin/env python
"""Django's command line. It finds the servers of a running `make run` by itself (`var/servers.json`)."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError

from casino_club.core import audit
from casino_club.local import addresses


def main() -> None:
    """Run the command; with no database running, and none named by DATABASE_URL, say so in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casino_club.settings")
    try:
        with audit.commanding(sys.argv):
            execute_from_command_line(sys.argv)
    except OperationalError:
        if os.environ.get("DATABASE_URL") or addresses.load():
            raise
        sys.exit(addresses.NOTHING_RUNS)


if __name__ == "__main__":
    main()
