"""The embedded PostgreSQL: a cluster made whole or not at all, on loopback, by password."""

import shutil
import signal
import subprocess
from urllib.parse import quote

import psycopg
from psycopg import sql

from casino_club.local import processes
from casino_club.local.home import Home, LocalError
from casino_club.local.ports import free_port
from casino_club.local.programs import Program

USER = DATABASE = "casino_club"
MAJOR = "18"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    # Refused statements are the product's to report; what remains is what its operator must see.
    "log_min_messages": "fatal",
}
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "500",  # several test processes, each with a crowd of its own
}


class Postgres:
    """PostgreSQL on a home's data. `url` holds for the lifetime of this object, over restarts too."""

    name = "postgres"

    def __init__(self, home: Home, *, throwaway: bool = False):
        self.home = home
        self.data = home.path / "postgres"
        self.port = free_port()
        self.url = f"postgresql://{USER}:{quote(home.password)}@127.0.0.1:{self.port}/{DATABASE}"
        self._throwaway = throwaway

    def program(self) -> Program:
        settings = SETTINGS | (THROWAWAY_SETTINGS if self._throwaway else {})
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name=self.name,
            argv=[str(self.home.postgres_bin / "postgres"), "-D", str(self.data), "-p", str(self.port), *options],
            environment=self.home.environment(),
            folder=self.home.path,
            stop_signal=signal.SIGINT,  # "fast": open sessions are ended, everything is written
            popen_options=self.home.owner.popen_options(),
            before_start=self._make_startable,
        )

    def is_ready(self) -> bool:
        """Whether the postmaster says so in its own file (asking by connecting would fill its log with refusals)."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[3] == str(self.port) and lines[7].strip() == "ready"

    def complete(self) -> None:
        """Make the database if an interrupted first start left none."""
        with psycopg.connect(self.url.removesuffix(DATABASE) + "postgres", autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _make_startable(self) -> None:
        if not self.data.exists():
            self._make_cluster()
        written_by = (self.data / "PG_VERSION").read_text().strip()
        if written_by != MAJOR:
            raise LocalError(f"The data in {self.data} is PostgreSQL {written_by}'s and needs an upgrade to {MAJOR}.")
        # After a crash the number in postmaster.pid may belong to a stranger by now, and PostgreSQL would refuse to
        # start. It is removed only when nothing works in the folder.
        if not processes.working_in(self.data):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _make_cluster(self) -> None:
        draft = self.home.path / "postgres.new"
        shutil.rmtree(draft, ignore_errors=True)
        self.home.folder(draft.name)
        command = [
            str(self.home.postgres_bin / "initdb"),
            f"--pgdata={draft}",
            f"--username={USER}",
            "--auth=scram-sha-256",
            f"--pwfile={self.home.path / 'password'}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-instructions",
            *(["--no-sync"] if self._throwaway else []),
        ]
        made = subprocess.run(
            command,
            env=self.home.environment(),
            cwd=self.home.path,
            capture_output=True,
            start_new_session=True,
            check=False,
            **self.home.owner.popen_options(),
        )
        if made.returncode:
            raise LocalError(f"PostgreSQL's data folder cannot be made: {_last_line(made.stderr or made.stdout)}")
        draft.rename(self.data)


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "initdb said nothing."
