"""`make run`: the whole product on this machine. `python -m casino_club.local.run`."""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import environ

from casino_club.local import addresses, home, processes
from casino_club.local.console import Console
from casino_club.local.home import Home, LocalError
from casino_club.local.lock import only_run_of
from casino_club.local.ports import LOOPBACK, free_port, is_free
from casino_club.local.postgres import Postgres
from casino_club.local.programs import Program
from casino_club.local.sandbox import Sandbox
from casino_club.local.supervisor import Plan, Supervisor
from casino_club.local.valkey import Valkey

CHECKOUT = Path(__file__).resolve().parents[2]
env = environ.Env()
ORPHANS_STOP_SECONDS = 5.0
MOST_WEB_WORKERS = 64
MOST_PORT = 65535
CELERY = ("celery", "--quiet", "--app=casino_club")
# Threads: joining forked workers takes half of the time that there is for stopping, and tasks are the database's work.
WORKER = ("--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle")
# Root has no better user for a checkout that only root may enter; the servers themselves run as `nobody`.
ROOT_IS_KNOWN = "ignore:You're running the worker with superuser privileges"


def main() -> int:
    """Run the product; see `carry_out`."""
    env.read_env(CHECKOUT / ".env", overwrite=False)
    return carry_out(addresses.VAR, plan)


def carry_out(var: Path, make_plan: Callable[[Path, Home, int], Plan]) -> int:
    """Clear up after a run that was killed, then run until told to stop.

    Returns the exit code: 0 after Ctrl-C or SIGTERM, 1 with one sentence when it cannot run.
    """
    console = Console()
    try:
        with only_run_of(var):
            place = home.of_checkout(var)
            if count := processes.stop_marked(place.path, seconds=ORPHANS_STOP_SECONDS):
                console.tell(f"An earlier run did not end properly: stopped {count} processes that it left behind.")
            supervisor = Supervisor(make_plan(var, place, port_from(os.environ)), console)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda *_: supervisor.stop.set())
            return supervisor.run()
    except LocalError as error:
        console.tell(str(error))
        return 1


def port_from(environment) -> int:
    """The port to serve on. Raises LocalError when PORT is no port or somebody listens there."""
    port = _number("PORT", environment.get("PORT") or "8000", most=MOST_PORT)
    if not is_free(port):
        raise LocalError(f"Port {port} is in use; stop what listens there, or choose another: `PORT=8001 make run`.")
    return port


def plan(var: Path, place: Home, port: int) -> Plan:
    """What to run, by the environment: embedded servers only in development and only where no URL is given."""
    production = os.environ.get("APP_ENV") == "production"
    postgres = None if production or os.environ.get("DATABASE_URL") else Postgres(place)
    valkey = None if production or os.environ.get("REDIS_URL") else Valkey(place)
    sandbox = None if production else sandbox_for(place, var, port)
    address = f"http://{LOOPBACK}:{port}"
    environment = {
        "SITE_URL": address,
        **({} if production else {"AUTO_SEED_BASIC": "1"}),
        **os.environ,
        **({"DATABASE_URL": postgres.url} if postgres else {}),
        **({"REDIS_URL": valkey.url} if valkey else {}),
        **(sandbox.merchants_environment() if sandbox else {}),
        "PROMETHEUS_MULTIPROC_DIR": str(_emptied(var / "prometheus")),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": ROOT_IS_KNOWN,
        processes.MARK: str(place.path),
    }

    def program(name: str, *arguments: str) -> Program:
        return Program(name, [sys.executable, "-m", *arguments], environment, CHECKOUT)

    programs = [
        program("web", *web_arguments(port)),
        program("worker", *CELERY, "worker", *WORKER),
        program("beat", *CELERY, "beat", f"--schedule={var / 'beat-schedule'}"),
    ]
    if sandbox:
        programs.append(sandbox.program(f"{address}/api/webhooks/sandbox", CHECKOUT))
    greeting = [f"Casino-Club is ready: {address}"]
    if environment.get("AUTO_SEED_BASIC") == "1":
        greeting[0] += "  (admin / 123456, user001…user004 / 123455, invite code 5858)"
    return Plan(
        var=var,
        home=place,
        port=port,
        servers=[server for server in (postgres, valkey) if server],
        preparation=program("prepare", "casino_club.local.prepare"),
        programs=programs,
        greeting=greeting,
    )


def sandbox_for(place: Home, var: Path, port: int) -> Sandbox | None:
    """The payment sandbox to run beside the product; None when payments are another's, or SANDBOX_PAY_URL names one.

    Without SANDBOX_PAY_PORT it takes a thousand more than the product's own, or any port that is free. Raises LocalError.
    """
    if env.str("PAYMENTS_PROVIDER", "sandbox") != "sandbox" or env.str("SANDBOX_PAY_URL", ""):
        return None
    if chosen := env.str("SANDBOX_PAY_PORT", ""):
        own = _number("SANDBOX_PAY_PORT", chosen, most=MOST_PORT)
        if own == port or not is_free(own):
            raise LocalError(
                f"Port {own} is in use; stop what listens there, or choose another: `SANDBOX_PAY_PORT=9001 make run`."
            )
    else:
        own = port + 1000
        own = own if own <= MOST_PORT and is_free(own) else free_port()
    return Sandbox(place, var, own)


def web_arguments(port: int) -> list[str]:
    """granian's command line; the shape is decided in docs/decisions/0001-serving-shape.md.

    Raises LocalError when WEB_WORKERS is no number of processes.
    """
    workers = _number("WEB_WORKERS", env.str("WEB_WORKERS", "2"), most=MOST_WEB_WORKERS)
    return [
        "granian",
        "casino_club.asgi:application",
        "--interface=asginl",
        f"--host={LOOPBACK}",
        f"--port={port}",
        f"--workers={workers}",
        "--no-ws",
        "--backlog=4096",
        "--backpressure=16384",
        "--workers-kill-timeout=2",
        "--respawn-failed-workers",
        "--log-level=warning",
    ]


def _number(name: str, text: str, *, most: int) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= most):
        raise LocalError(f"{name} is {text!r}; it must be a number from 1 to {most}.")
    return int(text)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


if __name__ == "__main__":
    sys.exit(main())
