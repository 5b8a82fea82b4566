"""The invariants of every app, each declared beside what it is about."""

from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from economy.reconcile.rules import Invariant


def invariants() -> list[Invariant]:
    """Those in the `invariants` module of each installed app, in the apps' order; names are unique."""
    found: dict[str, Invariant] = {}
    for config in apps.get_app_configs():
        if not module_has_submodule(config.module, "invariants"):
            continue
        for invariant in import_module(f"{config.name}.invariants").INVARIANTS:
            if invariant.name in found:
                raise ValueError(f"Two invariants are called {invariant.name}.")
            found[invariant.name] = invariant
    return list(found.values())
