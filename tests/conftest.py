"""What every test stands on: real PostgreSQL and Valkey (`casino_club.local.pytest_plugin`), Valkey empty each time."""

import hashlib
import itertools
from pathlib import Path

import pgtrigger
import pytest
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation

from casino_club.core import clock, redis
from games.fairness import rules as fairness


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--luck", default="0", help="which seeds the games draw from; a test holds with any")


@pytest.fixture(autouse=True)
def empty_redis():
    """Redis holds nothing at the start of a test."""
    redis.client().flushdb()


@pytest.fixture(autouse=True)
def house_language():
    """A test starts in the house's language, whatever the last request of another was answered in."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def luck(request, monkeypatch):
    """Games of this process draw the same in every run of a test. `make test ARGS="--luck 7"` is another set of draws."""
    numbers = itertools.count()

    def seed() -> bytes:
        return hashlib.sha256(f"{request.config.option.luck} {request.node.nodeid} {next(numbers)}".encode()).digest()

    monkeypatch.setattr(fairness, "new_server_seed", seed)
    monkeypatch.setattr(fairness, "new_client_seed", lambda: seed().hex()[:16])


@pytest.fixture(scope="session", autouse=True)
def history_is_emptied_between_tests():
    """Tests that commit are followed by a TRUNCATE of everything; let that one pass the append-only tables."""
    flush = DatabaseOperations.execute_sql_flush

    def flush_past_triggers(operations, statements):
        triggers = [trigger.get_pgid(model) for model, trigger in pgtrigger.registered()]
        ignored = f"SELECT set_config('pgtrigger.ignore', '{{{','.join(triggers)}}}', true)"
        return flush(operations, [ignored, *statements])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_past_triggers)
        yield


@pytest.fixture
def midday(settings):
    """Game days of a zone where it is about noon: for tests that go by the database's clock, at whatever hour."""
    settings.GAME_TIMEZONE = f"Etc/GMT{clock.now().hour - 12:+d}"


HERE = Path(__file__).parent
# These drive a browser, kill processes or start the whole product: on a machine with much else to do a time limit of theirs
# may pass. Who waited in vain gets one second try, and the summary names it (`RERUN`); a broken promise gets none.
REAL_PROCESSES = {"browser", "faults", "deploy", "local"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: once Playwright runs its event loop in this thread, no test after it can run its own."""
    items.sort(key=lambda item: item.path.relative_to(HERE).parts[0] == "browser")
    for item in items:
        if item.path.relative_to(HERE).parts[0] in REAL_PROCESSES:
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["[Tt]ime ?out", "timed out"]))
