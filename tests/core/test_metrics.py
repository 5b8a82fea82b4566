"""Figures of several processes and of the whole house: what ended says nothing more, what was undone is not counted."""

import os
import signal
import subprocess
import sys

import pytest
from django.db import DatabaseError, transaction
from prometheus_client import REGISTRY

from casino_club.core import metrics

HOLDS_A_STREAM = """
from prometheus_client import Counter, Gauge
Gauge("open_things", "Open.", multiprocess_mode="livesum").inc()
Counter("told_things", "Told.").inc()
print("counted", flush=True)
input()
"""
_acts = metrics.counter("tested_acts_total", "Acts of these tests.", ["kind"])


def acts() -> float:
    return REGISTRY.get_sample_value("tested_acts_total", {"kind": "one"}) or 0


@pytest.fixture
def processes(tmp_path, monkeypatch):
    """Two that count into one folder."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = [subprocess.Popen([sys.executable, "-c", HOLDS_A_STREAM], **pipes) for _ in range(2)]
    for process in started:
        assert process.stdout.readline() == b"counted\n"
    yield started
    for process in started:
        process.kill()
        process.wait()


def test_a_process_that_was_killed_has_nothing_open_and_what_it_counted_stays(processes):
    assert b"open_things 2.0\n" in metrics.exposition(of_house=False)

    os.kill(processes[0].pid, signal.SIGKILL)
    processes[0].wait()

    told = metrics.exposition(of_house=False)
    assert b"open_things 1.0\n" in told
    assert b"told_things_total 2.0\n" in told


def test_what_cannot_be_read_is_absent_and_the_rest_is_told(monkeypatch):
    def broken():
        raise DatabaseError

    monkeypatch.setattr(metrics, "HOUSE", metrics.CollectorRegistry())
    metrics.standing("first_things", "First.", broken)
    metrics.standing("second_things", "Second.", lambda: {("a",): 2, ("b",): 3}, ["kind"])

    told = metrics.exposition()

    assert b"\nfirst_things " not in told
    assert b'second_things{kind="a"} 2.0\nsecond_things{kind="b"} 3.0\n' in told


@pytest.mark.django_db(transaction=True)
def test_what_was_undone_is_not_counted():
    before = acts()
    metrics.committed(_acts.labels("one"))
    assert acts() == before + 1, "no transaction"

    with transaction.atomic():
        metrics.committed(_acts.labels("one"), times=3)
        assert acts() == before + 1
    assert acts() == before + 4

    with transaction.atomic():
        metrics.committed(_acts.labels("one"))
        transaction.set_rollback(True)
    assert acts() == before + 4
