"""The operators' pages of the app, gathered from its features for Django."""

from economy.approvals.admin import ApprovalAdmin
from economy.fraud.admin import FraudAuditAdmin, FraudRulesAdmin
from economy.grants.admin import OperatorGrantAdmin
from economy.ledger.admin import EntryAdmin, TallyAdmin, WalletAdmin
from economy.limits.admin import PlayLimitAdmin, PlayRestAdmin
from economy.payments.admin import PaymentAdmin, PaymentRefundAdmin
from economy.policy.admin import RewardPolicyAdmin
from economy.reconcile.admin import ReconcileReportAdmin
from economy.rewards.admin import UserRewardAdmin
from economy.seasons.admin import SeasonAdmin
from economy.segments.admin import PlayerSegmentAdmin, RecommendationAdmin, SegmentChangeAdmin, SegmentDayAdmin
from economy.shop.admin import PackageAdmin, ProductAdmin, PromoCodeAdmin, PurchaseAdmin
from economy.streaks.admin import AttendanceDayAdmin, StreakRepairReportAdmin, StreakStateAdmin
from economy.webhooks.admin import WebhookEndpointAdmin, WebhookEventAdmin

__all__ = [
    "ApprovalAdmin",
    "AttendanceDayAdmin",
    "EntryAdmin",
    "FraudAuditAdmin",
    "FraudRulesAdmin",
    "OperatorGrantAdmin",
    "PackageAdmin",
    "PaymentAdmin",
    "PaymentRefundAdmin",
    "PlayLimitAdmin",
    "PlayRestAdmin",
    "ProductAdmin",
    "PromoCodeAdmin",
    "PurchaseAdmin",
    "PlayerSegmentAdmin",
    "RecommendationAdmin",
    "ReconcileReportAdmin",
    "RewardPolicyAdmin",
    "SeasonAdmin",
    "SegmentChangeAdmin",
    "SegmentDayAdmin",
    "StreakRepairReportAdmin",
    "StreakStateAdmin",
    "TallyAdmin",
    "UserRewardAdmin",
    "WalletAdmin",
    "WebhookEndpointAdmin",
    "WebhookEventAdmin",
]
