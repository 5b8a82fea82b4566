"""The shop as operators run it: what is for sale, promo codes, and every purchase with its steps."""

import uuid
from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import OfPlayerAdmin
from casino_club.core import clock, idempotency
from casino_club.core.admin import OperatorAdmin
from casino_club.core.errors import DomainError
from economy.ledger.rules import ASSET_LABELS
from economy.shop import services, shelf
from economy.shop.admin_forms import (
    DISCOUNT,
    SELLING,
    SHOWN,
    TEXTS,
    PackageForm,
    ProductForm,
    PromoCodeForm,
    RefundForm,
)
from economy.shop.models import OnSale, Package, Product, PromoCode, Purchase
from economy.shop.rules import Currency, Status, discounted
from economy.shop.selectors import steps_of

UNITS = {Currency.GEMS.value: _("gems"), Currency.KRW.value: _("KRW")}


class StockGone(DomainError):
    code = "stock_gone"
    message = _("Meanwhile more was sold or held than the new stock; nothing was changed.")


class SellingAdmin(OperatorAdmin):
    """Writes only what the operator changed, so that what buyers count meanwhile is never written over."""

    def save_model(self, request, obj, form, change):
        try:
            with transaction.atomic():
                obj.save(update_fields=form.changed_data if change else None)
        except IntegrityError as error:
            if error.__cause__.diag.constraint_name in ("package_not_oversold", "promo_not_overused"):
                raise StockGone from error
            raise

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StockGone as refusal:
            self.message_user(request, str(refusal.message), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]


class OnSaleAdmin(SellingAdmin):
    list_filter = ["is_active", "currency"]
    search_fields = ["code", "name", "name_en"]
    ordering = ["-priority", "-id"]

    @admin.display(description=_("contents"))
    def holds(self, item: OnSale) -> str:
        return ", ".join(f"{ASSET_LABELS[asset]} {amount:,}" for asset, amount in item.contents.items())

    @admin.display(description=_("price now"), ordering="price")
    def price_now(self, item: OnSale) -> str:
        now = discounted(item.price, item.discount, clock.now())
        before = f" ({item.price:,})" if now != item.price else ""
        return f"{now:,} {UNITS[item.currency]}{before}"


@admin.register(Product)
class ProductAdmin(OnSaleAdmin):
    form = ProductForm
    list_display = ["name", "code", "price_now", "holds", "min_vip_tier", "is_active", "priority"]
    fieldsets = [
        (_("What it is"), {"fields": TEXTS}),
        (_("What it costs and holds"), {"fields": [SELLING[:2], SELLING[2:5], SELLING[5]]}),
        (_("Discount"), {"fields": [DISCOUNT]}),
        (_("On the shelf"), {"fields": [SHOWN]}),
    ]


@admin.register(Package)
class PackageAdmin(OnSaleAdmin):
    form = PackageForm
    list_display = ["name", "code", "price_now", "on_sale", "stock", "held", "sold", "left", "is_active"]
    readonly_fields = ["held", "sold"]
    fieldsets = [
        (_("What it is"), {"fields": TEXTS}),
        (_("What it costs and holds"), {"fields": [SELLING[:2], SELLING[2:5], SELLING[5]]}),
        (
            _("How long and how many"),
            {"fields": [("starts_at", "ends_at"), ("stock", "held", "sold"), "per_user_limit"]},
        ),
        (_("Discount"), {"fields": [DISCOUNT]}),
        (_("On the shelf"), {"fields": [SHOWN]}),
    ]

    @admin.display(description=_("on sale"), ordering="starts_at")
    def on_sale(self, package: Package) -> str:
        starts, ends = (date_format(at, "DATETIME_FORMAT") for at in (package.starts_at, package.ends_at))
        return format_html("{} –<br>{}", starts, ends)

    @admin.display(description=_("left"))
    def left(self, package: Package) -> str:
        return f"{package.remaining:,}"

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change:
            transaction.on_commit(partial(shelf.watch, [obj.pk], now=clock.now()))


@admin.register(PromoCode)
class PromoCodeAdmin(SellingAdmin):
    form = PromoCodeForm
    list_display = ["code", "takes_off", "only_for", "starts_at", "ends_at", "uses", "per_user_limit", "is_active"]
    list_filter = ["is_active", "currency"]
    list_select_related = ["product", "package"]
    search_fields = ["code"]
    ordering = ["-id"]
    readonly_fields = ["used"]
    fieldsets = [
        (None, {"fields": ["code", ("kind", "value", "currency")]}),
        (_("What for"), {"fields": [("product", "package")], "description": _("Empty: for anything so priced.")}),
        (_("How often and how long"), {"fields": [("max_uses", "used", "per_user_limit"), ("starts_at", "ends_at")]}),
        (None, {"fields": ["is_active"]}),
    ]

    @admin.display(description=_("takes off"))
    def takes_off(self, promo: PromoCode) -> str:
        return f"{promo.value} %" if promo.kind == "percent" else f"{promo.value:,} {UNITS[promo.currency]}"

    @admin.display(description=_("only for"))
    def only_for(self, promo: PromoCode) -> str:
        return str(promo.product or promo.package or "–")

    @admin.display(description=_("uses"), ordering="used")
    def uses(self, promo: PromoCode) -> str:
        return f"{promo.used:,} / {promo.max_uses:,}" if promo.max_uses is not None else f"{promo.used:,}"


@admin.register(Purchase)
class PurchaseAdmin(OfPlayerAdmin):
    player_field = "user"
    search_fields = ["user__site_id"]
    list_display = ["created_at", "user", "bought", "paid", "status", "review_state", "promo"]
    list_display_links = ["created_at"]
    list_filter = ["status", "currency", "kind", "review_state"]
    list_select_related = ["user", "promo"]
    change_form_template = "economy/shop/admin/purchase.html"
    fieldsets = [
        (
            None,
            {"fields": [("user", "created_at"), ("bought", "holds"), ("paid", "promo"), ("status", "review_state")]},
        ),
        (_("When"), {"fields": [("expires_at", "paid_at", "granted_at"), ("failed_at", "refunded_at")]}),
        (_("Taken back"), {"fields": [("refunded_amount", "returned_gold", "returned_gems", "returned_vip_points")]}),
        (_("Known as"), {"fields": [("reference", "receipt_id", "judged")]}),
    ]
    readonly_fields = ["bought", "holds", "paid", "judged"]

    @admin.display(description=_("bought"))
    def bought(self, purchase: Purchase) -> str:
        return f"{purchase.code} × {purchase.quantity}"

    @admin.display(description=_("contents"))
    def holds(self, purchase: Purchase) -> str:
        return ", ".join(f"{ASSET_LABELS[asset]} {amount:,}" for asset, amount in purchase.contents.items())

    @admin.display(description=_("amount"), ordering="amount")
    def paid(self, purchase: Purchase) -> str:
        back = format_html(" (−{})", f"{purchase.refunded_amount:,}") if purchase.refunded_amount else ""
        return format_html("{} {}{}", f"{purchase.amount:,}", UNITS[purchase.currency], back)

    @admin.display(description=Purchase._meta.get_field("fraud_audit_id").verbose_name)
    def judged(self, purchase: Purchase) -> str:
        if purchase.fraud_audit_id is None:
            return "–"
        page = reverse("admin:economy_fraudaudit_change", args=[purchase.fraud_audit_id])
        return format_html('<a href="{}">#{}</a>', page, purchase.fraud_audit_id)

    # --- Gems go back from here; money goes back by the payment's provider, which has its own pages ------------------
    def get_urls(self):
        refund = path("<int:pk>/refund/", self.admin_site.admin_view(self.refund_view), name="economy_purchase_refund")
        return [refund, *super().get_urls()]

    def may_refund(self, request: HttpRequest, purchase: Purchase) -> bool:
        return (
            request.user.has_perm("economy.change_purchase")
            and purchase.currency == Currency.GEMS
            and purchase.status == Status.GRANTED
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        purchase = self.get_object(request, object_id)
        may = purchase is not None and self.may_refund(request, purchase)
        context = {
            "refund_url": reverse("admin:economy_purchase_refund", args=[purchase.pk]) if may else "",
            "steps": steps_of(purchase) if purchase else [],
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    def refund_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks how much and why, then gives gems back; a double press does it once."""
        if not request.user.has_perm("economy.change_purchase"):
            raise PermissionDenied
        purchase = get_object_or_404(Purchase.objects.select_related("user"), pk=pk)
        if purchase.currency != Currency.GEMS:
            raise Http404
        form = RefundForm(request.POST or None, initial={"amount": purchase.amount, "key": uuid.uuid4().hex})
        back = reverse("admin:economy_purchase_change", args=[purchase.pk])
        if request.method == "POST" and form.is_valid() and self._refunded(request, purchase, form.cleaned_data):
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Give gems back"),
            "purchase": purchase,
            "holds": self.holds(purchase),
            "form": form,
            "back": back,
            "opts": self.opts,
        }
        return TemplateResponse(request, "economy/shop/admin/refund.html", context)

    def _refunded(self, request: HttpRequest, purchase: Purchase, asked: dict) -> bool:
        now = clock.now()
        given = {"amount": asked["amount"], "reason": asked["reason"]}

        def work() -> tuple[int, dict]:
            done = services.refund(purchase_id=purchase.pk, **given, operator_id=request.user.pk, now=now)
            return 200, {"status": done.status}

        act = {"actor_id": request.user.pk, "key": asked["key"], "method": "POST", "path": request.path}
        try:
            idempotency.run(**act, body=given, now=now, work=work)
        except DomainError as refusal:
            self.message_user(request, str(refusal.message), messages.ERROR)
            return False
        self.message_user(request, _("The gems are back."), messages.SUCCESS)
        return True
