"""The daily flow in Prefect: the same composition as a plain run, each step a task, and its schedule."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import flows.engine.prefect_settings  # noqa: F401 - before prefect
from prefect import flow, get_run_logger
from prefect import serve as serve_deployments
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.client.schemas.objects import State
from prefect.events import emit_event
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL
from prefect.states import Completed, Failed

from flows.day import DayOutcome, run_day
from flows.engine.prefect_runner import PrefectRunner
from flows.engine.prefect_runs import make_deployment, mark_crashed
from flows.engine.prefect_server import serve_prefect
from flows.engine.runner import to_ascii
from flows.engine.screen import open_console, say
from flows.engine.usual import EVERY_DAY, EVERY_WEEK, PORT
from flows.errors import AuditRefusedError, LockedError
from flows.mend.result import look_and_note
from flows.notify.standing import is_configured
from flows.notify.tell import note_refusal, tell_safely, telling
from flows.root import HERE, Root, read_contracts, read_site
from flows.schedule.missed import list_days_to_run
from flows.summary import COLUMNS, summarize_units, to_markdown
from schemas.registry import Contracts, load
from schemas.units import Commune

# Names the root that is served to the processes of its runs.
_SERVED = "DULIEUXA_ROOT"
#: How long a scheduled run waits for another one on its root, and how often it looks.
_WAIT_SECONDS, _LOOK_SECONDS = 3 * 3600, 10
#: The state of a run whose release the audit refused; others may wait for it by this name.
REFUSED = "Không công bố"
#: The state of a late run whose day was run already, or would only repeat the day before.
NOT_NEEDED = "Không cần chạy"


@flow(name="dulieuxa", flow_run_name="ngay-{as_of}", persist_result=False)
def daily(root: Path, as_of: date | None = None, acknowledged: str | None = None) -> DayOutcome:
    """Một ngày của một xã: thu tệp, đọc, kiểm tra, tính chỉ tiêu, công bố, báo cáo."""
    try:
        return _run(Root(root), as_of or _today(), acknowledged)
    except AuditRefusedError as refused:
        return cast("DayOutcome", _as_state(refused))


def _name_run() -> str:
    given = (flow_run.get_parameters() or {}).get("as_of")
    return f"ngay-{given or _planned_day()}"


@flow(name="dulieuxa-hang-ngay", flow_run_name=_name_run, persist_result=False)
def every_day(as_of: date | None = None, acknowledged: str | None = None) -> State[Any]:
    """Ngày đã lên lịch của xã mà `dulieuxa serve` được gọi cho; không chạy được cho thư mục nào khác.

    Các ngày bị lỡ trước đó mà có thay đổi (tệp mới, đơn vị quá hạn, hết hạn miễn) được chạy trước, theo thứ
    tự. Ghi as_of để chạy lại đúng một ngày.
    """
    root, today = _served(), _today()
    if (as_of or today) > today:
        return Failed(name="Sai ngày", message=f"{as_of:%d/%m/%Y} chưa tới: chọn hôm nay hoặc ngày đã qua.")
    with telling(root, today):
        return _run_due_days(root, today, as_of, acknowledged)


def _run_due_days(root: Root, today: date, as_of: date | None, acknowledged: str | None) -> State[Any]:
    """Run the days that are due, oldest first; the state of the last one."""
    contracts = read_contracts(root, load())
    days = [as_of] if as_of else list_days_to_run(root, contracts, _planned_day(), today)
    if not days:
        return Completed(name=NOT_NEEDED, message="Ngày này đã chạy, hoặc không có gì khác ngày trước.")
    done: State[Any] = Completed()
    for day in days:
        try:
            outcome = _run_when_free(root, day, acknowledged if day == days[-1] else None)
        except AuditRefusedError as refused:
            get_run_logger().error(f"{day:%d/%m/%Y}: kiểm toán từ chối")
            note_refusal(root, day, refused)
            done = _as_state(refused)
        else:
            done = Completed(message=f"Bản {outcome.release.name}")
    return done


def _today() -> date:
    return datetime.now(HERE).date()


def _planned_day() -> date:
    """The day that this run was planned for, however late it starts."""
    planned: datetime = flow_run.scheduled_start_time
    return planned.astimezone(HERE).date()


def _run_when_free(root: Root, day: date, acknowledged: str | None) -> DayOutcome:
    """Run the day; wait while another run, such as one by hand, holds the root.

    Raises:
        LockedError: it holds the root for hours.
    """
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return _run(root, day, acknowledged)
        except LockedError as held:
            if time.monotonic() > until:
                raise
            get_run_logger().info(f"Chờ: {held}")
            time.sleep(_LOOK_SECONDS)


def _run(root: Root, day: date, acknowledged: str | None) -> DayOutcome:
    installed = load()
    contracts = read_contracts(root, installed)
    try:
        outcome = run_day(root, installed, day, PrefectRunner(open_console()), acknowledged)
    except AuditRefusedError as refused:
        create_markdown_artifact(
            str(refused), key="khong-cong-bo", description=f"Ngày {day:%d/%m/%Y} không được công bố"
        )
        _emit("refused", contracts.commune, {"day": day.isoformat(), "reasons": len(refused.reasons)})
        raise
    _show(outcome, contracts, day, read_site(root))
    counts = {"new": len(outcome.new), "faults": outcome.faults.height, "unchanged": outcome.unchanged}
    told = {"day": day.isoformat(), "release": outcome.release.name, **counts}
    _emit("published", contracts.commune, told)
    return outcome


def _show(outcome: DayOutcome, contracts: Contracts, day: date, site: str | None) -> None:
    """Put the day on the page of its run: its counts, a table of the units, the way to its report."""
    said = f"ngày {day:%d/%m/%Y}"
    create_markdown_artifact(to_markdown(outcome), key="tom-tat-ngay", description=f"Tóm tắt {said}")
    rows = summarize_units(outcome, contracts.commune)
    table = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    create_table_artifact(table, key="don-vi", description=f"Các đơn vị, {said}")
    if site:
        link = f"{site}/{outcome.release.name}/reports/index.html"
        create_link_artifact(link, link_text=f"Báo cáo {said}", key="bao-cao", description=f"Báo cáo {said}")


def _emit(what: str, commune: Commune, payload: Mapping[str, object]) -> None:
    """Tell Prefect, so that other deployments can follow."""
    whose = {"prefect.resource.id": f"dulieuxa.xa.{commune.code}", "prefect.resource.name": commune.name}
    emit_event(f"dulieuxa.{what}", resource=whose, payload=dict(payload))


def _as_state(refused: AuditRefusedError) -> State[Any]:
    """A refusal as a state with its own name; who called the flow gets the exception."""
    return Failed(name=REFUSED, message=str(refused), data=refused)


@flow(name="dulieuxa-soat", flow_run_name="soat", persist_result=False)
def weekly() -> list[str]:
    """Soát từng byte: kho tệp nộp, mọi bản công bố, nhật ký, khóa; kết quả có ở `dulieuxa status`."""
    found = look_and_note(_served())
    said = "\n".join(f"- {damage}" for damage in found) or "Không có gì hỏng."
    create_markdown_artifact(said, key="soat-tung-byte", description="Soát từng byte hằng tuần")
    return found


@flow(name="dulieuxa-bao-tin", flow_run_name="bao-tin", persist_result=False)
def notices() -> None:
    """Báo những gì còn chờ: thư ngoài giờ, thư chưa gửi được, ngày không có lượt chạy nào."""
    tell_safely(_served())


def _served() -> Root:
    """The root that is served. A process gets it from the one that started it, never from Prefect's server.

    Raises:
        KeyError: nothing is served.
    """
    return Root(Path(os.environ[_SERVED]))


#: When `notices` runs: after the day's run, and when a mail server may be back.
TELLS = "15 7,10,13,16 * * *"
_TELLS_NOBODY = (
    "Không báo tin cho ai: chưa có lien_he.csv. Xem dulieuxa notify --help, thêm rồi chạy lại serve."
)


def serve(
    root: Path, cron: str = EVERY_DAY, look: str = EVERY_WEEK, port: int = PORT, limit: int | None = None
) -> None:
    """Run `every_day` at 06:00 Asia/Ho_Chi_Minh, `weekly` on Sundays at noon, until stopped.

    Where the root declares contacts, people are told after each day, and by `notices` of what had to wait.

    Uses the Prefect server of `PREFECT_API_URL` where one is named, else starts its own at `port`, with its
    secret in a file for whoever looks at its pages. Who may write to the server can't name another root. One
    run at a time, at most `limit` of all kinds; the next one waits.

    Raises:
        LockedError: the root is served already.
        PortTakenError: another program listens at `port`.
    """
    place = Root(root)
    place.prepare()
    password = place.state / "mat_khau_prefect"
    commune = read_contracts(place, load()).commune
    os.environ[_SERVED] = str(root)
    # Two roots on one server never share a deployment, whatever they are called.
    whose = f"{to_ascii(commune.name)}-{commune.code}-{sha256(str(root).encode()).hexdigest()[:6]}"
    said = f"{commune.name}, {commune.province}. Thư mục: `{root}`."
    tags = ["dulieuxa", commune.name, commune.code]
    with place.hold("phuc_vu"), serve_prefect(port=port, password=password) as answered:
        deployments = [
            make_deployment(every_day, f"hang-ngay-{whose}", said, tags, cron),
            make_deployment(weekly, f"hang-tuan-{whose}", said, tags, look),
        ]
        if is_configured(place):
            deployments.append(make_deployment(notices, f"bao-tin-{whose}", said, tags, TELLS))
        answered()
        # This is the only program that runs them, and it has not begun to.
        crashed = mark_crashed([each.name for each in deployments])
        say(
            f"Chạy hằng ngày theo lịch “{cron}” giờ Việt Nam cho {commune.name} ({root}). Dừng bằng Ctrl+C.",
            f"Soát từng byte mọi thứ đã lưu theo lịch “{look}”.",
            f"Báo tin sau mỗi ngày và theo lịch “{TELLS}”." if is_configured(place) else _TELLS_NOBODY,
            f"Theo dõi: {PREFECT_API_URL.value().removesuffix('/api')}",
            *([f"Trang đó hỏi mật khẩu: dán nội dung tệp {password}"] if password.exists() else []),
            *(f"Lượt chạy {name} bị dừng giữa chừng: đã ghi là hỏng, lượt sau chạy bù." for name in crashed),
        )
        serve_deployments(*deployments, print_starting_message=False, limit=limit)
