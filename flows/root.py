"""The folder of one commune and where everything lies in it: `raw/`, `curated/`, `var/`."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.errors import ForeignStateError, LockedError
from flows.files import clear_half_written, make_public
from flows.system.linux import hold_file, own_id
from schemas import accepted_headings, own_suites, settings, units, waivers
from schemas.registry import Contracts


def read_contracts(root: Root, contracts: Contracts) -> Contracts:
    """The contracts with what the root declares in a `schemas/` of its own.

    `xa.toml` says which commune it is, if not the one of this installation, and what differs in it; `xa.csv`
    and `thon.csv` say the former alone. `waivers.csv` adds waivers; `ten_cot.csv` accepts other headings for
    single units; the files in `expectations/` ask more of the tables that are published.

    Raises:
        DeclarationError: one of these files can't be used, or two of them name the commune.
    """
    files = (settings.FILE, units.FILE, units.THON_FILE, waivers.FILE, accepted_headings.FILE)
    told, commune, places, waived, headings = (root.path / file for file in files)
    if told.exists():
        contracts = _apply_settings(root, contracts)
    elif commune.exists() or places.exists():
        said = (path.read_bytes() if path.exists() else b"" for path in (commune, places))
        contracts = contracts.of_commune(*said)
    if headings.exists():
        contracts = contracts.with_accepted_headings(headings.read_bytes())
    if expected := _read_expectations(root):
        contracts = contracts.with_expectations(expected)
    return contracts.with_waivers(waived.read_bytes()) if waived.exists() else contracts


def _read_expectations(root: Root) -> dict[str, bytes]:
    """The content of each file with expectations of the root's own; hidden files are not meant."""
    folder = root.path / own_suites.FOLDER
    files = (path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
    return {path.name: path.read_bytes() for path in files}


def _apply_settings(root: Root, contracts: Contracts) -> Contracts:
    """The contracts with what the root's `xa.toml` says."""
    said = read_own_settings(root)
    own, places = root.path / units.FILE, root.path / said.thon_file
    if said.commune is None and own.exists():
        contracts = contracts.of_commune(own.read_bytes(), places.read_bytes() if places.exists() else b"")
    elif own.exists():
        raise said.refuse(("xa",), f"{units.FILE} cũng ghi tên xã: chỉ giữ một trong hai.")
    return contracts.of_settings(said, places.read_bytes() if places.exists() else b"")


def read_own_settings(root: Root) -> settings.Settings:
    """What the root's `xa.toml` says; without one, nothing.

    Raises:
        DeclarationError: it can't be used.
    """
    path = root.path / settings.FILE
    return settings.read_settings(path.read_bytes()) if path.exists() else settings.Settings()


def read_site(root: Root) -> str | None:
    """The address at which `curated/releases` is served, if the root's `xa.toml` names one."""
    return read_own_settings(root).site


HERE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Root:
    """The folder of one commune; made private to its owner where personal data lies."""

    path: Path

    @property
    def inbox(self) -> Path:
        """One folder a unit, where units drop their files."""
        return self.path / "raw" / "inbox"

    @property
    def archive(self) -> Path:
        """What units sent, unchanged, once per content."""
        return self.path / "raw" / "archive"

    @property
    def releases(self) -> Path:
        """One folder a release."""
        return self.path / "curated" / "releases"

    @property
    def latest(self) -> Path:
        """The link to the release that readers see."""
        return self.path / "curated" / "latest"

    @property
    def journal(self) -> Path:
        """Which release was shown to readers when, one JSON line a switch."""
        return self.path / "curated" / "journal.jsonl"

    @property
    def refused(self) -> Path:
        """Why the last day was not published; gone as soon as one is."""
        return self.path / "curated" / "khong_cong_bo"

    @property
    def state(self) -> Path:
        """Keys, caches and locks: not data, never published."""
        return self.path / "var"

    @property
    def copies(self) -> Path:
        """Second copies of what can't be made again."""
        return self.state / "ban_sao"

    @property
    def damaged(self) -> Path:
        """What was damaged and can't be mended, set aside for people to look at."""
        return self.state / "hong"

    @property
    def drafts(self) -> Path:
        """What somebody is about to hand in on the page, a folder a unit."""
        return self.state / "web" / "nhap"

    @property
    def last_look(self) -> Path:
        """What the last look over everything found."""
        return self.state / "soat.json"

    def prepare(self, units: Iterable[str] = ()) -> None:
        """Make the folders, in the inbox one for each of `units`; private where personal data lies."""
        self.inbox.mkdir(parents=True, exist_ok=True)
        make_public(self.releases)
        refuse_foreign(self.state)
        for unit in units:
            # The inbox may be a share that is read-only for us: its folders are then made by its owner.
            with suppress(OSError):
                (self.inbox / unit).mkdir(exist_ok=True)
        for folder in (self.archive, self.state):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)

    def _written_into(self) -> Iterator[Path]:
        """The folders where killed processes may have left half-written files."""
        yield from (self.state, self.path / "curated")
        yield from (folder for folder in (self.copies, self.damaged) if folder.is_dir())
        yield from (folder for folder in self.archive.iterdir() if folder.is_dir())

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold this root for one run; the system releases the lock when the process ends, however it ends.

        Raises:
            LockedError: another run holds it.
        """
        with self.hold("lock"):
            clear_half_written(self._written_into())
            yield

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Hold the lock `name` of this root.

        Raises:
            LockedError: another process holds it.
        """
        self.prepare()
        handle_of = os.open(self.state / name, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle_of, "a+", encoding="utf-8") as handle:
            try:
                hold_file(handle)
            except BlockingIOError as held:
                handle.seek(0)
                who = handle.read().strip()
                raise LockedError(
                    f"Đang có một lượt chạy khác trên {self.path}{f' ({who})' if who else ''}."
                ) from held
            handle.truncate(0)
            handle.write(f"tiến trình {os.getpid()}, máy {socket.gethostname()}, từ {_now()}")
            handle.flush()
            yield
            handle.truncate(0)


def refuse_foreign(path: Path) -> None:
    """Refuse what somebody else made, who may still change it; what is not there is fine.

    Raises:
        ForeignStateError: `path`, or what it links to, belongs to another user.
    """
    own = own_id()
    owners = {state.st_uid for state in (path.lstat(), path.stat())} if path.exists() else set()
    if own is not None and owners - {own}:
        raise ForeignStateError(
            f"{path} là của người dùng khác trên máy này, nên không chạy: ai giữ nó có thể sai khiến chương "
            "trình này. Chạy bằng đúng người dùng đó, hoặc đổi chủ của nó bằng lệnh chown."
        )


def _now() -> str:
    return datetime.now(HERE).strftime("%H:%M:%S ngày %d/%m/%Y")
