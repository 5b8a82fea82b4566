"""The one verb of money: `ledger_post`, called in one statement by `economy.ledger.services.post`."""

from django.db import migrations

# In: the moves of one player, as parallel arrays. Out: one row; `ids` and `balances` are parallel to the moves.
# SQLSTATEs (class CL): CL404 no wallet, CL409 conflict, CL001 not enough gold, CL002 gems, CL003 XP, CL004 VIP points.
CREATE = """
CREATE FUNCTION ledger_post(
    p_player bigint, p_assets text[], p_amounts bigint[], p_reasons text[], p_references text[], p_units integer[],
    p_metadata jsonb[], p_now timestamptz,
    OUT ids bigint[], OUT balances bigint[], OUT existing boolean,
    OUT gold bigint, OUT gems bigint, OUT xp bigint, OUT vip_points bigint
)
LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
    moves CONSTANT integer := cardinality(p_assets);
    balance bigint;
    short_of text;
BEGIN
    SELECT w.gold, w.gems, w.xp, w.vip_points INTO gold, gems, xp, vip_points
      FROM economy_wallet w WHERE w.player_id = p_player FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'player % has no wallet', p_player USING ERRCODE = 'CL404';
    END IF;
    existing := false;

    FOR i IN 1 .. moves LOOP
        CASE p_assets[i]
            WHEN 'gold' THEN gold := gold + p_amounts[i]; balance := gold;
            WHEN 'gems' THEN gems := gems + p_amounts[i]; balance := gems;
            WHEN 'xp' THEN xp := xp + p_amounts[i]; balance := xp;
            WHEN 'vip_points' THEN vip_points := vip_points + p_amounts[i]; balance := vip_points;
        END CASE;
        IF balance < 0 AND short_of IS NULL THEN
            short_of := p_assets[i];
        END IF;
        balances[i] := balance;
    END LOOP;

    IF short_of IS NULL THEN
        WITH posted AS (
            INSERT INTO economy_entry
                (player_id, asset, amount, reason, reference, units, metadata, balance_after, created_at)
            SELECT p_player, m.asset, m.amount, m.reason, m.reference, m.units, m.metadata, m.balance, p_now
              FROM unnest(p_assets, p_amounts, p_reasons, p_references, p_units, p_metadata, balances)
                   AS m (asset, amount, reason, reference, units, metadata, balance)
            ON CONFLICT ON CONSTRAINT entry_once_per_reference DO NOTHING
            RETURNING id
        )
        SELECT array_agg(posted.id ORDER BY posted.id) INTO ids FROM posted;
    END IF;

    IF cardinality(ids) = moves THEN
        UPDATE economy_wallet w SET gold = ledger_post.gold, gems = ledger_post.gems, xp = ledger_post.xp,
               vip_points = ledger_post.vip_points
         WHERE w.player_id = p_player;
        INSERT INTO economy_tally AS t (player_id, asset, reason, hour, entries, units, amount)
        SELECT p_player, m.asset, m.reason, date_trunc('hour', p_now, 'UTC'), count(*), sum(m.units), sum(m.amount)
          FROM unnest(p_assets, p_reasons, p_units, p_amounts) AS m (asset, reason, units, amount)
         GROUP BY m.asset, m.reason
        ON CONFLICT ON CONSTRAINT tally_once_per_hour DO UPDATE
           SET entries = t.entries + excluded.entries, units = t.units + excluded.units, amount = t.amount + excluded.amount;
        RETURN;
    END IF;

    -- Not all of it was new, or there was not enough: a repeat gives what exists, whatever the balance is by now.
    IF ids IS NOT NULL THEN
        RAISE EXCEPTION 'a part of this was posted before' USING ERRCODE = 'CL409';
    END IF;
    SELECT array_agg(e.id ORDER BY m.position), array_agg(e.balance_after ORDER BY m.position),
           bool_and(e.amount = m.amount AND e.units = m.units)
      INTO ids, balances, existing
      FROM unnest(p_assets, p_amounts, p_reasons, p_references, p_units) WITH ORDINALITY
           AS m (asset, amount, reason, reference, units, position)
      JOIN economy_entry e ON e.player_id = p_player AND e.asset = m.asset AND e.reason = m.reason
           AND e.reference = m.reference;
    IF ids IS NULL THEN
        RAISE EXCEPTION 'not enough %', short_of
              USING ERRCODE = CASE short_of WHEN 'gold' THEN 'CL001' WHEN 'gems' THEN 'CL002' WHEN 'xp' THEN 'CL003' ELSE 'CL004' END;
    END IF;
    IF cardinality(ids) <> moves OR NOT existing THEN
        RAISE EXCEPTION 'posted before with other amounts' USING ERRCODE = 'CL409';
    END IF;
    SELECT w.gold, w.gems, w.xp, w.vip_points INTO gold, gems, xp, vip_points
      FROM economy_wallet w WHERE w.player_id = p_player;
END;
$$
"""
DROP = "DROP FUNCTION ledger_post(bigint, text[], bigint[], text[], text[], integer[], jsonb[], timestamptz)"

# Wallets and tallies are updated far more often than added: room on each page keeps those updates off the indexes.
ROOM = """
ALTER TABLE economy_wallet SET (fillfactor = 70);
ALTER TABLE economy_tally SET (fillfactor = 80);
"""
NO_ROOM = """
ALTER TABLE economy_wallet RESET (fillfactor);
ALTER TABLE economy_tally RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("economy", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP), migrations.RunSQL(ROOM, NO_ROOM)]
