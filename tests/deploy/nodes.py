"""Two nodes in production settings behind the nginx of `deploy/`, on the test's own PostgreSQL and Redis."""

import os
import re
import secrets
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from json import dumps, loads
from pathlib import Path

from casino_club.local.ports import LOOPBACK, free_port
from tests.databases import database_url
from tests.waiting import wait_until

CHECKOUT = Path(__file__).resolve().parents[2]
HOST = "casino.example"
CELERY = ("celery", "--quiet", "--app=casino_club")


def production() -> dict[str, str]:
    """The environment of a node: production settings that are all in order."""
    return os.environ | {
        "APP_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "JWT_SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "DATABASE_URL": database_url(),
        "TRUSTED_PROXIES": LOOPBACK,
        "PAYMENTS_PROVIDER": "",
        "AUTO_SEED_BASIC": "0",
        "LOG_LEVEL": "ERROR",
        "PYTHONWARNINGS": "ignore",
    }


@dataclass
class Nodes:
    """`web`: two processes on ports of their own; two workers, two beats; one nginx with the product's own file."""

    folder: Path
    environment: dict[str, str]
    web: list[subprocess.Popen] = field(default_factory=list)
    others: list[subprocess.Popen] = field(default_factory=list)

    def start(self) -> "Nodes":
        ports = [free_port(), free_port()]
        self.port = free_port()
        for port in ports:
            self.web.append(
                self._start(
                    *("granian", "casino_club.asgi:application", "--interface=asginl", "--no-ws", "--workers=1"),
                    *(f"--host={LOOPBACK}", f"--port={port}", "--log-level=error"),
                )
            )
        for number in (1, 2):
            worker = ("worker", "--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle")
            self.others.append(self._start(*CELERY, *worker, f"--hostname=node{number}"))
            self.others.append(self._start(*CELERY, "beat", f"--schedule={self.folder / f'beat{number}'}"))
        self.others.append(self._nginx(ports))
        wait_until(
            lambda: all(self._health(port) == 200 for port in ports) and self.get("/health")[0] == 200,
            "the nodes are up",
        )
        return self

    def stop(self) -> None:
        for process in [*self.web, *self.others]:
            self.kill(process)

    def kill(self, process: subprocess.Popen) -> None:
        """End a program at once, with the processes that it started."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def get(self, path: str, headers: dict | None = None) -> tuple[int, dict, bytes]:
        return self._send(urllib.request.Request(f"https://{LOOPBACK}:{self.port}{path}", headers=self._with(headers)))

    def post(self, path: str, body: dict, headers: dict | None = None) -> tuple[int, dict]:
        """The status of the answer and its JSON."""
        headers = self._with(headers) | {"Content-Type": "application/json"}
        request = urllib.request.Request(f"https://{LOOPBACK}:{self.port}{path}", dumps(body).encode(), headers)
        status, _headers, content = self._send(request)
        return status, loads(content)

    def first_lines_of(self, path: str, until: str, headers: dict | None = None) -> str:
        """What a stream says up to and with a text."""
        request = urllib.request.Request(f"https://{LOOPBACK}:{self.port}{path}", headers=self._with(headers))
        said = ""
        with urllib.request.urlopen(request, timeout=20, context=_TRUSTING) as answer:
            while until not in said:
                said += answer.readline().decode()
        return said

    def _send(self, request: urllib.request.Request) -> tuple[int, dict, bytes]:
        try:
            with urllib.request.urlopen(request, timeout=30, context=_TRUSTING) as answer:
                return answer.status, _named(answer.headers), answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, _named(refusal.headers), refusal.read()
        except (OSError, HTTPException):
            return 0, {}, b""

    def _with(self, headers: dict | None) -> dict:
        return {"Host": HOST} | (headers or {})

    def _health(self, port: int) -> int:
        try:
            request = urllib.request.Request(f"http://{LOOPBACK}:{port}/health", headers={"Host": HOST})
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status
        except OSError:
            return 0

    def _start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments], cwd=CHECKOUT, env=self.environment, start_new_session=True
        )

    def _nginx(self, ports: list[int]) -> subprocess.Popen:
        main = write_nginx(self.folder, ports, https=self.port)
        return subprocess.Popen(["nginx", "-p", str(self.folder), "-c", str(main)], start_new_session=True)


def write_nginx(folder: Path, ports: list[int], *, https: int) -> Path:
    """The product's file with this machine's ports, nodes and a certificate of its own, in a configuration around it."""
    tls = folder / "tls"
    tls.mkdir()
    names = ["-keyout", str(tls / "key"), "-out", str(tls / "crt"), "-subj", f"/CN={HOST}"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *names],
        check=True,
        capture_output=True,
    )
    site = (CHECKOUT / "deploy" / "nginx" / "casino-club.conf").read_text()
    changes = {
        r"server 10\.0\.0\.11:8000": f"server {LOOPBACK}:{ports[0]}",
        r"server 10\.0\.0\.12:8000": f"server {LOOPBACK}:{ports[1]}",
        r"listen 80;": f"listen {LOOPBACK}:{free_port()};",
        r"listen 443 ": f"listen {LOOPBACK}:{https} ",
        r"/etc/nginx/tls/casino\.example\.crt": str(tls / "crt"),
        r"/etc/nginx/tls/casino\.example\.key": str(tls / "key"),
        r"/srv/casino-club/": f"{CHECKOUT}/",
    }
    for pattern, replacement in changes.items():
        site, count = re.subn(pattern, replacement, site)
        assert count, f"deploy/nginx/casino-club.conf no longer says {pattern}"
    (folder / "site.conf").write_text(site)
    temporary = "".join(
        f"    {name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off;\npid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\n"
        f"events {{}}\nhttp {{\n    access_log off;\n{temporary}    include {folder / 'site.conf'};\n}}\n"
    )
    return main


def _named(headers) -> dict[str, str]:
    """Headers by their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}


_TRUSTING = ssl.create_default_context()
_TRUSTING.check_hostname = False
_TRUSTING.verify_mode = ssl.CERT_NONE
