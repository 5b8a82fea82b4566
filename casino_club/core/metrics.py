"""Prometheus metrics that add up over processes (`PROMETHEUS_MULTIPROC_DIR`); never a user id as a label."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram

LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def counter(name: str, doc: str, labels: Iterable[str] = ()) -> Counter:
    """A counter; `name` ends in `_total`."""
    return Counter(name, doc, labels)


def histogram(name: str, doc: str, labels: Iterable[str] = (), buckets=LATENCY_BUCKETS) -> Histogram:
    """A histogram in base units (seconds unless the name says otherwise)."""
    return Histogram(name, doc, labels, buckets=buckets)


def gauge(name: str, doc: str, labels: Iterable[str] = (), mode: str = "mostrecent") -> Gauge:
    """A gauge; of several processes the one that wrote last speaks."""
    return Gauge(name, doc, labels, multiprocess_mode=mode)
