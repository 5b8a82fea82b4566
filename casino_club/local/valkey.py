"""The embedded Valkey: on loopback, by password, its append-only file kept beside PostgreSQL's data."""

from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from casino_club.local.home import Home
from casino_club.local.ports import LOOPBACK, free_port
from casino_club.local.programs import Program


class Valkey:
    """Valkey on a home's data. `url` holds for the lifetime of this object, over restarts too."""

    def __init__(self, home: Home, *, throwaway: bool = False, name: str = "valkey"):
        self.home = home
        self.name = name
        self.port = free_port()
        self.url = f"redis://:{quote(home.password)}@{LOOPBACK}:{self.port}/0"
        self._throwaway = throwaway

    def program(self) -> Program:
        return Program(
            name=self.name,
            argv=[str(self.home.valkey_server), str(self.home.path / f"{self.name}.conf")],
            environment=self.home.environment(),
            folder=self.home.path,
            popen_options=self.home.owner.popen_options(),
            before_start=self._configure,
            # It forks to rewrite its file only, and a machine of one developer is not tuned for that.
            unsaid=("Memory overcommit must be enabled",),
        )

    def is_ready(self) -> bool:
        """Whether it answers; while it still loads its file it does not."""
        try:
            with Redis.from_url(self.url, socket_connect_timeout=1, socket_timeout=1) as client:
                return client.ping()
        except RedisError:
            return False

    def complete(self) -> None:
        """Nothing is left to do once it answers."""

    def _configure(self) -> None:
        settings = {
            "bind": LOOPBACK,
            "port": self.port,
            "requirepass": self.home.password,
            "dir": self.home.folder(self.name),
            "appendonly": "no" if self._throwaway else "yes",
            "save": '""',
            "daemonize": "no",
            "loglevel": "warning",
            # A changed title would overwrite the environment, and with it the mark that the process is known by.
            "set-proc-title": "no",
        }
        self.home.write(f"{self.name}.conf", "".join(f"{name} {value}\n" for name, value in settings.items()))
