"""The addresses of the economy."""

from django.urls import path

from economy.ledger import api as ledger
from economy.ledger import pages as ledger_pages
from economy.streaks import api as streaks

urlpatterns = [
    path("api/economy/wallet", ledger.WalletView.as_view(), name="api_wallet"),
    path("api/economy/ledger", ledger.LedgerView.as_view(), name="api_ledger"),
    path("api/economy/daily", ledger.DailyView.as_view(), name="api_daily"),
    path("api/streak/tick", streaks.TickView.as_view(), name="api_streak_tick"),
    path("api/streak/status", streaks.StatusView.as_view(), name="api_streak_status"),
    path("api/streak/claim", streaks.ClaimView.as_view(), name="api_streak_claim"),
    path("api/streak/history", streaks.HistoryView.as_view(), name="api_streak_history"),
    path("ledger", ledger_pages.ledger, name="ledger"),
]
