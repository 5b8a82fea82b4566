"""Builds `.venv` and installs the pinned requirements: `python3 casino_club/local/install.py [--dev]`.

Run by the machine's own Python, whatever its version, so: standard library, older syntax, no import of the product.
What is already in place is skipped; an interrupted installation is done again from the start.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
CHECKOUT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(CHECKOUT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed.json")
RUNNING = "requirements.txt"
INSTALLER = "requirements-uv.txt"
TESTING = "requirements-dev.txt"


def main(arguments):
    """Install; with `--dev` what tests and linters need as well."""
    if sys.version_info < OLDEST:
        sys.exit(
            f"Casino-Club needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and {sys.executable} is older; "
            "name another: `make PYTHON=python3.12 run`."
        )
    wanted = [RUNNING, TESTING] if "--dev" in arguments else [RUNNING]
    stamp = read_stamp()
    # A moved checkout gets a new environment: its scripts name the old place.
    if stamp.get("checkout", CHECKOUT) != CHECKOUT or stamp.get("installing") or not works(PYTHON):
        make_venv()
        stamp = {}
    missing = [name for name in wanted if stamp.get(name) != digest(name)]
    if not missing:
        return
    write_stamp({"installing": True})
    install(missing)
    write_stamp(dict(stamp, checkout=CHECKOUT, **{name: digest(name) for name in missing}))


def make_venv():
    """A new, empty `.venv`."""
    say("Building .venv …")
    shutil.rmtree(VENV, ignore_errors=True)
    os.makedirs(VENV)
    write_stamp({"installing": True})
    made = subprocess.run([sys.executable, "-m", "venv", VENV], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        output = made.stdout.decode(errors="replace").strip()
        if "ensurepip" not in output and "No module named venv" not in output:
            sys.exit("The virtual environment cannot be built:\n" + output)
        sudo = "" if os.geteuid() == 0 else "sudo "
        sys.exit(f"This Python comes without venv. On Debian or Ubuntu:  {sudo}apt-get install -y python3-venv")


def install(names):
    """Install files of pinned hashes by uv, or by pip where uv cannot (a mirror that only pip knows).

    uv trusts whom the machine trusts, as pip does: the certificates of a company's proxy are there and nowhere else.
    """
    files = [argument for name in names for argument in ("-r", os.path.join(CHECKOUT, name))]
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    say(f"Installing {' and '.join(names)} …")
    with_uv = not subprocess.call(pip + ["-r", os.path.join(CHECKOUT, INSTALLER)])
    uv = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--system-certs", "--compile-bytecode", "--require-hashes"]
    if with_uv and not subprocess.call(uv + files):
        return
    say("uv could not install them; trying pip …")
    if subprocess.call(pip + files):
        sys.exit("The requirements could not be installed; the lines above say why. `make run` will try again.")


def works(python):
    """Whether this is a whole virtual environment: its Python starts and has pip."""
    try:
        return not subprocess.call([python, "-c", "import pip"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:
        return False


def digest(name):
    """What a requirements file and the Python that installs it come to."""
    with open(os.path.join(CHECKOUT, name), "rb") as file:
        return hashlib.sha256(sys.version.encode() + file.read()).hexdigest()


def read_stamp():
    try:
        with open(STAMP) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def write_stamp(stamp):
    with open(STAMP + ".new", "w") as file:
        json.dump(stamp, file, indent=2)
    os.replace(STAMP + ".new", STAMP)


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("Interrupted; the next start installs from the beginning.")
