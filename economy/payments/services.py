"""A payment's way: begun at a provider, settled by its message or by an operator, each step once.

The provider's word counts only for the session that was made for the purchase, in its amount and currency. What cannot
be applied is kept with the event, and operators are told: a message that we understood is never asked for again.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.inbox.rules import Kind
from accounts.inbox.services import notify
from casino_club.core import audit
from casino_club.core.errors import DomainError
from economy.ledger import services as ledger
from economy.payments import providers, refunds, rules, watch
from economy.payments.models import PaymentRefund, PaymentSession
from economy.payments.rules import Notice, NoticeKind, Order, Outcome, Session
from economy.shop import late, stock
from economy.shop import services as shop
from economy.shop.buying import UserLimit
from economy.shop.models import Purchase
from economy.shop.rules import AT_THE_PROVIDER, DECLINED, Status
from economy.webhooks import sources
from economy.webhooks.sources import InboundEvent

log = structlog.get_logger(__name__)
UNDELIVERABLE = (stock.OutOfStock, stock.PromoExhausted, UserLimit, shop.PurchaseClosed)

# What operators are told of a message that is not the purchase's in amount or currency, and of a payment that no longer fits.
MISMATCHES = {
    NoticeKind.PAID: gettext_noop(
        "Purchase %(purchase)d: by %(provider)s, %(amount)d %(currency)s were paid, which is not its price."
    ),
    NoticeKind.DECLINED: gettext_noop(
        "Purchase %(purchase)d: by %(provider)s, %(amount)d %(currency)s were declined, which is not its price."
    ),
    NoticeKind.REFUNDED: gettext_noop(
        "Purchase %(purchase)d: by %(provider)s, %(amount)d %(currency)s went back, which is not its price."
    ),
}
UNFITTING = {
    shop.PurchaseConflict.code: gettext_noop("Purchase %(purchase)d: it was paid already, and another payment came."),
    shop.ReceiptUsed.code: gettext_noop(
        "Purchase %(purchase)d: a payment came with a receipt that had paid for another purchase."
    ),
    shop.ReviewWaiting.code: gettext_noop("Purchase %(purchase)d: a payment came while it waits for a review."),
}


class NotPayable(DomainError):
    code = "not_payable"
    message = _("This purchase can't be paid for right now.")


class OutOfOrder(DomainError):
    """The message tells the end of something whose beginning has not reached us: it is to be sent again."""

    code = "out_of_order"
    message = _("An earlier message has not arrived yet. Send this one again.")


def register() -> None:
    """Have every provider's webhooks settled here."""
    for provider in providers.PROVIDERS.values():
        sources.register(provider.name, settle, keys=provider.keys)


def begin(*, purchase: Purchase, title: str, language: str, return_url: str, now: datetime) -> Session:
    """The provider's session for a purchase that can be paid; made once, outside any transaction.

    Raises NotPayable, PaymentsUnavailable, ProviderUnavailable, ProviderRefused.
    """
    if not purchase.holds or purchase.expires_at <= now:
        raise NotPayable(extra={"status": purchase.status})
    provider = providers.current()
    order = Order(
        reference=purchase.reference,
        amount=purchase.amount,
        currency=purchase.currency,
        title=title,
        language=language,
        return_url=return_url,
        expires_at=purchase.expires_at,
    )
    with watch.asking(provider.name, "session", now=now):
        session = provider.create_session(order)
    PaymentSession.objects.get_or_create(
        purchase=purchase,
        defaults={"provider": provider.name, "external_id": session.external_id, "created_at": now},
    )
    return session


def settle(event: InboundEvent, now: datetime) -> None:
    """Apply a provider's verified message, in the transaction that stores its id.

    Raises OutOfOrder, and InvalidInput for a message that makes no sense: then it will come again.
    """
    notice = providers.PROVIDERS[event.source].read(event)
    if notice is None:
        watch.notices_total.labels(event.source, "other", "ignored").inc()
        return
    with watch.settling_seconds.labels(event.source, notice.kind).time():
        result = _apply(event.source, notice, now)
    transaction.on_commit(watch.notices_total.labels(event.source, notice.kind, result).inc)
    log.info("payment_notice", provider=event.source, event_id=event.id, kind=notice.kind, result=result)


def force_settle(
    *, purchase: Purchase, outcome: Outcome, receipt_id: str | None, operator_id: int, reason: str, now: datetime
) -> Purchase:
    """An operator settles what the provider's message did not; audited. A failed purchase can still be paid for.

    Raises PurchaseClosed, PurchaseConflict, ReceiptUsed, ReviewWaiting, and for a failed one OutOfStock, PromoExhausted,
    UserLimit.
    """
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        ledger.lock_wallet(purchase.user_id)
        purchase.refresh_from_db()
        if outcome is Outcome.PAID:
            if PaymentRefund.objects.filter(late_receipt_id=receipt_id).exists():
                raise shop.ReceiptUsed
            told = {"operator_id": operator_id, "why": reason}
            settled = _pay(purchase, receipt_id, purchase.amount, now, **told)
        else:
            settled = shop.mark_failed(purchase_id=purchase.pk, why=reason, operator_id=operator_id, now=now)
        watch.calm(purchase.pk, now=now)
        transaction.on_commit(watch.acts_total.labels(f"settle_{outcome}").inc)
        return settled


def approve_review(*, purchase_id: int, operator_id: int, reason: str, now: datetime) -> Purchase:
    """Let a purchase be paid for that the fraud rules wanted looked at; audited.

    Raises NotFound, ReviewNotWaiting, OutOfStock, PromoExhausted.
    """
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        purchase = shop.approve_review(purchase_id=purchase_id, now=now)
        _tell(purchase, rules.REVIEW_PASSED, now)
        transaction.on_commit(watch.acts_total.labels("approve").inc)
        return purchase


def deny_review(*, purchase_id: int, operator_id: int, reason: str, now: datetime) -> Purchase:
    """Fail a purchase that the fraud rules wanted looked at; audited. Raises NotFound, ReviewNotWaiting."""
    with transaction.atomic(), audit.acting(operator_id=operator_id, reason=reason):
        purchase = shop.deny_review(purchase_id=purchase_id, operator_id=operator_id, reason=reason, now=now)
        _tell(purchase, rules.REVIEW_DENIED, now)
        transaction.on_commit(watch.acts_total.labels("deny").inc)
        return purchase


def _apply(source: str, notice: Notice, now: datetime) -> str:
    """What became of the message, in a word."""
    session = (
        PaymentSession.objects.filter(
            provider=source, external_id=notice.external_id, purchase__reference=notice.reference
        )
        .select_related("purchase")
        .first()
    )
    if session is None:
        log.warning("payment_unknown", provider=source, kind=notice.kind)
        return "unknown"
    purchase = session.purchase
    ledger.lock_wallet(purchase.user_id)
    purchase.refresh_from_db()
    is_whole = notice.amount == purchase.amount or (
        notice.kind is NoticeKind.REFUNDED and notice.amount < purchase.amount
    )
    if notice.currency != purchase.currency or not is_whole:
        said = {"provider": source, "amount": notice.amount, "currency": notice.currency}
        watch.worry(purchase, MISMATCHES[notice.kind], said, now=now)
        return "mismatch"
    return APPLY[notice.kind](purchase, notice, now)


def _paid(purchase: Purchase, notice: Notice, now: datetime) -> str:
    if purchase.receipt_id == notice.receipt_id:
        return "repeated"
    given_back = PaymentRefund.objects.filter(late_receipt_id=notice.receipt_id).first()
    if given_back is not None and given_back.purchase_id == purchase.pk:
        return "repeated"
    try:
        if given_back is not None:
            raise shop.ReceiptUsed
        paid = _pay(purchase, notice.receipt_id, notice.amount, now)
    except (shop.PurchaseConflict, shop.ReceiptUsed, shop.ReviewWaiting) as refusal:
        watch.worry(purchase, UNFITTING[refusal.code], {}, now=now)
        return refusal.code
    except UNDELIVERABLE:
        refunds.ask_back_late(purchase=purchase, receipt_id=notice.receipt_id, now=now)
        return "given_back"
    if paid.failed_at is None:
        return "settled"
    _tell(paid, rules.DELIVERED_LATE, now)
    return "delivered_late"


def _declined(purchase: Purchase, notice: Notice, now: datetime) -> str:
    if purchase.status != Status.PENDING:
        return "ignored"
    shop.mark_failed(purchase_id=purchase.pk, why=DECLINED, now=now)
    return "settled"


def _refunded(purchase: Purchase, notice: Notice, now: datetime) -> str:
    refund = PaymentRefund.objects.filter(purchase=purchase, key=notice.refund_key or "").first()
    if refund is not None:
        refunds.finish(refund, now=now)
        return "settled"
    if purchase.paid_at is None:
        raise OutOfOrder
    try:
        was_refunded = purchase.refunded_at is not None
        shop.refund(purchase_id=purchase.pk, amount=notice.amount, operator_id=None, reason=AT_THE_PROVIDER, now=now)
    except shop.PurchaseConflict as refusal:
        message = gettext_noop("Purchase %(purchase)d: %(amount)d %(currency)s more went back at the provider.")
        watch.worry(purchase, message, {"amount": notice.amount, "currency": notice.currency}, now=now)
        return refusal.code
    if not was_refunded:
        refunds.tell_refunded(purchase, amount=notice.amount, now=now)
    return "repeated" if was_refunded else "settled"


APPLY: dict[NoticeKind, Callable[[Purchase, Notice, datetime], str]] = {
    NoticeKind.PAID: _paid,
    NoticeKind.DECLINED: _declined,
    NoticeKind.REFUNDED: _refunded,
}


def _pay(purchase: Purchase, receipt_id: str, amount: int, now: datetime, **told) -> Purchase:
    """Paid and handed over, also after the hold has ended, while what was held can still be had."""
    payment = {"receipt_id": receipt_id, "amount": amount, **told, "now": now}
    if purchase.paid_at is not None:
        return shop.mark_paid(purchase_id=purchase.pk, **payment)
    try:
        shop.mark_paid(purchase_id=purchase.pk, **payment)
    except shop.PurchaseClosed:
        late.mark_paid_late(purchase=purchase, **payment)
    return shop.grant(purchase_id=purchase.pk, now=now)


def _tell(purchase: Purchase, kind: Kind, now: datetime) -> None:
    notify(
        player_id=purchase.user_id,
        kind=kind.name,
        params={"amount": f"{purchase.amount:,}"},
        key=f"{kind.name}:{purchase.pk}",
        now=now,
    )


register()
