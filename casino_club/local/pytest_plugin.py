"""Throw-away servers for a test session that is given none: one PostgreSQL for all, a Valkey for each xdist worker;
and the Korean texts compiled.

Loaded by `-p casino_club.local.pytest_plugin` (pyproject.toml), before the settings are read.
"""

import os
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from casino_club.core import catalogues
from casino_club.local import servers, throwaway
from casino_club.local.home import prepared
from casino_club.local.postgres import Postgres
from casino_club.local.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
HOME = "CASINO_CLUB_TEST_HOME"
_stack = pytest.StashKey[ExitStack]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config):
    """Before anything reads the settings: start what the environment does not name."""
    stack = early_config.stash[_stack] = ExitStack()
    early_config.add_cleanup(stack.close)
    os.environ["AUTO_SEED_BASIC"] = "0"
    os.environ["APP_ENV"] = "development"
    os.environ.setdefault("STATICFILES_STORAGE", "django.contrib.staticfiles.storage.StaticFilesStorage")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        for area in catalogues.areas(ROOT):
            catalogues.compile_area(area)
        _start_for_session(stack)
    elif HOME in os.environ:
        valkey = Valkey(prepared(Path(os.environ[HOME])), throwaway=True, name=f"valkey-{worker}")
        _run(stack, [valkey])
        os.environ["REDIS_URL"] = valkey.url
    else:
        os.environ["REDIS_URL"] = _own_database(os.environ["REDIS_URL"], int(worker.removeprefix("gw")))
    return (yield)


def _own_database(url: str, worker: int) -> str:
    """A database of a given Redis for each xdist worker, after the one that is named."""
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0)
    return urlunsplit(parts._replace(path=f"/{number + 1 + worker}"))


def _start_for_session(stack: ExitStack) -> None:
    needs_database, needs_redis = not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL")
    if not (needs_database or needs_redis):
        return
    home = stack.enter_context(throwaway.home())
    started = []
    if needs_database:
        started.append(postgres := Postgres(home, throwaway=True))
        os.environ["DATABASE_URL"] = postgres.url
    if needs_redis:
        started.append(valkey := Valkey(home, throwaway=True))
        os.environ["REDIS_URL"] = valkey.url
        os.environ[HOME] = str(home.path)
    _run(stack, started)


def _run(stack: ExitStack, started: list[Postgres | Valkey]) -> None:
    lines: list[str] = []
    try:
        children = servers.start(started, say=lambda name, line: lines.append(f"{name} | {line}"))
    except Exception as error:
        raise pytest.UsageError("\n".join([*lines, str(error)])) from error
    stack.callback(servers.stop, children, seconds=5.0)
