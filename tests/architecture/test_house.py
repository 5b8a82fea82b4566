"""The house holds itself: imports, one clock, small files, documented settings, complete migrations."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["casino_club", "accounts", "economy", "events", "games"]
SOURCES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]
CLOCK = ROOT / "casino_club" / "core" / "clock.py"
STRANGERS_CLOCK = ROOT / "economy" / "payments" / "sandbox" / "clock.py"  # a program that stands for another company


def contracts(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--config", ROOT / "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_imports_keep_the_contracts():
    checked = contracts(ROOT)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("place", "line", "contract"),
    [
        ("economy/ledger/services.py", "import games.slot.services", "floors"),
        ("games/slot/services.py", "import events", "floors"),
        ("economy/ledger/rules.py", "import economy.ledger.models", "rules know no rows"),
        ("economy/ledger/services.py", "import rest_framework", "no HTTP or queue below a door"),
        ("economy/ledger/selectors.py", "import economy.ledger.services", "selectors know no services"),
        ("economy/ledger/services.py", "import economy.streaks.services", "circle"),
        ("games/slot/services.py", "import accounts.users.models", "AUTH_USER_MODEL"),
    ],
)
def test_a_planted_import_against_the_contracts_is_caught(tmp_path, place, line, contract):
    for source in SOURCES:
        copy = tmp_path / source.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(source.read_text())
    planted = tmp_path / place
    planted.write_text(f"{planted.read_text()}\n{line}\n")

    checked = contracts(tmp_path)

    assert checked.returncode != 0
    assert any(contract in row and "BROKEN" in row for row in checked.stdout.splitlines()), checked.stdout


def test_nothing_but_the_clock_reads_the_systems_time():
    reading = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|timezone\.(now|localdate)\(|time\.time(_ns)?\(")

    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in SOURCES
        if path not in (CLOCK, STRANGERS_CLOCK)
        for line in path.read_text().splitlines()
        if reading.search(line)
    ]

    assert found == []


def test_rules_touch_neither_rows_nor_requests():
    touching = re.compile(r"(from|import) django\.(db|http|core\.cache)")

    assert [path for path in SOURCES if path.name == "rules.py" and touching.search(path.read_text())] == []


def test_no_file_is_longer_than_a_room():
    long = {str(path.relative_to(ROOT)): n for path in SOURCES if (n := len(path.read_text().splitlines())) > 400}

    assert long == {}


def test_every_setting_read_is_listed_with_its_default_and_explained():
    read = set()
    for path in SOURCES:
        read |= set(
            re.findall(r"env\.\w+\(\s*[\"']([A-Z0-9_]+)[\"']|networks\([\"']([A-Z0-9_]+)[\"']", path.read_text())
        )
    names = {first or second for first, second in read}
    example = set(re.findall(r"^# ([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    readme = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))

    assert names - example == set()
    assert names - readme == set()
    assert example - names - {"PORT"} == set()


def test_every_command_is_told_to_whom_operates_the_house():
    commands = {path.stem for path in SOURCES if path.parent.name == "commands"} - {"__init__"}
    told = set(re.findall(r"^\| `manage\.py (\w+)", (ROOT / "docs/operate.md").read_text(), re.MULTILINE))

    assert "reconcile" in commands
    assert commands - told == set()
    assert told - commands == set()


@pytest.mark.django_db
def test_migrations_hold_every_model():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())
