"""No table that holds a player is forgotten by the export and the deletion."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model

from casino_club.core.privacy import ERASE, KEEP
from casino_club.web.privacy.tables import OPERATORS, TABLES
from games.fairness.models import SeedPair

HELP = "List it in <app>/privacy.py: as a table that holds players, or as a column that names an operator."
# Columns that name a user without a foreign key would be called like this.
NAMED_LIKE_USERS = ("user_id", "player_id", "actor_id", "operator_id", "account_id")
SECRETS = {
    "accounts_user.password",
    "accounts_refreshtoken.token_hash",
    "games_seedpair.server_seed",
    "games_round.due_at",
}


def tables():
    """Every table of the database that a model stands for."""
    return [
        model for model in apps.get_models(include_auto_created=True) if model._meta.managed and not model._meta.proxy
    ]


def columns_to(model, targets):
    return {column.name for column in model._meta.concrete_fields if column.related_model in targets}


def test_every_column_that_names_a_user_is_declared():
    held = {(table.model, table.player.split("__")[0]) for table in TABLES}
    found = {
        f"{model._meta.label}.{name}"
        for model in tables()
        for name in columns_to(model, {get_user_model()})
        if (model._meta.label, name) not in held
    }

    assert found - OPERATORS == set(), HELP
    assert OPERATORS - found == set(), "no such column any more"


def test_every_table_that_belongs_to_a_players_row_is_declared():
    held = {table.model for table in TABLES}
    players_own = {table.table for table in TABLES} - {get_user_model()}
    found = {model._meta.label for model in tables() if columns_to(model, players_own)}

    assert found - held == set(), HELP


def test_no_table_names_a_user_by_a_bare_number():
    bare = {
        f"{model._meta.label}.{column.name}"
        for model in tables()
        for column in model._meta.concrete_fields
        if column.column in NAMED_LIKE_USERS and column.related_model is None
    }

    assert bare == set(), HELP


def test_no_table_is_declared_twice_and_each_is_there():
    labels = [table.model for table in TABLES]

    assert len(labels) == len(set(labels))
    assert {table.table for table in TABLES} <= set(tables())


@pytest.mark.django_db
@pytest.mark.parametrize("held", TABLES, ids=lambda held: held.model)
def test_each_declaration_can_be_read_and_says_what_deletion_does(held):
    names = {column.name for column in held.table._meta.concrete_fields}

    assert list(held.exported(0)) == []
    assert set(held.withheld) <= names
    assert held.on_deletion in (KEEP, ERASE) or set(held.on_deletion) <= names


def test_secrets_are_withheld():
    withheld = {f"{held.table._meta.db_table}.{name}" for held in TABLES for name in held.withheld}

    assert withheld >= SECRETS


@pytest.mark.django_db
def test_no_binary_column_is_exported():
    shown = {
        f"{held.model}.{column.name}"
        for held in TABLES
        for column in held.table._meta.concrete_fields
        if column.get_internal_type() == "BinaryField" and column.name not in held.withheld
    }

    assert shown == set()
    assert SeedPair._meta.get_field("server_seed").get_internal_type() == "BinaryField"
