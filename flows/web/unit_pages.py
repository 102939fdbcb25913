"""The pages of a unit: what is due, handing in, mending what is wrong, receipts, scores."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import polars as pl
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from flows import words
from flows.collect.hand_in import make_name
from flows.errors import NoReleaseError
from flows.release.places import MARKED, UNITS, path_of_receipt
from flows.release.publish import find_release
from flows.returns.corrected import Correction
from flows.roll_call import call_roll
from flows.web.accounts import OF_UNIT
from flows.web.desk import Asked, first_lines, for_roles, go, read_form, texts_of
from flows.web.drafts import MOST, KeptDraft
from flows.web.judging import FormJob, MarkJob, RowJob
from schemas import periods
from schemas.contract import DIMENSIONS

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_TEXT = 2_000
_FILES, _PERIODS, _FIXED = 20, 12, 10
_HANDED_IN = {"received": pl.Date, "nil": pl.Boolean}


@for_roles(OF_UNIT)
async def show_unit(asked: Asked) -> Response:
    """What the unit owes, has brought and handed in, and how good it was."""
    content = await asyncio.to_thread(_gather_unit, asked)
    return asked.show("don_vi_web.html.j2", here="/don-vi", **content)


def _gather_unit(asked: Asked) -> dict[str, Any]:
    desk, unit = asked.desk, asked.unit
    try:
        release = find_release(desk.root, None)
    except NoReleaseError:
        release = None
    tables = {
        name: pl.scan_parquet(release / f"{name}.parquet").filter(pl.col("unit") == unit).collect()
        for name in ("roll_call", "submissions", "scores", "issues")
        if release is not None and (release / f"{name}.parquet").exists()
    }
    roll = tables.get("roll_call", _call_roll(asked))
    owed = roll.sort("due", "dataset", descending=[True, False])
    missing = owed.filter(pl.col("state").is_in(["chua_co", "chua_den_han"])).sort("due")
    came = owed.filter(~pl.col("state").is_in(["chua_co", "chua_den_han"]))
    files = tables.get("submissions", pl.DataFrame())
    return {
        "unit": unit,
        "as_of": None if release is None else date.fromisoformat(words_of_release(release.resolve().name)),
        "owed": missing.to_dicts(),
        "came": came.head(_PERIODS).to_dicts(),
        "coming": _list_coming(asked),
        "drafts": desk.drafts.list_of(unit),
        "handed": first_lines(desk.handed.list_of(unit), _FILES)[0],
        "files": [] if files.is_empty() else _list_files(files, desk.root.latest.resolve(), unit),
        "scores": _list_scores(tables.get("scores")),
        "marked": _list_marked(asked),
        "fixed": _list_fixed(tables.get("issues"), asked),
    }


def _list_marked(asked: Asked) -> list[dict[str, str]]:
    """The unit's own workbooks with marked cells, as the last day gave them back."""
    folder = asked.desk.root.latest / "reports" / UNITS / asked.unit / MARKED
    names = sorted(path.name for path in folder.glob("*.xlsx"))
    return [{"name": name, "path": quote(f"/bao-cao/{UNITS}/{asked.unit}/{MARKED}/{name}")} for name in names]


def _list_fixed(issues: pl.DataFrame | None, asked: Asked) -> list[dict[str, Any]]:
    """What was mended lately: sentence, dataset, last day, how many."""
    if issues is None:
        return []
    says = asked.desk.pages.names.faults()
    fixed = (
        issues.filter(pl.col("state") == "da_sua")
        .group_by("dataset", "code")
        .agg(pl.len().alias("count"), pl.col("closed").max())
        .sort("closed", "count", "code", descending=[True, True, False], nulls_last=True)
        .head(_FIXED)
    )
    return [row | {"says": says(row["dataset"], row["code"])} for row in fixed.iter_rows(named=True)]


def words_of_release(name: str) -> str:
    """The day of a release, from its name, in ISO format."""
    return f"{name[:4]}-{name[4:6]}-{name[6:8]}"


def _owed_datasets(asked: Asked) -> list[Any]:
    contracts = asked.desk.contracts
    owner = contracts.commune.unit(asked.unit)
    return [one for one in contracts.datasets.values() if owner and one.unit == owner.kind]


def _call_roll(asked: Asked) -> pl.DataFrame:
    """The roll call of the unit while there is no release: nothing came yet."""
    contracts = asked.desk.contracts
    key = dict.fromkeys(("unit", "dataset", "period"), pl.String)
    nothing = pl.DataFrame(schema={**key, **_HANDED_IN})
    called = call_roll(contracts.commune, contracts.datasets, nothing, asked.desk.today)
    return called.filter(pl.col("unit") == asked.unit)


def _list_coming(asked: Asked) -> list[dict[str, Any]]:
    tomorrow = asked.desk.today + timedelta(days=1)
    moved = asked.desk.contracts.commune.moved
    rows = []
    for dataset in _owed_datasets(asked):
        ahead = periods.ended(dataset.cadence, dataset.basis, tomorrow, tomorrow + timedelta(days=400))
        if ahead:
            due = periods.due(ahead[0], dataset.due, moved)
            rows.append({"title": dataset.title, "period": ahead[0].label, "due": due, "name": dataset.name})
    return sorted(rows, key=lambda row: row["due"])


def _list_files(files: pl.DataFrame, release: Any, unit: str) -> list[dict[str, Any]]:
    rows = files.sort("received", "file", descending=[True, False]).head(_FILES).to_dicts()
    for row in rows:
        path = path_of_receipt(unit, row["file"], row["submission"])
        row["receipt"] = f"/bao-cao/{quote(path)}" if (release / "reports" / path).exists() else None
    return rows


def _list_scores(scores: pl.DataFrame | None) -> list[dict[str, Any]]:
    """By dimension: the score of the last month and of the one before, over all datasets of the unit."""
    if scores is None or scores.is_empty():
        return []
    by_month = (
        scores.with_columns(month=pl.col("period").map_elements(words.last_month, pl.String))
        .group_by("dimension", "month")
        .agg(pl.col("judged").sum(), pl.col("failed").sum())
        .filter(pl.col("judged") > 0)
        .with_columns(score=1 - pl.col("failed") / pl.col("judged"))
        .sort("month", descending=True)
    )
    rows = []
    for dimension in DIMENSIONS:
        own = by_month.filter(pl.col("dimension") == dimension)
        if own.height:
            last = own.row(0, named=True)
            before = own["score"][1] if own.height > 1 else None
            rows.append({"title": words.word(dimension), "before": before, **last})
    return rows


@for_roles(OF_UNIT)
async def give_form(asked: Asked) -> Response:
    """The prefilled form of a dataset that the unit owes."""
    wanted = asked.request.path_params["dataset"]
    if wanted not in {one.name for one in _owed_datasets(asked)}:
        raise HTTPException(404)
    job = FormJob(asked.desk.root.path, wanted, asked.unit, asked.desk.today)
    name, data = await asked.desk.others.do(job)
    return _attach(name, data)


@for_roles(OF_UNIT)
async def upload(asked: Asked) -> Response:
    """Take files as drafts and have them judged."""
    form = await read_form(asked)
    try:
        files = [each for each in form.getlist("tep") if isinstance(each, UploadFile)]
        return await _keep_files(asked, files)
    finally:
        await form.close()


async def _keep_files(asked: Asked, files: Sequence[UploadFile]) -> Response:
    desk = asked.desk
    named = [each for each in files if each.filename]
    if not named:
        return go("/don-vi?can=tep")
    if len(desk.drafts.list_of(asked.unit)) + len(named) > MOST:
        raise HTTPException(429)
    drafts = []
    for each in named:
        data = await each.read()
        draft = await asyncio.to_thread(desk.drafts.add, asked.unit, make_name(each.filename or ""), data)
        desk.judge(draft.file)
        drafts.append(draft)
    return go(f"/nop/{drafts[0].id}" if len(drafts) == 1 else "/don-vi#dang-soan")


@for_roles(OF_UNIT)
async def show_draft(asked: Asked) -> Response:
    """What was read of a draft, and what is wrong with it."""
    draft = asked.find_draft()
    desk = asked.desk
    if not draft.is_current or not draft.result or not (draft.result["whole"] or "failed" in draft.result):
        if not desk.is_judging(draft.file) and not draft.is_current:
            desk.judge(draft.file)
        await desk.wait_for(draft.file)
        draft = asked.find_draft()
    return _show_draft(asked, draft)


def _show_draft(asked: Asked, draft: KeptDraft, said: str = "", status: int = 200) -> Response:
    ready = draft.is_current and draft.result is not None
    page = asked.show(
        "nop.html.j2",
        status,
        here="/don-vi",
        draft=draft,
        name=draft.file.name,
        result=draft.result if ready else None,
        waiting=asked.desk.is_judging(draft.file),
        said=said,
        corrections=_last_corrections(draft),
        in_line=asked.desk.judges.waiting,
    )
    if not ready:
        page.headers["refresh"] = "2"
    return page


def _last_corrections(draft: KeptDraft) -> list[dict[str, Any]]:
    """Each corrected cell once: what came, and what was typed last."""
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for one in draft.file.corrections:
        known = last.setdefault(
            (one.sheet, one.cell), {"sheet": one.sheet, "cell": one.cell, "before": one.before}
        )
        known |= {"after": one.after, "who": one.who, "when": one.when}
    return [*last.values()]


@for_roles(OF_UNIT)
async def tell_state(asked: Asked) -> Response:
    """Whether the whole judgement is there, for our own script."""
    draft = asked.find_draft()
    ready = draft.is_current and draft.result is not None
    return JSONResponse({"co": ready, "xong": ready and not asked.desk.is_judging(draft.file)})


@for_roles(OF_UNIT)
async def correct(asked: Asked) -> Response:
    """Take what was typed beside cells and proposals that were accepted, and have it judged again."""
    draft = asked.find_draft()
    form = texts_of(await read_form(asked))
    result = draft.result
    if result is None or not draft.is_current or form.get("phien") != str(draft.file.version):
        return _show_draft(asked, draft, "Trang này đã cũ, đây là bản mới nhất. Sửa lại ở đây.", 409)
    changes = _read_changes(asked, form, result["inputs"])
    if not changes:
        return go(f"/nop/{draft.id}")
    return _judge_again(asked, await asyncio.to_thread(asked.desk.drafts.correct, draft, changes))


def _read_changes(
    asked: Asked, form: Mapping[str, str], inputs: Sequence[Mapping[str, Any]]
) -> list[Correction]:
    """The cells whose text is no longer what was shown; an accepted proposal counts before what is typed."""
    typed = {name: value for name, value in form.items() if name.startswith("o.")}
    chosen = form.get("nhan", "")
    if "\n" not in chosen and "." in chosen:
        number, _, text = chosen.partition(".")
        typed[f"o.{number}"] = text
    if form.get("nhan_het"):
        typed |= {f"o{name[1:]}": value for name, value in form.items() if name.startswith("d.")}
    when = asked.desk.now().isoformat(timespec="seconds")
    changes = []
    for at, cell in enumerate(inputs):
        new = typed.get(f"o.{at}")
        # A browser drops the line breaks of what it shows in a field.
        if new is None or _as_shown(new) == _as_shown(cell["text"]):
            continue
        text = new.strip()[:_LONGEST_TEXT]
        changes.append(
            Correction(cell["sheet"], cell["cell"], cell["text"] or None, text, asked.account.name, when)
        )
    return changes


def _as_shown(text: str) -> str:
    return text.replace("\r", "").replace("\n", "").strip()


def _judge_again(asked: Asked, draft: KeptDraft) -> Response:
    asked.desk.judge(draft.file)
    return go(f"/nop/{draft.id}")


@for_roles(OF_UNIT)
async def take_back(asked: Asked) -> Response:
    """Take back a correction."""
    draft = asked.find_draft()
    form = texts_of(await read_form(asked))
    undone = asked.desk.drafts.undo(draft, form.get("trang", ""), form.get("o", ""))
    return _judge_again(asked, undone)


@for_roles(OF_UNIT)
async def show_row(asked: Asked) -> Response:
    """Every cell of one row, to be typed anew, or all of them emptied."""
    draft = asked.find_draft()
    query = asked.request.query_params
    sheet, row = query.get("trang", ""), query.get("dong", "")
    if not row.isdigit() or len(row) > 7:
        raise HTTPException(404)
    cells = await asked.desk.judges.do(RowJob(draft.file, sheet, int(row)))
    if not cells:
        raise HTTPException(404)
    if asked.request.method == "GET":
        headings = _headings_of(draft, sheet)
        return asked.show(
            "dong.html.j2", here="/don-vi", draft=draft, sheet=sheet, row=row, cells=cells, headings=headings
        )
    form = texts_of(await read_form(asked))
    shown = [{"sheet": sheet, **cell} for cell in cells]
    if form.get("bo_dong"):
        form = {f"o.{number}": "" for number in range(len(cells))}
    changes = _read_changes(asked, form, shown)
    if not changes:
        return go(f"/nop/{draft.id}")
    return _judge_again(asked, await asyncio.to_thread(asked.desk.drafts.correct, draft, changes))


def _headings_of(draft: KeptDraft, sheet: str) -> Mapping[str, str]:
    drawn = (draft.result or {}).get("sheets", ())
    columns = next((each["columns"] for each in drawn if each["name"] == sheet), ())
    return {each["letter"]: each["heading"] for each in columns}


@for_roles(OF_UNIT)
async def hand_in(asked: Asked) -> Response:
    """Put the draft into the inbox."""
    draft = asked.find_draft()
    await read_form(asked)
    if draft.file.corrections and not draft.is_current:
        return _show_draft(asked, draft, "Đang kiểm lại các ô vừa sửa; chờ một lát rồi nộp.", 409)
    try:
        receipt = await asyncio.to_thread(asked.desk.handed.hand_in, draft, asked.account.name)
    except FileNotFoundError:
        # A second press of the button: the first one handed it in.
        return go("/don-vi#bien-nhan")
    await asyncio.to_thread(asked.desk.drafts.remove, draft)
    return go(f"/bien-nhan/{receipt.number}")


@for_roles(OF_UNIT)
async def throw_away(asked: Asked) -> Response:
    """Remove the draft; nothing is handed in."""
    draft = asked.find_draft()
    await read_form(asked)
    await asyncio.to_thread(asked.desk.drafts.remove, draft)
    return go("/don-vi")


@for_roles(OF_UNIT)
async def give_marked(asked: Asked) -> Response:
    """The draft as a workbook whose faulty cells are marked."""
    draft = asked.find_draft()
    data = await asked.desk.others.do(MarkJob(draft.file, asked.desk.today))
    if not data:
        raise HTTPException(404)
    return _attach(f"{draft.file.name.rpartition('.')[0] or draft.file.name} - can sua.xlsx", data)


@for_roles(OF_UNIT)
async def show_receipt(asked: Asked) -> Response:
    """The receipt of one hand-in of the unit."""
    number = asked.request.path_params["number"]
    found = asked.desk.handed.find(asked.unit, number)
    if found is None:
        raise HTTPException(404)
    return asked.show("bien_nhan.html.j2", here="/don-vi", unit=asked.unit, one=found)


def _attach(name: str, data: bytes) -> Response:
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, media_type=_XLSX, headers={"content-disposition": said})


ROUTES = [
    Route("/don-vi", show_unit),
    Route("/bieu-mau/{dataset}", give_form),
    Route("/nop", upload, methods=["POST"]),
    Route("/nop/{draft}", show_draft, methods=["GET"]),
    Route("/nop/{draft}/trang-thai", tell_state),
    Route("/nop/{draft}/sua", correct, methods=["POST"]),
    Route("/nop/{draft}/lui", take_back, methods=["POST"]),
    Route("/nop/{draft}/dong", show_row, methods=["GET", "POST"]),
    Route("/nop/{draft}/gui", hand_in, methods=["POST"]),
    Route("/nop/{draft}/bo", throw_away, methods=["POST"]),
    Route("/nop/{draft}/danh-dau", give_marked),
    Route("/bien-nhan/{number:int}", show_receipt),
]
