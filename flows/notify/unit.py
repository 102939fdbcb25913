"""Writes a unit's digest: what it owes, what came and how it was read, what to fix first, what it fixed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from flows import words
from flows.notify.owed import count_late, list_owed, split_owed
from flows.notify.parts import Part, make_list
from flows.notify.told import Memory, ToldBefore, make_key
from flows.notify.view import ReleaseView, UnitView
from flows.release.places import MARKED, UNITS
from flows.report.tables import Row
from schemas.notices import RECENT
from schemas.whole_faults import WHOLE_FAULTS

_FIRST = 5


def write_digest(view: ReleaseView, unit: str, told: ToldBefore) -> Part | None:
    """What changed for `unit` since its person was told last; None if nothing did."""
    of_unit, before = view.unit(unit), told.memory.get(unit)
    owed = [*list_owed(view, unit, "nguoi_nop")]
    came = [(key, text) for key, text in _list_came(view, unit, of_unit) if key not in told.keys]
    causes = _merge_causes(view, of_unit)
    fixed = _count_fixed(of_unit, before, told.days.get(unit))
    late = count_late(view, unit, view.as_of)
    well = not causes and not late
    new = {*causes}.difference(before["causes"] if before else ())
    changed = (
        any(one.key not in told.keys for one in owed)
        or came
        or new
        or fixed
        or (well and before is not None and not before["well"])
    )
    if not changed:
        return None
    first = [*causes.values()]
    lines = [
        *split_owed(owed),
        *make_list("ĐÃ NHẬN", [text for _, text in came], "lượt nộp"),
        *make_list("ĐÃ SỬA TỪ THƯ TRƯỚC", [f"{words.number(fixed)} lỗi."] if fixed else [], ""),
        *make_list("CẦN SỬA TRƯỚC", first[:_FIRST], ""),
        *([f"- và {len(first) - _FIRST} việc nữa, ở trang của đơn vị."] if len(first) > _FIRST else []),
        *(["", _THANKS] if well and not owed else []),
        "",
        f"Trang của đơn vị: {view.pages}{UNITS}/{unit}.html; tệp đã đánh dấu ô sai: {UNITS}/{unit}/{MARKED}.",
    ]
    keys = [*(one.key for one in owed), *(key for key, _ in came)]
    title = f"Kính gửi {view.names.unit(unit)}, tính đến ngày {words.day(view.as_of)}:"
    memory = _remember(view, of_unit, [*causes], well)
    due = sum(one.days <= 0 for one in owed)
    return Part(title, _sum_up(view, unit, late, due, len(first)), lines, keys, {unit: memory})


_THANKS = "Cảm ơn: không còn báo cáo nào quá hạn, không còn lỗi nào phải sửa."


def _sum_up(view: ReleaseView, unit: str, late: int, due: int, causes: int) -> str:
    parts = [f"{late} báo cáo quá hạn"] if late else []
    parts += [f"{due} báo cáo sắp hoặc đã đến hạn"] if due else []
    parts += [f"{causes} việc phải sửa"] if causes else []
    return f"{view.names.unit(unit)}: {', '.join(parts) or 'không còn gì phải sửa'}"


def _remember(view: ReleaseView, of_unit: UnitView, causes: list[str], well: bool) -> Memory:
    today = sum(day == view.as_of for day in of_unit.closed)
    return {"causes": causes, "well": well, "fixed_today": today}


def _count_fixed(of_unit: UnitView, before: Memory | None, last: date | None) -> int:
    """Faults fixed since the day `last`; those of that day which were told then are not counted again."""
    if before is None or last is None:
        return 0
    since = sum(day >= last for day in of_unit.closed)
    return max(since - int(before["fixed_today"]), 0)


def _merge_causes(view: ReleaseView, of_unit: UnitView) -> dict[str, str]:
    """What is to fix, most urgent first: a key and a sentence for each fault of one column in one period."""
    rows: dict[str, Row] = {}
    for row in of_unit.causes:
        key = make_key("sua", row["dataset"], row["period"], row["column"], row["code"])
        known = rows.setdefault(key, row | {"count": 0})
        known["count"] += row["count"]
    return {key: _say_cause(view, row) for key, row in rows.items()}


def _say_cause(view: ReleaseView, row: Row) -> str:
    column = view.names.column(row["dataset"], row["column"])
    where = f" ở cột “{column}”" if column else ""
    count = f"{words.number(row['count'])} chỗ{where}" if row["row"] else "Cả tệp"
    of = [f"“{view.names.dataset(row['dataset'])}”"] if row["dataset"] else []
    of += [words.period(row["period"])] if row["period"] else []
    said = f"{count}{', ' if of else ''}{' '.join(of)}"
    whole = WHOLE_FAULTS.get(row["code"])
    what = f"{whole.says} {whole.mend}" if whole else view.says(row["dataset"], row["code"])
    return f"{said} ({words.word(row['severity']).lower()}): {what or 'xem trang của đơn vị.'}"


def _list_came(view: ReleaseView, unit: str, of_unit: UnitView) -> Iterator[tuple[str, str]]:
    """A key and a sentence for each submission of the last days; names of files may name people."""
    since = view.as_of - RECENT
    for row in of_unit.came:
        moment = datetime.fromisoformat(row["received"])
        if moment.date() >= since:
            key = make_key("nhan", unit, row["submission"], row["file"], row["dataset"], row["period"])
            yield key, _say_came(view, row, _why_refused(of_unit, row))


def describe_came(view: ReleaseView, unit: str, row: Row) -> str:
    """How one part of a submission was read, in a sentence that names no file."""
    return _say_came(view, row, _why_refused(view.unit(unit), row))


def _say_came(view: ReleaseView, row: Row, why: str) -> str:
    period = f" {words.period(row['period'])}" if row["period"] else ""
    what = f"“{view.names.dataset(row['dataset'])}”{period}" if row["dataset"] else "Một tệp"
    came = f"{what}, nhận {words.moment(row['received'])}: {words.word(row['state']).lower()}"
    match row["state"]:
        case "chap_nhan" | "mot_phan":
            held = row["rows_quarantined"]
            waits = f", {words.number(held)} dòng bị giữ lại chờ sửa" if held else ""
            return f"{came}, {words.number(row['rows_accepted'])} dòng được công bố{waits}."
        case "tu_choi" if row["rows_quarantined"]:
            return f"{came}, cả {words.number(row['rows_quarantined'])} dòng bị giữ lại chờ sửa."
        case "tu_choi":
            return f"{came}. {why}"
        case _:
            return f"{came}."


def _why_refused(of_unit: UnitView, row: Row) -> str:
    same = [
        one for one in of_unit.refused if (one["submission"], one["file"]) == (row["submission"], row["file"])
    ]
    mine = [one for one in same if one["dataset"] == row["dataset"]] or same
    fault = WHOLE_FAULTS.get(mine[0]["code"]) if mine else None
    return f"{fault.says} {fault.mend}" if fault else "Xem phiếu nhận ở trang của đơn vị."
