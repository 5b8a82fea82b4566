\set player random(1, :players)
BEGIN;
SELECT id, nickname, is_active FROM peer_user WHERE id = :player;
SELECT user_id, gold, xp FROM peer_wallet WHERE user_id = :player FOR UPDATE;
INSERT INTO peer_round (user_id, bet, status, created_at) VALUES (:player, 10, 'placed', now()) RETURNING id \gset
INSERT INTO peer_entry (user_id, asset, amount, balance_after, reason, reference, created_at) VALUES
    (:player, 'gold', -10, 0, 'crash.bet', 'round:' || :id, now()), (:player, 'xp', 1, 0, 'play.xp', 'round:' || :id, now());
UPDATE peer_wallet SET gold = gold - 10, xp = xp + 1 WHERE user_id = :player;
INSERT INTO peer_stats AS s VALUES (:player, 1, 10)
    ON CONFLICT (user_id) DO UPDATE SET bets = s.bets + 1, wagered = s.wagered + excluded.wagered;
COMMIT;
