"""The files of `deploy/` are what nginx, systemd and compose accept, and name only settings that exist."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.nodes import write_nginx

CHECKOUT = Path(__file__).resolve().parents[2]
DEPLOY = CHECKOUT / "deploy"


def test_nginx_accepts_its_file(needs, tmp_path):
    needs("nginx", "openssl")
    main = write_nginx(tmp_path, [8000, 8001], https=8443)

    checked = subprocess.run(["nginx", "-t", "-c", main], capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr


def test_systemd_accepts_the_units(needs, tmp_path):
    needs("systemd-analyze")
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text().replace("/srv/casino-club/.venv/bin/", "/usr/bin/env ")
        (tmp_path / unit.name).write_text(text.replace("/srv/casino-club/deploy/backup.sh", "/bin/true"))

    checked = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.iterdir()], capture_output=True, text=True, check=False
    )

    ours = [line for line in checked.stderr.splitlines() if "casino-club" in line]
    assert (checked.returncode, ours) == (0, [])


def test_compose_starts_every_kind_of_process():
    services = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())["services"]

    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "beat", "nginx"}
    image = (DEPLOY / "compose" / "Dockerfile").read_text()
    for copied in re.findall(r"^COPY ((?:\S+ )+)", image, re.MULTILINE):
        for name in copied.split():
            assert (CHECKOUT / name).exists(), name


@pytest.mark.parametrize("name", ["casino-club.env.example"])
def test_the_nodes_environment_names_settings_that_exist(name):
    known = set(re.findall(r"^# ?([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / name).read_text(), re.MULTILINE))

    assert named <= known


@pytest.mark.parametrize("process", ["granian casino_club.asgi:application", "worker --pool=threads", "celery"])
def test_units_start_what_make_run_starts(process):
    commands = "\n".join(unit.read_text() for unit in (DEPLOY / "systemd").glob("*.service"))

    assert process in commands
