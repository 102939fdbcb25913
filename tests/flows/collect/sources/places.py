"""Places from which files are fetched: a folder, and real servers on this machine that serve one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import asyncssh

from schemas.sources import SourceSetting, make_source

USER, PASSWORD = "xa", "mật khẩu bí mật"


@dataclass
class Place:
    """What a source serves: the files below `folder`, and what `xa.toml` says of it."""

    folder: Path
    said: Mapping[str, Any]
    #: Is called with the path of each file as its content is being sent.
    while_read: list[Callable[[str], None]] = field(default_factory=list)

    def setting(self, **more: Any) -> SourceSetting:
        return make_source("vnpt", {**self.said, **more})

    def put(self, path: str, content: bytes) -> None:
        """Put a file there at once, as who writes it beside and renames it."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = self.folder.parent / "beside"
        beside.write_bytes(content)
        beside.replace(target)

    def remove(self, path: str) -> None:
        (self.folder / path).unlink()

    def names(self) -> set[str]:
        every = (path for path in self.folder.rglob("*") if path.is_file())
        return {path.relative_to(self.folder).as_posix() for path in every}

    def touch(self, path: str, at: int) -> None:
        os.utime(self.folder / path, (at, at))


@contextmanager
def folder_at(folder: Path) -> Iterator[Place]:
    yield Place(folder, {"loai": "thu_muc", "duong_dan": str(folder)})


@contextmanager
def in_a_loop(start: Callable[[], Any]) -> Iterator[Any]:
    """What the coroutine of `start` returns, with its event loop running in a thread."""
    loop, ready, made = asyncio.new_event_loop(), Event(), []

    async def begin() -> None:
        made.append(await start())
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(begin())
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        assert ready.wait(20)
        yield made[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


class _Login(asyncssh.SSHServer):
    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@contextmanager
def sftp_at(folder: Path) -> Iterator[Place]:
    key = asyncssh.generate_private_key("ssh-ed25519")
    shown = key.export_public_key().decode().strip()
    place = Place(folder, {"loai": "sftp", "tai_khoan": USER, "khoa_may_chu": shown})

    class Served(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=os.fsencode(folder))

        def read(self, file_obj: Any, offset: int, size: int) -> bytes:
            for each in place.while_read:
                each(Path(os.fsdecode(file_obj.name)).name)
            return super().read(file_obj, offset, size)

    async def start() -> Any:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[key], server_factory=_Login, sftp_factory=Served
        )

    with in_a_loop(start) as server:
        place.said = {**place.said, "may_chu": "127.0.0.1", "cong": server.get_port()}
        yield place
        server.close()


PLACES: Mapping[str, Callable[[Path], AbstractContextManager[Place]]] = {
    "thu_muc": folder_at,
    "sftp": sftp_at,
}
