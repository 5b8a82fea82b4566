"""Beat's small duties on the ground floor."""

from celery import shared_task

from casino_club.core import alert_mail, alerts, clock, heartbeat, idempotency


@shared_task(name="core.heartbeat")
def beat_heartbeat() -> None:
    heartbeat.beat(now=clock.now())


@shared_task(name="core.purge_idempotency_records")
def purge_idempotency_records() -> None:
    idempotency.purge(now=clock.now())


@shared_task(name="core.resolve_alerts")
def resolve_alerts() -> None:
    alerts.resolve_passed(now=clock.now())


@shared_task(name="core.send_alert_mails")
def send_alert_mails() -> None:
    alert_mail.send_due(now=clock.now())
