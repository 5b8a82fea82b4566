"""The wallet and its books, for machines."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from casino_club.core import clock
from casino_club.core.api import ApiView, page_of, read_since
from casino_club.core.schema import CURSOR, LIMIT
from economy.ledger.models import Entry
from economy.ledger.rules import CHART, Asset
from economy.ledger.selectors import days_of, entries_of, wallet_of
from economy.queries import read_choice, read_whole

ASSETS = [asset.value for asset in Asset]
DAYS_DEFAULT, DAYS_MOST = 30, 366


class WalletAnswer(serializers.Serializer):
    gold = serializers.IntegerField()
    gems = serializers.IntegerField()
    xp = serializers.IntegerField()
    vip_points = serializers.IntegerField()
    level = serializers.IntegerField()
    experience = serializers.IntegerField(help_text="XP earned inside this level.")
    max_experience = serializers.IntegerField(help_text="What the whole level takes: 1000 + (level − 1) × 100.")
    total_experience = serializers.IntegerField()


class EntryAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    asset = serializers.ChoiceField(ASSETS)
    amount = serializers.IntegerField(help_text="Signed.")
    units = serializers.IntegerField(help_text="How many acts it stands for: a ten-pull is 10.")
    balance_after = serializers.IntegerField()
    reason = serializers.CharField()
    reference = serializers.CharField()
    created_at = serializers.DateTimeField()


class DayAnswer(serializers.Serializer):
    date = serializers.DateField(help_text="A game day.")
    wagered = serializers.IntegerField()
    won = serializers.IntegerField()
    profit = serializers.IntegerField(help_text="won − wagered")
    received = serializers.IntegerField(help_text="Rewards and other income outside the games.")
    spent = serializers.IntegerField(help_text="Spending outside the games.")
    net = serializers.IntegerField(help_text="The change of the balance over the day.")


LedgerAnswer = inline_serializer(
    "Ledger", {"results": EntryAnswer(many=True), "next": serializers.CharField(allow_null=True)}
)
DailyAnswer = inline_serializer(
    "Daily", {"results": DayAnswer(many=True), "next": serializers.CharField(allow_null=True)}
)


class WalletView(ApiView):
    @extend_schema(operation_id="economy_wallet", responses=WalletAnswer, tags=["economy"])
    def get(self, request):
        """What the caller holds, and the level that the XP stands for."""
        wallet = wallet_of(request.user.pk)
        return Response(
            {
                "gold": wallet.gold,
                "gems": wallet.gems,
                "xp": wallet.xp,
                "vip_points": wallet.vip_points,
                "level": wallet.level.level,
                "experience": wallet.level.experience,
                "max_experience": wallet.level.max_experience,
                "total_experience": wallet.level.total_experience,
            }
        )


class LedgerView(ApiView):
    @extend_schema(
        operation_id="economy_ledger",
        parameters=[
            OpenApiParameter("asset", str, enum=ASSETS),
            OpenApiParameter("reason", str, enum=list(CHART)),
            OpenApiParameter("since", str, description="ISO 8601 with zone: entries from then on."),
            CURSOR,
            LIMIT,
        ],
        responses=LedgerAnswer,
        tags=["economy"],
    )
    def get(self, request):
        """The caller's ledger entries, the latest first."""
        entries = entries_of(
            request.user.pk,
            asset=read_choice(request, "asset", ASSETS),
            reason=read_choice(request, "reason", list(CHART)),
            since=read_since(request),
        )
        return Response(page_of(entries, request, serialize=as_answer))


class DailyView(ApiView):
    @extend_schema(
        operation_id="economy_daily",
        parameters=[OpenApiParameter("days", int, description=f"1–{DAYS_MOST}, by default {DAYS_DEFAULT}.")],
        responses=DailyAnswer,
        tags=["economy"],
    )
    def get(self, request):
        """Profit and loss in gold by game day, today first; days without a move are listed as zeros."""
        count = read_whole(request, "days", least=1, most=DAYS_MOST, default=DAYS_DEFAULT)
        days = days_of(request.user.pk, days=count, now=request.now)
        return Response(
            {
                "results": [
                    {
                        "date": day.date.isoformat(),
                        "wagered": day.wagered,
                        "won": day.won,
                        "profit": day.profit,
                        "received": day.received,
                        "spent": day.spent,
                        "net": day.net,
                    }
                    for day in days
                ],
                "next": None,
            }
        )


def as_answer(entry: Entry) -> dict:
    return {
        "id": entry.pk,
        "asset": entry.asset,
        "amount": entry.amount,
        "units": entry.units,
        "balance_after": entry.balance_after,
        "reason": entry.reason,
        "reference": entry.reference,
        "created_at": clock.iso(entry.created_at),
    }
