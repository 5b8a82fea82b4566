"""The invariants of the economy, gathered from its features for reconcile."""

from economy.house import invariants as house
from economy.ledger import invariants as ledger
from economy.limits import invariants as limits
from economy.rewards import invariants as rewards
from economy.shop import invariants as shop

INVARIANTS = (*ledger.INVARIANTS, *rewards.INVARIANTS, *limits.INVARIANTS, *shop.INVARIANTS, *house.INVARIANTS)
