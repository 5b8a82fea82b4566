"""What is for sale, who bought it, and every step a purchase took."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from casino_club.core import audit
from casino_club.core.append_only import append_only
from economy.ledger.rules import Asset
from economy.shop.rules import (
    GOODS,
    GOODS_MAX,
    MOST_OFF_PERCENT,
    PRICE_MAX,
    QUANTITY_MAX,
    Currency,
    Discount,
    Kind,
    PaymentMethod,
    PromoKind,
    Review,
    Status,
    why_in_words,
)
from economy.vip.rules import Tier

CURRENCIES = [(Currency.GEMS.value, _("gems")), (Currency.KRW.value, _("KRW, by card"))]
METHODS = [(PaymentMethod.GEMS.value, _("gems")), (PaymentMethod.CARD.value, _("card"))]
KINDS = [(Kind.PRODUCT.value, _("catalogue")), (Kind.PACKAGE.value, _("limited package"))]
STATUSES = [
    (Status.PENDING.value, _("waiting for payment")),
    (Status.PAID.value, _("paid")),
    (Status.GRANTED.value, _("delivered")),
    (Status.FAILED.value, _("failed")),
    (Status.REFUNDED.value, _("refunded")),
]
REVIEWS = [
    (Review.NONE.value, _("not needed")),
    (Review.WAITING.value, _("waiting for review")),
    (Review.APPROVED.value, _("approved")),
    (Review.DENIED.value, _("denied")),
]
PROMO_KINDS = [(PromoKind.PERCENT.value, _("percent off")), (PromoKind.AMOUNT.value, _("amount off"))]
FACES = [
    ("moon", _("moon")),
    ("crane", _("crane")),
    ("plum", _("plum blossom")),
    ("blossom", _("cherry blossom")),
    ("iris", _("iris")),
    ("chrysanthemum", _("chrysanthemum")),
    ("maple", _("maple")),
    ("pine", _("pine")),
]
TIERS = [(tier.value, tier.value) for tier in Tier]
ON_SALE = (
    *("code", "name", "currency", "price", "gold", "gems", "vip_points", "min_vip_tier"),
    *("discount_percent", "discount_starts_at", "discount_ends_at", "is_active"),
)


def _on_sale(table: str) -> list[models.CheckConstraint]:
    """What must hold of anything that is for sale."""
    bounded = Q(**{f"{asset}__gte": 0 for asset in GOODS}, **{f"{asset}__lte": GOODS_MAX for asset in GOODS})
    something = Q(gold__gt=0) | Q(gems__gt=0) | Q(vip_points__gt=0)
    rules = {
        "currency_known": Q(currency__in=list(Currency)),
        "price_in_range": Q(price__gte=1, price__lte=PRICE_MAX),
        "sells_something": bounded & something,
        "no_gems_for_gems": Q(gems=0) | ~Q(currency=Currency.GEMS),
        "vip_tier_known": Q(min_vip_tier__in=list(Tier)),
        "discount_in_range": Q(discount_percent__gte=0, discount_percent__lte=MOST_OFF_PERCENT),
        "discount_ends_after_it_starts": Q(discount_ends_at__gt=F("discount_starts_at"))
        | Q(discount_ends_at__isnull=True)
        | Q(discount_starts_at__isnull=True),
    }
    return [models.CheckConstraint(condition=rule, name=f"{table}_{name}") for name, rule in rules.items()]


class OnSale(models.Model):
    """What the catalogue's items and the limited packages have in common: texts, price, contents, who may buy."""

    code = models.SlugField(_("code"), max_length=40, help_text=_("A short name that never changes: gold-pouch."))
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60, blank=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    description_en = models.CharField(_("description (English)"), max_length=200, blank=True)
    face = models.CharField(_("card face"), max_length=20, choices=FACES, default="moon")
    currency = models.CharField(_("paid in"), max_length=4, choices=CURRENCIES)
    price = models.PositiveIntegerField(_("price"))
    gold = models.BigIntegerField(_("gold"), default=0)
    gems = models.BigIntegerField(_("gems"), default=0)
    vip_points = models.BigIntegerField(_("VIP points"), default=0)
    min_vip_tier = models.CharField(_("from VIP tier"), max_length=10, choices=TIERS, default=Tier.STANDARD)
    discount_percent = models.PositiveSmallIntegerField(_("discount, %"), default=0)
    discount_starts_at = models.DateTimeField(_("discount from"), null=True, blank=True)
    discount_ends_at = models.DateTimeField(_("discount until"), null=True, blank=True)
    is_active = models.BooleanField(_("for sale"), default=True)
    priority = models.IntegerField(_("priority"), default=0, help_text=_("The higher, the earlier in every list."))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def shown_name(self) -> str:
        """The name in the active language, where there is one."""
        return self.name_en if self.name_en and not _is_korean() else self.name

    @property
    def shown_description(self) -> str:
        """The description in the active language, where there is one."""
        return self.description_en if self.description_en and not _is_korean() else self.description

    @property
    def discount(self) -> Discount:
        return Discount(self.discount_percent, self.discount_starts_at, self.discount_ends_at)

    @property
    def contents(self) -> dict[Asset, int]:
        """What one of it holds, without what it does not."""
        return _goods_of(self)


@audit.track(*ON_SALE)
class Product(OnSale):
    """An item of the catalogue, always there to buy."""

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [models.UniqueConstraint(fields=["code"], name="product_code_once"), *_on_sale("product")]
        indexes = [models.Index(fields=["-priority", "-id"], name="product_by_priority")]


@audit.track(*ON_SALE, "starts_at", "ends_at", "per_user_limit", "stock")
class Package(OnSale):
    """A limited package: so many of it for so long.

    `stock` is how many there are in all; of them `held` wait for a payment and `sold` are paid.
    """

    starts_at = models.DateTimeField(_("on sale from"))
    ends_at = models.DateTimeField(_("on sale until"))
    per_user_limit = models.PositiveSmallIntegerField(_("most a player"), default=1)
    stock = models.PositiveIntegerField(_("stock in all"))
    held = models.PositiveIntegerField(_("held by payments"), default=0, editable=False)
    sold = models.PositiveIntegerField(_("sold"), default=0, editable=False)

    class Meta:
        verbose_name = _("limited package")
        verbose_name_plural = _("limited packages")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="package_code_once"),
            *_on_sale("package"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="package_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(per_user_limit__gte=1), name="package_limit_positive"),
            models.CheckConstraint(
                condition=Q(held__gte=0, sold__gte=0, stock__gte=F("held") + F("sold")), name="package_not_oversold"
            ),
        ]
        indexes = [models.Index(fields=["-priority", "-id"], name="package_by_priority")]

    @property
    def remaining(self) -> int:
        """How many can still be bought."""
        return self.stock - self.held - self.sold


@audit.track("code", "kind", "value", "currency", "max_uses", "per_user_limit", "starts_at", "ends_at", "is_active")
class PromoCode(models.Model):
    """Something off an order's total, so many times in all and so many times a player."""

    code = models.CharField(_("code"), max_length=32, help_text=_("Capital letters, digits and hyphens."))
    kind = models.CharField(_("takes off"), max_length=7, choices=PROMO_KINDS)
    value = models.PositiveIntegerField(_("how much"), help_text=_("Percent, or gems or won."))
    currency = models.CharField(_("for prices in"), max_length=4, choices=CURRENCIES)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only for the product")
    )
    package = models.ForeignKey(
        Package, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only for the package")
    )
    starts_at = models.DateTimeField(_("valid from"))
    ends_at = models.DateTimeField(_("valid until"))
    max_uses = models.PositiveIntegerField(_("uses in all"), null=True, blank=True, help_text=_("Empty: any number."))
    per_user_limit = models.PositiveSmallIntegerField(_("uses a player"), default=1)
    used = models.PositiveIntegerField(_("used"), default=0, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("promo code")
        verbose_name_plural = _("promo codes")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="promo_code_once"),
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9-]{3,32}$"), name="promo_code_in_capitals"),
            models.CheckConstraint(condition=Q(currency__in=list(Currency)), name="promo_currency_known"),
            models.CheckConstraint(
                condition=Q(kind=PromoKind.AMOUNT, value__gte=1, value__lte=PRICE_MAX)
                | Q(kind=PromoKind.PERCENT, value__gte=1, value__lte=MOST_OFF_PERCENT),
                name="promo_value_in_range",
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=True) | Q(package__isnull=True), name="promo_for_one_thing"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="promo_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(per_user_limit__gte=1), name="promo_limit_positive"),
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(max_uses__gte=F("used")), name="promo_not_overused"
            ),
        ]

    def __str__(self) -> str:
        return self.code


@audit.track(
    *("status", "review_state", "amount", "currency"),
    on=(pghistory.UpdateEvent(condition=pghistory.AnyChange("review_state")),),
)
class Purchase(models.Model):
    """An order as it was placed: what it holds and costs never changes, where it stands is one of five statuses.

    While pending it holds stock and a promo code's use, unless it waits for review.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="+", verbose_name=_("player")
    )
    kind = models.CharField(_("kind"), max_length=7, choices=KINDS)
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+", verbose_name=_("product"))
    package = models.ForeignKey(
        Package, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("package")
    )
    code = models.CharField(_("code"), max_length=40)
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    unit_price = models.PositiveIntegerField(_("unit price"))
    amount = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=4, choices=CURRENCIES)
    payment_method = models.CharField(_("paid by"), max_length=5, choices=METHODS)
    gold = models.BigIntegerField(_("gold"), default=0)
    gems = models.BigIntegerField(_("gems"), default=0)
    vip_points = models.BigIntegerField(_("VIP points"), default=0)
    promo = models.ForeignKey(
        PromoCode, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("promo code")
    )
    status = models.CharField(_("status"), max_length=8, choices=STATUSES, default=Status.PENDING)
    review_state = models.CharField(_("review"), max_length=8, choices=REVIEWS, blank=True, default=Review.NONE)
    fraud_audit_id = models.BigIntegerField(_("fraud audit"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=64, help_text=_("By what others know this purchase."))
    receipt_id = models.CharField(_("receipt"), max_length=128, null=True, blank=True)
    created_at = models.DateTimeField(_("at"))
    expires_at = models.DateTimeField(_("waits until"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    granted_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    refunded_at = models.DateTimeField(_("refunded at"), null=True, blank=True)
    refunded_amount = models.PositiveIntegerField(_("refunded"), default=0)
    returned_gold = models.BigIntegerField(_("gold taken back"), default=0)
    returned_gems = models.BigIntegerField(_("gems taken back"), default=0)
    returned_vip_points = models.BigIntegerField(_("VIP points taken back"), default=0)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="purchase_reference_once"),
            models.UniqueConstraint(fields=["receipt_id"], name="purchase_receipt_once"),
            models.CheckConstraint(
                condition=Q(kind=Kind.PRODUCT, product__isnull=False, package__isnull=True)
                | Q(kind=Kind.PACKAGE, product__isnull=True, package__isnull=False),
                name="purchase_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=QUANTITY_MAX), name="purchase_quantity_in_range"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1, amount__lte=F("unit_price") * F("quantity")), name="purchase_amount_in_range"
            ),
            models.CheckConstraint(
                condition=Q(currency=Currency.GEMS, payment_method=PaymentMethod.GEMS)
                | Q(currency=Currency.KRW, payment_method=PaymentMethod.CARD),
                name="purchase_paid_in_its_currency",
            ),
            models.CheckConstraint(condition=Q(status__in=list(Status)), name="purchase_status_known"),
            models.CheckConstraint(condition=Q(review_state__in=list(Review)), name="purchase_review_known"),
            models.CheckConstraint(
                condition=Q(refunded_amount=0, refunded_at__isnull=True)
                | Q(refunded_amount__gte=1, refunded_amount__lte=F("amount"), refunded_at__isnull=False),
                name="purchase_refund_bounded",
            ),
            models.CheckConstraint(
                condition=Q(returned_gold__gte=0, returned_gold__lte=F("gold"))
                & Q(returned_gems__gte=0, returned_gems__lte=F("gems"))
                & Q(returned_vip_points__gte=0, returned_vip_points__lte=F("vip_points")),
                name="purchase_return_bounded",
            ),
            # Each status with the moments that belong to it, and no others.
            models.CheckConstraint(
                condition=Q(status=Status.PENDING, paid_at__isnull=True, failed_at__isnull=True)
                | Q(status=Status.PAID, paid_at__isnull=False, granted_at__isnull=True, refunded_at__isnull=True)
                | Q(status=Status.GRANTED, paid_at__isnull=False, granted_at__isnull=False, refunded_at__isnull=True)
                | Q(status=Status.FAILED, paid_at__isnull=True, failed_at__isnull=False)
                | Q(status=Status.REFUNDED, paid_at__isnull=False, refunded_at__isnull=False),
                name="purchase_moments_fit_status",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="purchase_user_newest"),
            models.Index(fields=["user", "package"], condition=Q(package__isnull=False), name="purchase_user_package"),
            models.Index(fields=["user", "promo"], condition=Q(promo__isnull=False), name="purchase_user_promo"),
            models.Index(fields=["expires_at"], condition=Q(status=Status.PENDING), name="purchase_waiting"),
            models.Index(fields=["package", "status"], condition=Q(package__isnull=False), name="purchase_of_package"),
            models.Index(fields=["promo", "status"], condition=Q(promo__isnull=False), name="purchase_of_promo"),
            # Revenue by these alone.
            models.Index(
                fields=["paid_at"],
                include=["amount"],
                condition=Q(currency=Currency.KRW, paid_at__isnull=False),
                name="purchase_revenue",
            ),
            models.Index(
                fields=["refunded_at"],
                include=["refunded_amount"],
                condition=Q(currency=Currency.KRW, refunded_at__isnull=False),
                name="purchase_refunds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} × {self.quantity}"

    @property
    def item(self) -> Product | Package:
        """What was bought, as it is on the shelf today."""
        return self.product if self.package_id is None else self.package

    @property
    def contents(self) -> dict[Asset, int]:
        """What all of it together holds, without what it does not."""
        return _goods_of(self)

    @property
    def holds(self) -> bool:
        """Whether a payment that may yet come keeps stock and a promo code's use for it."""
        return self.status == Status.PENDING and self.review_state != Review.WAITING


@audit.track(
    *("purchase", "to_status", "why"),
    on=(pghistory.InsertEvent(condition=pgtrigger.Q(new__operator__isnull=False)),),
)
class PurchaseTransition(models.Model):
    """A purchase reached a status: once each, and why where somebody said so. Append-only."""

    purchase = models.ForeignKey(
        Purchase, models.PROTECT, db_index=False, related_name="transitions", verbose_name=_("purchase")
    )
    from_status = models.CharField(pgettext_lazy("before a change", "from"), max_length=8, choices=STATUSES, blank=True)
    to_status = models.CharField(_("to"), max_length=8, choices=STATUSES)
    at = models.DateTimeField(_("at"))
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("operator")
    )
    why = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("step of a purchase")
        verbose_name_plural = _("steps of purchases")
        constraints = [models.UniqueConstraint(fields=["purchase", "to_status"], name="purchase_transition_once")]
        triggers = append_only("economy_purchasetransition")

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"

    @property
    def told(self) -> str:
        return why_in_words(self.why)


def _goods_of(row: OnSale | Purchase) -> dict[Asset, int]:
    return {asset: getattr(row, asset.value) for asset in GOODS if getattr(row, asset.value)}


def _is_korean() -> bool:
    return (get_language() or "ko").startswith("ko")
