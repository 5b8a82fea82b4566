"""The addresses of the economy."""

from django.urls import path

from economy.approvals import api as approvals
from economy.grants.api import GrantView
from economy.ledger import api as ledger
from economy.ledger import pages as ledger_pages
from economy.limits import api as limits
from economy.limits import pages as limits_pages
from economy.payments import admin_api as payments_admin
from economy.payments import pages as payment_pages
from economy.safetynet import api as safetynet
from economy.safetynet import pages as safetynet_pages
from economy.segments import api as segments
from economy.shop import api as shop
from economy.shop import pages as shop_pages
from economy.streaks import api as streaks
from economy.streaks import pages as streak_pages
from economy.vip import api as vip
from economy.vip import pages as vip_pages
from economy.webhooks import api as webhooks

urlpatterns = [
    path("api/admin/users/<int:user_id>/grant", GrantView.as_view()),
    path("api/admin/approvals", approvals.ApprovalsView.as_view()),
    path("api/admin/approvals/<int:approval_id>/approve", approvals.ApproveView.as_view()),
    path("api/admin/approvals/<int:approval_id>/deny", approvals.DenyView.as_view()),
    path("api/economy/wallet", ledger.WalletView.as_view(), name="api_wallet"),
    path("api/economy/ledger", ledger.LedgerView.as_view(), name="api_ledger"),
    path("api/economy/daily", ledger.DailyView.as_view(), name="api_daily"),
    path("api/economy/safety-net", safetynet.SafetyNetView.as_view(), name="api_safety_net"),
    path("api/streak/tick", streaks.TickView.as_view(), name="api_streak_tick"),
    path("api/streak/status", streaks.StatusView.as_view(), name="api_streak_status"),
    path("api/streak/claim", streaks.ClaimView.as_view(), name="api_streak_claim"),
    path("api/streak/history", streaks.HistoryView.as_view(), name="api_streak_history"),
    path("api/streak/protection", streaks.ProtectionView.as_view(), name="api_streak_protection"),
    path("api/account/limits", limits.LimitsView.as_view(), name="api_limits"),
    path("api/account/limits/pause", limits.PauseView.as_view(), name="api_limits_pause"),
    path("api/account/limits/exclude", limits.ExcludeView.as_view(), name="api_limits_exclude"),
    path("api/shop/catalog", shop.CatalogView.as_view(), name="api_shop_catalog"),
    path("api/shop/buy", shop.BuyView.as_view(), name="api_shop_buy"),
    path("api/shop/limited-packages", shop.LimitedPackagesView.as_view(), name="api_shop_limited_packages"),
    path("api/shop/buy-limited", shop.BuyLimitedView.as_view(), name="api_shop_buy_limited"),
    path("api/shop/recommended", segments.RecommendedView.as_view(), name="api_shop_recommended"),
    path("api/shop/purchases", shop.PurchasesView.as_view(), name="api_shop_purchases"),
    path("api/shop/purchases/<int:purchase_id>", shop.PurchaseView.as_view(), name="api_shop_purchase"),
    path("api/vip/claim", vip.VipClaimView.as_view(), name="api_vip_claim"),
    path("api/vip/status", vip.VipStatusView.as_view(), name="api_vip_status"),
    path("api/admin/webhooks/replay/<int:event_id>", webhooks.ReplayView.as_view(), name="api_webhook_replay"),
    path("api/webhooks/<str:source>", webhooks.InboundView.as_view(), name="api_webhooks"),
    path("ledger", ledger_pages.ledger, name="ledger"),
    path("api/admin/purchases/<int:purchase_id>/settle", payments_admin.SettlePaymentView.as_view(), name="api_settle"),
    path("api/admin/purchases/<int:purchase_id>/refund", payments_admin.RefundPaymentView.as_view(), name="api_refund"),
    path("api/admin/purchases/<int:purchase_id>/review", payments_admin.ReviewPaymentView.as_view(), name="api_review"),
    path("pay/<int:purchase_id>", payment_pages.pay, name="pay"),
    path("pay/<int:purchase_id>/begin", payment_pages.begin, name="pay_begin"),
    path("safety-net", safetynet_pages.safety_net, name="safety_net"),
    path("settings", limits_pages.page, name="settings"),
    path("settings/limits", limits_pages.save_limits, name="settings_limits"),
    path("settings/pause", limits_pages.begin_pause, name="settings_pause"),
    path("settings/exclude", limits_pages.begin_exclusion, name="settings_exclude"),
    path("shop", shop_pages.shop, name="shop"),
    path("shop/order", shop_pages.order, name="shop_order"),
    path("shop/stock", shop_pages.stock, name="shop_stock"),
    path("shop/purchases", shop_pages.purchases, name="shop_purchases"),
    path("streak", streak_pages.month, name="streak"),
    path("streak/protection", streak_pages.switch_protection, name="streak_protection"),
    path("vip/claim", vip_pages.claim_points, name="vip_claim"),
]
