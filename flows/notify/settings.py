"""Reads how people are told: through which mail server, in which hours, which address watches the days."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from flows.root import Root, read_own_settings
from schemas.notices import CONTACTS_FILE, NOTICE_TIMES, NoticeTimes

#: Environment variables, and the files in `var/` that say the same: both addresses may hold a password.
SENDER, PING = "DULIEUXA_GUI_THU", "DULIEUXA_BAO_SONG"
_FILES = {SENDER: "gui_thu", PING: "bao_song"}


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """How a root tells people.

    Attributes:
        sender: The address of the mail server as `apprise` has it (`mailtos://…`); None: nobody is told.
        ping: The address that is called after each good day; None: none.
        times: When people are told.
        contacts: Where those are listed who are told.
    """

    sender: str | None = field(default=None, repr=False)
    ping: str | None = field(default=None, repr=False)
    times: NoticeTimes = NOTICE_TIMES
    contacts: Path = Path(CONTACTS_FILE)


def read_settings(root: Root) -> NoticeSettings:
    """The settings of the root, from `xa.toml`; addresses from the environment or a file's first line.

    Raises:
        DeclarationError: its `xa.toml` can't be used.
    """
    said = read_own_settings(root)
    contacts = root.path / said.contacts_file
    return NoticeSettings(_read(root, SENDER), _read(root, PING), said.notices, contacts)


def secret_file(root: Root, name: str) -> Path:
    """The file that says the same as the environment variable `name`."""
    return root.state / _FILES[name]


def _read(root: Root, name: str) -> str | None:
    path = secret_file(root, name)
    said = os.environ.get(name) or (path.read_text(encoding="utf-8") if path.exists() else "")
    return said.strip().split("\n")[0].strip() or None
