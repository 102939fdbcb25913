"""What the handlers of requests share: the accounts, sessions, drafts, worker processes, who asks."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import wraps
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from flows.root import HERE, Root
from flows.web.accounts import OF_UNIT, Account, AccountBook
from flows.web.drafts import DraftFolder, KeptDraft
from flows.web.hand_in import HandInBook
from flows.web.judging import Bench, BenchError, Draft, JudgeJob, load_contracts
from flows.web.render import Pages
from flows.web.sessions import LoginGuard, Session, SessionBook, is_same
from schemas.registry import Contracts

#: Most files and fields of one form.
MOST_FILES, MOST_FIELDS = 20, 4_000
#: Seconds that a page waits for the whole judgement before it shows what is there.
PATIENCE = 1.2


@dataclass(slots=True)
class FrontDesk:
    """All that one page's process has at hand."""

    root: Root
    accounts: AccountBook
    sessions: SessionBook
    logins: LoginGuard
    drafts: DraftFolder
    handed: HandInBook
    judges: Bench
    others: Bench
    questions: Bench
    secure: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(HERE)
    patience: float = PATIENCE
    #: Hashes at once: each takes 64 MB for a moment.
    hashing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _running: dict[tuple[str, int, bool], asyncio.Task[None]] = field(default_factory=dict)
    _pages: tuple[Contracts, Pages] | None = None

    @property
    def cookie(self) -> str:
        """The name of the session's cookie; by TLS, one that no other site of the domain can set."""
        return "__Host-dulieuxa" if self.secure else "dulieuxa"

    @property
    def contracts(self) -> Contracts:
        """The contracts of the root as they stand now."""
        return load_contracts(self.root.path)

    @property
    def pages(self) -> Pages:
        """The templates."""
        contracts = self.contracts
        if self._pages is None or self._pages[0] is not contracts:
            self._pages = contracts, Pages(contracts)
        return self._pages[1]

    @property
    def today(self) -> date:
        """The day on which a file would be received now."""
        return self.now().date()

    def sign(self, text: str) -> str:
        """A proof that this process made `text`."""
        return hmac.new(self._secret, text.encode(), sha256).hexdigest()

    def judge(self, draft: Draft) -> None:
        """Have a draft judged: quickly on its own, then beside what the archive has."""
        for whole in (False, True):
            key = (str(draft.folder), draft.version, whole)
            if key not in self._running:
                task = asyncio.create_task(self._judge(draft, whole=whole))
                self._running[key] = task
                task.add_done_callback(lambda _, key=key: self._running.pop(key, None))  # type: ignore[misc]

    async def wait_for(self, draft: Draft) -> None:
        """Wait for the judgement of a draft, but not longer than a reader would."""
        tasks = [self._running.get((str(draft.folder), draft.version, whole)) for whole in (False, True)]
        running = [task for task in tasks if task is not None]
        if running:
            await asyncio.wait(running, timeout=self.patience)

    def is_judging(self, draft: Draft) -> bool:
        """Whether a judgement of this state of the draft is under way."""
        return any((str(draft.folder), draft.version, whole) in self._running for whole in (False, True))

    async def _judge(self, draft: Draft, *, whole: bool) -> None:
        try:
            result = await self.judges.do(JudgeJob(draft, self.today, whole), int(whole))
        except BenchError as error:
            result = {"version": draft.version, "whole": False, "failed": str(error)}
            if whole:
                return
        except FileNotFoundError:
            # Handed in or thrown away meanwhile.
            return
        await asyncio.to_thread(self.drafts.keep_result, draft, result)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of somebody who is logged in."""

    request: Request
    desk: FrontDesk
    session: Session
    account: Account

    @property
    def unit(self) -> str:
        """The unit that the account stands for."""
        assert self.account.unit is not None
        return self.account.unit

    def show(self, template: str, status: int = 200, **content: Any) -> Response:
        """Answer with a page."""
        return show(self.desk, template, status, account=self.account, csrf=self.session.csrf, **content)

    def find_draft(self) -> KeptDraft:
        """The draft that the address names.

        Raises:
            HTTPException: the unit has no such draft.
        """
        found = self.desk.drafts.find(self.unit, self.request.path_params["draft"])
        if found is None:
            raise HTTPException(404)
        return found


Handler = Callable[[Asked], Awaitable[Response]]


def show(desk: FrontDesk, template: str, status: int = 200, **content: Any) -> HTMLResponse:
    """Answer with a page, for anybody."""
    around = {"account": None, "csrf": "", "here": "", "refresh": None}
    return HTMLResponse(desk.pages.render(template, {**around, **content}), status)


def go(path: str) -> RedirectResponse:
    """Send the reader on to a page of ours by GET."""
    return RedirectResponse(path, 303)


def is_our_path(path: str) -> bool:
    """Whether a path that came with a request leads to a page of ours, whatever a browser makes of it."""
    parts = urlsplit(path)
    plain = all(each > " " and each not in "\\\x7f" for each in path)
    return path.startswith("/") and not path.startswith("//") and plain and not (parts.scheme or parts.netloc)


def for_roles(*roles: str) -> Callable[[Handler], Callable[[Request], Awaitable[Response]]]:
    """Let a handler answer only who is logged in with one of these roles, by a form of ours if it changes.

    Who is not logged in is sent to the login; who still has a password that others know must change it.
    """

    def around(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        @wraps(handler)
        async def answer(request: Request) -> Response:
            desk: FrontDesk = request.app.state.desk
            found = desk.sessions.find(request.cookies.get(desk.cookie))
            if found is None:
                wanted = request.url.path if request.method == "GET" else "/"
                return go(f"/vao?tiep={quote(wanted, safe='/')}")
            session, account = found
            request.state.role, request.state.unit = account.role, account.unit
            if account.must_change and request.url.path not in ("/doi-mat-khau", "/ra"):
                return go("/doi-mat-khau")
            if account.role not in roles:
                raise HTTPException(403)
            if account.role == OF_UNIT and desk.contracts.commune.unit(account.unit or "") is None:
                raise HTTPException(403)
            return await handler(Asked(request, desk, session, account))

        return answer

    return around


async def read_form(asked: Asked) -> FormData:
    """The fields of a form that carries the session's CSRF token.

    Raises:
        HTTPException: it does not, or is no form.
    """
    form = await asked.request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS)
    token = form.get("csrf")
    if not isinstance(token, str) or not is_same(token, asked.session.csrf):
        await form.close()
        raise HTTPException(403)
    return form


def texts_of(form: FormData) -> Mapping[str, str]:
    """The fields that are texts."""
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


def first_lines(items: Sequence[Any], most: int) -> tuple[Sequence[Any], int]:
    """The first of `items`, and how many more there are."""
    return items[:most], max(len(items) - most, 0)
