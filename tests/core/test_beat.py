"""Beat's schedule on disk: it outlives beat, and a broken file stops nobody."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from casino_club.celery import app
from casino_club.core.beat import Scheduler

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def started(folder: Path) -> Scheduler:
    return Scheduler(app, schedule_filename=str(folder / "beat-schedule"))


@pytest.fixture
def kept(tmp_path):
    """The folder of a beat that sent its duties long ago and stopped."""
    scheduler = started(tmp_path)
    for entry in scheduler.schedule.values():
        entry.last_run_at = LONG_AGO
    scheduler.close()
    return tmp_path


def errors_of(caplog) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.exc_info or record.levelname == "ERROR"]


def test_when_duties_were_sent_is_known_after_a_restart(kept, caplog):
    schedule = started(kept).schedule

    assert set(schedule) >= set(app.conf.beat_schedule)
    assert {schedule[name].last_run_at for name in app.conf.beat_schedule} == {LONG_AGO}
    assert errors_of(caplog) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: b"\x00" * len(content),
        lambda content: b"'half a li",
    ],
)
def test_a_broken_file_is_begun_anew_without_a_traceback(kept, caplog, spoil):
    files = list(kept.iterdir())
    assert files
    for file in files:
        file.write_bytes(spoil(file.read_bytes()))
        schedule = started(kept).schedule

        assert set(schedule) >= set(app.conf.beat_schedule)
    assert errors_of(caplog) == []


def test_the_house_uses_it():
    assert app.conf.beat_scheduler == f"{Scheduler.__module__}:{Scheduler.__qualname__}"
