"""`make clean`: forget everything that `make` made here, the embedded servers' data included.

Run by the machine's own Python, since the environment is among what goes.
"""

import os
import shutil
import sys

from casino_club.local import home, processes
from casino_club.local.addresses import VAR
from casino_club.local.lock import only_run_of


def main() -> None:
    """Refuses, in one sentence, while `make run` runs."""
    try:
        with only_run_of(VAR):
            if os.geteuid() == 0 and (VAR / "home").exists():
                place = home.named_in(VAR)
                processes.stop_marked(place, seconds=5.0)
                shutil.rmtree(place, ignore_errors=True)
            processes.stop_marked(VAR, seconds=5.0)
            shutil.rmtree(VAR)
            shutil.rmtree(VAR.parent / ".venv", ignore_errors=True)
    except home.LocalError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
