"""The pages of engineer, chairman and analyst: the report, held files, questions in SQL, downloads."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import polars as pl
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from flows.collect.answers import AnswerError, record_answer
from flows.collect.archive import Answer
from flows.collect.submission import Meant
from flows.errors import LockedError, NoReleaseError
from flows.release.places import MARKED, UNITS
from flows.release.publish import find_release, list_releases, read_published
from flows.release.refusal import read_refusal
from flows.web.accounts import OF_UNIT, ROLES
from flows.web.desk import Asked, for_roles, read_form, texts_of
from flows.web.questions import QuestionJob
from schemas.tables import TABLES

#: Pages of the report that show several cells of one row of people: for the engineer alone.
_INTERNAL = ("loi.html",)
#: What `accept` answers.
_ANSWERED = ("tep.khac_don_vi", "tep.sai_don_vi", "tep.khac_ky", "tep.khong_ro_ky", "tep.thieu_nhieu_dong")
_MEANT: dict[str, Meant] = {"sua": "sua", "ca_bang": "ca_bang"}
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Our own pages say in their head, before any content, which script they run.
_OWN_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"<>]*)">')
_HEAD = 1_000
_PAGES_LINKS = re.compile(r'<nav aria-label="Các trang">.*?</nav>', re.S)
_MORE_LINKS = re.compile(r'<span class="khong-in"><a href="[^"]*tep\.html">.*?</span>', re.S)
_PLAIN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)
_PERIOD = re.compile(r"\d{4}(-(Q[1-4]|\d{2}))?")


@for_roles(*ROLES)
async def show_report(asked: Asked) -> Response:
    """A file of the release's report, as far as the role may see it."""
    path = asked.request.path_params["path"]
    folder = (_release(asked) / "reports").resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder) or not _may_see(asked, file.relative_to(folder)) or not file.is_file():
        raise HTTPException(404)
    kind = _TYPES.get(file.suffix)
    if kind is None:
        raise HTTPException(404)
    if file.suffix != ".html":
        return FileResponse(file, media_type=kind, filename=file.name)
    text = await asyncio.to_thread(file.read_text, "utf-8")
    own = _OWN_POLICY.search(text, 0, _HEAD)
    policy = (own[1] if own else _PLAIN_POLICY) + "; frame-ancestors 'none'"
    if asked.account.role == OF_UNIT:
        # The other pages are not for a unit.
        text = _MORE_LINKS.sub("", _PAGES_LINKS.sub("", text, count=1), count=1)
    return HTMLResponse(text, headers={"content-security-policy": policy})


def _may_see(asked: Asked, path: Path) -> bool:
    """A unit sees its own page and what goes back to it; nobody else sees that, as it is not masked."""
    role, parts = asked.account.role, path.parts
    if role == OF_UNIT:
        own = asked.unit
        return parts[:2] == (UNITS, own) or parts == (UNITS, f"{own}.html")
    if MARKED in parts:
        return False
    if role == "ky_su":
        return True
    # A receipt may hold what clerks wrote in comments.
    return len(parts) <= 2 and parts[-1] not in _INTERNAL and path.suffix == ".html"


def _release(asked: Asked) -> Path:
    """The release on show.

    Raises:
        HTTPException: there is none.
    """
    try:
        return find_release(asked.desk.root, None)
    except NoReleaseError:
        raise HTTPException(404) from None


@for_roles("ky_su")
async def show_engineer(asked: Asked) -> Response:
    """What waits for a decision, how the last runs went, and the way to the report."""
    return await _show_engineer(asked)


async def _show_engineer(asked: Asked, said: str = "", status: int = 200) -> Response:
    content = await asyncio.to_thread(_gather_engineer, asked)
    return asked.show("ky_su_web.html.j2", status, here="/ky-su", said=said, **content)


def _gather_engineer(asked: Asked) -> dict[str, Any]:
    root = asked.desk.root
    try:
        release = find_release(root, None)
    except NoReleaseError:
        release = None
    faults = release / "faults.parquet" if release else None
    held: list[dict[str, Any]] = []
    if faults is not None and faults.exists():
        held = (
            pl.scan_parquet(faults)
            .filter(pl.col("code").is_in(_ANSWERED), pl.col("submission").is_not_null())
            .select("unit", "file", "submission", "dataset", "period", "code", "message")
            .unique(maintain_order=True)
            .collect()
            .to_dicts()
        )
    return {
        "held": held,
        "units": asked.desk.contracts.commune.units,
        "releases": [*reversed(list_releases(root))][:14],
        "published": read_published(root),
        "refusal": read_refusal(root),
    }


@for_roles("ky_su")
async def accept(asked: Asked) -> Response:
    """Record what the engineer says of a held file."""
    form = texts_of(await read_form(asked))
    reason = form.get("ly_do", "").strip()[:500]
    if not reason:
        return await _show_engineer(asked, "Ghi ai xác nhận, vì sao.", 422)
    said = Answer(
        f"{reason} (tài khoản {asked.account.name})",
        form.get("don_vi") or None,
        form.get("ky", "").strip() or None,
        _MEANT.get(form.get("la", "")),
    )
    code = form.get("ma", "")
    if not re.fullmatch(r"[0-9a-f]{64}", code):
        raise HTTPException(400)
    if said.unit is None and said.period is None and said.meant is None:
        return await _show_engineer(asked, "Chọn xác nhận điều gì: đơn vị, kỳ, hay tệp là gì.", 422)
    try:
        desk = asked.desk
        given = await asyncio.to_thread(record_answer, desk.root, code, said, desk.contracts)
    except (AnswerError, LockedError) as wrong:
        return await _show_engineer(asked, f"Chưa ghi được: {wrong}", 409)
    return await _show_engineer(asked, f"Đã ghi; tệp {given.sha256[:12]} được tính như vậy từ lượt chạy sau.")


@for_roles("phan_tich", "ky_su")
async def show_analyst(asked: Asked) -> Response:
    """The dictionary, the tables to download, and a field for a question."""
    return asked.show("phan_tich_web.html.j2", here="/phan-tich", **_gather_analyst(asked))


def _gather_analyst(asked: Asked) -> dict[str, Any]:
    release = _release(asked)
    contracts = asked.desk.contracts
    opened = sorted((release / "open").glob("*/ky=*/data.parquet"))
    return {
        "tables": [one for one in TABLES.values() if not one.internal],
        "datasets": contracts.datasets.values(),
        "opened": [
            {"dataset": path.parts[-3], "period": path.parts[-2].removeprefix("ky=")} for path in opened
        ],
        "question": "",
        "answer": None,
        "failed": "",
        "release": release.resolve().name,
    }


@for_roles("phan_tich", "ky_su")
async def ask(asked: Asked) -> Response:
    """Answer a question in SQL about what is open, within limits of time, memory and rows."""
    form = texts_of(await read_form(asked))
    question = form.get("cau_hoi", "")[:10_000]
    content = await asyncio.to_thread(_gather_analyst, asked) | {"question": question}
    said = await asked.desk.questions.do(QuestionJob(_release(asked).resolve(), question))
    if form.get("csv") and said.get("csv") is not None:
        headers = {"content-disposition": 'attachment; filename="ket_qua.csv"'}
        return Response(
            said["csv"].encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers
        )
    content |= {"answer": said if "columns" in said else None, "failed": said.get("failed", "")}
    return asked.show(
        "phan_tich_web.html.j2", 422 if content["failed"] else 200, here="/phan-tich", **content
    )


@for_roles("phan_tich", "ky_su", "lanh_dao")
async def give_table(asked: Asked) -> Response:
    """One open table as Parquet."""
    dataset, period = asked.request.path_params["dataset"], asked.request.path_params["period"]
    if dataset not in asked.desk.contracts.datasets or not _PERIOD.fullmatch(period):
        raise HTTPException(404)
    file = _release(asked) / "open" / dataset / f"ky={period}" / "data.parquet"
    if not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, media_type="application/octet-stream", filename=f"{dataset}_{period}.parquet")


ROUTES = [
    Route("/bao-cao/{path:path}", show_report),
    Route("/ky-su", show_engineer, methods=["GET"]),
    Route("/ky-su/xac-nhan", accept, methods=["POST"]),
    Route("/phan-tich", show_analyst, methods=["GET"]),
    Route("/phan-tich/hoi", ask, methods=["POST"]),
    Route("/phan-tich/tai/{dataset}/{period}", give_table),
]
