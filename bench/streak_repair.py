"""Repair of a million streaks: its memory, and its time against a plain `UPDATE … FROM` of the same rows.

`python -m bench.streak_repair` starts its own scratch servers; nothing else is touched. A quarter of an hour or more.
"""

import argparse

from bench.scratch import scratch


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--streaks", type=int, default=1_000_000)
    given = options.parse_args()
    with scratch() as house:
        house.call("streak_repair_work", f"measure({given.streaks})")


if __name__ == "__main__":
    main()
