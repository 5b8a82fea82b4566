"""The addresses of the games."""

from django.urls import path

from games.crash import api as crash
from games.crash import pages as crash_pages
from games.fairness import api as fairness
from games.gacha import api as gacha
from games.gacha import pages as gacha_pages
from games.lobby import pages as lobby
from games.odds import api as odds
from games.odds import pages as odds_pages
from games.proofs import pages as proofs
from games.publicity import api as publicity
from games.publicity import pages as publicity_pages
from games.rankings import api as rankings
from games.rankings import pages as rankings_pages
from games.rounds import api as rounds
from games.rounds import pages as rounds_pages
from games.rps import api as rps
from games.rps import pages as rps_pages
from games.slot import api as slot
from games.slot import pages as slot_pages
from games.stats import api as stats

urlpatterns = [
    path("games", lobby.page, name="lobby"),
    path("games/slot", slot_pages.page, name="slot"),
    path("games/crash", crash_pages.page, name="crash"),
    path("games/gacha", gacha_pages.page, name="gacha"),
    path("games/rps", rps_pages.page, name="rps"),
    path("inventory", gacha_pages.inventory, name="inventory"),
    path("games/history", rounds_pages.history, name="history"),
    path("games/rounds/<int:round_id>", proofs.round_page, name="round"),
    path("games/publicity", publicity_pages.change, name="publicity"),
    path("rankings", rankings_pages.page, name="rankings"),
    path("fairness", proofs.fairness, name="fairness"),
    path("fairness/rotate", proofs.rotate, name="fairness_rotate"),
    path("fairness/verifier.html", proofs.verifier_file, name="verifier_file"),
    path("odds", odds_pages.page, name="odds"),
    path("api/games/odds", odds.OddsView.as_view()),
    path("api/games/fairness", fairness.SeedsView.as_view()),
    path("api/games/fairness/rotate", fairness.RotateView.as_view()),
    path("api/games/history", rounds.HistoryView.as_view()),
    path("api/games/rounds/<int:round_id>", rounds.RoundView.as_view()),
    path("api/games/stats/me", stats.MyStatsView.as_view()),
    path("api/games/stats/recalculate/<int:user_id>", stats.RecalculateView.as_view()),
    path("api/games/leaderboards/<str:span>", rankings.LeaderboardView.as_view()),
    path("api/games/publicity", publicity.PublicityView.as_view()),
    path("api/games/crash/bet", crash.BetView.as_view(), name="crash_bet"),
    path("api/games/crash/cashout", crash.CashOutView.as_view(), name="crash_cashout"),
    path("api/games/crash/<int:game_id>", crash.RoundView.as_view(), name="crash_round"),
    path("api/games/crash/<int:game_id>/stream", crash.StreamView.as_view(), name="crash_stream"),
    path("api/games/gacha/banners", gacha.BannersView.as_view()),
    path("api/games/gacha/pull", gacha.PullView.as_view(), name="gacha_pull"),
    path("api/games/inventory", gacha.InventoryView.as_view()),
    path("api/games/rps/play", rps.PlayView.as_view(), name="rps_play"),
    path("api/games/slot/spin", slot.SpinView.as_view(), name="slot_spin"),
]
