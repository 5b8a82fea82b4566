"""The first command on a bare machine says what is missing, and heals what was interrupted."""

import json
import subprocess
import sys
from collections import namedtuple

import pytest

from casino_club.local import install

VersionInfo = namedtuple("VersionInfo", "major minor micro releaselevel serial")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with requirement files, a venv that counts as whole, and every step written down instead of done."""
    for name in (install.RUNNING, install.TESTING, install.INSTALLER):
        (tmp_path / name).write_text(name)
    venv = tmp_path / ".venv"
    venv.mkdir()
    steps = []

    def make_venv():
        steps.append("venv")
        venv.mkdir(exist_ok=True)

    monkeypatch.setattr(install, "CHECKOUT", str(tmp_path))
    monkeypatch.setattr(install, "VENV", str(venv))
    monkeypatch.setattr(install, "STAMP", str(venv / "installed.json"))
    monkeypatch.setattr(install, "works", lambda python: True)
    monkeypatch.setattr(install, "make_venv", make_venv)
    monkeypatch.setattr(install, "install", steps.append)
    tmp_path.joinpath("steps").write_text("")
    return tmp_path, steps


def test_the_second_time_nothing_is_installed(checkout):
    _, steps = checkout

    install.main([])
    install.main([])

    assert steps == [[install.RUNNING]]


def test_tests_get_what_they_need_on_top(checkout):
    _, steps = checkout

    install.main([])
    install.main(["--dev"])

    assert steps == [[install.RUNNING], [install.TESTING]]


def test_changed_requirements_are_installed(checkout):
    folder, steps = checkout
    install.main([])
    (folder / install.RUNNING).write_text("another pin")

    install.main([])

    assert steps == [[install.RUNNING], [install.RUNNING]]


def test_an_interrupted_installation_starts_from_a_new_environment(checkout, monkeypatch):
    _, steps = checkout

    def interrupt(names):
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(install, "install", interrupt)
        with pytest.raises(KeyboardInterrupt):
            install.main([])
    install.main([])

    assert steps == ["venv", [install.RUNNING]]


def test_a_moved_checkout_gets_a_new_environment(checkout):
    folder, steps = checkout
    install.main([])
    stamp = json.loads((folder / ".venv" / "installed.json").read_text())
    (folder / ".venv" / "installed.json").write_text(json.dumps({**stamp, "checkout": "/elsewhere"}))

    install.main([])

    assert steps == [[install.RUNNING], "venv", [install.RUNNING]]


def test_an_old_python_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(sys, "version_info", VersionInfo(3, 9, 2, "final", 0))

    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        install.main([])


def test_a_python_without_venv_is_told_the_line_to_type(tmp_path, monkeypatch):
    answer = subprocess.CompletedProcess([], 1, stdout=b"ensurepip is not available.")
    monkeypatch.setattr(install, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(install, "STAMP", str(tmp_path / ".venv" / "installed.json"))
    monkeypatch.setattr(subprocess, "run", lambda *args, **options: answer)

    with pytest.raises(SystemExit, match="apt-get install -y python3-venv"):
        install.make_venv()
    assert not (tmp_path / ".venv").exists()
