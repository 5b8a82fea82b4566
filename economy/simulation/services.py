"""Playing synthetic players against the current rules. Touches no row; memory does not grow with the players."""

from collections.abc import Sequence

from economy.onboarding.services import WELCOME_GIFT
from economy.safetynet import rules as safety_net
from economy.simulation.rules import Figures, Returns, SeededChance, Simulator
from economy.streaks.rules import reward_for

# How synthetic players behave. Each comes on a share of the days, plays a number of times a visit (the mean), and bets
# a part of what they hold; some wait for the safety net when they are out of gold.
COMES = (0.35, 0.95)
PLAYS_A_VISIT = (10, 90)
BETS_PARTS = (100, 50, 25, 10)
WAITS_FOR_NETS = (0, 0, 1, 2)


def simulate(*, players: int, days: int, seed: int, games: Sequence[Simulator]) -> Figures:
    """`players` players who join on the first day and live for `days` days; the same seed gives the same figures."""
    figures = Figures(days, returns={game.game: Returns() for game in games})
    for number in range(players):
        _live(SeededChance(f"{seed}:{number}"), figures, games)
    return figures


def _live(chance: SeededChance, figures: Figures, games: Sequence[Simulator]) -> None:
    comes = COMES[0] + chance.share() * (COMES[1] - COMES[0])
    mean_plays = PLAYS_A_VISIT[0] + chance.below(PLAYS_A_VISIT[1] - PLAYS_A_VISIT[0])
    part = BETS_PARTS[chance.below(len(BETS_PARTS))]
    nets = WAITS_FOR_NETS[chance.below(len(WAITS_FOR_NETS))]
    gold, streak = WELCOME_GIFT.gold, 0
    figures.move(0, "welcome.grant", gold)
    for day in range(figures.days):
        if day and chance.share() >= comes:
            streak = 0
            continue
        figures.visits += 1
        streak += 1
        claimed = reward_for(streak).gold
        figures.move(day, "streak.claim", claimed)
        gold = _visit(chance, figures, games, day, gold + claimed, mean_plays, part, nets)
    figures.finish(gold)


def _visit(
    chance: SeededChance,
    figures: Figures,
    games: Sequence[Simulator],
    day: int,
    gold: int,
    mean_plays: int,
    part: int,
    nets: int,
) -> int:
    """A day's plays; the gold at its end."""
    for _ in range(chance.below(2 * mean_plays) + 1):
        open_games = [game for game in games if game.min_bet <= gold]
        if not open_games:
            if not nets or gold >= safety_net.SMALLEST_BET:
                break
            nets -= 1
            gold += safety_net.GOLD
            figures.move(day, safety_net.REASON, safety_net.GOLD)
            continue
        game = _chosen(chance, open_games)
        bet = max(game.min_bet, min(game.max_bet, gold // part))
        won = game.play(chance, bet)
        gold += won - bet
        figures.returns[game.game].add(bet, won)
        figures.move(day, game.bet_reason, -bet)
        figures.move(day, game.win_reason, won)
    return gold


def _chosen(chance: SeededChance, games: Sequence[Simulator]) -> Simulator:
    at = chance.below(sum(game.weight for game in games))
    for game in games:
        if at < game.weight:
            return game
        at -= game.weight
    raise AssertionError("unreachable: `at` is below the sum of the weights")
