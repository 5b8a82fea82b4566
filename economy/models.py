"""The rows of the app, gathered from its features for Django."""

from economy.approvals.models import Approval
from economy.fraud.models import FraudAudit, FraudRules
from economy.grants.models import OperatorGrant
from economy.house.models import HouseHour
from economy.ledger.models import Entry, Tally, Wallet
from economy.limits.models import PlayLimit, PlayRest
from economy.payments.models import Payment, PaymentRefund, PaymentSession
from economy.policy.models import RewardPolicy
from economy.reconcile.models import ReconcileReport
from economy.rewards.models import UserReward
from economy.seasons.models import Season, SeasonTier, SeasonXp
from economy.segments.models import PlayerSegment, Recommendation, SegmentChange, SegmentDay
from economy.shop.models import Package, Product, PromoCode, Purchase, PurchaseTransition
from economy.streaks.models import AttendanceDay, StreakRepairReport, StreakState
from economy.webhooks.models import WebhookAttempt, WebhookEndpoint, WebhookEvent

__all__ = [
    "Approval",
    "AttendanceDay",
    "Entry",
    "FraudAudit",
    "FraudRules",
    "OperatorGrant",
    "Package",
    "HouseHour",
    "Payment",
    "PaymentRefund",
    "PaymentSession",
    "PlayLimit",
    "PlayRest",
    "PlayerSegment",
    "Product",
    "PromoCode",
    "Purchase",
    "PurchaseTransition",
    "Recommendation",
    "ReconcileReport",
    "RewardPolicy",
    "Season",
    "SeasonTier",
    "SeasonXp",
    "SegmentChange",
    "SegmentDay",
    "StreakRepairReport",
    "StreakState",
    "Tally",
    "UserReward",
    "Wallet",
    "WebhookAttempt",
    "WebhookEndpoint",
    "WebhookEvent",
]
