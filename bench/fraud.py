"""Judging card purchases at a steady rate: 500 a second for a minute, each with its signals, its rules and its audit row.

`python -m bench.fraud` starts its own scratch servers (PostgreSQL with its usual durability); nothing else is touched.
Attempts come on schedule whether or not the ones before are done; latency counts from the scheduled moment.
"""

import argparse
import json
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
    options.add_argument("--rate", type=int, default=500, help="evaluations a second, in all")
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--threads", type=int, default=8, help="of each process")
    given = options.parse_args()
    with throwaway.home() as home:
        postgres, valkey = Postgres(home), Valkey(home, throwaway=True)
        children = servers.start([postgres, valkey], say=lambda name, line: None)
        environment = {**os.environ, "DATABASE_URL": postgres.url, "REDIS_URL": valkey.url, "LOG_LEVEL": "ERROR"}
        try:
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=environment, cwd=CHECKOUT, check=True)
            work(environment, "make_players()").wait()
            call = f"judge({given.rate / given.processes}, {given.seconds}, {given.threads})"
            outputs = [
                process.communicate()[0] for process in [work(environment, call) for _ in range(given.processes)]
            ]
            show([json.loads(output.splitlines()[-1]) for output in outputs], given)
            work(environment, "replay_all()").wait()
        finally:
            servers.stop(children, seconds=5)


def work(environment: dict, call: str) -> subprocess.Popen:
    """Run a function of bench.fraud_work with Django around it."""
    code = f"from bench import fraud_work; fraud_work.{call}"
    pipe = subprocess.PIPE if call.startswith("judge") else None
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        env=environment,
        cwd=CHECKOUT,
        stdout=pipe,
        text=True,
    )


def show(results: list[dict], given: argparse.Namespace) -> None:
    for name in ("latency", "signals"):
        values = sorted(value for result in results for value in result[name])
        ms = {percent: values[int(len(values) * percent / 100)] * 1000 for percent in (50, 95, 99)}
        figures = ", ".join(f"p{percent} {value:.1f} ms" for percent, value in ms.items())
        print(f"{name:<10} {len(values):>7,} values: {figures}, most {values[-1] * 1000:.1f} ms")
    done = sum(len(result["latency"]) for result in results)
    took = max(result["took"] for result in results)
    cpu = sum(result["cpu"] for result in results)
    print(
        f"{done / took:,.0f} evaluations a second for {took:.1f} s (asked: {given.rate}); {cpu / done * 1000:.2f} ms CPU each"
    )
    tiers: dict[str, int] = {}
    for result in results:
        for tier, count in result["tiers"].items():
            tiers[tier] = tiers.get(tier, 0) + count
    print("decisions:", ", ".join(f"{tier} {count:,}" for tier, count in sorted(tiers.items())))


if __name__ == "__main__":
    main()
