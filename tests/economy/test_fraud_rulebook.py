"""The rules in force: a changed file counts within a second in every process, a bad one changes nothing."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from casino_club.core import clock
from casino_club.core.models import Alert
from economy.fraud import rulebook
from economy.fraud.models import FraudRules
from economy.fraud.parsing import version_of
from economy.fraud.rulebook import Rulebook
from tests.databases import database_url

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
ONE = rulebook.SHIPPED.read_text()
TWO = ONE.replace("value: 20", "value: 10")
BAD = ONE.replace("mode: live", "mode: lively", 1)
BAD_LINE = next(number for number, line in enumerate(BAD.splitlines(), start=1) if "lively" in line)


@pytest.fixture
def file(tmp_path, settings):
    path = tmp_path / "rules.yaml"
    put(path, ONE)
    settings.FRAUD_RULES_PATH = str(path)
    return path


def put(path, content):
    """As it should be done: the file is whole at any moment."""
    new = path.with_suffix(".new")
    new.write_text(content)
    new.replace(path)


def version(content):
    return version_of(content.encode())


def look(book):
    return book.state(now=clock.now(), look=True)


def open_alerts():
    return list(Alert.objects.filter(rule=rulebook.ALERT, resolved_at=None))


def test_a_changed_file_is_in_force_after_a_second_and_not_read_before(file, monkeypatch):
    seconds = iter((0.0, 0.99, 1.0, 1.0, 1.0))
    monkeypatch.setattr(rulebook, "monotonic", lambda: next(seconds))
    book = Rulebook()
    first = book.current(now=clock.now()).version
    put(file, TWO)
    soon, later = book.current(now=clock.now()).version, book.current(now=clock.now()).version

    assert (first, soon, later) == (version(ONE), version(ONE), version(TWO))


def test_a_change_that_keeps_time_and_size_is_seen(file):
    book, stamp = Rulebook(), os.stat(file)
    look(book)
    file.write_text(ONE.replace("value: 20", "value: 21"))
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))

    assert look(book).rules.version != version(ONE)


def test_a_malformed_file_keeps_the_last_good_rules_and_raises_an_alert_until_it_is_mended(file):
    book = Rulebook()
    look(book)
    put(file, BAD)

    state = look(book)

    assert state.rules.version == version(ONE)
    assert str(BAD_LINE) in state.fault
    (alert,) = open_alerts()
    assert (alert.severity, alert.times) == ("critical", 1)
    assert state.fault in alert.text
    assert look(book) == state
    assert open_alerts()[0].times == 1
    put(file, TWO)
    assert look(book).rules.version == version(TWO)
    assert open_alerts() == []


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\xff")])
def test_a_file_that_is_gone_or_not_even_text_keeps_them_too(file, spoil):
    book = Rulebook()
    look(book)
    spoil(file)

    assert look(book).rules.version == version(ONE)
    assert len(open_alerts()) == 1
    put(file, ONE)
    assert (look(book).fault, open_alerts()) == ("", [])


def test_a_process_that_starts_beside_a_bad_file_takes_what_the_others_have(file):
    put(file, TWO)
    look(Rulebook())
    put(file, BAD)

    assert look(Rulebook()).rules.version == version(TWO)


def test_where_nothing_was_ever_good_the_rules_we_ship_are_in_force(file):
    put(file, BAD)

    state = look(Rulebook())

    assert state.rules.version == version_of(rulebook.SHIPPED.read_bytes())
    assert state.fault
    assert FraudRules.objects.filter(pk=state.rules.version).exists()


def test_back_to_an_earlier_content_is_a_load_like_any_other(file):
    book = Rulebook()
    versions = []
    for content in (ONE, TWO, ONE):
        put(file, content)
        versions.append(look(book).rules.version)

    assert versions == [version(ONE), version(TWO), version(ONE)]
    assert FraudRules.objects.count() == 2
    assert FraudRules.objects.order_by("-last_loaded_at").first().version == version(ONE)


@pytest.mark.django_db(transaction=True)
def test_the_others_go_on_while_one_thread_looks(file, monkeypatch):
    book = Rulebook()
    look(book)
    put(file, TWO)
    entered, leave = threading.Event(), threading.Event()
    parse = rulebook.parse

    def slowly(content):
        entered.set()
        assert leave.wait(10)
        return parse(content)

    def reload():
        look(book)
        connection.close()

    monkeypatch.setattr(rulebook, "parse", slowly)
    thread = threading.Thread(target=reload)
    thread.start()
    assert entered.wait(10)
    monkeypatch.setattr(book, "_look_at", 0.0)
    meanwhile = book.current(now=clock.now()).version
    leave.set()
    thread.join(10)

    assert meanwhile == version(ONE)
    assert book.current(now=clock.now()).version == version(TWO)


CHILD = """
import sys
import django
django.setup()
from casino_club.core import clock
from economy.fraud.rulebook import book
for line in sys.stdin:
    print(book.current(now=clock.now()).version, flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_two_processes_follow_the_file(file):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "casino_club.settings",
        "DATABASE_URL": database_url(),
        "FRAUD_RULES_PATH": str(file),
        "LOG_LEVEL": "ERROR",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]

    def ask():
        for process in processes:
            process.stdin.write("?\n")
            process.stdin.flush()
        return [process.stdout.readline().strip() for process in processes]

    def until(come_true):
        """Their answers once it has; how soon that is, is the clock's test above."""
        end = rulebook.monotonic() + 60
        while not come_true(answers := ask()):
            assert rulebook.monotonic() < end, answers
            threading.Event().wait(0.05)
        return answers

    try:
        assert ask() == [version(ONE)] * 2
        put(file, TWO)
        until(lambda answers: answers == [version(TWO)] * 2)
        put(file, BAD)
        assert until(lambda _answers: len(open_alerts()) == 1) == [version(TWO)] * 2
        put(file, ONE)
        until(lambda answers: answers == [version(ONE)] * 2)
        assert open_alerts() == []
    finally:
        for process in processes:
            process.stdin.close()
            process.wait(10)
            process.stdout.close()
