"""The pages to log in and out, and to change one's password."""

from __future__ import annotations

import asyncio
import math
import secrets

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from flows.web.accounts import OF_UNIT, ROLES, AccountError
from flows.web.desk import Asked, FrontDesk, for_roles, go, is_our_path, read_form, show, texts_of
from flows.web.sessions import is_same

_BEFORE = "dulieuxa-vao"
_HOMES = {OF_UNIT: "/don-vi", "ky_su": "/ky-su", "lanh_dao": "/bao-cao/index.html", "phan_tich": "/phan-tich"}


async def show_login(request: Request) -> Response:
    """Ask for name and password."""
    desk: FrontDesk = request.app.state.desk
    if desk.sessions.find(request.cookies.get(desk.cookie)):
        return go("/")
    return _ask(desk, "", 200, request.query_params.get("tiep", "/"))


async def log_in(request: Request) -> Response:
    """Check name and password, and start a session."""
    desk: FrontDesk = request.app.state.desk
    form = texts_of(await request.form(max_files=0, max_fields=10))
    proof, wanted = desk.sign(f"vao {request.cookies.get(_BEFORE, '')}"), form.get("tiep", "/")
    if not is_same(form.get("csrf", ""), proof):
        return _ask(desk, "Trang đăng nhập đã cũ. Thử lại.", 403, wanted)
    name, password = form.get("ten", "").strip().lower()[:64], form.get("mat_khau", "")
    address = request.client.host if request.client else ""
    if wait := desk.logins.wait(name, address):
        minutes = math.ceil(wait / 60)
        said = f"Sai mật khẩu quá nhiều lần. Thử lại sau {minutes} phút, hoặc nhờ quản trị đặt lại mật khẩu."
        response = _ask(desk, said, 429, wanted)
        response.headers["retry-after"] = str(math.ceil(wait))
        return response
    desk.logins.note_attempt()
    async with desk.hashing:
        account = await asyncio.to_thread(desk.accounts.check_password, name, password)
    if account is None:
        desk.logins.note_wrong(name, address)
        return _ask(desk, "Tên hoặc mật khẩu không đúng.", 401, wanted)
    desk.logins.note_right(name)
    desk.sessions.end(request.cookies.get(desk.cookie))
    response = go(wanted if is_our_path(wanted) else "/")
    _set_cookie(desk, response, desk.sessions.start(account))
    response.delete_cookie(_BEFORE, path="/vao")
    return response


@for_roles(*ROLES)
async def log_out(asked: Asked) -> Response:
    """End the session."""
    await read_form(asked)
    asked.desk.sessions.end(asked.request.cookies.get(asked.desk.cookie))
    response = go("/vao")
    response.delete_cookie(asked.desk.cookie, path="/", secure=asked.desk.secure, httponly=True)
    return response


@for_roles(*ROLES)
async def change_password(asked: Asked) -> Response:
    """Show the form for a new password, or take what it says; all other sessions of the account end."""
    if asked.request.method == "GET":
        return asked.show("mat_khau.html.j2", said="")
    form = texts_of(await read_form(asked))
    former, new, again = (form.get(name, "") for name in ("cu", "moi", "lai"))
    desk, name = asked.desk, asked.account.name
    if new != again:
        return asked.show("mat_khau.html.j2", 422, said="Hai lần gõ mật khẩu mới không giống nhau.")
    address = asked.request.client.host if asked.request.client else ""
    if desk.logins.wait(name, address):
        return asked.show("mat_khau.html.j2", 429, said="Thử quá nhiều lần. Chờ 15 phút rồi thử lại.")
    try:
        async with desk.hashing:
            account = await asyncio.to_thread(desk.accounts.change_password, name, former, new)
    except AccountError as error:
        desk.logins.note_wrong(name, address)
        return asked.show("mat_khau.html.j2", 422, said=str(error))
    desk.logins.note_right(name)
    desk.sessions.end(asked.request.cookies.get(desk.cookie))
    response = go("/")
    _set_cookie(desk, response, desk.sessions.start(account))
    return response


@for_roles(*ROLES)
async def go_home(asked: Asked) -> Response:
    """Send everybody to the first page of his role."""
    return go(_HOMES[asked.account.role])


def _ask(desk: FrontDesk, said: str, status: int, wanted: str) -> Response:
    before = secrets.token_urlsafe(16)
    proof = desk.sign(f"vao {before}")
    response = show(
        desk, "vao.html.j2", status, csrf=proof, said=said, wanted=wanted if is_our_path(wanted) else "/"
    )
    response.set_cookie(
        _BEFORE, before, path="/vao", httponly=True, samesite="strict", secure=desk.secure, max_age=3600
    )
    return response


def _set_cookie(desk: FrontDesk, response: RedirectResponse, token: str) -> None:
    response.set_cookie(desk.cookie, token, path="/", httponly=True, samesite="lax", secure=desk.secure)


ROUTES = [
    Route("/", go_home),
    Route("/vao", show_login, methods=["GET"]),
    Route("/vao", log_in, methods=["POST"]),
    Route("/ra", log_out, methods=["POST"]),
    Route("/doi-mat-khau", change_password, methods=["GET", "POST"]),
]
