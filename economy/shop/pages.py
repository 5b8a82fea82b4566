"""The shop, for players' eyes: shelves, one order at a time with its price said by the server, and what was bought."""

import json
import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRedirect
from rest_framework.request import Request

from casino_club.core import clock, idempotency, ratelimit
from casino_club.core.api import page_of
from casino_club.core.errors import DomainError, InvalidInput
from economy.fraud.device import fingerprint_of, gives_device
from economy.ledger.selectors import WalletView, wallet_of
from economy.shop import answers, buying
from economy.shop.forms import OrderForm
from economy.shop.models import Product
from economy.shop.offers import (
    LimitedOffer,
    Offer,
    limited_offer_of,
    offer_of,
    packages_for_sale,
    products_for_sale,
)
from economy.shop.rules import PAID_BY, QUANTITY_MAX, Currency, Kind, Order, Status
from economy.shop.selectors import purchases_of

SHELF = ("-priority", "-id")
TABS = ("items", "limited", "cards")


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as the page shows it: the thing, how many, the total (None where it can't be had), and why not."""

    offer: Offer | LimitedOffer
    quantity: int
    promo_code: str
    quote: buying.Quote | None
    refusal: DomainError | None
    gems: int

    @property
    def kind(self) -> Kind:
        return Kind.PRODUCT if isinstance(self.offer.item, Product) else Kind.PACKAGE

    @property
    def item_key(self) -> int | str:
        return self.offer.item.pk if self.kind == Kind.PRODUCT else self.offer.item.code

    @property
    def why_not(self) -> str:
        """The refusal in words; of a field that is wrong, the field's own."""
        fields = getattr(self.refusal, "fields", {})
        return next((text for texts in fields.values() for text in texts), str(self.refusal))

    @property
    def quantities(self) -> range:
        most = min(QUANTITY_MAX, self.offer.most) if isinstance(self.offer, LimitedOffer) else QUANTITY_MAX
        return range(1, max(1, most) + 1)

    @property
    def full_price(self) -> int:
        return self.offer.unit_price * self.quantity

    @property
    def promo_off(self) -> int:
        return self.full_price - self.quote.amount if self.quote else 0

    @property
    def missing_gems(self) -> int:
        """How many gems the player lacks."""
        return max(0, self.quote.amount - self.gems) if self.quote and not self.offer.by_card else 0

    @property
    def gems_after(self) -> int:
        return self.gems - self.quote.amount


@gives_device
@login_required
@require_GET
def shop(request: HttpRequest) -> HttpResponse:
    """One of the shelves."""
    now, tab = clock.now(), request.GET.get("tab", "items")
    if tab not in TABS or (tab == "cards" and not settings.PAYMENTS_PROVIDER):
        return redirect("shop")
    vip_points = wallet_of(request.user.pk).vip_points
    if tab == "limited":
        packages = packages_for_sale(request.user.pk, now=now).order_by(*SHELF)
        offers = [limited_offer_of(package, vip_points=vip_points, now=now) for package in packages]
    else:
        currency = Currency.KRW if tab == "cards" else Currency.GEMS
        products = products_for_sale().filter(currency=currency).order_by(*SHELF)
        offers = [offer_of(product, vip_points=vip_points, now=now) for product in products]
    context = {"tab": tab, "shelf": offers, "takes_cards": bool(settings.PAYMENTS_PROVIDER)}
    return render(request, "economy/shop/page.html", context)


@login_required
@require_GET
def stock(request: HttpRequest) -> HttpResponse:
    """What is left of the limited packages, for the page to renew."""
    now = clock.now()
    packages = packages_for_sale(request.user.pk, now=now)
    shelf = [limited_offer_of(package, vip_points=0, now=now) for package in packages]
    return render(request, "economy/shop/stock.html", {"shelf": shelf})


@gives_device
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest) -> HttpResponse:
    """GET: what an order would cost, asked again with each change. POST: place it; the hidden key makes it one."""
    now = clock.now()
    wallet = wallet_of(request.user.pk)
    offer = _offer(request, wallet, now)
    if request.method != "POST":
        return _order_page(request, offer, request.GET, wallet, now)
    try:
        answer = _place(request, _order_of(offer, request.POST), now)
    except DomainError as refusal:
        return _order_page(request, offer, request.POST, wallet, now, refusal=refusal)
    if answer["status"] == Status.PENDING:
        return _go(request, answer["pay_url"])
    messages.success(request, _("“%(name)s” is yours.") % {"name": offer.item.shown_name})
    return _go(request, f"{reverse('shop')}?tab={'limited' if isinstance(offer, LimitedOffer) else 'items'}")


@login_required
@require_GET
def purchases(request: HttpRequest) -> HttpResponse:
    """What the player bought, the latest first; paged like the API."""
    rows = purchases_of(request.user.pk).select_related("product", "package")
    try:
        page = page_of(rows, Request(request), serialize=lambda row: row)
    except InvalidInput:
        return redirect("shop_purchases")
    context = {
        "rows": page["results"],
        "next_url": f"?cursor={page['next']}" if page["next"] else "",
        "first_url": reverse("shop_purchases") if "cursor" in request.GET else "",
    }
    return render(request, "economy/shop/purchases.html", context)


def _offer(request: HttpRequest, wallet: WalletView, now: datetime) -> Offer | LimitedOffer:
    asked = request.POST if request.method == "POST" else request.GET
    product_id, code = asked.get("product", ""), asked.get("package", "")
    if product_id.isascii() and product_id.isdigit() and len(product_id) < 19:
        found = products_for_sale().filter(pk=int(product_id)).first()
        if found is not None:
            return offer_of(found, vip_points=wallet.vip_points, now=now)
    elif code.isascii() and code.isprintable():
        found = packages_for_sale(request.user.pk, now=now).filter(code=code).first()
        if found is not None:
            return limited_offer_of(found, vip_points=wallet.vip_points, now=now)
    raise Http404


def _order_of(offer: Offer | LimitedOffer, data) -> Order:
    item = offer.item
    quantity, promo_code, expected = OrderForm.read(data)
    is_product = isinstance(item, Product)
    kind, key = (Kind.PRODUCT, item.pk) if is_product else (Kind.PACKAGE, item.code)
    return Order(kind, key, quantity, PAID_BY[Currency(item.currency)], promo_code, expected)


def _place(request: HttpRequest, wanted: Order, now: datetime) -> dict:
    """The order's answer, made once for the form's key."""
    act = idempotency.act_of(
        actor_id=request.user.pk,
        key=request.POST.get("key"),
        method="POST",
        path=request.path,
        body=[wanted.kind, wanted.item, wanted.quantity, wanted.promo_code, wanted.expected],
    )
    stored = idempotency.answer_to(act, now=now)
    if stored is None:
        ratelimit.hit("purchase", request.user.pk, settings.RATE_PURCHASES_PER_MINUTE, 60)
        screened = buying.screen(
            player_id=request.user.pk,
            order=wanted,
            card_token=None,  # the provider's own page asks for the card
            address=request.client_ip,
            fingerprint=fingerprint_of(request),
            now=now,
        )

        def work() -> tuple[int, dict]:
            made = buying.place(player_id=request.user.pk, order=wanted, screened=screened, now=now)
            return 201, answers.bought(made)

        stored = idempotency.run_act(act, now=now, work=work)
    return json.loads(stored.body)


def _order_page(
    request: HttpRequest, offer: Offer, data, wallet: WalletView, now: datetime, *, refusal: DomainError | None = None
) -> HttpResponse:
    quote, quantity, promo_code = None, 1, data.get("promo", "")[:32]
    try:
        wanted = replace(_order_of(offer, data), expected=None)
        quantity = wanted.quantity
        quote = buying.quote(player_id=request.user.pk, order=wanted, vip_points=wallet.vip_points, now=now)
    except DomainError as found:
        refusal = refusal or found
    context = {
        "asked": Asked(offer, quantity, promo_code, quote, refusal, wallet.gems),
        "key": uuid.uuid4().hex,
        "takes_cards": bool(settings.PAYMENTS_PROVIDER),
    }
    template = "page" if not request.htmx else "summary" if request.htmx.target == "order-summary" else "body"
    status = refusal.status if refusal and request.method == "POST" else 200
    return render(request, f"economy/shop/order_{template}.html", context, status=status)


def _go(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
