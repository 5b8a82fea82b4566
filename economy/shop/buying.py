"""Placing an order: what it costs now, whether it may be placed, and the purchase that comes of it."""

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from casino_club.core import metrics
from casino_club.core.errors import DomainError, NotFound
from economy.fraud import services as fraud
from economy.fraud.rules import Action, Attempt
from economy.fraud.rules import Tier as FraudTier
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Balances, Move
from economy.ledger.selectors import wallet_of
from economy.shop import shelf, stock
from economy.shop.models import Package, Product, PromoCode, Purchase, PurchaseTransition
from economy.shop.offers import is_unlocked
from economy.shop.rules import (
    DELIVERY,
    HOLD_FOR,
    PAID_BY,
    PAYMENT,
    REVIEW_FOR,
    Currency,
    Kind,
    Order,
    PaymentMethod,
    PromoKind,
    Review,
    Status,
    after_promo,
    discounted,
    purchase_reference,
)
from economy.shop.services import announce, transitions_total
from economy.webhooks.rules import EventType

orders_total = metrics.counter("shop_orders_total", "Orders placed.", ["kind", "payment_method"])
placing_seconds = metrics.histogram("shop_order_duration_seconds", "Placing an order.", ["kind"])


class WindowClosed(DomainError):
    code = "window_closed"
    message = _("This package isn't on sale right now.")


class UserLimit(DomainError):
    code = "user_limit"
    message = _("You already have as many of this package as one player may buy.")


class VipTierRequired(DomainError):
    code = "vip_tier_required"

    def __init__(self, tier: str):
        message = _("You can buy this from the %(tier)s tier on.") % {"tier": tier}
        super().__init__(message, extra={"min_vip_tier": tier})


class PaymentMethodRefused(DomainError):
    code = "payment_method_refused"
    message = _("This can't be paid that way.")


class PaymentsUnavailable(DomainError):
    code = "payments_unavailable"
    message = _("Card payments are not available right now.")


class PriceChanged(DomainError):
    """The answer says the `amount` as it is now."""

    code = "price_changed"
    message = _("The price has changed. Please look again.")


class PromoInvalid(DomainError):
    code = "promo_invalid"
    message = _("This promo code isn't valid here.")


@dataclass(frozen=True, slots=True)
class Screened:
    """What the fraud rules said of an order by card, and by which reference others know it."""

    fraud_audit_id: int | None
    needs_review: bool
    reference: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass(frozen=True, slots=True)
class Quote:
    """An order's price at one moment."""

    item: Product | Package
    promo: PromoCode | None
    unit_price: int
    amount: int


@dataclass(frozen=True, slots=True)
class Bought:
    """The purchase, and what the wallet holds now where gems paid for it."""

    purchase: Purchase
    balances: Balances | None


def quote(*, player_id: int, order: Order, vip_points: int, now: datetime) -> Quote:
    """What the order costs the player, if they may place it. Exact while their wallet is locked, a forecast otherwise.

    Raises NotFound, WindowClosed, VipTierRequired, PaymentMethodRefused, PaymentsUnavailable, UserLimit, OutOfStock,
    PromoInvalid, PromoExhausted, PriceChanged.
    """
    item = _item(order, now)
    if not is_unlocked(item, vip_points):
        raise VipTierRequired(item.min_vip_tier)
    if PAID_BY[Currency(item.currency)] != order.payment_method:
        raise PaymentMethodRefused(extra={"currency": item.currency})
    if order.payment_method == PaymentMethod.CARD and not settings.PAYMENTS_PROVIDER:
        raise PaymentsUnavailable
    mine = Purchase.objects.filter(user_id=player_id).exclude(status=Status.FAILED)
    if isinstance(item, Package):
        _demand_share(mine, item, order.quantity)
    unit_price = discounted(item.price, item.discount, now)
    amount = unit_price * order.quantity
    promo = _promo(order.promo_code, item, mine, now) if order.promo_code else None
    if promo is not None:
        amount = after_promo(amount, PromoKind(promo.kind), promo.value)
    if order.expected not in (None, amount):
        raise PriceChanged(extra={"amount": amount})
    return Quote(item, promo, unit_price, amount)


def screen(
    *, player_id: int, order: Order, card_token: str | None, address: str, fingerprint: str | None, now: datetime
) -> Screened | None:
    """Have the fraud rules judge an order by card before it is placed; None where nothing is to be judged.

    Outside any transaction: what was decided is kept, whatever becomes of the order. Raises what `quote` raises,
    FraudSoftBlock, FraudHardBlock.
    """
    if order.payment_method != PaymentMethod.CARD:
        return None
    priced = quote(player_id=player_id, order=order, vip_points=wallet_of(player_id).vip_points, now=now)
    reference = uuid.uuid4().hex
    attempt = Attempt(
        user_id=player_id,
        action=Action.BUY if order.kind == Kind.PRODUCT else Action.BUY_LIMITED,
        amount=priced.amount,
        card_hash=hashlib.sha256(card_token.encode()).hexdigest() if card_token else None,
        address=address,
        fingerprint=fingerprint,
        reference=reference,
    )
    decision = fraud.assess(attempt=attempt, now=now)
    fraud.enforce(decision)
    return Screened(decision.audit_id, decision.tier is FraudTier.REVIEW, reference)


def place(*, player_id: int, order: Order, screened: Screened | None = None, now: datetime) -> Bought:
    """Buy: gems are paid and goods handed over at once, a card's purchase waits for its payment and holds stock.

    Orders by card were `screened` before this transaction. Raises what `quote` raises, and InsufficientGems.
    """
    by_card = order.payment_method == PaymentMethod.CARD
    if by_card and screened is None:
        raise ValueError("An order by card is screened first.")
    with placing_seconds.labels(order.kind).time(), transaction.atomic():
        wallet = ledger.lock_wallet(player_id)
        priced = quote(player_id=player_id, order=order, vip_points=wallet.vip_points, now=now)
        purchase = _purchase(player_id, order, priced, now)
        balances = None if by_card else _pay_with_gems(purchase, now)
        if by_card:
            _await_payment(purchase, screened, now)
        metrics.committed(orders_total.labels(order.kind, order.payment_method))
        if purchase.package_id is not None and purchase.review_state != Review.WAITING:
            transaction.on_commit(partial(shelf.watch_if_empty, purchase.package_id, now=now))
        return Bought(purchase, balances)


def _item(order: Order, now: datetime) -> Product | Package:
    if order.kind == Kind.PRODUCT:
        item = Product.objects.filter(pk=order.item, is_active=True).first()
    else:
        item = Package.objects.filter(code=order.item, is_active=True).first()
    if item is None:
        raise NotFound
    if isinstance(item, Package) and not item.starts_at <= now < item.ends_at:
        raise WindowClosed
    return item


def _demand_share(mine: QuerySet[Purchase], package: Package, quantity: int) -> None:
    bought = mine.filter(package=package).aggregate(total=Sum("quantity"))["total"] or 0
    if bought + quantity > package.per_user_limit:
        raise UserLimit(extra={"user_remaining": max(0, package.per_user_limit - bought)})
    if package.remaining < quantity:
        raise stock.OutOfStock(extra={"remaining_stock": package.remaining})


def _promo(code: str, item: Product | Package, mine: QuerySet[Purchase], now: datetime) -> PromoCode:
    promo = PromoCode.objects.filter(code=code.upper(), is_active=True, starts_at__lte=now, ends_at__gt=now).first()
    if promo is None or promo.currency != item.currency:
        raise PromoInvalid
    meant = promo.product_id or promo.package_id
    of_kind = promo.product_id if isinstance(item, Product) else promo.package_id
    if meant is not None and of_kind != item.pk:
        raise PromoInvalid
    if mine.filter(promo=promo).count() >= promo.per_user_limit:
        raise stock.PromoExhausted
    return promo


def _purchase(player_id: int, order: Order, priced: Quote, now: datetime) -> Purchase:
    item = priced.item
    goods = {asset.value: amount * order.quantity for asset, amount in item.contents.items()}
    return Purchase(
        user_id=player_id,
        kind=order.kind,
        product=item if isinstance(item, Product) else None,
        package=item if isinstance(item, Package) else None,
        code=item.code,
        quantity=order.quantity,
        unit_price=priced.unit_price,
        amount=priced.amount,
        currency=item.currency,
        payment_method=order.payment_method,
        promo=priced.promo,
        created_at=now,
        **goods,
    )


def _pay_with_gems(purchase: Purchase, now: datetime) -> Balances:
    """Gems out and goods in, in one posting; then the shared rows."""
    purchase.reference = uuid.uuid4().hex
    purchase.status, purchase.paid_at, purchase.granted_at = Status.GRANTED, now, now
    purchase.save(force_insert=True)
    _note(purchase, Status.PENDING, Status.PAID, Status.GRANTED, now=now)
    reference = purchase_reference(purchase.pk)
    moves = [
        Move(Asset.GEMS, -purchase.amount, PAYMENT, reference, units=purchase.quantity),
        *(Move(asset, amount, DELIVERY, reference) for asset, amount in purchase.contents.items()),
    ]
    balances = ledger.post(purchase.user_id, moves, now=now).balances
    announce(purchase, EventType.PURCHASE_PAID, now=now)
    stock.sell(purchase)
    return balances


def _await_payment(purchase: Purchase, screened: Screened, now: datetime) -> None:
    purchase.reference, purchase.fraud_audit_id = screened.reference, screened.fraud_audit_id
    purchase.review_state = Review.WAITING if screened.needs_review else Review.NONE
    purchase.expires_at = now + (REVIEW_FOR if screened.needs_review else HOLD_FOR)
    purchase.save(force_insert=True)
    _note(purchase, Status.PENDING, now=now)
    if not screened.needs_review:
        stock.hold(purchase)


def _note(purchase: Purchase, *reached: Status, now: datetime) -> None:
    befores = ("", *reached)
    PurchaseTransition.objects.bulk_create(
        PurchaseTransition(purchase=purchase, from_status=before, to_status=after, at=now)
        for before, after in zip(befores, reached, strict=False)
    )
    currency = purchase.currency
    transaction.on_commit(lambda: [transitions_total.labels(status, currency).inc() for status in reached])
