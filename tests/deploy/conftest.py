"""What these tests need besides Python; a machine without it is told so, loudly, and CI installs it."""

import shutil
import warnings

import pytest


@pytest.fixture
def needs():
    """`needs("nginx", "openssl")` skips, with a warning in the summary, where a program is missing."""

    def check(*programs: str) -> None:
        missing = [program for program in programs if shutil.which(program) is None]
        if missing:
            packages = "nginx-light openssl systemd prometheus"
            sentence = f"NOT TESTED, {', '.join(missing)} missing; install with: apt-get install {packages}"
            warnings.warn(sentence, stacklevel=2)
            pytest.skip(sentence)

    return check
