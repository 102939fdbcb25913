"""A link as a source, against a server that also breaks off in the middle."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from flows.collect.sources.fetch import Fetched
from flows.collect.sources.kinds import fetch_source, try_source
from flows.collect.sources.model import SourceAwayError, SourceError
from flows.collect.sources.people import People
from flows.root import Root
from schemas.sources import make_source
from tests.certificate import free_port, make_certificate
from tests.flows.collect.sources.places import PASSWORD, USER

pytestmark = pytest.mark.slow


@dataclass
class Served:
    """What the server answers: a content with its headers, cut after so many bytes, or another status."""

    content: bytes = b"1" * 1000
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"1"'})
    cut: int | None = None
    told_length: bool = True
    status: int = 200
    login: str | None = None
    asked: list[str] = field(default_factory=list)


def _answer(served: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(str(self.headers.get("Authorization")))
            right = served.login is None or self.headers.get("Authorization") == served.login
            self.send_response(served.status if right else 401)
            length = {"Content-Length": str(len(served.content))} if served.told_length else {}
            for name, value in {**served.headers, **length}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(served.content[: served.cut])

        def log_message(self, *_: object) -> None: ...

    return Handler


@contextmanager
def serving(served: Served, certificate: Path | None = None) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _answer(served)) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, certificate.with_name("key.pem"))
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            scheme = "https" if certificate else "http"
            yield f"{scheme}://127.0.0.1:{server.server_address[1]}/B%C3%A1o%20c%C3%A1o.csv?tai=1"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    monkeypatch.setenv("DULIEUXA_MAT_KHAU_SO", PASSWORD)
    return Root(tmp_path / "xa")


def fetch_from(root: Root, address: str, **more: Any) -> Fetched:
    said = {"loai": "http", "dia_chi": address, "don_vi": "T01", **more}
    return fetch_source(root, make_source("so", said), People(["T01"], {}))


def test_a_file_is_taken_when_its_etag_is_another(root: Root) -> None:
    with serving(served := Served()) as address:
        assert fetch_from(root, address) == Fetched(1)
        assert (root.inbox / "T01" / "Báo cáo.csv").read_bytes() == b"1" * 1000
        assert fetch_from(root, address) == Fetched(0)
        assert len(served.asked) == 3
        served.headers["ETag"] = '"2"'
        assert fetch_from(root, address) == Fetched(0)
        served.content, served.headers["ETag"] = b"2", '"3"'
        assert fetch_from(root, address, ten_tep="so.csv") == Fetched(1)
        assert (root.inbox / "T01" / "so.csv").read_bytes() == b"2"


def test_without_a_state_the_content_says_whether_it_is_new(root: Root) -> None:
    with serving(served := Served(headers={})) as address:
        assert [fetch_from(root, address).new for _ in range(2)] == [1, 0]
        served.content = b"2"
        assert fetch_from(root, address).new == 1


@pytest.mark.parametrize("headers", [{"ETag": '"1"'}, {}])
def test_what_breaks_off_in_the_middle_is_not_taken(root: Root, headers: dict[str, str]) -> None:
    with serving(served := Served(headers=headers, cut=500)) as address:
        with pytest.raises(SourceAwayError, match="bị ngắt giữa chừng"):
            fetch_from(root, address)
        assert not [*root.path.glob("raw/inbox/*/*")]
        served.cut = None
        assert fetch_from(root, address).new == 1


def test_an_answer_without_its_length_is_asked_for_twice(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(served := Served(told_length=False)) as address:
        served.cut = 500

        class Asked(list[str]):
            def append(self, each: str) -> None:
                super().append(each)
                served.cut = None if len(self) == 3 else 500

        served.asked = Asked()
        done = fetch_from(root, address)
        assert (done.new, [each.why for each in done.untaken]) == (
            0,
            ["còn đang được ghi; lần chạy sau sẽ lấy"],
        )
        served.asked, served.cut = [], None
        assert fetch_from(root, address).new == 1


def test_what_is_wrong_is_told(root: Root) -> None:
    login = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
    with serving(served := Served(login=login)) as address:
        with pytest.raises(SourceError, match="không nhận tài khoản") as refused:
            fetch_from(root, address)
        assert not isinstance(refused.value, SourceAwayError)
        assert fetch_from(root, address, tai_khoan=USER).new == 1
        for status, kind, why in (
            (404, SourceError, "không có tệp này"),
            (503, SourceAwayError, "trục trặc"),
            (418, SourceError, "mã 418"),
        ):
            served.status = status
            with pytest.raises(kind, match=why):
                fetch_from(root, address, tai_khoan=USER)
    with pytest.raises(SourceAwayError, match="không nối được"):
        fetch_from(root, f"http://127.0.0.1:{free_port()}/a.csv")


def test_a_link_that_leads_on_is_followed_without_the_password(root: Root) -> None:
    with serving(there := Served()) as address:
        other = address.replace("127.0.0.1", "localhost")
        with serving(Served(status=302, headers={"Location": other})) as first:
            assert fetch_from(root, first, tai_khoan=USER).new == 1
    assert {*there.asked} == {"None"}
    with serving(served := Served(status=302)) as address:
        served.headers["Location"] = address
        with pytest.raises(SourceError, match="dẫn vòng"):
            fetch_from(root, address)


def test_by_tls_the_server_must_be_who_it_says(root: Root, tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with serving(Served(), certificate) as address:
        with pytest.raises(SourceError, match="chứng chỉ") as refused:
            fetch_from(root, address)
        assert not isinstance(refused.value, SourceAwayError)
        assert fetch_from(root, address, chung_chi_tep=str(certificate)).new == 1
        good, said = try_source(
            root,
            make_source("so", {"loai": "http", "dia_chi": address, "chung_chi_tep": "none"}),
        )
        assert (good, said) == (False, "Nguồn đường dẫn “so”: không có tệp none ghi ở chung_chi_tep")
    with (
        serving(Served()) as plain,
        serving(Served(status=302, headers={"Location": plain}), certificate) as to,
        pytest.raises(SourceError, match="không mã hóa"),
    ):
        fetch_from(root, to, chung_chi_tep=str(certificate))
