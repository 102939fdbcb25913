"""Reads `xa.toml`, the one file in which a root says what differs in its commune; errors name the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from schemas.declared import DeclarationError
from schemas.indicator import Indicator, Target
from schemas.notices import CONTACTS_FILE, NOTICE_TIMES, NoticeTimes
from schemas.retention import POLICY, Policy
from schemas.sources import TABLE, SourceSetting, find_fault, make_source
from schemas.units import COLUMNS, KINDS, NAMES_A_FOLDER, THON_FILE, Commune, Unit, commune_of, read_thon

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE = "xa.toml"

# Vietnamese weeks are counted from Sunday, the first day: Monday is thứ Hai.
_MONDAY = 2

#: Stands for the name of a unit in the path of its folder.
UNIT_IN_PATH = "{don_vi}"
# Folders of the root in which nothing else may lie: what is in raw/ would be handed in.
_OWN_FOLDERS = ("raw", "curated", "var", "schemas")

Path = tuple[str, ...]  # the keys that lead to a value, from the outermost table
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
_Days = Annotated[int, Field(ge=1, le=200)]
_Year = Annotated[str, StringConstraints(pattern=r"^20\d\d$")]


class _Table(BaseModel):
    """A table of the file: no other keys than these, and no text where a number is meant."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _CommuneTable(_Table):
    ma: _Words
    ten: _Words
    tinh: _Words
    tu_ngay: date
    thon: _Words = THON_FILE


class _UnitTable(_Table):
    ten: _Words | None = None
    loai: _Words | None = None
    co: bool = True


class _CalendarTable(_Table):
    lam_bu: list[date] = Field(default_factory=list)
    nghi_bu: list[date] = Field(default_factory=list)


class _TargetTable(_Table):
    muc_tieu: float
    san: float | None = None


class _RetentionTable(_Table):
    ngay_ban_cong_bo: Annotated[int, Field(ge=1)] = POLICY.release_days
    ban_dau_thang: bool = POLICY.first_of_month
    ngay_tep_het_hieu_luc: Annotated[int, Field(ge=1)] = POLICY.archive_days


class _SiteTable(_Table):
    dia_chi: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]


class _NoticeTable(_Table):
    lien_he: _Words = CONTACTS_FILE
    tu_gio: time = NOTICE_TIMES.begin
    den_gio: time = NOTICE_TIMES.end
    thu_hang_tuan: Annotated[int, Field(ge=2, le=6)] = NOTICE_TIMES.weekly + _MONDAY
    chay_xong_truoc: time = NOTICE_TIMES.run_by


class _ReturnTable(_Table):
    thu_muc: _Words


class _SourceTable(_Table):
    loai: _Words
    don_vi: _Words | None = None
    may_chu: _Words | None = None
    cong: Annotated[int, Field(ge=1, le=65535)] | None = None
    dia_chi: _Words | None = None
    duong_dan: _Words | None = None
    chia_se: _Words | None = None
    kho: _Words | None = None
    hop_thu: _Words | None = None
    ten_tep: _Words | None = None
    tai_khoan: _Words | None = None
    mat_khau_tep: _Words | None = None
    khoa_tep: _Words | None = None
    khoa_may_chu: _Words | None = None
    chung_chi_tep: _Words | None = None
    starttls: bool | None = None
    may_chu_xac_thuc: _Words | None = None
    tra_loi: bool | None = None
    kem_tra_bai: bool | None = None
    xoa_sau_khi_nhan: bool | None = None
    lon_nhat_mb: Annotated[int, Field(ge=1, le=1024)] | None = None
    nhieu_nhat: Annotated[int, Field(ge=1, le=100_000)] | None = None
    han_giay: Annotated[int, Field(ge=1, le=7200)] | None = None


def _read_unit(value: object) -> object:
    """A unit's short form: its title alone, or `false` for none of that name."""
    if isinstance(value, bool):
        return {"co": value}
    return {"ten": value} if isinstance(value, str) else value


def _read_target(value: object) -> object:
    """A target's short form: its figure alone."""
    return value if isinstance(value, dict) else {"muc_tieu": value}


class _File(_Table):
    xa: _CommuneTable | None = None
    don_vi: dict[str, Annotated[_UnitTable, BeforeValidator(_read_unit)]] = Field(default_factory=dict)
    lich: _CalendarTable = _CalendarTable()
    han_nop: dict[str, _Days] = Field(default_factory=dict)
    muc_tieu: dict[str, dict[_Year, Annotated[_TargetTable, BeforeValidator(_read_target)]]] = Field(
        default_factory=dict
    )
    luu_giu: _RetentionTable | None = None
    trang: _SiteTable | None = None
    bao_tin: _NoticeTable = _NoticeTable()
    tra_ve: _ReturnTable | None = None
    nguon: dict[str, _SourceTable] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnitSetting:
    """What the file says of one unit; None where it leaves things as they are."""

    title: str | None
    kind: str | None
    exists: bool


@dataclass(frozen=True, slots=True)
class Settings:
    """What one commune's `xa.toml` says; empty where it is silent.

    `commune` has the columns of `xa.csv`; `thon_file` is where the thôn are listed, from the root. `moved`
    has true for a day worked in exchange, false for a day off; `due` working days by dataset; `targets` by
    indicator and year. `site` is the address at which `curated/releases` is served. `contacts_file` is where
    those are listed who are told, and `notices` when. `sources` are where files are fetched. `returns` is
    the folder of a unit, with `UNIT_IN_PATH`, into which its marked workbooks go. `lines` tells where each
    key stands.
    """

    commune: Mapping[str, str] | None = None
    thon_file: str = THON_FILE
    units: Mapping[str, UnitSetting] = field(default_factory=dict)
    moved: Mapping[date, bool] = field(default_factory=dict)
    due: Mapping[str, int] = field(default_factory=dict)
    targets: Mapping[str, Mapping[int, Target]] = field(default_factory=dict)
    retention: Policy | None = None
    site: str | None = None
    contacts_file: str = CONTACTS_FILE
    notices: NoticeTimes = NOTICE_TIMES
    sources: tuple[SourceSetting, ...] = ()
    returns: str | None = None
    lines: Mapping[Path, int] = field(default_factory=dict)

    def refuse(self, path: Path, why: str) -> DeclarationError:
        """An error that names the line of `path`, or of the nearest table around it."""
        return DeclarationError(f"{_place(self.lines, path)}: {why}")

    def check_names(self, table: str, names: Iterable[str], known: Collection[str], word: str) -> None:
        """Refuse a name below `table` that is not `known`.

        Raises:
            DeclarationError: there is one; the message names its line and proposes what may be meant.
        """
        for name in names:
            if name not in known:
                raise self.refuse((table, name), f"không có {word} “{name}”{propose(name, known)}.")


def read_settings(content: bytes) -> Settings:
    """What the content of a `xa.toml` says.

    Raises:
        DeclarationError: it is no TOML, or a key or value is not what it must be; the message names the line.
    """
    text = _decode(content)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DeclarationError(_describe_syntax(text, str(error))) from None
    lines = dict(_find_keys(text))
    try:
        file = _File.model_validate(data)
    except ValidationError as error:
        raise DeclarationError("\n".join(_describe(each, lines) for each in error.errors())) from None
    return _convert(file, lines)


def _convert(file: _File, lines: Mapping[Path, int]) -> Settings:
    keeping = file.luu_giu
    if both := {*file.lich.lam_bu} & {*file.lich.nghi_bu}:
        at = _place(lines, ("lich", "nghi_bu"))
        raise DeclarationError(f"{at}: ngày {min(both):%d/%m/%Y} vừa làm bù vừa nghỉ bù.")
    telling = file.bao_tin
    if telling.tu_gio >= telling.den_gio:
        at = _place(lines, ("bao_tin", "den_gio"))
        raise DeclarationError(f"{at}: den_gio phải sau tu_gio.")
    return Settings(
        commune=_list_columns(file.xa) if file.xa else None,
        thon_file=file.xa.thon if file.xa else THON_FILE,
        units={name: UnitSetting(each.ten, each.loai, each.co) for name, each in file.don_vi.items()},
        moved=dict.fromkeys(file.lich.nghi_bu, False) | dict.fromkeys(file.lich.lam_bu, True),
        due=dict(sorted(file.han_nop.items())),
        targets={
            name: {int(year): Target(each.muc_tieu, each.san) for year, each in by_year.items()}
            for name, by_year in sorted(file.muc_tieu.items())
        },
        retention=Policy(keeping.ngay_ban_cong_bo, keeping.ban_dau_thang, keeping.ngay_tep_het_hieu_luc)
        if keeping
        else None,
        site=file.trang.dia_chi.rstrip("/") if file.trang else None,
        contacts_file=telling.lien_he,
        notices=NoticeTimes(
            telling.tu_gio, telling.den_gio, telling.thu_hang_tuan - _MONDAY, telling.chay_xong_truoc
        ),
        sources=tuple(_make_sources(file.nguon, lines)),
        returns=_check_returns(file.tra_ve.thu_muc, lines) if file.tra_ve else None,
        lines=lines,
    )


def _check_returns(path: str, lines: Mapping[Path, int]) -> str:
    """The folder of a unit, if it can be one."""
    parts = path.replace("\\", "/").split("/")
    at = _place(lines, ("tra_ve", "thu_muc"))
    if UNIT_IN_PATH not in parts or ".." in parts:
        raise DeclarationError(
            f"{at}: thu_muc cần có {UNIT_IN_PATH} làm một thư mục, như tra_ve/{UNIT_IN_PATH}."
        )
    if next(part for part in parts if part not in ("", ".")) in _OWN_FOLDERS and not path.startswith("/"):
        raise DeclarationError(f"{at}: thu_muc không được nằm trong {', '.join(_OWN_FOLDERS)}.")
    return path


def _make_sources(tables: Mapping[str, _SourceTable], lines: Mapping[Path, int]) -> Iterator[SourceSetting]:
    for name, table in tables.items():
        said = table.model_dump(exclude_none=True)
        if fault := find_fault(name, said):
            key, why = fault
            raise DeclarationError(f"{_place(lines, (TABLE, name, *([key] if key else [])))}: {why}")
        yield make_source(name, said)


def check_sources(settings: Settings, commune: Commune) -> None:
    """Refuse a source of a unit that there is not.

    Raises:
        DeclarationError: there is one; the message names its line.
    """
    names = [unit.name for unit in commune.units]
    for each in settings.sources:
        if each.don_vi is not None and each.don_vi not in names:
            why = f"không có đơn vị “{each.don_vi}”{propose(each.don_vi, names)}."
            raise settings.refuse((TABLE, each.name, "don_vi"), why)


def check_targets(settings: Settings, indicators: Mapping[str, Indicator]) -> None:
    """Refuse targets that can't be meant.

    Raises:
        DeclarationError: a share is over 1 (85 for 85 %), a figure below 0, or a floor above its target.
    """
    for name, by_year in settings.targets.items():
        for year, target in by_year.items():
            path = ("muc_tieu", name, f"{year}")
            figures = [figure for figure in (target.san, target.muc_tieu) if figure is not None]
            if indicators[name].mau_so is not None and max(figures) > 1:
                raise settings.refuse(path, "chỉ tiêu này là tỷ lệ, viết từ 0 đến 1, như 0.85 cho 85%.")
            if min(figures) < 0 or figures != sorted(figures):
                raise settings.refuse(path, "mức sàn không được cao hơn mục tiêu, và không số nào được âm.")


def settle_commune(commune: Commune, settings: Settings, thon: bytes) -> Commune:
    """The commune of a root: that of `settings`, or else `commune`, with the units and days of `settings`.

    Raises:
        DeclarationError: `thon`, the list of its thôn, can't be used; a unit can't be as the settings say.
    """
    if settings.commune is not None:
        commune = commune_of(settings.commune, read_thon(thon, settings.thon_file))
    units = {unit.name: unit for unit in commune.units}
    for name, said in settings.units.items():
        if not said.exists:
            settings.check_names("don_vi", [name], units, "đơn vị")
            del units[name]
        elif name in units:
            units[name] = replace(units[name], title=said.title or units[name].title)
        else:
            units[name] = _add_unit(name, said, settings)
    return replace(commune, units=tuple(units.values()), moved={**commune.moved, **settings.moved})


def _add_unit(name: str, said: UnitSetting, settings: Settings) -> Unit:
    path = ("don_vi", name)
    if not NAMES_A_FOLDER.fullmatch(name):
        raise settings.refuse(path, f"“{name}” không dùng làm tên thư mục được, ví dụ T01.")
    if said.title is None or said.kind is None:
        raise settings.refuse(
            path,
            f'đơn vị mới cần cả tên và loại, như: {name} = {{ ten = "FPT Telecom", loai = "vien_thong" }}.',
        )
    if said.kind not in KINDS or said.kind == "thon":
        kinds = [kind for kind in KINDS if kind != "thon"]
        raise settings.refuse(
            (*path, "loai"), f"không có loại đơn vị “{said.kind}”{propose(said.kind, kinds)}."
        )
    return Unit(name, said.kind, said.title)


def _list_columns(commune: _CommuneTable) -> Mapping[str, str]:
    """The commune as a line of `xa.csv`."""
    return dict(zip(COLUMNS, (commune.ma, commune.ten, commune.tinh, f"{commune.tu_ngay}"), strict=True))


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise DeclarationError(
            f"{FILE} không phải tệp chữ UTF-8: mở bằng Notepad, lưu lại với UTF-8."
        ) from None


_AT = re.compile(r"\(at line (\d+), column \d+\)")


def _describe_syntax(text: str, error: str) -> str:
    found = _AT.search(error)
    line = int(found[1]) if found else text.count("\n") + 1
    if "overwrite" in error or "twice" in error:
        return f"{FILE}, dòng {line}: khóa hoặc bảng này đã có ở trên, chỉ ghi một lần."
    return (
        f"{FILE}, dòng {line}: không đúng cách viết TOML. Mỗi dòng là khóa = giá trị; chữ để trong dấu nháy "
        'kép, ngày viết 2026-09-15 không có nháy, như: ten = "Xã Mẫu".'
    )


_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_HEAD = re.compile(rf"\s*\[\[?\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]\]?\s*(?:#.*)?")
_PAIR = re.compile(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")


def _find_keys(text: str) -> Iterator[tuple[Path, int]]:
    """Each table and key of a TOML text with its line; what stands within braces is on its key's line."""
    table: Path = ()
    for number, line in enumerate(text.split("\n"), 1):
        if head := _HEAD.fullmatch(line):
            table = _split(head[1])
            yield table, number
        elif pair := _PAIR.match(line):
            yield (*table, *_split(pair[1])), number


def _split(dotted: str) -> Path:
    return tuple(key.strip("\"'") for key in re.findall(_KEY, dotted))


def _place(lines: Mapping[Path, int], path: Path) -> str:
    for length in range(len(path), 0, -1):
        # A table that is made by the names of its own tables, as `[muc_tieu.x]`, has no line of its own.
        found = [line for key, line in lines.items() if key[:length] == path[:length]]
        if found:
            return f"{FILE}, dòng {lines.get(path[:length], min(found))}"
    return FILE


_SAID: Mapping[str, str] = {
    "string_type": 'phải là chữ trong dấu nháy kép, như "Xã Mẫu"',
    "string_too_short": "không được để trống",
    "date_type": "phải là ngày viết như 2026-09-15, không có dấu nháy",
    "time_type": "phải là giờ viết như 07:00:00, không có dấu nháy",
    "bool_type": "phải là true hoặc false",
    "int_type": "phải là số nguyên, không có dấu nháy",
    "float_type": "phải là số, phần lẻ sau dấu chấm, như 0.85",
    "greater_than_equal": "phải là số từ {ge} trở lên",
    "less_than_equal": "phải là số đến {le} là cùng",
    "list_type": "phải là danh sách trong ngoặc vuông, như [2027-02-20]",
    "dict_type": "phải là một bảng, có dòng [{name}] ở trên",
    "model_type": "phải là một bảng, có dòng [{name}] ở trên",
    "missing": "chưa có",
}


def _describe(error: ErrorDetails, lines: Mapping[Path, int]) -> str:
    """One of pydantic's errors as a sentence with its line; what was typed is not repeated."""
    path = tuple(str(key) for key in error["loc"] if not (isinstance(key, int) or key == "[key]"))
    name = ".".join(path)
    if error["type"] == "extra_forbidden":
        known = _known_keys(path[:-1])
        return f"{_place(lines, path)}: không có khóa “{name}”{propose(path[-1], known)}."
    # A kind of error that is not listed here is told by pydantic's own words rather than not at all.
    if error["type"] == "string_pattern_mismatch":
        want = "địa chỉ, như https://xa.example/releases" if path[0] == "trang" else "năm, như 2026"
        return f"{_place(lines, path)}: {name} phải là {want}."
    said = _SAID.get(error["type"], error["msg"]).format(name=name, **error.get("ctx", {}))
    return f"{_place(lines, path)}: {name} {said}."


def _known_keys(table: Path) -> Sequence[str]:
    """The keys that a table of the file may have."""
    if not table:
        return tuple(_File.model_fields)
    inner = {"don_vi": _UnitTable, "muc_tieu": _TargetTable, TABLE: _SourceTable}
    model = inner.get(table[0]) or _File.model_fields[table[0]].annotation
    models = (model, *get_args(model))
    return next(
        tuple(each.model_fields) for each in models if isinstance(each, type) and issubclass(each, _Table)
    )


def propose(name: str, known: Iterable[str]) -> str:
    """What somebody may have meant by `name`, or all that there is, as the end of a sentence."""
    known = tuple(known)
    near = get_close_matches(name, known, 1)
    return f"; ý là “{near[0]}”?" if near else f"; có: {', '.join(known)}"
