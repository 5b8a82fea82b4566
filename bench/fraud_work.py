"""What bench.fraud runs with Django around it."""

import json
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from django.contrib.auth import get_user_model

from casino_club.core import clock
from economy.fraud import signals
from economy.fraud.rules import Attempt
from economy.fraud.selectors import replay
from economy.fraud.services import assess

PLAYERS = 20_000
WARM_UP = 50
REPLAYED = 10_000


def make_players() -> None:
    User, now = get_user_model(), clock.now()  # noqa: N806 - a class
    User.objects.bulk_create(
        [User(site_id=f"bench{n}", nickname=f"bench{n}", password="!", created_at=now) for n in range(PLAYERS)], 2000
    )


def judge(rate: float, seconds: int, threads: int) -> None:
    """Attempts on schedule, over a few threads; a line of JSON in the end."""
    players = list(get_user_model().objects.values_list("pk", flat=True))
    chance = random.Random()
    latencies: list[float] = []
    round_trips: list[float] = []
    tiers: Counter[str] = Counter()
    lock = threading.Lock()

    def attempt() -> Attempt:
        who = chance.choice(players)
        return Attempt(
            user_id=who,
            action="shop.buy",
            amount=chance.choice((1_100, 5_500, 9_900, 33_000, 99_000, 330_000)),
            card_hash=f"{chance.randrange(4) + who * 4:064x}",
            address=f"203.0.{chance.randrange(256)}.{chance.randrange(256)}",
            fingerprint=f"device-{who // 2}" if chance.random() < 0.9 else None,
            reference=f"bench:{who}",
        )

    def once(due: float) -> None:
        decision = assess(attempt=attempt(), now=clock.now())
        with lock:
            latencies.append(time.perf_counter() - due)
            tiers[decision.tier] += 1

    observe = signals._round_trip.observe
    signals._round_trip.observe = lambda value: (round_trips.append(value), observe(value))
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(once, [time.perf_counter()] * WARM_UP))
        for kept in (latencies, round_trips, tiers):
            kept.clear()
        cpu, began = time.process_time(), time.perf_counter()
        for number in range(round(rate * seconds)):
            due = began + number / rate
            if (wait := due - time.perf_counter()) > 0:
                time.sleep(wait)
            pool.submit(once, due)
    took = time.perf_counter() - began
    cpu = time.process_time() - cpu
    print(json.dumps({"latency": latencies, "signals": round_trips, "took": took, "cpu": cpu, "tiers": tiers}))


def replay_latest() -> None:
    began = time.perf_counter()
    examined, differing = replay(since=datetime(2000, 1, 1, tzinfo=UTC), most=REPLAYED)
    took = time.perf_counter() - began
    print(f"replay: {examined:,} decisions in {took:.1f} s, {len(differing)} otherwise")
