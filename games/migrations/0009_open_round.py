"""Opening a round in one statement: `games_open_round`, called by `games.rounds.services.open_round`."""

from django.db import migrations

# Everything that one bet writes, or nothing. It locks the player's wallet first, so whatever the caller read before may
# have changed; `verdict` says what came of it:
#   opened    the round is open, paid for, and its answer stored if there is a key
#   answered  the key has an answer to the same request already: `body` and `status`
#   reused    the key was used for another request
#   stale     the nonce is taken, a round is open, or the player has limits by now: read again
# It starts in the database's clock, to the whole millisecond that players are told, after every lock. In `p_answer`
# %1$s is the round's id, %2$s the gold that is left, %3$s the start. Refusals raise as `ledger_post` does; CL422: the
# key was used meanwhile for an act that does not lock the wallet.
CREATE = """
CREATE FUNCTION games_open_round(
    p_player bigint, p_game text, p_bet bigint, p_xp bigint, p_odds_version text, p_seed_pair bigint, p_nonce bigint,
    p_outcome jsonb, p_lasts_ms integer, p_limited boolean, p_now timestamptz,
    p_key text, p_fingerprint text, p_answer text, p_forgotten timestamptz,
    OUT verdict text, OUT round_id bigint, OUT started_at timestamptz, OUT balance bigint,
    OUT status smallint, OUT body text
)
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    limited boolean;
    fingerprint text;
BEGIN
    SELECT w.limited INTO limited FROM economy_wallet w WHERE w.player_id = p_player FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'player % has no wallet', p_player USING ERRCODE = 'CL404';
    END IF;
    IF p_key IS NOT NULL THEN
        SELECT r.fingerprint, r.status, r.body INTO fingerprint, status, body FROM core_idempotencyrecord r
         WHERE r.actor_id = p_player AND r.key = p_key AND r.created_at >= p_forgotten;
        IF FOUND THEN
            verdict := CASE WHEN fingerprint = p_fingerprint THEN 'answered' ELSE 'reused' END;
            RETURN;
        END IF;
    END IF;

    verdict := 'stale';
    IF limited <> p_limited
       OR EXISTS (SELECT 1 FROM games_round r WHERE r.player_id = p_player AND r.status = 'open') THEN
        RETURN;
    END IF;
    UPDATE games_seedpair s SET next_nonce = s.next_nonce + 1
     WHERE s.id = p_seed_pair AND s.next_nonce = p_nonce AND s.revealed_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;

    started_at := date_trunc('milliseconds', clock_timestamp());
    INSERT INTO games_round
        (player_id, game, status, bet, win, multiplier, odds_version, seed_pair_id, nonce, outcome, created_at, due_at)
    VALUES (p_player, p_game, 'open', p_bet, 0, 0, p_odds_version, p_seed_pair, p_nonce, p_outcome, started_at,
            started_at + p_lasts_ms * interval '1 millisecond')
    RETURNING id INTO round_id;
    SELECT posted.gold INTO balance
      FROM ledger_post(p_player, '{gold,xp}', ARRAY[- p_bet, p_xp], ARRAY[p_game || '.bet', 'play.xp'],
                       array_fill('round:' || round_id, ARRAY[2]), '{1,1}', '{"{}","{}"}', p_now) AS posted;
    verdict := 'opened';
    IF p_key IS NOT NULL THEN
        status := 200;
        body := format(p_answer, round_id, balance,
                       to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'));
        INSERT INTO core_idempotencyrecord AS r (actor_id, key, fingerprint, created_at, status, body)
        VALUES (p_player, p_key, p_fingerprint, p_now, status, body)
        ON CONFLICT ON CONSTRAINT one_answer_per_actor_and_key
        DO UPDATE SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, status = excluded.status,
                      body = excluded.body
         WHERE r.created_at < p_forgotten;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the key was used meanwhile' USING ERRCODE = 'CL422';
        END IF;
    END IF;
END;
$$
"""
DROP = """
DROP FUNCTION games_open_round(
    bigint, text, bigint, bigint, text, bigint, bigint, jsonb, integer, boolean, timestamptz, text, text, text,
    timestamptz)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0008_rounds_of_late"),
        ("core", "0001_initial"),
        ("economy", "0004_limits_policy_reconcile"),
    ]
    operations = [migrations.RunSQL(CREATE, DROP)]
