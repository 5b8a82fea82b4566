"""The embedded servers together: started and waited for, in the supervisor and in tests alike."""

import time
from collections.abc import Callable

from casino_club.local.home import LocalError
from casino_club.local.postgres import Postgres
from casino_club.local.programs import Child, described
from casino_club.local.valkey import Valkey

START_SECONDS = 60.0


def start(
    servers: list[Postgres | Valkey],
    *,
    say: Callable[[str, str], None],
    given_up: Callable[[], bool] = lambda: False,
) -> list[Child]:
    """Start servers side by side and wait until they serve; returns early when the caller gives up.

    Raises LocalError when one ends or does not answer in a minute; whatever had started has stopped again then.
    """
    children = [Child(server.program(), say) for server in servers]
    try:
        for child in children:
            child.start()
        deadline = time.monotonic() + START_SECONDS
        for server, child in zip(servers, children, strict=True):
            while not server.is_ready() and not given_up():
                if (code := child.exit_code()) is not None:
                    raise LocalError(f"{server.name} did not start ({described(code)}); the lines above say why.")
                if time.monotonic() > deadline:
                    raise LocalError(f"{server.name} did not answer within {START_SECONDS:.0f} s.")
                time.sleep(0.02)
            if not given_up():
                server.complete()
    except Exception:
        stop(children, seconds=3.0)
        raise
    return children


def stop(children: list[Child], *, seconds: float) -> list[Child]:
    """Ask all at once, wait together, kill the rest; returns those that had to be killed."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + seconds
    return [child for child in children if not child.make_stop(deadline)]
