"""Alerts: one row while it lasts, mailed once when critical, over by itself, acknowledged by a name."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import translation

from casino_club.core import alert_mail, alert_rules, alerts, clock, heartbeat, redis
from casino_club.core.errors import NotFound
from casino_club.core.models import Alert
from tests import factories
from tests.core.audited import events_of

pytestmark = pytest.mark.django_db
NOW = clock.now()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mailed_to(settings):
    settings.ALERT_EMAILS = ["night@casino.example"]


FAILED = "%(failed)d of %(total)d payments of the last hour failed."


def raised(rule="payment_failures", now=NOW, message="Something is wrong.", **more) -> Alert:
    alerts.raise_alert(rule=rule, message=message, now=now, **more)
    return Alert.objects.get(rule=rule, resolved_at=None, key=more.get("key", ""))


def test_every_rule_has_its_runbook_and_every_runbook_its_rule():
    written = {path.stem for path in (settings.BASE_DIR / "docs" / "runbooks").glob("*.md")} - {"README"}

    assert set(alert_rules.RULES) <= written


def test_a_rule_that_is_in_no_list_is_a_defect():
    with pytest.raises(ValueError, match="alert_rules"):
        raised("made_up")


def test_while_it_lasts_an_alert_is_one_row_and_its_severity_the_rules():
    for minute in range(3):
        alert = raised(now=NOW + minute * MINUTE)

    assert Alert.objects.count() == 1
    assert (alert.times, alert.severity, alert.raised_at) == (3, "critical", NOW)
    assert alert.last_seen_at == NOW + 2 * MINUTE


def test_one_row_is_read_in_every_readers_language():
    raised(message=FAILED, facts={"failed": 3, "total": 9})
    alert = raised(message=FAILED, facts={"failed": 4, "total": 10})

    with translation.override("en"):
        assert alert.text == "4 of 10 payments of the last hour failed."
    with translation.override("ko"):
        assert alert.text == "지난 한 시간 결제 10건 가운데 4건이 실패했어요."


def test_several_sentences_are_each_read_in_that_language():
    with translation.override("en"):  # the language of whoever comes across it is nobody's concern
        alert = raised(message=f"A player (not an operator) has no wallet.\n{FAILED}", facts={"failed": 4, "total": 10})

    with translation.override("ko"):
        assert alert.text == "운영자가 아닌 플레이어에게 지갑이 없어요. 지난 한 시간 결제 10건 가운데 4건이 실패했어요."


@pytest.mark.parametrize("said", ["acme: 7 % of 9 failed", "odds: %(sample)s of 100%", "%d", ""])
def test_an_alert_without_facts_says_what_its_message_says(said):
    assert Alert(message=said).text == said


@pytest.mark.parametrize("facts", [{"failed": 4}, {"failed": "four", "total": 10}, ["failed"], {"else": None}])
def test_facts_that_do_not_fit_never_break_a_page(facts):
    with translation.override("en"):
        assert Alert(message=FAILED, facts=facts).text == FAILED
        assert Alert(message="100% of %(total)d", facts={"total": 10}).text == "100% of %(total)d"


@pytest.mark.parametrize("hostile", ["%(total)s", "%s %d %", "<script>alert(1)</script>", "\u202e보석 '--", "x" * 5000])
def test_what_strangers_wrote_into_a_fact_stays_text(hostile):
    alert = raised(message="%(provider)s does not answer.", facts={"provider": hostile})

    with translation.override("en"):
        assert alert.text == f"{hostile[: alerts.FACT_MOST]} does not answer."


def test_what_was_not_seen_for_the_rules_own_time_has_passed():
    lasts = alert_rules.RULES["payment_failures"].lasts
    passing, staying = raised(), raised("ledger_violation", key="one_wallet")

    assert alerts.resolve_passed(now=NOW + lasts - MINUTE) == 0
    assert alerts.resolve_passed(now=NOW + lasts) == 1
    assert alerts.resolve_passed(now=NOW + lasts) == 0

    passing.refresh_from_db()
    assert passing.resolved_at == NOW + lasts
    assert raised("ledger_violation", key="one_wallet").pk == staying.pk, "its feature resolves it"
    assert raised(now=NOW + 2 * lasts).pk != passing.pk


def test_the_first_to_acknowledge_is_named_and_audited():
    first, second = factories.operator(role="support"), factories.operator(role="security")
    alert = raised()

    alerts.acknowledge(alert_id=alert.pk, operator_id=first.pk, now=NOW + MINUTE)
    again = alerts.acknowledge(alert_id=alert.pk, operator_id=second.pk, now=NOW + 2 * MINUTE)

    assert (again.acknowledged_by, again.acknowledged_at) == (first, NOW + MINUTE)
    (event,) = [row for row in events_of(alert) if row.acknowledged_at]
    assert event.pgh_context.metadata["operator"] == first.pk
    with pytest.raises(NotFound):
        alerts.acknowledge(alert_id=0, operator_id=first.pk, now=NOW)


def test_open_alerts_come_by_weight_and_those_without_an_operator_first():
    factories_own = factories.operator()
    raised("stock_at_zero")
    looked_after = raised("payment_failures")
    raised("ledger_violation", now=NOW - MINUTE)
    alerts.acknowledge(alert_id=looked_after.pk, operator_id=factories_own.pk, now=NOW)

    assert [alert.rule for alert in alerts.open_alerts()] == ["ledger_violation", "payment_failures", "stock_at_zero"]


def test_a_critical_alert_is_mailed_once_however_often_it_is_seen(mailed_to):
    raised()
    assert (alert_mail.send_due(now=NOW), alert_mail.send_due(now=NOW)) == (1, 0)
    raised(now=NOW + MINUTE)
    alert_mail.send_due(now=NOW + MINUTE)

    (message,) = mail.outbox
    assert message.to == ["night@casino.example"]
    assert "카드 결제" in message.subject
    assert "docs/runbooks/payment_failures.md" in message.body
    assert Alert.objects.get().mailed_at == NOW


def test_a_mail_is_written_in_the_houses_language(mailed_to):
    with translation.override("en"):
        raised(message=FAILED, facts={"failed": 4, "total": 10})
        alert_mail.send_due(now=NOW)

    assert mail.outbox[0].body.startswith("지난 한 시간 결제 10건 가운데 4건이 실패했어요.\n")


def test_one_that_becomes_critical_is_mailed_then(mailed_to):
    raised(severity="warning")
    assert alert_mail.send_due(now=NOW) == 0
    raised(severity="critical", now=NOW + MINUTE)
    assert alert_mail.send_due(now=NOW + MINUTE) == 1


@pytest.mark.parametrize("severity", ["info", "warning"])
def test_what_is_not_critical_is_not_mailed(mailed_to, severity):
    raised(severity=severity)
    assert alert_mail.send_due(now=NOW) == 0


def test_nobody_to_mail_to_means_no_mail():
    raised()
    assert alert_mail.send_due(now=NOW) == 0


def test_a_mail_that_cannot_be_sent_is_tried_again_later_and_at_last_given_up(mailed_to, monkeypatch):
    def broken(self, messages):
        raise SMTPServerDisconnected

    raised()
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", broken)
        assert alert_mail.send_due(now=NOW) == 0
    assert alert_mail.send_due(now=NOW) == 0, "put off"
    assert alert_mail.send_due(now=NOW + MINUTE) == 1

    raised("ledger_violation")
    monkeypatch.setattr(EmailBackend, "send_messages", broken)
    for hour in range(alert_mail.MOST_ATTEMPTS + 2):
        alert_mail.send_due(now=NOW + timedelta(hours=hour))
    given_up = Alert.objects.get(rule="ledger_violation")
    assert (given_up.mail_due_at, given_up.mail_attempts) == (None, alert_mail.MOST_ATTEMPTS)


def test_a_silent_worker_is_alerted_of_after_a_while_and_the_first_beat_ends_it():
    assert not heartbeat.watch(now=NOW), "just started: silent, and no alert yet"
    heartbeat.watch(now=NOW + heartbeat.ALERT_AFTER - MINUTE / 60)
    assert not Alert.objects.exists()
    heartbeat.watch(now=NOW + heartbeat.ALERT_AFTER)
    alert = Alert.objects.get()
    assert (alert.rule, alert.text) == ("worker_heartbeat", f"{NOW:%Y-%m-%d %H:%M:%S}(UTC)부터 워커의 신호가 없어요.")

    heartbeat.beat(now=NOW + 3 * MINUTE)

    assert heartbeat.watch(now=NOW + 3 * MINUTE)
    assert Alert.objects.get().resolved_at == NOW + 3 * MINUTE
    redis.client().delete(heartbeat.KEY)
    heartbeat.watch(now=NOW + 9 * MINUTE)
    assert Alert.objects.filter(resolved_at=None).count() == 0, "Redis was emptied: a new silence begins anew"


def test_a_worker_that_dies_is_silent_since_its_last_beat():
    heartbeat.beat(now=NOW)

    assert heartbeat.watch(now=NOW + heartbeat.FRESH - MINUTE / 60)
    assert not heartbeat.watch(now=NOW + heartbeat.FRESH)
    assert not Alert.objects.exists()
    assert not heartbeat.watch(now=NOW + heartbeat.ALERT_AFTER)
    assert Alert.objects.get().facts == {"since": f"{NOW:%Y-%m-%d %H:%M:%S}"}


def test_ready_watches_the_worker(client):
    heartbeat.watch(now=NOW - timedelta(hours=1))
    assert client.get("/ready").json()["worker"] == "silent"
    assert Alert.objects.filter(rule="worker_heartbeat", resolved_at=None).exists()
