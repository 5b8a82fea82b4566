"""Answers that are computed by one process at a time and shown to everybody: bytes in Redis, fresh for some seconds."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from casino_club.core import metrics, redis

COMPUTING_SECONDS = 10
WAITS_SECONDS = 3
LOOKS_EVERY_SECONDS = 0.025
AWAY = object()

_answers = metrics.counter(
    "shared_answers_total", "Shared answers given, by where they came from.", ["answer", "source"]
)
_seconds = metrics.histogram("shared_computation_seconds", "How long computing a shared answer took.", ["answer"])

# What this process computed itself, and when: without Redis that is all there is, and still computed only once for as
# long as it is fresh.
_own_answers: dict[str, tuple[float, bytes]] = {}
_own_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


@dataclass(frozen=True, slots=True)
class Shared:
    """One answer under `key`. While it is computed anew, everybody else is given the last one, at most `kept_seconds` old.

    `name` is what metrics and logs call it.
    """

    name: str
    key: str
    fresh_seconds: int
    kept_seconds: int

    def current(self, compute: Callable[[bytes | None], bytes]) -> bytes:
        """The answer, at most `fresh_seconds` old or being computed; `compute` is given the last one, if it is known."""
        asked_at = time.monotonic()
        found = redis.quietly(lambda client: client.mget(self.key, self.last_key), purpose=self.name, otherwise=AWAY)
        if found is AWAY:
            return self._computed(compute, None, unless_since=asked_at - self.fresh_seconds)
        fresh, last = found
        if fresh is not None:
            return self._given(fresh, "fresh")
        if self._is_first():
            try:
                # Whoever was first before us may have finished between our look and our turn.
                done = self._read()
                return self._given(done, "fresh") if done is not None else self._computed(compute, last, asked_at)
            finally:
                redis.quietly(lambda client: client.delete(self.lock_key), purpose=self.name)
        if last is not None:
            return self._given(last, "last")
        done = self._wait()
        return self._given(done, "fresh") if done is not None else self._computed(compute, None, asked_at)

    @property
    def last_key(self) -> str:
        return f"{self.key}:last"

    @property
    def lock_key(self) -> str:
        return f"{self.key}:computing"

    def _computed(self, compute: Callable[[bytes | None], bytes], last: bytes | None, unless_since: float) -> bytes:
        """The answer computed now, by one thread of this process at a time, unless one has done so since then."""
        with _own_locks[self.key]:
            computed_at, own = _own_answers.get(self.key, (float("-inf"), None))
            if computed_at >= unless_since:
                return self._given(own, "fresh")
            with _seconds.labels(self.name).time():
                answer = compute(last)
            _own_answers[self.key] = time.monotonic(), answer

        def keep(client) -> None:
            with client.pipeline() as pipe:
                pipe.set(self.last_key, answer, ex=self.kept_seconds)
                pipe.set(self.key, answer, ex=self.fresh_seconds)
                pipe.execute()

        redis.quietly(keep, purpose=self.name)
        return self._given(answer, "computed")

    def _given(self, answer: bytes, source: str) -> bytes:
        _answers.labels(self.name, source).inc()
        return answer

    def _is_first(self) -> bool:
        return bool(
            redis.quietly(
                lambda client: client.set(self.lock_key, b"1", nx=True, ex=COMPUTING_SECONDS),
                purpose=self.name,
                otherwise=True,
            )
        )

    def _read(self) -> bytes | None:
        return redis.quietly(lambda client: client.get(self.key), purpose=self.name)

    def _wait(self) -> bytes | None:
        """The answer that another process is computing, if it comes in time."""
        for _ in range(round(WAITS_SECONDS / LOOKS_EVERY_SECONDS)):
            time.sleep(LOOKS_EVERY_SECONDS)
            done = self._read()
            if done is not None:
                return done
        return None
