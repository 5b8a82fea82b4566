"""The product itself, started as `make run` starts it, on data of its own."""

import json
import os
import subprocess
import sys
import urllib.request

from casino_club.local import addresses, processes
from casino_club.local.ports import free_port
from tests.local.conftest import CHECKOUT

RUN = [sys.executable, "-m", "casino_club.local.run"]


def answer(port: str, path: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
        return response.status, response.read()


def test_the_product_comes_up_is_found_by_manage_and_goes_down_clean(start, var):
    sandbox = str(free_port())
    here = {"CASINO_CLUB_VAR": str(var), "APP_ENV": "development", "SANDBOX_PAY_PORT": sandbox}
    run = start(RUN, **here).wait_for("Casino-Club is ready: http://127.0.0.1:", seconds=150)
    port = run.output.split("ready: http://127.0.0.1:")[1].split()[0]
    assert "admin / 123456" in run.output

    assert answer(port, "/health") == (200, b'{"status": "ok"}')
    assert json.loads(answer(port, "/ready")[1])["database"] == "ok"
    assert answer(port, "/")[0] == 200
    assert answer(sandbox, "/health") == (200, b'{"status": "ok"}')

    found = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    seeded = subprocess.run(
        [sys.executable, "manage.py", "seed_basic", "--check"],
        cwd=CHECKOUT,
        env={**found, **here},
        capture_output=True,
        text=True,
        check=False,
    )
    assert seeded.returncode == 0, seeded.stdout + seeded.stderr

    assert run.end() == 0
    assert processes.marked(run.home()) == []
    assert addresses.load(var) is None
