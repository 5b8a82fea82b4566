"""What every test stands on: real PostgreSQL and Valkey (`casino_club.local.pytest_plugin`), and an empty Valkey each time."""

import pytest

from casino_club.core import redis


@pytest.fixture(autouse=True)
def empty_redis():
    """Redis holds nothing at the start of a test."""
    redis.client().flushdb()
