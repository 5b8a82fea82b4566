"""A backup restored into a new database holds the same books, and says so itself."""

import os
import subprocess
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from casino_club.core import clock
from casino_club.local.home import prepared
from casino_club.local.pytest_plugin import HOME
from economy.ledger.models import Wallet
from economy.streaks.rules import Action
from economy.streaks.services import claim
from tests import factories
from tests.databases import database_url
from tests.deploy.nodes import production

pytestmark = pytest.mark.django_db(transaction=True)
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tools(needs):
    """The environment of the scripts: PostgreSQL's own programs, of the embedded server or of the machine."""
    if HOME in os.environ:
        return {"PG_BIN": str(prepared(Path(os.environ[HOME])).postgres_bin)}
    needs("pg_dump", "pg_restore", "psql")
    return {}


@pytest.fixture
def new_database():
    name = f"{connection.settings_dict['NAME']}_restored"
    with psycopg.connect(database_url(), autocommit=True) as administrator:
        administrator.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        administrator.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        yield name
        administrator.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_restored_backup_has_the_same_balances_and_sound_books(tools, new_database, tmp_path):
    for _ in range(5):
        claim(player_id=factories.player().pk, action=Action.DAILY_LOGIN, now=clock.now())
    balances = list(Wallet.objects.order_by("pk").values_list("player_id", "gold", "gems", "xp", "vip_points"))
    environment = production() | tools

    made = script("backup.sh", str(tmp_path / "backups"), environment=environment)
    dump = made.stdout.strip()
    restored = script("restore.sh", dump, environment=environment | {"DATABASE_URL": database_url(new_database)})

    assert (made.returncode, restored.returncode) == (0, 0), made.stderr + restored.stderr
    assert Path(dump).stat().st_mode & 0o077 == 0
    with psycopg.connect(database_url(new_database)) as copy:
        kept = copy.execute(
            "SELECT player_id, gold, gems, xp, vip_points FROM economy_wallet ORDER BY player_id"
        ).fetchall()
        assert kept == balances
        with pytest.raises(psycopg.errors.RaiseException):
            copy.execute("UPDATE economy_entry SET amount = amount + 1")
    again = script("restore.sh", dump, environment=environment | {"DATABASE_URL": database_url(new_database)})
    assert again.returncode == 1
    assert "into an empty one" in again.stderr


def script(name: str, argument: str, *, environment: dict) -> subprocess.CompletedProcess:
    python = {"PYTHON": str(CHECKOUT / ".venv" / "bin" / "python")}
    return subprocess.run(
        [str(CHECKOUT / "deploy" / name), argument],
        env=environment | python,
        capture_output=True,
        text=True,
        check=False,
    )
