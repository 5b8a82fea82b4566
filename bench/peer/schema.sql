-- The peer's tables with :players players, for the peer itself and for pgbench.
CREATE TABLE peer_user (id bigserial PRIMARY KEY, nickname varchar(40) UNIQUE NOT NULL, is_active boolean NOT NULL);
CREATE TABLE peer_wallet (user_id bigint PRIMARY KEY REFERENCES peer_user, gold bigint NOT NULL, xp bigint NOT NULL);
CREATE TABLE peer_round (
    id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES peer_user, bet bigint NOT NULL, status varchar(12) NOT NULL,
    created_at timestamptz NOT NULL);
CREATE INDEX ON peer_round (user_id);
CREATE TABLE peer_entry (
    id bigserial PRIMARY KEY, user_id bigint NOT NULL REFERENCES peer_user, asset varchar(10) NOT NULL, amount bigint NOT NULL,
    balance_after bigint NOT NULL, reason varchar(40) NOT NULL, reference varchar(80) NOT NULL, created_at timestamptz NOT NULL);
CREATE INDEX ON peer_entry (user_id);
CREATE TABLE peer_stats (user_id bigint PRIMARY KEY REFERENCES peer_user, bets bigint NOT NULL, wagered bigint NOT NULL);
INSERT INTO peer_user (nickname, is_active) SELECT 'peer' || n, true FROM generate_series(1, :players) AS n;
INSERT INTO peer_wallet SELECT id, 1000000000, 0 FROM peer_user;
