"""The embedded servers start whatever the last run left: half a cluster, a stale number, an old version."""

import socket
import stat
import subprocess

import psycopg
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from casino_club.local import servers, throwaway
from casino_club.local.home import LocalError
from casino_club.local.ports import LOOPBACK
from casino_club.local.postgres import Postgres
from casino_club.local.valkey import Valkey


@pytest.fixture
def home():
    with throwaway.home() as place:
        yield place


@pytest.fixture
def running(home):
    """Start servers on this test's home; they stop at the end."""
    children = []

    def start(*wanted):
        children.extend(servers.start(list(wanted), say=lambda name, line: None))
        return children

    yield start
    servers.stop(children, seconds=5)


def test_postgres_speaks_utf8_knows_more_than_ascii_and_wants_its_password(home, running):
    postgres = Postgres(home, throwaway=True)
    running(postgres)

    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT lower('ÄÖÜ'), current_setting('server_encoding')").fetchone() == (
            "äöü",
            "UTF8",
        )
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url.replace(home.password, "guess"))


def test_valkey_wants_its_password(home, running):
    valkey = Valkey(home, throwaway=True)
    running(valkey)

    with Redis.from_url(valkey.url.replace(home.password, "guess")) as client, pytest.raises(AuthenticationError):
        client.ping()


def test_passwords_are_for_their_owner_only(home, running):
    running(Valkey(home, throwaway=True))

    for name in ("password", "valkey.conf"):
        assert stat.S_IMODE((home.path / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.path.stat().st_mode) == 0o700


def test_a_cluster_that_was_interrupted_in_the_making_is_made_again(home, running):
    half = home.folder("postgres.new")
    (half / "PG_VERSION").write_text("18\n")
    postgres = Postgres(home, throwaway=True)

    running(postgres)

    assert psycopg.connect(postgres.url).execute("SELECT 1").fetchone() == (1,)
    assert not half.exists()


def test_a_stale_number_that_now_belongs_to_a_stranger_does_not_stop_the_start(home):
    servers.stop(servers.start([Postgres(home, throwaway=True)], say=lambda name, line: None), seconds=5)
    stranger = subprocess.Popen(["sleep", "600"], cwd="/", **home.owner.popen_options())
    try:
        (home.path / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{home.path / 'postgres'}\n0\n1\n\n\n")

        children = servers.start([Postgres(home, throwaway=True)], say=lambda name, line: None)

        assert servers.stop(children, seconds=5) == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_data_of_another_version_is_refused_in_one_sentence_and_left_alone(home):
    postgres = Postgres(home, throwaway=True)
    servers.stop(servers.start([postgres], say=lambda name, line: None), seconds=5)
    (home.path / "postgres" / "PG_VERSION").write_text("17\n")

    with pytest.raises(LocalError, match="needs an upgrade to 18"):
        servers.start([postgres], say=lambda name, line: None)

    assert (home.path / "postgres" / "base").exists()


def test_a_server_that_cannot_start_is_reported_and_the_other_stopped(home):
    postgres, valkey = Postgres(home, throwaway=True), Valkey(home, throwaway=True)
    with socket.create_server((LOOPBACK, 0)) as stranger:
        postgres.port = stranger.getsockname()[1]

        with pytest.raises(LocalError, match="postgres did not start"):
            servers.start([postgres, valkey], say=lambda name, line: None)

    assert not valkey.is_ready()


def test_homes_of_crashed_test_runs_are_cleared_away_and_living_ones_kept(home):
    abandoned = home.path.parent / f"{throwaway.PREFIX}abandoned"
    abandoned.mkdir()
    (abandoned / "lock").touch()

    throwaway.clear_abandoned(home.path.parent)

    assert not abandoned.exists()
    assert home.path.exists()
