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


# What counts the acts of each `services` module, and what times them: its own, or that of the door, the task or the ledger
# that every act of it goes through.
DOOR, TASK = "http_feature_seconds", "celery_task_seconds"
MEASURED = {
    "accounts.care": ("operator_acts_total", DOOR),
    "accounts.imports": ("users_imported_total", DOOR),
    "accounts.inbox": ("notifications_total", DOOR),
    "accounts.invites": ("invite_codes_used_total", DOOR),
    "accounts.lockout": ("sign_ins_total", DOOR),
    "accounts.recovery": ("password_reset_mails_total", TASK),
    "accounts.sessions": ("sessions_begun_total", DOOR),
    "accounts.signin": ("sign_ins_total", DOOR),
    "accounts.telemetry": ("telemetry_events_total", "telemetry_flush_seconds"),
    "accounts.twofactor": ("second_factor_checks_total", "second_factor_check_seconds"),
    "accounts.users": ("account_acts_total", DOOR),
    "casino_club.web.privacy": ("account_exports_total", "account_export_seconds"),
    "casino_club.web.users": ("users_imported_total", DOOR),
    "economy.approvals": ("approvals_decided_total", "approval_execution_seconds"),
    "economy.fraud": ("fraud_decisions_total", "fraud_assessment_seconds"),
    "economy.grants": ("operator_grants_total", "operator_grant_seconds"),
    "economy.house": ("house_hours_folded_total", "house_fold_seconds"),
    "economy.ledger": ("ledger_entries_total", DOOR),
    "economy.limits": ("self_limits_set_total", DOOR),
    "economy.onboarding": ("sign_ups_total", DOOR),
    "economy.payments": ("payment_operator_acts_total", "payment_settling_duration_seconds"),
    "economy.policy": ("reward_policies_published_total", DOOR),
    "economy.reconcile": ("celery_tasks_total", "reconcile_duration_seconds"),
    "economy.rewards": ("rewards_total", DOOR),
    "economy.safetynet": ("rewards_total", DOOR),
    "economy.seasons": ("seasons_scheduled_total", DOOR),
    "economy.segments": ("segment_changes_total", "segmentation_seconds"),
    "economy.shop": ("shop_orders_total", "shop_order_duration_seconds"),
    "economy.streaks": ("streak_days_total", DOOR),
    "economy.vip": ("rewards_total", DOOR),
    "economy.webhooks": ("webhook_published_total", "webhook_delivery_seconds"),
    "events.battlepass": ("rewards_total", DOOR),
    "events.home": ("http_view_responses_total", DOOR),
    "events.live": ("event_participation_total", "event_mission_request_seconds"),
    "events.missions": ("mission_completion_total", "event_mission_request_seconds"),
    "games.crash": ("game_rounds_total", DOOR),
    "games.fairness": ("seed_pairs_total", DOOR),
    "games.gacha": ("game_rounds_total", DOOR),
    "games.odds": ("odds_rounds_observed_total", TASK),
    "games.publicity": ("name_publicity_acts_total", DOOR),
    "games.rankings": ("rankings_closed_total", TASK),
    "games.rounds": ("game_rounds_total", "stats_update_latency_seconds"),
    "games.rps": ("game_rounds_total", DOOR),
    "games.slot": ("game_rounds_total", DOOR),
    "games.stats": ("stats_healed_total", "stats_recalc_duration_seconds"),
}
# A fresh house's content and the development reset, and synthetic players: nobody watches them.
UNWATCHED = {"casino_club.web.dev", "casino_club.web.seed", "economy.devreset", "economy.simulation", "events.demo"}


def test_every_service_is_counted_and_timed(known):
    services = {
        ".".join(path.relative_to(CHECKOUT).parts[:-1])
        for package in ("accounts", "casino_club", "economy", "events", "games")
        for path in (CHECKOUT / package).rglob("services.py")
    }

    assert services == MEASURED.keys() | UNWATCHED
    for service, (counter, histogram) in MEASURED.items():
        assert counter in known, service
        assert f"{histogram}_bucket" in known, service
