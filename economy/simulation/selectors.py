"""The games that can be simulated, each declared by its app."""

from importlib import import_module

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from economy.simulation.rules import Simulator


def simulators() -> list[Simulator]:
    """Those in the `simulators` module of each installed app, in the apps' order."""
    return [
        simulator
        for config in apps.get_app_configs()
        if module_has_submodule(config.module, "simulators")
        for simulator in import_module(f"{config.name}.simulators").SIMULATORS
    ]
