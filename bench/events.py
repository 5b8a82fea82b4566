"""Events at size: joins of one hot event, lists of up to 1,000 events, a million participations. About three minutes.

`python -m bench.events` starts its own scratch servers; nothing else is touched.
"""

import argparse
import re
import statistics
import subprocess

from bench.scratch import Scratch, scratch

CLIENTS = 16

# The same insert with three ways to count: not at all, ours (32 shards), and the naive one row an event.
OPEN = (
    "open AS (SELECT id FROM events_event WHERE id = :event AND is_active AND start_date <= now() AND end_date > now())"
)
INSERT = (
    "joined AS (INSERT INTO events_participation (event_id, player_id, joined_at, is_forced)"
    " SELECT id, :player, now(), false FROM open ON CONFLICT ON CONSTRAINT participation_once DO NOTHING"
    " RETURNING event_id)"
)
COUNT = (
    "counted AS (INSERT INTO events_eventcount AS c (event_id, shard, joined, completed, claimed)"
    " SELECT event_id, {shard}, 1, 0, 0 FROM joined"
    " ON CONFLICT ON CONSTRAINT event_count_once DO UPDATE SET joined = c.joined + 1)"
)
WAYS = {
    "no counter": f"WITH {OPEN}, {INSERT} SELECT event_id FROM joined;",
    "32 shards": f"WITH {OPEN}, {INSERT}, {COUNT.format(shard=':player % 32')} SELECT event_id FROM joined;",
    "one row": f"WITH {OPEN}, {INSERT}, {COUNT.format(shard='0')} SELECT event_id FROM joined;",
}
NEXT_PLAYER = "\\set n :n + 1\n\\set player :base + :client_id * 20000 + :n\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=4)
    given = options.parse_args()
    with scratch() as house:
        house.call("events_work", "generate()")
        joins(house, given)
        house.call("events_work", "measure()")


def joins(house: Scratch, given: argparse.Namespace) -> None:
    rates: dict[str, list[float]] = {way: [] for way in WAYS}
    base = 1
    for _ in range(given.rounds):
        for event, (way, statement) in enumerate(WAYS.items(), start=1):
            command = [
                house.home.postgres_bin / "pgbench",
                "-n",
                "-Mprepared",
                f"-c{CLIENTS}",
                "-j2",
                f"-T{given.seconds}",
                "-f/dev/stdin",
            ]
            command += [f"-Dbase={base}", "-Dn=0", f"-Devent={event}", house.database_url]
            script = NEXT_PLAYER + statement
            done = subprocess.run(
                command, input=script, env=house.environment, capture_output=True, text=True, check=True
            )
            rates[way].append(float(re.search(r"tps = ([\d.]+)", done.stdout)[1]))
        base += CLIENTS * 20000
    plain = statistics.median(rates["no counter"])
    for way, measured in rates.items():
        rate = statistics.median(measured)
        print(f"joins of one event, {way:11} {rate:7.0f}/s  ×{rate / plain:.2f}", flush=True)


if __name__ == "__main__":
    main()
