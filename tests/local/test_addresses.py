"""`var/servers.json` tells `manage.py` where to find running servers, and nothing once they have gone."""

import json
import os
import stat
import sys

import pytest
from django.db import OperationalError

import manage
from casino_club.local import addresses
from casino_club.local.addresses import Addresses
from casino_club.local.processes import Process


@pytest.fixture
def living():
    return Process.of(os.getpid())


def written(living: Process) -> Addresses:
    return Addresses("postgresql://u:p@127.0.0.1:1/d", "redis://:p@127.0.0.1:2/0", "/home", {"postgres": living})


def test_what_is_saved_is_loaded_while_the_server_lives(tmp_path, living):
    addresses.save(written(living), tmp_path)

    assert addresses.load(tmp_path) == written(living)


def test_only_its_owner_may_read_it(tmp_path, living):
    addresses.save(written(living), tmp_path)

    assert stat.S_IMODE((tmp_path / addresses.FILE).stat().st_mode) == 0o600


def test_addresses_of_a_server_that_has_gone_are_not_loaded(tmp_path, living):
    addresses.save(written(Process(living.pid, "another start")), tmp_path)

    assert addresses.load(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"database_url": 1, "processes": {"a": {}}})])
def test_a_damaged_file_counts_as_none(tmp_path, text):
    (tmp_path / addresses.FILE).write_text(text)

    assert addresses.load(tmp_path) is None


def test_no_file_counts_as_none(tmp_path):
    assert addresses.load(tmp_path) is None


def test_a_cleared_file_is_gone_and_clearing_twice_is_no_error(tmp_path, living):
    addresses.save(written(living), tmp_path)

    addresses.clear(tmp_path)
    addresses.clear(tmp_path)

    assert list(tmp_path.iterdir()) == []


def refuse_connection(*_):
    raise OperationalError("connection refused")


def test_a_command_without_a_database_says_so_in_one_sentence(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(manage, "execute_from_command_line", refuse_connection)
    monkeypatch.setattr(addresses, "load", lambda: None)
    monkeypatch.setattr(sys, "argv", ["manage.py", "migrate"])

    with pytest.raises(SystemExit) as stopped:
        manage.main()

    assert stopped.value.code == addresses.NOTHING_RUNS


def test_an_error_of_a_database_that_was_named_is_not_hidden(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/else")
    monkeypatch.setattr(manage, "execute_from_command_line", refuse_connection)

    with pytest.raises(OperationalError):
        manage.main()
