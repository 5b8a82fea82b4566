"""Statistics are counted in the statement that settles a round."""

_COUNTED = """
    {name} AS (
        INSERT INTO {table} AS s
            ({key}, rounds, total_bets, total_wins, total_losses, highest_multiplier, total_wagered, total_won,
             updated_at)
        VALUES ({values}, 1, %(paid)s, %(won)s, %(lost)s, %(multiplier)s, %(bet)s, %(win)s, %(now)s)
        ON CONFLICT ({key}) DO UPDATE SET
            rounds = s.rounds + 1,
            total_bets = s.total_bets + excluded.total_bets,
            total_wins = s.total_wins + excluded.total_wins,
            total_losses = s.total_losses + excluded.total_losses,
            highest_multiplier = greatest(s.highest_multiplier, excluded.highest_multiplier),
            total_wagered = s.total_wagered + excluded.total_wagered,
            total_won = s.total_won + excluded.total_won,
            updated_at = excluded.updated_at
        RETURNING rounds
    )"""

# Common table expressions for the statement that settles a round: `counted` counts it for its player and game of all
# time, `counted_day` for its game day. Parameters: player, game, date, paid, won, lost (each 0 or 1), multiplier, bet,
# win, now.
COUNT_ROUND = ",".join(
    [
        _COUNTED.format(name="counted", table="user_game_stats", key="user_id, game", values="%(player)s, %(game)s"),
        _COUNTED.format(
            name="counted_day",
            table="user_game_stats_daily",
            key="user_id, date, game",
            values="%(player)s, %(date)s, %(game)s",
        ),
    ]
)
