"""A process is its number and its start; what a run started is known by its mark."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from casino_club.local import processes
from casino_club.local.processes import Process


@pytest.fixture
def sleeper(tmp_path):
    """A process that carries the mark of this test's folder."""
    popen = subprocess.Popen(
        [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"],
        env={processes.MARK: str(tmp_path)},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
    )
    popen.stdout.readline()
    yield popen
    popen.kill()
    popen.wait()
    popen.stdout.close()


def test_a_number_that_was_given_to_another_process_is_not_alive_and_gets_no_signal(sleeper):
    stranger = Process(sleeper.pid, started="of another process")

    stranger.signal(signal.SIGKILL)

    assert not stranger.is_alive()
    assert Process.of(sleeper.pid).is_alive()


def test_a_process_that_has_ended_is_gone_even_before_its_parent_notices(sleeper):
    process = Process.of(sleeper.pid)

    left = processes.stop([process], number=signal.SIGKILL, seconds=5)

    assert left == []
    assert Process.of(sleeper.pid) is None


def test_marked_processes_are_found_and_nobody_else(sleeper, tmp_path):
    assert [process.pid for process in processes.marked(tmp_path)] == [sleeper.pid]
    assert processes.marked(tmp_path / "other") == []


def test_the_one_who_asks_is_never_among_the_marked(monkeypatch, tmp_path):
    monkeypatch.setenv(processes.MARK, str(tmp_path))

    assert os.getpid() not in [process.pid for process in processes.marked(tmp_path)]


def test_stopping_what_is_marked_ends_it(sleeper, tmp_path):
    assert processes.stop_marked(tmp_path, seconds=5) == 1
    assert processes.marked(tmp_path) == []


def test_who_works_in_a_folder_is_found(sleeper, tmp_path):
    assert [process.pid for process in processes.working_in(tmp_path)] == [sleeper.pid]
    assert processes.working_in(Path("/proc")) == []
