"""`manage.py simulate_economy`: the publish gate. Exits 1 when a game's return to player leaves its band."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from economy.ledger.rules import CHART, rewarded_reasons
from economy.simulation.plot import svg_of
from economy.simulation.rules import Figures, Simulator, faults_of
from economy.simulation.selectors import simulators
from economy.simulation.services import simulate


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


class Command(BaseCommand):
    help = "Plays synthetic players against the current rules: returns, gold by reason, balances. Changes nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--players", type=_at_least_one, default=300)
        parser.add_argument("--days", type=_at_least_one, default=14)
        parser.add_argument("--seed", type=int, default=1, help="The same seed gives the same figures.")
        parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="Draw the figures there.")

    def handle(self, *args, **options) -> None:
        games = simulators()
        figures = simulate(players=options["players"], days=options["days"], seed=options["seed"], games=games)
        title = f"{options['players']:,} players for {options['days']} days, seed {options['seed']}"
        self.stdout.write(
            "\n".join([title, "", *_returns(figures, games), "", *_gold(figures), "", *_balances(figures)])
        )
        if options["plot"]:
            self._draw(options["plot"], svg_of(figures, title=title))
        faults = [fault for game in games for fault in faults_of(game, figures.returns[game.game])]
        if faults:
            raise CommandError("Not fit to be published. " + "; ".join(faults), returncode=1)

    def _draw(self, path: Path, svg: str) -> None:
        try:
            path.write_text(svg, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"Could not write {path}: {error.strerror}", returncode=2) from error
        self.stdout.write(f"\nDrawn: {path}")


def _returns(figures: Figures, games: list[Simulator]) -> list[str]:
    lines = [f"{'game':<8}{'plays':>11}{'bet':>15}{'won':>15}{'return':>9}{'± 99.9 %':>10}{'stated':>10}{'band':>15}"]
    for game in games:
        found = figures.returns[game.game]
        stated = f"{float(game.exact):.3%}" if game.exact is not None else "–"
        band = "–".join(f"{float(edge):.1%}" for edge in game.band) if game.band else "–"
        played = f"{found.rtp:>9.2%}{found.margin:>10.2%}" if game.band else f"{'–':>9}{'–':>10}"
        lines.append(f"{game.game:<8}{found.plays:>11,}{found.bet:>15,}{found.won:>15,}{played}{stated:>10}{band:>15}")
    return lines


def _gold(figures: Figures) -> list[str]:
    lines = [f"{'gold by reason':<20}{'account':<12}{'in all':>16}{'a day':>14}{'a visit':>12}"]
    for reason in figures.reasons():
        total = figures.total(reason)
        lines.append(
            f"{reason:<20}{CHART[reason].account:<12}{total:>16,}{total // figures.days:>14,}"
            f"{total / figures.visits:>12,.1f}"
        )
    absent = [reason for reason in rewarded_reasons() if reason not in figures.reasons()]
    lines += ["", f"No gold came from: {', '.join(absent)}"]
    lines += ["", f"{'day':<6}{'minted':>16}{'house and burned':>20}{'net':>16}"]
    for number, by_reason in enumerate(figures.moved, start=1):
        minted = sum(amount for reason, amount in by_reason.items() if CHART[reason].account == "mint")
        net = sum(by_reason.values())
        lines.append(f"{number:<6}{minted:>16,}{net - minted:>20,}{net:>16,}")
    return lines


def _balances(figures: Figures) -> list[str]:
    shares = (0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
    return [
        f"balances after {figures.days} days (each share: at least so much, by buckets of 1, 2, 5 …)",
        "  ".join(f"{share:.0%} {figures.balance_at(share):,}" for share in shares),
        f"mean {figures.gold // figures.players:,}  richest {figures.richest:,}",
    ]
