"""A run of the real supervisor with real servers and small stand-ins for web and worker: `fake_run.py <var>`.

FAKE_WORKER chooses what the worker does: `steady`, `stubborn` (ignores SIGTERM and has a child of its own).
"""

import os
import sys
from pathlib import Path

from casino_club.local import processes, run
from casino_club.local.home import Home
from casino_club.local.postgres import Postgres
from casino_club.local.programs import Program
from casino_club.local.supervisor import Plan
from casino_club.local.valkey import Valkey

WEB = """
import http.server
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", {port}), Ready).serve_forever()
"""
WORKERS = {
    "steady": "import time; print('at work', flush=True); time.sleep(600)",
    "stubborn": """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, 1); time.sleep(600)"])
time.sleep(600)
""",
}


def plan(var: Path, place: Home, port: int) -> Plan:
    environment = {**os.environ, processes.MARK: str(place.path)}

    def python(name: str, code: str) -> Program:
        return Program(name, [sys.executable, "-c", code], environment, place.path.parent)

    return Plan(
        var=var,
        home=place,
        port=port,
        servers=[Postgres(place), Valkey(place)],
        preparation=python("prepare", os.environ.get("FAKE_PREPARE", "print('prepared')")),
        programs=[python("web", WEB.format(port=port)), python("worker", WORKERS[os.environ["FAKE_WORKER"]])],
        greeting=["Ready for the test."],
    )


if __name__ == "__main__":
    sys.exit(run.carry_out(Path(sys.argv[1]), plan))
