"""Places from which files are fetched: a folder, and real servers on this machine that serve one."""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree, which
from tempfile import mkdtemp
from threading import Event, Thread
from typing import Any

import asyncssh
import pytest

from schemas.sources import SourceSetting, make_source
from tests.certificate import free_port
from tests.waiting import wait_for

BUCKET = "nop-tep"
USER, PASSWORD = "xa", "mật khẩu bí mật"


def listens(port: int) -> bool:
    """Whether anybody does."""
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Place:
    """What a source serves: the files below `folder`, and what `xa.toml` says of it."""

    folder: Path
    said: Mapping[str, Any]
    password: str = PASSWORD
    #: The processes of the server, if it has its own.
    group: int | None = None
    #: Is called with the name of each file as its content is being sent.
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


@contextmanager
def webdav_at(folder: Path) -> Iterator[Place]:
    from cheroot.wsgi import Server  # noqa: PLC0415 - slow
    from wsgidav.wsgidav_app import WsgiDAVApp  # noqa: PLC0415 - slow

    app = WsgiDAVApp(
        {
            "provider_mapping": {"/xa": str(folder)},
            "simple_dc": {"user_mapping": {"*": {USER: {"password": PASSWORD}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "logging": {"enable": False},
            "verbose": 0,
        }
    )
    server = Server(("127.0.0.1", 0), app, numthreads=2)
    server.prepare()
    thread = Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.bind_addr[1]}/xa"
        yield Place(folder, {"loai": "webdav", "dia_chi": address, "tai_khoan": USER})
    finally:
        server.stop()
        thread.join(20)


_SAMBA = """
[global]
interfaces = 127.0.0.1
bind interfaces only = yes
smb ports = {port}
disable netbios = yes
server role = standalone server
lock directory = {home}
state directory = {home}
cache directory = {home}
private dir = {home}
pid directory = {home}
ncalrpc dir = {home}/rpc
log file = {home}/log
load printers = no
printing = bsd
printcap name = /dev/null
disable spoolss = yes
map to guest = never
server min protocol = SMB3
strict sync = no
[xa]
path = {folder}
read only = no
force user = {user}
"""
SAMBA = which("smbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def smb_at(folder: Path) -> Iterator[Place]:
    if SAMBA is None:
        pytest.skip("samba is not installed")
    home, port = Path(mkdtemp(prefix="samba-")), free_port()
    user = pwd.getpwuid(os.geteuid()).pw_name
    config = home / "smb.conf"
    config.write_text(_SAMBA.format(home=home, port=port, folder=folder, user=user), encoding="utf-8")
    told = f"{PASSWORD}\n{PASSWORD}\n".encode()
    tool = str(Path(SAMBA).parents[1] / "bin" / "pdbedit")
    subprocess.run([tool, "-s", config, "-a", "-u", user, "-t"], input=told, check=True, capture_output=True)
    server = subprocess.Popen(
        [SAMBA, "--foreground", "--no-process-group", "-s", config],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # When it ends, it ends its whole group of processes, which must not be ours.
        start_new_session=True,
    )
    try:
        wait_for(lambda: listens(port))
        yield Place(
            folder,
            {"loai": "smb", "may_chu": "127.0.0.1", "cong": port, "chia_se": "xa", "tai_khoan": user},
            group=server.pid,
        )
    finally:
        server.terminate()
        server.wait(20)
        rmtree(home, ignore_errors=True)


@dataclass
class Bucket(Place):
    """A bucket, whose objects lie in no folder."""

    client: Any = None

    def put(self, path: str, content: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=f"nop/{path}", Body=content)

    def remove(self, path: str) -> None:
        self.client.delete_object(Bucket=BUCKET, Key=f"nop/{path}")

    def names(self) -> set[str]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        return {each["Key"].removeprefix("nop/") for page in pages for each in page.get("Contents", ())}


@contextmanager
def s3_at(folder: Path) -> Iterator[Place]:
    import boto3  # noqa: PLC0415 - slow
    import httpx  # noqa: PLC0415
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - slow

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        open_to_all = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        where: dict[str, Any] = {"endpoint_url": address, "region_name": "us-east-1"}
        people = boto3.client("iam", **where, **open_to_all)
        people.create_user(UserName=USER)
        allowed = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
        people.put_user_policy(UserName=USER, PolicyName="all", PolicyDocument=allowed)
        key = people.create_access_key(UserName=USER)["AccessKey"]
        login = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        client = boto3.client("s3", **where, **login)
        client.create_bucket(Bucket=BUCKET)
        # From now on, who asks must be who he says.
        httpx.post(f"{address}/moto-api/reset-auth", content=b"0", trust_env=False)
        said = {
            "loai": "s3",
            "kho": BUCKET,
            "duong_dan": "nop",
            "dia_chi": address,
            "tai_khoan": key["AccessKeyId"],
        }
        yield Bucket(folder, said, password=key["SecretAccessKey"], client=client)
    finally:
        server.stop()


PLACES: Mapping[str, Callable[[Path], AbstractContextManager[Place]]] = {
    "thu_muc": folder_at,
    "sftp": sftp_at,
    "webdav": webdav_at,
    "smb": smb_at,
    "s3": s3_at,
}
