"""Answers that are computed by one process at a time and shown to everybody: bytes in Redis, fresh for some seconds."""

import threading
import time
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

# Without Redis each process still computes only once for as long as its answer is fresh.
_own_answers: dict[str, tuple[float, bytes]] = {}
_computing = threading.Lock()


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
        found = redis.quietly(lambda client: client.mget(self.key, self.last_key), purpose=self.name, otherwise=AWAY)
        if found is AWAY:
            return self._of_this_process(compute)
        fresh, last = found
        if fresh is not None:
            return self._given(fresh, "fresh")
        if self._is_first():
            try:
                # Whoever was first before us may have finished between our look and our turn.
                done = self._read()
                return self._given(done, "fresh") if done is not None else self._computed(compute, last)
            finally:
                redis.quietly(lambda client: client.delete(self.lock_key), purpose=self.name)
        if last is not None:
            return self._given(last, "last")
        done = self._wait()
        return self._given(done, "fresh") if done is not None else self._computed(compute, None)

    @property
    def last_key(self) -> str:
        return f"{self.key}:last"

    @property
    def lock_key(self) -> str:
        return f"{self.key}:computing"

    def _computed(self, compute: Callable[[bytes | None], bytes], last: bytes | None) -> bytes:
        with _seconds.labels(self.name).time():
            answer = compute(last)

        def keep(client) -> None:
            with client.pipeline() as pipe:
                pipe.set(self.last_key, answer, ex=self.kept_seconds)
                pipe.set(self.key, answer, ex=self.fresh_seconds)
                pipe.execute()

        redis.quietly(keep, purpose=self.name)
        return self._given(answer, "computed")

    def _of_this_process(self, compute: Callable[[bytes | None], bytes]) -> bytes:
        with _computing:
            computed_at, answer = _own_answers.get(self.key, (float("-inf"), None))
            if time.monotonic() - computed_at < self.fresh_seconds:
                return self._given(answer, "fresh")
            answer = self._computed(compute, answer)
            _own_answers[self.key] = time.monotonic(), answer
            return answer

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
