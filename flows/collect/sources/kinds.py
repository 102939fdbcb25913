"""Fetches a declared source, whatever its kind, and keeps what went wrong for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

from flows.collect.folder import Obstacle
from flows.collect.sources.fetch import Fetched, count_files, take_files
from flows.collect.sources.memory import read_memory, write_memory
from flows.collect.sources.model import (
    Access,
    Deadline,
    OpenFiles,
    SourceError,
    read_password,
)
from flows.collect.sources.people import People
from flows.root import Root, read_own_settings
from schemas.sources import SourceSetting

#: Where the function is that opens a source of files; the libraries are slow to import and not all needed.
OPENS: dict[str, tuple[str, str]] = {
    "thu_muc": ("thu_muc", "open_folder"),
    "sftp": ("sftp", "open_sftp"),
    "s3": ("s3", "open_s3"),
    "webdav": ("webdav", "open_webdav"),
    "smb": ("smb", "open_smb"),
    "http": ("link", "open_link"),
}
_MAILBOX = "imap"
#: Of what was not taken so much is told one by one.
_LISTED = 20
#: `doctor` counts the files of a source up to this, and waits for it no longer.
_COUNTED, _TRIED_SECONDS = 1000, 20


def fetch_source(root: Root, setting: SourceSetting, people: People) -> Fetched:
    """Hand in what is new at a source; what was not taken is told, and kept for `doctor` and the engineer.

    Raises:
        SourceAwayError: it can't be used now.
        SourceError: it can't be used until somebody mends that.
    """
    memory = read_memory(root, setting.name)
    try:
        access = _access(root, setting, setting.han_giay)
        if setting.loai == _MAILBOX:
            from flows.collect.sources.imap import take_mails  # noqa: PLC0415 - not all roots need it

            done = take_mails(access, memory, people)
        else:
            with _open(setting)(access) as files:
                done = take_files(access, files, memory, people.units)
    except SourceError as error:
        memory.trouble = str(error)
        write_memory(root, setting.name, memory)
        raise
    except Exception as error:
        # A library's words may hold a name or a secret.
        memory.trouble = f"không lấy được ({type(error).__name__})"
        write_memory(root, setting.name, memory)
        raise SourceError(memory.trouble) from None
    memory.trouble, memory.untaken = "", [str(each) for each in done.untaken[:_LISTED]]
    write_memory(root, setting.name, memory)
    return replace(done, untaken=_shorten(setting, done.untaken))


def _shorten(setting: SourceSetting, untaken: tuple[Obstacle, ...]) -> tuple[Obstacle, ...]:
    rest = len(untaken) - _LISTED
    if rest <= 0:
        return untaken
    return (*untaken[:_LISTED], Obstacle(setting.title, f"còn {rest} tệp nữa không lấy được"))


def _access(root: Root, setting: SourceSetting, seconds: float) -> Access:
    return Access(root, setting, Deadline.within(seconds), read_password(root, setting))


def _open(setting: SourceSetting) -> OpenFiles:
    module, name = OPENS[setting.loai]
    try:
        opens: OpenFiles = getattr(import_module(f"flows.collect.sources.{module}"), name)
    except ModuleNotFoundError as missing:
        lacks = f"thiếu thư viện {missing.name}; chạy: pip install 'dulieuxa[sources]'"
        raise SourceError(lacks) from None
    return opens


def check_sources(root: Root) -> Iterator[tuple[bool, str]]:
    """Try each source of the root; yield whether it can be used, and what was not taken from it last."""
    for each in read_own_settings(root).sources:
        yield try_source(root, each)
        yield from ((False, f"Không lấy được {said}") for said in read_memory(root, each.name).untaken)


def try_source(root: Root, setting: SourceSetting) -> tuple[bool, str]:
    """Whether a source can be used now, and a Vietnamese sentence."""
    try:
        access = _access(root, setting, min(setting.han_giay, _TRIED_SECONDS))
        if setting.loai == _MAILBOX:
            from flows.collect.sources.imap import count_mails  # noqa: PLC0415 - not all roots need it

            return True, f"Nguồn {setting.title}: nối được, có {count_mails(access)} thư"
        with _open(setting)(access) as files:
            count = count_files(files, _COUNTED)
    except SourceError as error:
        return False, f"Nguồn {setting.title}: {error}"
    more = " trở lên" if count == _COUNTED else ""
    return True, f"Nguồn {setting.title}: nối được, có {count} tệp{more}"
