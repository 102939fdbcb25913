"""A served page on a real port, and somebody who visits it as a browser without scripts does."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from threading import Thread

import httpx
import uvicorn
from argon2 import PasswordHasher

from flows.root import HERE, Root
from flows.web import accounts
from flows.web.app import build_web, open_desk
from flows.web.desk import FrontDesk
from flows.web.guards import RequestLimits
from tests.waiting import wait_for

#: The day on which the page is visited.
TODAY = datetime(2026, 12, 1, 9, tzinfo=HERE)
PASSWORD = "ba con meo tam the 77"
#: Accounts of the served page: name, role, unit.
PEOPLE = {
    "lan": ("don_vi", "T01"),
    "binh": ("don_vi", "T02"),
    "ky": ("ky_su", None),
    "chu": ("lanh_dao", None),
    "phan": ("phan_tich", None),
}


@dataclass
class Served:
    """The page of one root while it is served."""

    desk: FrontDesk
    address: str
    visitors: list[Visitor] = field(default_factory=list)

    @property
    def root(self) -> Root:
        return self.desk.root

    def visitor(self, name: str | None = None) -> Visitor:
        """Somebody who opened the page, and logged in if named."""
        one = Visitor(self.address)
        self.visitors.append(one)
        if name:
            one.log_in(name)
        return one


@contextmanager
def serve(root: Path, limits: RequestLimits | None = None, **changed: float) -> Iterator[Served]:
    """Serve the page of `root` with an account for each of `PEOPLE`, who have their own password."""
    # Hashes that cost nothing: how slow they are is not what these tests are about.
    accounts._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    desk = open_desk(Root(root))
    desk.now = lambda: TODAY
    # One that judges is enough for visitors who come one after another.
    desk.judges._count = 1
    for name, (role, unit) in PEOPLE.items():
        first = desk.accounts.add(name, role, unit)
        desk.accounts.change_password(name, first, PASSWORD)
    for name, value in changed.items():
        setattr(desk, name, value)
    line = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_web(desk, limits), log_level="warning", access_log=False))
    thread = Thread(target=server.run, args=([line],), daemon=True)
    thread.start()
    wait_for(lambda: server.started)
    served = Served(desk, f"http://127.0.0.1:{line.getsockname()[1]}")
    try:
        yield served
    finally:
        for one in served.visitors:
            one.client.close()
        server.should_exit = True
        thread.join()
        line.close()


def copy_root(root: Path, place: Path) -> Path:
    """A copy of a root with its releases."""
    return Path(shutil.copytree(root, place, symlinks=True))


@dataclass
class Visitor:
    """Somebody with a browser that keeps cookies, follows redirects and runs no script."""

    address: str
    page: str = ""
    path: str = ""
    status: int = 0
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.address, follow_redirects=True, timeout=120)

    def log_in(self, name: str, password: str = PASSWORD) -> Visitor:
        self.get("/vao")
        return self.post("/vao", ten=name, mat_khau=password)

    def get(self, path: str) -> Visitor:
        return self._take(self.client.get(path))

    def post(self, path: str, **fields: str) -> Visitor:
        """Send a form with the CSRF token of the page that is open."""
        return self.send(path, {"csrf": self.token, **fields})

    def send(self, path: str, fields: Mapping[str, str], **headers: str) -> Visitor:
        return self._take(self.client.post(path, data=dict(fields), headers=headers))

    def upload(self, *files: tuple[str, bytes]) -> Visitor:
        self.get("/don-vi")
        sent = [("tep", (name, data)) for name, data in files]
        return self._take(self.client.post("/nop", data={"csrf": self.token}, files=sent))

    def upload_and_wait(self, name: str, data: bytes) -> Visitor:
        """Upload one file, and look until it is judged beside the archive."""
        self.upload((name, data))
        return self.look_until_judged()

    def look_until_judged(self) -> Visitor:
        path = self.path
        wait_for(lambda: self.client.get(f"{path}/trang-thai").json()["xong"])
        return self.get(path)

    def _take(self, response: httpx.Response) -> Visitor:
        self.page, self.path, self.status = response.text, response.url.path, response.status_code
        return self

    @property
    def token(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.page)
        return found[1] if found else ""

    @property
    def draft(self) -> str:
        """The id of the draft whose page is open."""
        return self.path.split("/")[2]

    def fields(self) -> dict[str, str]:
        """The fields of the form for corrections, as the page shows them."""
        found = re.findall(r'<input[^>]*name="([a-z]+\.\d+|phien)" value="([^"]*)"', self.page)
        return {name: unescape(value) for name, value in found}
