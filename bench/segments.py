"""Segmentation of a million players: its time, its memory, and what a night costs on which little has changed.

`python -m bench.segments` starts its own scratch servers; nothing else is touched. A few minutes.
"""

import argparse

from bench.scratch import scratch


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--players", type=int, default=1_000_000)
    given = options.parse_args()
    with scratch() as house:
        house.call("segments_work", f"measure({given.players})")


if __name__ == "__main__":
    main()
