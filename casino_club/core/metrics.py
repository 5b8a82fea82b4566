"""Prometheus metrics that add up over processes (`PROMETHEUS_MULTIPROC_DIR`); never a user id as a label."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import structlog
from django.db import DatabaseError, connection
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import mark_process_dead

log = structlog.get_logger(__name__)
LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
HOUSE = CollectorRegistry()
"""What no process counts but the whole house is asked for: `standing` gauges."""


def counter(name: str, doc: str, labels: Iterable[str] = ()) -> Counter:
    """A counter; `name` ends in `_total`."""
    return Counter(name, doc, labels)


def histogram(name: str, doc: str, labels: Iterable[str] = (), buckets=LATENCY_BUCKETS) -> Histogram:
    """A histogram in base units (seconds unless the name says otherwise)."""
    return Histogram(name, doc, labels, buckets=buckets)


def gauge(name: str, doc: str, labels: Iterable[str] = (), mode: str = "mostrecent") -> Gauge:
    """A gauge; of several processes the one that wrote last speaks."""
    return Gauge(name, doc, labels, multiprocess_mode=mode)


def standing(name: str, doc: str, read: Callable[[], Mapping[tuple[str, ...], float]], labels: Iterable[str] = ()):
    """A gauge of the whole house, read where it is kept whenever somebody asks, so that every node says the same and
    nobody goes on saying what was true once. `read` gives values by labels; what it does not give is absent.
    """
    HOUSE.register(_Standing(name, doc, read, tuple(labels)))


def committed(*counted: Counter, times: int = 1) -> None:
    """Count acts of the running transaction once it is committed, and never if it is not; without one, now."""

    def count() -> None:
        for each in counted:
            each.inc(times)

    if connection.in_atomic_block:
        connection.on_commit(count)
    else:
        count()


def exposition(*, of_house: bool = True) -> bytes:
    """Prometheus' text format of what all processes of this folder counted and, if asked, of what stands in the house."""
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        _forget_the_dead(Path(folder))
    counted = ExportToDjangoView(None).content
    return counted + generate_latest(HOUSE) if of_house else counted


class _Standing:
    def __init__(self, name: str, doc: str, read: Callable[[], Mapping[tuple[str, ...], float]], labels: tuple):
        self._name, self._doc, self._read, self._labelnames = name, doc, read, labels

    def describe(self) -> list[GaugeMetricFamily]:
        return [GaugeMetricFamily(self._name, self._doc, labels=self._labelnames)]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        (family,) = self.describe()
        try:
            for labels, value in self._read().items():
                family.add_metric(labels, value)
        except DatabaseError as error:
            log.warning("metric_unknown", metric=self._name, error=type(error).__name__)
        yield family


def _forget_the_dead(folder: Path) -> None:
    """Gauges that add up over living processes lose those that ended without a word."""
    for kept in folder.glob("gauge_live*_*.db"):
        pid = int(kept.stem.rpartition("_")[2])
        if not _is_alive(pid):
            mark_process_dead(pid, folder)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
