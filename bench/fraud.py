"""Judging card purchases at a steady rate: 500 a second for a minute, each with its signals, its rules and its audit row.

`python -m bench.fraud` starts its own scratch servers (PostgreSQL with its usual durability); nothing else is touched.
Attempts come on schedule whether or not the ones before are done; latency counts from the scheduled moment.
"""

import argparse
import json

from bench.scratch import scratch


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=int, default=500, help="evaluations a second, in all")
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--threads", type=int, default=8, help="of each process")
    given = options.parse_args()
    with scratch() as house:
        house.call("fraud_work", "make_players()")
        call = f"judge({given.rate / given.processes}, {given.seconds}, {given.threads})"
        judges = [house.started("fraud_work", call) for _ in range(given.processes)]
        outputs = [judge.communicate()[0] for judge in judges]
        show([json.loads(output.splitlines()[-1]) for output in outputs], given)
        house.call("fraud_work", "replay_latest()")


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
