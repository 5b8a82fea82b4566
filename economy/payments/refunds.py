"""Money that goes back: asked for by an operator, carried by a job, done once the provider has done it.

Goods are taken back together with the provider's confirmation, so that a purchase is refunded exactly when its money is.
"""

import uuid
from datetime import datetime
from functools import partial

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.inbox.services import notify
from casino_club.core import audit
from casino_club.core.errors import DomainError
from economy.ledger import services as ledger
from economy.payments import rules, watch
from economy.payments.models import PaymentRefund, PaymentSession, RefundStatus
from economy.payments.provider import ProviderRefused, ProviderUnavailable
from economy.payments.providers import PROVIDERS
from economy.shop import services as shop
from economy.shop.models import Purchase
from economy.shop.rules import LATE, Status

log = structlog.get_logger(__name__)
BATCH = 20
BY_HAND = "none"
REFUNDABLE = (Status.PAID, Status.GRANTED)


class RefundUnderWay(DomainError):
    code = "refund_under_way"
    message = _("A refund of this purchase is on its way already.")


def ask(*, purchase: Purchase, amount: int, operator_id: int, reason: str, now: datetime) -> PaymentRefund:
    """Have a paid purchase refunded, audited. What no provider took (gems, settled by hand) is undone at once.

    Raises PurchaseClosed, RefundTooLarge, RefundUnderWay.
    """
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        ledger.lock_wallet(purchase.user_id)
        purchase.refresh_from_db()
        if purchase.status not in REFUNDABLE:
            raise shop.PurchaseClosed(extra={"status": purchase.status})
        if not 1 <= amount <= purchase.amount:
            raise shop.RefundTooLarge(extra={"amount": purchase.amount})
        if purchase.payment_refunds.exclude(status=RefundStatus.REFUSED).exists():
            raise RefundUnderWay
        refund = _queue(purchase, amount=amount, reason=reason, operator_id=operator_id, now=now)
        if not PaymentSession.objects.filter(pk=purchase.pk).exists():
            finish(refund, now=now)
            refund.refresh_from_db()
        transaction.on_commit(watch.acts_total.labels("refund").inc)
        return refund


def ask_back_late(*, purchase: Purchase, receipt_id: str, now: datetime) -> None:
    """Give back, in full, a payment that came when the purchase could no longer be delivered."""
    _queue(purchase, amount=purchase.amount, reason=LATE, late_receipt_id=receipt_id, now=now)


def send_due(*, now: datetime) -> int:
    """Carry due refunds to their providers; returns how many were done. Several jobs at once share them."""
    done = 0
    while leased := _lease(now):
        done += sum(_send(refund, now) for refund in leased)
    return done


def finish(refund: PaymentRefund, *, now: datetime) -> None:
    """The money has gone back: so do the goods, once, however often and by whichever way this is said."""
    with transaction.atomic(), audit.acting(operator_id=refund.operator_id, reason=refund.reason):
        if refund.late_receipt_id is None:
            shop.refund(
                purchase_id=refund.purchase_id,
                amount=refund.amount,
                operator_id=refund.operator_id,
                reason=refund.reason,
                now=now,
            )
        if not _close(refund, RefundStatus.SUCCEEDED, now=now):
            return
        tell_refunded(refund.purchase, amount=refund.amount, late=refund.late_receipt_id is not None, now=now)


def tell_refunded(purchase: Purchase, *, amount: int, late: bool = False, now: datetime) -> None:
    """Tell the player, in the refund's own transaction."""
    kind = rules.GIVEN_BACK_LATE if late else rules.REFUNDED
    notify(
        player_id=purchase.user_id,
        kind=kind.name,
        params={"amount": f"{amount:,}"},
        key=f"{kind.name}:{purchase.pk}",
        now=now,
    )


def _queue(purchase: Purchase, **fields) -> PaymentRefund:
    now = fields.pop("now")
    return PaymentRefund.objects.create(
        purchase=purchase, key=f"refund-{uuid.uuid4().hex}", created_at=now, due_at=now, **fields
    )


def _lease(now: datetime) -> list[PaymentRefund]:
    """Take some due refunds, each put off meanwhile, so that one lost with its worker comes again."""
    with transaction.atomic():
        due = list(
            PaymentRefund.objects.select_for_update(skip_locked=True)
            .filter(status=RefundStatus.ASKED, due_at__lte=now)
            .order_by("due_at")[:BATCH]
        )
        for refund in due:
            refund.due_at = now + rules.pause_after(refund.attempts)
            refund.attempts += 1
        PaymentRefund.objects.bulk_update(due, ["due_at", "attempts"])
    return due


def _send(refund: PaymentRefund, now: datetime) -> bool:
    """One attempt, outside any transaction."""
    session = refund.purchase.payment_session
    try:
        with watch.asking(session.provider, "refund", now=now):
            PROVIDERS[session.provider].refund(session.external_id, amount=refund.amount, key=refund.key)
    except ProviderUnavailable:
        PaymentRefund.objects.filter(pk=refund.pk).update(last_error=ProviderUnavailable.code)
        if refund.attempts >= rules.WORRY_AFTER_ATTEMPTS:
            watch.worry(
                refund.purchase,
                gettext_noop(
                    "Purchase %(purchase)d: its refund was not taken in %(attempts)d attempts; it goes on being tried."
                ),
                {"attempts": refund.attempts},
                rule=watch.REFUND_STUCK,
                now=now,
            )
        return False
    except ProviderRefused as refusal:
        with transaction.atomic():
            if _close(refund, RefundStatus.REFUSED, now=now, last_error=refusal.reason[:200]):
                message = gettext_noop("Purchase %(purchase)d: the provider refused its refund (%(reason)s).")
                watch.worry(refund.purchase, message, {"reason": refusal.reason}, now=now)
        return False
    finish(refund, now=now)
    watch.calm(refund.purchase_id, now=now)
    return True


def _close(refund: PaymentRefund, status: RefundStatus, *, now: datetime, last_error: str = "") -> bool:
    """Bring an asked refund to its end; False when it had come to one."""
    asked = PaymentRefund.objects.filter(pk=refund.pk, status=RefundStatus.ASKED)
    if not asked.update(status=status, settled_at=now, last_error=last_error):
        return False
    session = PaymentSession.objects.filter(pk=refund.purchase_id).first()
    provider = session.provider if session else BY_HAND
    transaction.on_commit(partial(_count, provider, status))
    log.info("payment_refund_closed", purchase=refund.purchase_id, amount=refund.amount, status=status)
    return True


def _count(provider: str, status: RefundStatus) -> None:
    watch.refunds_total.labels(provider, status.value).inc()
