"""What `/openapi.json` tells strangers about each door, no more and no less than is true."""

import inspect
import re

import pytest
from drf_spectacular.generators import SchemaGenerator

from casino_club.core.api import ApiView
from casino_club.core.schema import IDEMPOTENCY_KEY


@pytest.fixture(scope="module")
def operations():
    """Every operation of the description, by method and path."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {(method, path): operation for path, methods in paths.items() for method, operation in methods.items()}


def parameters_of(operation) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", [])}


def test_nothing_is_told_that_is_meant_for_who_writes_doors(operations):
    inherited = inspect.getdoc(ApiView)

    assert {key for key, operation in operations.items() if operation.get("description") == inherited} == set()


def test_a_reused_key_is_a_refusal_of_those_doors_that_take_one(operations):
    with_key = {key for key, operation in operations.items() if IDEMPOTENCY_KEY.name in parameters_of(operation)}

    assert ("post", "/api/games/slot/spin") in with_key
    assert with_key == {key for key, operation in operations.items() if "422" in operation["responses"]}
    spin = operations["post", "/api/games/slot/spin"]["responses"]
    assert spin["400"]["description"] == "validation_error, malformed_body, idempotency_key_required"
    assert spin["409"]["description"].endswith(", idempotency_in_flight")


def test_a_door_without_sign_in_does_not_ask_for_one(operations):
    login, spin = operations["post", "/api/auth/login"], operations["post", "/api/games/slot/spin"]

    assert "403" not in login["responses"]
    assert {"401", "403"} <= set(spin["responses"])
    assert {"401", "403"}.isdisjoint(operations["get", "/api/metrics/global"]["responses"])


def test_the_description_and_its_page_are_open_to_all_and_load_nothing_from_elsewhere(client):
    described = client.get("/openapi.json")
    page = client.get("/docs")

    assert described.status_code == page.status_code == 200
    assert described.json()["paths"]["/api/auth/login"]
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert loaded
    assert all(address.startswith(("/", "data:")) and not address.startswith("//") for address in loaded)
