"""The files of `deploy/` are what nginx, systemd and compose accept, and name only settings that exist."""

import re
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml

from tests.deploy.nodes import write_nginx

CHECKOUT = Path(__file__).resolve().parents[2]
DEPLOY = CHECKOUT / "deploy"
SECRETS = ["deploy/compose/.env", "deploy/compose/.env.production", "deploy/compose/tls/casino.example.key"]


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())


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


def test_compose_starts_every_kind_of_process(compose):
    assert set(compose["services"]) == {"postgres", "redis", "migrate", "web", "worker", "beat", "nginx", "prometheus"}
    image = (DEPLOY / "compose" / "Dockerfile").read_text()
    for copied in re.findall(r"^COPY ((?:\S+ )+)", image, re.MULTILINE):
        for name in copied.split():
            assert (CHECKOUT / name).exists(), name


def test_in_compose_nginx_alone_is_a_trusted_proxy_at_an_address_that_nobody_else_is_given(compose):
    network = compose["networks"]["default"]["ipam"]["config"][0]
    nginx = compose["services"]["nginx"]["networks"]["default"]["ipv4_address"]

    assert ip_address(nginx) in ip_network(network["subnet"])
    assert ip_address(nginx) not in ip_network(network["ip_range"])
    for name in ("web", "worker", "beat", "migrate"):
        assert compose["services"][name]["environment"]["TRUSTED_PROXIES"] == nginx, name


def test_in_compose_prometheus_reaches_what_every_kind_of_process_counted(compose):
    (job,) = yaml.safe_load((DEPLOY / "prometheus" / "compose.yml").read_text())["scrape_configs"]
    asked = {name: each["port"] for each in job["dns_sd_configs"] for name in each["names"]}
    folder = re.search(r"PROMETHEUS_MULTIPROC_DIR=(\S+)", (DEPLOY / "compose" / "Dockerfile").read_text())[1]

    assert asked.keys() == {"web", "worker", "beat"}
    assert asked["web"] == 8000
    for name in ("worker", "beat"):
        assert asked[name] == compose["services"][name]["environment"]["METRICS_PORT"], name
    # Process ids begin anew in each container: no two may count into one folder, nor one into what it left behind.
    for name in asked:
        assert [mount.partition(":")[0] for mount in compose["services"][name]["tmpfs"]] == [folder], name
        assert "volumes" not in compose["services"][name], name


def test_compose_builds_its_image_once_and_migrates_only_where_the_network_reaches_the_database(compose):
    services = compose["services"]

    assert [name for name, service in services.items() if "build" in service] == ["migrate"]
    # The server that passes while the image makes its database listens on its socket only.
    assert "--host=127.0.0.1" in services["postgres"]["healthcheck"]["test"]
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


@pytest.mark.parametrize("process", ["web", "worker", "beat"])
def test_in_compose_redis_outlives_those_who_finish_their_work_with_it(compose, process):
    assert set(compose["services"][process]["depends_on"]) == {"migrate", "redis"}


def test_in_compose_nginx_asks_again_where_the_nodes_are():
    upstream = re.search(r"upstream casino_club {(.*?)\n}", (DEPLOY / "compose" / "nginx.conf").read_text(), re.DOTALL)[
        1
    ]

    assert re.search(r"^ +server web:8000 resolve", upstream, re.MULTILINE)
    assert {"zone", "resolver"} <= set(re.findall(r"^ +(\w+) ", upstream, re.MULTILINE))


@pytest.mark.parametrize("secret", SECRETS)
def test_an_operators_secrets_get_neither_into_git_nor_into_the_image(secret):
    kept_out = (CHECKOUT / ".gitignore").read_text().splitlines()
    assert any(Path(secret).match(line) or secret.startswith(line) for line in kept_out)
    kept_out = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert any(Path(secret).match(line.removeprefix("**/")) or secret.startswith(f"{line}/") for line in kept_out)


def test_what_git_does_not_hold_does_not_get_into_the_image():
    unheld = {line.strip("/") for line in (CHECKOUT / ".gitignore").read_text().splitlines()}
    kept_out = {line.removeprefix("**/") for line in (CHECKOUT / ".dockerignore").read_text().splitlines()}

    assert {".venv", "var", ".env", "__pycache__"} <= unheld & kept_out
    assert ".git" in kept_out


def test_the_nodes_environment_says_the_same_to_a_shell_as_to_systemd_and_compose():
    example = DEPLOY / "casino-club.env.example"
    written = dict(re.findall(r"^([A-Z_]+)='?(.*?)'?$", example.read_text(), re.MULTILINE))

    sourced = subprocess.run(
        ["sh", "-euc", f"set -a; . {example}; exec env -0"], env={}, capture_output=True, text=True, check=False
    )

    assert sourced.returncode == 0, sourced.stderr
    assert written.items() <= dict(pair.split("=", 1) for pair in sourced.stdout.split("\0") if pair).items()


def test_units_write_only_where_their_sandbox_lets_them():
    for unit in (DEPLOY / "systemd").glob("*.service"):
        text = unit.read_text()
        writes = re.findall(r"--schedule=(/\S+)|backup\.sh (/\S+)", text)
        may = re.search(r"ReadWritePaths=(.*)", text)
        for path in filter(None, (part for pair in writes for part in pair)):
            private = path.startswith("/tmp/") and "PrivateTmp=yes" in text  # noqa: S108 - the unit's own
            assert private or path in may[1].split(), (unit.name, path)


@pytest.mark.parametrize("name", ["casino-club.env.example"])
def test_the_nodes_environment_names_settings_that_exist(name):
    known = set(re.findall(r"^# ?([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(), re.MULTILINE))
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / name).read_text(), re.MULTILINE))

    assert named <= known


@pytest.mark.parametrize(
    ("unit", "process"),
    [
        ("web", "granian casino_club.asgi:application --interface=asginl "),
        ("worker", "celery --quiet --app=casino_club worker --pool=threads "),
        ("beat", "celery --quiet --app=casino_club beat --schedule="),
    ],
)
def test_units_start_what_make_run_starts(unit, process):
    text = (DEPLOY / "systemd" / f"casino-club-{unit}.service").read_text()

    (command,) = re.findall(r"^ExecStart=/srv/casino-club/\.venv/bin/(.+)$", text, re.MULTILINE)
    assert command.startswith(process)
