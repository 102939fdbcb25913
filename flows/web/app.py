"""Puts the page together: its routes, who answers them, what is said where something goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from flows.collect.hand_in import HandInError
from flows.root import Root
from flows.web import login_pages, staff_pages, unit_pages
from flows.web.accounts import AccountBook
from flows.web.desk import FrontDesk, show
from flows.web.drafts import DraftFolder
from flows.web.guards import (
    TOO_LARGE,
    TOO_SLOW,
    AccessLog,
    BodyTooLargeError,
    BodyTooSlowError,
    Gate,
    RequestLimits,
)
from flows.web.hand_in import HandInBook
from flows.web.judging import Bench, BenchError, Warm
from flows.web.render import ASSETS, read_asset
from flows.web.sessions import LoginGuard, SessionBook

# Processes that judge, that make files, that answer questions: an expensive question holds up no clerk.
_JUDGES, _OTHERS, _ASKED = 2, 1, 1
_FILE_SECONDS, _QUESTION_SECONDS = 60.0, 10.0
_FILE_LATE = "Đọc tệp mất quá lâu hoặc cần quá nhiều bộ nhớ: tệp hỏng hoặc được làm để gây hại."
_QUESTION_LATE = "Câu hỏi mất quá lâu hoặc cần quá nhiều bộ nhớ nên đã dừng. Hỏi ít dòng hơn."
_SWEEP_SECONDS = 6 * 3600
_SAID = {
    400: "Yêu cầu không đúng dạng.",
    403: "Tài khoản này không được làm việc đó, hoặc trang mở đã lâu: tải lại trang rồi thử lại.",
    404: "Không có trang này.",
    405: "Không làm được việc đó ở trang này.",
    408: TOO_SLOW,
    413: TOO_LARGE,
    429: "Thử quá nhiều lần. Chờ một lát rồi thử lại.",
}


def open_desk(root: Root, *, secure: bool = False) -> FrontDesk:
    """Make what the page needs, with worker processes that are not started yet."""
    root.prepare()
    accounts = AccountBook(root)
    return FrontDesk(
        root=root,
        accounts=accounts,
        sessions=SessionBook(accounts),
        logins=LoginGuard(),
        drafts=DraftFolder(root),
        handed=HandInBook(root),
        judges=Bench(_JUDGES, seconds=_FILE_SECONDS, late=_FILE_LATE, most=400),
        others=Bench(_OTHERS, seconds=_FILE_SECONDS, late=_FILE_LATE, most=50),
        questions=Bench(_ASKED, seconds=_QUESTION_SECONDS, late=_QUESTION_LATE, most=10),
        secure=secure,
    )


def build_web(desk: FrontDesk, limits: RequestLimits | None = None) -> ASGIApp:
    """The page as an ASGI application; its worker processes start and end with it."""

    @asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        desk.judges.start(Warm(desk.root.path))
        desk.others.start()
        desk.questions.start()
        sweeper = asyncio.create_task(_sweep(desk))
        yield
        sweeper.cancel()
        with suppress(asyncio.CancelledError):
            await sweeper
        for bench in (desk.judges, desk.others, desk.questions):
            await asyncio.to_thread(bench.close)

    app = Starlette(
        routes=[
            Route("/tinh/{name}", _asset),
            Route("/song", _alive),
            *login_pages.ROUTES,
            *unit_pages.ROUTES,
            *staff_pages.ROUTES,
        ],
        exception_handlers={
            HTTPException: _say_refused,
            BodyTooLargeError: _say_too_large,
            BodyTooSlowError: _say_too_slow,
            BenchError: _say_failed,
            HandInError: _say_not_taken,
            Exception: _say_broken,
        },
        lifespan=live,
    )
    app.state.desk = desk
    pages = frozenset(route.path.split("/")[1] for route in app.routes if isinstance(route, Route))
    log = AccessLog(desk.root.state / "web" / "truy_cap.jsonl", pages)
    return Gate(app, log, limits or RequestLimits(), desk.secure)


async def _sweep(desk: FrontDesk) -> None:
    while True:
        await asyncio.to_thread(desk.drafts.sweep)
        await asyncio.sleep(_SWEEP_SECONDS)


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ASSETS:
        raise HTTPException(404)
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(read_asset(name), media_type=ASSETS[name][1], headers=headers)


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _say_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = request.state.body.refused or error.status_code
    response = _say(request, status, _SAID.get(status, "Không làm được."))
    response.headers.update(error.headers or {})
    if request.state.body.refused:
        response.headers["connection"] = "close"
    return response


async def _say_too_large(request: Request, _: Exception) -> Response:
    response = _say(request, 413, _SAID[413])
    response.headers["connection"] = "close"
    return response


async def _say_too_slow(request: Request, _: Exception) -> Response:
    response = _say(request, 408, _SAID[408])
    response.headers["connection"] = "close"
    return response


async def _say_failed(request: Request, error: Exception) -> Response:
    return _say(request, 422, str(error))


async def _say_not_taken(request: Request, error: Exception) -> Response:
    return _say(request, 422, f"Không nhận tệp này: {error}.")


async def _say_broken(request: Request, _: Exception) -> Response:
    return _say(request, 500, "Chương trình gặp lỗi. Thử lại; nếu vẫn vậy thì báo người quản trị.")


def _say(request: Request, status: int, why: str) -> Response:
    desk: FrontDesk = request.app.state.desk
    found = desk.sessions.find(request.cookies.get(desk.cookie))
    session, account = found or (None, None)
    csrf = session.csrf if session else ""
    return show(desk, "loi.html.j2", status, account=account, csrf=csrf, code=status, why=why)
