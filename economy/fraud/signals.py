"""What Redis remembers of attempts, in sliding windows: one script notes an attempt and counts, in one round trip."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from django.utils.crypto import salted_hmac

from casino_club.core import metrics, redis
from economy.fraud.rules import Attempt

# A window remembers this many at most, the latest ones: whoever floods it costs no more memory than anybody else.
REMEMBERED = 1000
AMOUNTS_REMEMBERED = 100
NAMES = (
    "attempts_ip_5m",
    "attempts_ip_1h",
    "attempts_fingerprint_5m",
    "attempts_fingerprint_1h",
    "attempts_user_5m",
    "attempts_user_1h",
    "distinct_cards_5m",
    "distinct_cards_24h",
    "amount_stddev_24h",
    "accounts_device_30d",
)

# Members carry the moment (ms) of their last attempt as score. A moment exactly one window ago is outside.
_SCRIPT = """
local now, attempt = tonumber(ARGV[1]), ARGV[2]
local M5, H1, H24, D30 = 300000, 3600000, 86400000, 2592000000

local function note(key, member, keep, most)
  redis.call('ZADD', key, now, member)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - keep)
  redis.call('ZREMRANGEBYRANK', key, 0, -most - 1)
  redis.call('PEXPIRE', key, keep)
end
local function within(key, window)
  return redis.call('ZCOUNT', key, string.format('(%.0f', now - window), '+inf')
end

local most, amounts_most = tonumber(ARGV[3]), tonumber(ARGV[4])
local user, amount, card, device = ARGV[5], ARGV[6], ARGV[7], ARGV[8] == '1'
note(KEYS[1], attempt, H1, most)
note(KEYS[2], attempt, H1, most)
note(KEYS[3], attempt .. ':' .. amount, H24, amounts_most)
if card ~= '' then note(KEYS[4], card, H24, most) end
if device then
  note(KEYS[5], attempt, H1, most)
  note(KEYS[6], user, D30, most)
end

local amounts, sum, squares = redis.call('ZRANGE', KEYS[3], 0, -1), 0, 0
for index, member in ipairs(amounts) do
  amounts[index] = tonumber(string.match(member, ':(%d+)$'))
  sum = sum + amounts[index]
end
local mean = sum / #amounts
for _, one in ipairs(amounts) do squares = squares + (one - mean) ^ 2 end
local deviation = math.floor(math.sqrt(squares / #amounts) + 0.5)

local by_device = {0, 0, 0}
if device then by_device = {within(KEYS[5], M5), within(KEYS[5], H1), within(KEYS[6], D30)} end
return {within(KEYS[1], M5), within(KEYS[1], H1), by_device[1], by_device[2], within(KEYS[2], M5), within(KEYS[2], H1),
        within(KEYS[4], M5), within(KEYS[4], H24), deviation, by_device[3]}
"""

_round_trip = metrics.histogram("fraud_signals_seconds", "The one round trip to Redis for the signals of an attempt.")


def hashed(kind: str, value: str) -> str:
    """A keyed hash: equal values can be found again, what they were cannot."""
    return salted_hmac(f"economy.fraud.{kind}", value, algorithm="sha256").hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an attempt comes from, by keyed hashes; `device` is empty without one."""

    address: str
    device: str


def origin_of(attempt: Attempt) -> Origin:
    device = hashed("device", attempt.fingerprint) if attempt.fingerprint else ""
    return Origin(hashed("address", attempt.address), device)


def note(attempt: Attempt, origin: Origin, *, now: datetime) -> dict[str, int] | None:
    """Note the attempt and count it together with what went before; None without Redis."""
    began = perf_counter()
    counts = redis.quietly(lambda client: _run(client, attempt, origin, now), purpose="fraud_signals")
    _round_trip.observe(perf_counter() - began)
    return None if counts is None else dict(zip(NAMES, counts, strict=True))


def forget(user_id: int) -> None:
    """Drop what is remembered of a player."""
    redis.quietly(lambda client: client.delete(*_player_keys(user_id)), purpose="fraud_signals")


def _run(client: redis.Redis, attempt: Attempt, origin: Origin, now: datetime) -> list[int]:
    attempts, amounts, cards = _player_keys(attempt.user_id)
    keys = [
        f"fraud:attempts:ip:{origin.address}",
        attempts,
        amounts,
        cards,
        f"fraud:attempts:fingerprint:{origin.device}",
        f"fraud:accounts:device:{origin.device}",
    ]
    arguments = [
        round(now.timestamp() * 1000),
        secrets.token_hex(8),
        REMEMBERED,
        AMOUNTS_REMEMBERED,
        attempt.user_id,
        attempt.amount,
        hashed("card", attempt.card_hash) if attempt.card_hash else "",
        int(bool(origin.device)),
    ]
    return client.register_script(_SCRIPT)(keys=keys, args=arguments)


def _player_keys(user_id: int) -> tuple[str, str, str]:
    return f"fraud:attempts:user:{user_id}", f"fraud:amount_stddev:{user_id}", f"fraud:distinct_cards:{user_id}"
