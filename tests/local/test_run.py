"""`make run` keeps its word: one run, one clear line, everything stopped at the end, data kept whatever happens."""

import io
import signal
import socket
import sys
import time

import psycopg
import pytest
from redis import Redis

from casino_club.local import addresses, processes, supervisor
from casino_club.local import run as product
from casino_club.local.console import Console
from casino_club.local.home import LocalError, prepared
from casino_club.local.ports import free_port
from casino_club.local.programs import Child, Program


def remember(found: addresses.Addresses) -> None:
    with psycopg.connect(found.database_url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
    with Redis.from_url(found.redis_url) as client:
        client.set("kept", 7)


def is_remembered(found: addresses.Addresses) -> bool:
    with psycopg.connect(found.database_url) as connection, Redis.from_url(found.redis_url) as client:
        return connection.execute("SELECT n FROM kept").fetchone() == (7,) and client.get("kept") == b"7"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_leaves_no_process(running, number):
    run, _ = running

    assert run.end(number) == 0

    assert processes.marked(run.home()) == []
    assert addresses.load(run.var) is None
    assert "Everything has stopped." in run.output


def test_output_is_prefixed_and_the_address_is_told_once(running):
    run, _ = running

    assert run.output.count("Ready for the test.") == 1
    assert "worker   | at work" in run.wait_for("at work").output
    assert "prepare  | prepared" in run.output


def test_a_second_run_is_refused_in_one_sentence_and_disturbs_nothing(running, start):
    run, found = running

    second = start()

    assert second.finish() == 1
    assert len(second.lines) == 1
    assert "already runs" in second.output
    assert run.popen.poll() is None
    assert addresses.load(run.var) == found


def test_a_port_in_use_is_a_clear_sentence_and_starts_nothing(start, var):
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]

        run = start(PORT=str(port))

        assert run.finish() == 1
    assert run.lines == [
        f"run      | Port {port} is in use; stop what listens there, or choose another: `PORT=8001 make run`."
    ]


@pytest.mark.parametrize("port", ["0", "65536", "eight", "٨٠٠٠", "-1"])
def test_a_port_that_is_none_is_refused(start, port):
    run = start(PORT=port)

    assert run.finish() == 1
    assert "it must be a number from 1 to 65535" in run.output


@pytest.mark.parametrize("workers", ["two", "0", "65", "-1", "1.5", "٢"])
def test_a_number_of_web_processes_that_is_none_is_refused_in_one_sentence(monkeypatch, workers):
    monkeypatch.setenv("WEB_WORKERS", workers)

    with pytest.raises(LocalError, match="^WEB_WORKERS is .*; it must be a number from 1 to 64.$"):
        product.web_arguments(8000)


@pytest.fixture
def sandbox_names(monkeypatch):
    for name in ("PAYMENTS_PROVIDER", "SANDBOX_PAY_URL", "SANDBOX_PAY_PORT"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_the_payment_sandbox_listens_a_thousand_ports_on_or_where_there_is_room(sandbox_names, var):
    place, port = prepared(var / "home-of-it"), free_port()

    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        taken = stranger.getsockname()[1]

        assert product.sandbox_for(place, var, taken - 1000).port not in (taken, taken - 1000)
        sandbox_names.setenv("SANDBOX_PAY_PORT", str(taken))
        with pytest.raises(LocalError, match=f"^Port {taken} is in use; .*SANDBOX_PAY_PORT=9001 make run"):
            product.sandbox_for(place, var, port)
    assert product.sandbox_for(place, var, port).url == f"http://127.0.0.1:{taken}"
    with pytest.raises(LocalError, match="is in use"):
        product.sandbox_for(place, var, taken)
    sandbox_names.setenv("SANDBOX_PAY_PORT", "nine")
    with pytest.raises(LocalError, match="^SANDBOX_PAY_PORT is 'nine'"):
        product.sandbox_for(place, var, port)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PAYMENTS_PROVIDER", ""), ("PAYMENTS_PROVIDER", "other"), ("SANDBOX_PAY_URL", "http://pay.test")],
)
def test_no_payment_sandbox_is_started_where_another_takes_the_payments(sandbox_names, var, name, value):
    sandbox_names.setenv(name, value)

    assert product.sandbox_for(prepared(var / "home-of-it"), var, free_port()) is None


def test_the_payment_sandbox_sees_nothing_of_the_products_secrets(sandbox_names, var):
    sandbox_names.setenv("DATABASE_URL", "postgresql://secret@database/it")
    sandbox = product.sandbox_for(prepared(var / "home-of-it"), var, free_port())

    program = sandbox.program("http://127.0.0.1/hook", var)

    assert not {"DATABASE_URL", "REDIS_URL", "SECRET_KEY"} & set(program.environment)
    assert program.environment["SANDBOX_PAY_SECRET"] == sandbox.merchants_environment()["SANDBOX_PAY_SECRET"]
    assert sandbox.api_secret != sandbox.webhook_key


def test_what_valkey_says_about_the_machines_tuning_is_not_shown(running):
    run, _ = running

    assert "overcommit" not in run.output


def test_data_is_kept_from_run_to_run(running, start):
    run, found = running
    remember(found)
    run.end()

    again = start().wait_for("Ready for the test.")

    assert is_remembered(addresses.load(again.var))


def test_after_a_kill_of_the_supervisor_the_next_run_stops_the_orphans_and_keeps_the_data(running, start):
    run, found = running
    remember(found)
    run.popen.kill()
    run.popen.wait()
    orphans = processes.marked(run.home())
    assert len(orphans) >= 4  # both servers, web and worker live on

    again = start().wait_for("Ready for the test.")

    assert "An earlier run did not end properly" in again.output
    assert not any(orphan.is_alive() for orphan in orphans)
    assert is_remembered(addresses.load(again.var))


def test_after_a_kill_of_everything_at_once_the_next_run_recovers(running, start):
    run, found = running
    remember(found)
    time.sleep(1.1)  # Valkey writes its file through once a second
    run.popen.kill()
    run.popen.wait()
    for process in processes.marked(run.home()):
        process.signal(signal.SIGKILL)

    again = start().wait_for("Ready for the test.")

    assert is_remembered(addresses.load(again.var))


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_a_server_that_crashes_comes_back_at_the_same_address(running, name):
    run, found = running
    remember(found)
    time.sleep(1.1)

    found.processes[name].signal(signal.SIGKILL)
    run.wait_for(f"{name} started again.")

    deadline = time.monotonic() + 10
    while True:
        try:
            assert is_remembered(found)
            break
        except Exception:  # noqa: BLE001 - it is only just starting
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert f"{name} stopped by itself (ended by SIGKILL); starting it again in 2 s." in run.output


def test_a_program_that_crashes_is_reported_and_brought_back(running):
    run, _ = running
    worker = next(process for process in processes.marked(run.home()) if is_worker(process.pid))

    worker.signal(signal.SIGKILL)

    run.wait_for("worker   | at work").wait_for("worker started again.")
    assert "worker stopped by itself (ended by SIGKILL)" in run.output


def test_a_program_that_ends_between_two_looks_is_reported_before_it_starts_again(var, monkeypatch):
    output = io.StringIO()
    program = Program("brief", [sys.executable, "-c", ""], {}, var)
    child = Child(program, lambda name, line: None)
    child.start()
    child.wait(lambda: False)
    keeper = supervisor.Supervisor(
        supervisor.Plan(var, None, 1, [], program, [program], []), Console(output), _programs=[child]
    )

    with monkeypatch.context() as a_moment_ago:
        a_moment_ago.setattr(child, "exit_code", lambda: None)
        keeper._bring_back_what_ended()
    assert output.getvalue() == ""

    keeper._bring_back_what_ended()
    assert "brief stopped by itself (exit code 0); starting it again in 2 s." in output.getvalue()


def is_worker(pid: int) -> bool:
    with open(f"/proc/{pid}/cmdline") as file:
        return "at work" in file.read()


def test_five_seconds_are_all_that_stopping_may_take():
    assert supervisor.PROGRAMS_STOP_SECONDS + supervisor.SERVERS_STOP_SECONDS + supervisor.REST_STOP_SECONDS <= 5


def test_a_program_that_ignores_the_signal_is_killed_with_its_children(start):
    run = start(FAKE_WORKER="stubborn").wait_for("Ready for the test.")

    assert run.end() == 0

    assert processes.marked(run.home()) == []
    assert "Had to be killed: worker." in run.output


def test_a_preparation_that_fails_stops_the_run(start):
    run = start(FAKE_PREPARE="import sys; print('no such column'); sys.exit(3)")

    assert run.finish() == 1
    assert "prepare  | no such column" in run.output
    assert "Preparing failed (exit code 3)" in run.output
    assert processes.marked(run.home()) == []


def test_a_signal_during_preparation_stops_the_run(start):
    run = start(FAKE_PREPARE="import time; print('busy', flush=True); time.sleep(600)").wait_for("busy")

    assert run.end(signal.SIGTERM) == 0

    assert processes.marked(run.home()) == []


def test_a_reader_that_goes_away_stops_the_run(running):
    run, _ = running

    run.is_deaf = True
    next(process for process in processes.marked(run.home()) if is_worker(process.pid)).signal(signal.SIGKILL)

    assert run.popen.wait(timeout=15) == 0
    assert processes.marked(run.home()) == []
