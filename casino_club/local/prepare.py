"""What lies between an empty database and the first request: catalogues, migrations, static files, seeds."""

import hashlib
import os
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from casino_club.core import checks

STAMP = ".collected"
UNUSED = ["redoc"]
"""Folders of installed packages that no page of ours loads."""


def prepare() -> None:
    """Bring database, catalogues and static files up to this version; repeats change nothing.

    Raises SystemExit with the sentences when production settings are unsafe.
    """
    checks.refuse_unsafe_start()
    call_command("catalogues")
    call_command("migrate", interactive=False, verbosity=1)
    _collect_static()
    if settings.AUTO_SEED_BASIC:
        call_command("seed_basic")


def _collect_static() -> None:
    """Compressing takes seconds, so it happens only when a file has changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    state = _static_state()
    if stamp.exists() and stamp.read_text() == state:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=UNUSED)
    stamp.write_text(state)


def _static_state() -> str:
    """A digest of every static file's name, size and time of change, and of how they are stored."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = os.stat(storage.path(name))
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casino_club.settings")
    django.setup()
    prepare()
