"""Dashboards and rules name only metrics and labels that the product has, and every alert has its runbook."""

import json
import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from django.test import Client
from prometheus_client import REGISTRY

from casino_club.celery import app as celery
from casino_club.core.metrics import HOUSE

CHECKOUT = Path(__file__).resolve().parents[2]
DEPLOY = CHECKOUT / "deploy"
PROMETHEUS = DEPLOY / "prometheus"
WORDS = {"sum", "rate", "increase", "max", "by", "or", "absent", "min", "vector", "histogram_quantile", "up", "le"}


def rules(name: str) -> list[dict]:
    return [rule for group in yaml.safe_load((PROMETHEUS / name).read_text())["groups"] for rule in group["rules"]]


def expressions() -> list[str]:
    board = json.loads((DEPLOY / "grafana" / "casino-club.json").read_text())
    drawn = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return drawn + [rule["expr"] for rule in [*rules("recording.yml"), *rules("alerts.yml")]]


@pytest.fixture(scope="module")
def known() -> dict[str, set[str]]:
    """Every sample name that the product can export, with its labels."""
    import_module("casino_club.asgi")
    celery.loader.import_default_modules()
    Client().get("/health")
    names: dict[str, set[str]] = {}
    for collector in {*REGISTRY._names_to_collectors.values(), *HOUSE._names_to_collectors.values()}:
        labels = set(getattr(collector, "_labelnames", ()))
        for metric in collector.describe() if hasattr(collector, "describe") else collector.collect():
            suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(metric.type, [""])
            names |= {f"{metric.name}{suffix}": labels for suffix in suffixes}
    return names | {rule["record"]: set() for rule in rules("recording.yml")}


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_names_what_exists(expression, known):
    without_values = re.sub(r'"[^"]*"', '""', expression)
    grouped = set(re.findall(r"by \(([^)]*)\)", without_values))
    labels = {name.strip() for group in grouped for name in group.split(",")} - {"le", ""}
    labels |= set(re.findall(r"(\w+)=~?\"", without_values)) - {"job"}
    bare = re.sub(r"by \([^)]*\)|\{[^}]*\}|\[[^\]]*\]", "", without_values)
    metrics = set(re.findall(r"[a-z_]\w*", bare)) - WORDS

    assert metrics - set(known) == set()
    having = set().union(*(known[metric] for metric in metrics)) if metrics else labels
    assert labels <= having


def test_every_alert_has_a_runbook_of_its_own():
    for alert in rules("alerts.yml"):
        assert (CHECKOUT / alert["annotations"]["runbook"]).is_file()
        assert alert["labels"]["severity"] in ("warning", "critical")


def test_alerts_fire_when_they_should_and_only_then(needs):
    needs("promtool")

    checked = subprocess.run(
        ["promtool", "test", "rules", PROMETHEUS / "alerts_test.yml"], capture_output=True, text=True, check=False
    )
    tested = {
        case["alertname"]
        for test in yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text())["tests"]
        for case in test.get("alert_rule_test", [])
    }

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert tested == {alert["alert"] for alert in rules("alerts.yml")}


@pytest.mark.parametrize("name", ["prometheus.yml", "compose.yml"])
def test_promtool_accepts_the_configuration(needs, name):
    needs("promtool")

    checked = subprocess.run(
        ["promtool", "check", "config", PROMETHEUS / name], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr
