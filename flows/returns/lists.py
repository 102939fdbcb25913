"""Writes the two sheets added to a marked workbook: the faults to fix, and the automatic repairs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from flows.read.our_sheets import CHOICE, TO_FIX_KIND, WHOLE, Stamp
from flows.returns.marks import ASKS, Marks
from flows.returns.xlsx.listing import ListSheet
from flows.returns.xlsx.styles import COLOURS, Styles

TO_FIX = "CẦN SỬA"
REPAIRED = "ĐÃ TỰ SỬA"

# Excel allows 65,530 hyperlinks on a sheet.
MOST_LINES = 60_000
MOST_REPAIRS = 20_000

_FONT = '<sz val="12"/><color rgb="FF1A1A1A"/><name val="Times New Roman"/><family val="1"/>'
_TITLE = '<b/><sz val="16"/><color rgb="FF1A1A1A"/><name val="Times New Roman"/><family val="1"/>'
_LINK = '<u/><sz val="12"/><color rgb="FF0B57A4"/><name val="Times New Roman"/><family val="1"/>'
_HOW = (
    "Bước 1. Bấm chữ xanh ở cột “Ô”: máy đưa đến đúng ô cần sửa, ô đó đã được tô màu.",
    f"Bước 2. Sửa ô đó, rồi bấm trang “{TO_FIX}” ở góc dưới bên trái để quay lại đây làm chỗ tiếp theo.",
    "Bước 3. Sửa hết thì lưu tệp này và nộp như mọi lần. Không phải xóa màu, ghi chú hay trang này: "
    "khi nhận tệp, những thứ đó được bỏ qua.",
)
_HOW_FAR = ("Tệp lớn nên không chép lại bảng ở đây: sửa trong tệp đã nộp, theo địa chỉ ở cột “Ô”.",)


_CHOOSE = (
    "Ghi x vào ô thứ hai của dòng này nếu tệp nộp lại chỉ có các dòng đã sửa; mọi dòng khác được giữ như lần"
    f" nộp trước. Nộp lại cả bảng thì để trống, hoặc ghi “{WHOLE}”."
)


@dataclass(frozen=True, slots=True)
class Looks:
    """Style numbers used on the added sheets."""

    title: int
    plain: int
    heading: int
    group: int
    cell: int
    link: int
    blocks: int
    warns: int

    @classmethod
    def made(cls, styles: Styles) -> Looks:
        """Add the styles of our sheets to a workbook's style sheet."""
        bold = "<b/>" + _FONT
        return cls(
            title=styles.look(_TITLE),
            plain=styles.look(_FONT),
            heading=styles.look(bold, ground="FFDDE6EF", bordered=True, aligned=' horizontal="center"'),
            group=styles.look(bold, ground="FFF2F2F2", bordered=True),
            cell=styles.look(_FONT, bordered=True),
            link=styles.look(_LINK, bordered=True),
            blocks=styles.look(_FONT, ground=COLOURS["chan"], bordered=True),
            warns=styles.look(_FONT, ground=COLOURS["canh_bao"], bordered=True),
        )


#: Two style numbers, outline level, link, then one text per column.
Line = tuple[int | str | None, ...]
_NAMES = ("look", "first", "level", "link", "a", "b", "c", "d", "e", "f", "g")
_SCHEMA = {name: pl.UInt32 if name in ("look", "first", "level") else pl.String for name in _NAMES}


def write_faults_sheet(marks: Marks, looks: Looks, sheets: Collection[str], *, apart: bool = False) -> bytes:
    """The XML of the sheet of faults, with links to `sheets`; `apart` if it is not in the faulty workbook."""
    shown = marks.faults.head(MOST_LINES)
    total, blocking = marks.faults.height, marks.faults.filter(pl.col("severity") == "chan").height
    top: list[Line] = [
        _line(looks.title, _title(blocking, total - blocking)),
        *(_line(looks.plain, text) for text in (*marks.about, *(_HOW_FAR if apart else _HOW))),
        *(() if apart else (_choice(looks),)),
        _line(looks.blocks, f"{ASKS['chan']} (nền đỏ): chưa sửa thì cả dòng đó chưa được tính."),
        _line(looks.warns, f"{ASKS['canh_bao']} (nền vàng): dòng vẫn được tính; đúng rồi thì để nguyên."),
        (
            looks.heading,
            looks.heading,
            0,
            None,
            "Việc",
            "Ô",
            "Trang tính",
            "Cột",
            "Đang ghi",
            "Sai gì",
            "Đề xuất",
        ),
    ]
    lines = pl.concat(
        [_frame(top), _fault_lines(shown, looks, () if apart else sheets), _rest(total, looks.plain)]
    )
    wide = lines["look"].is_in([looks.title, looks.plain, looks.blocks, looks.warns, looks.group])
    return ListSheet(
        Stamp(TO_FIX_KIND, "1", unit=marks.unit),
        lines,
        (11, 9, 20, 28, 30, 56, 34),
        len(top),
        1,
        looks.link,
        wide,
        COLOURS["chan"],
    ).xml()


def write_repairs_sheet(marks: Marks, looks: Looks, sheets: Collection[str]) -> bytes:
    """The XML of the sheet of automatic repairs, with links to `sheets`."""
    total = marks.changes.height
    top: list[Line] = [
        _line(looks.title, f"{REPAIRED}: {_number(total)} ô"),
        _line(looks.plain, "Những ô này được đọc như cột “Sau”; nghĩa không đổi nên không phải sửa lại."),
        (looks.heading, looks.heading, 0, None, "Ô", "Trang tính", "Cột", "Đã sửa", "Trước", "Sau", None),
    ]
    shown = marks.changes.head(MOST_REPAIRS)
    lines = shown.select(
        pl.lit(looks.cell, pl.UInt32).alias("look"),
        pl.lit(looks.cell, pl.UInt32).alias("first"),
        pl.lit(0, pl.UInt32).alias("level"),
        _link(sheets).alias("link"),
        a=pl.col("cell"),
        b=pl.col("sheet"),
        c=pl.col("heading"),
        d=pl.col("change"),
        e=pl.col("before"),
        f=pl.col("after"),
    )
    more = total - shown.height
    rest = [_line(looks.plain, f"Còn {_number(more)} ô nữa được sửa như trên.")] if more else []
    lines = pl.concat([_frame(top).drop("g"), lines, _frame(rest).drop("g")])
    wide = lines["look"].is_in([looks.title, looks.plain])
    return ListSheet(
        Stamp("da_tu_sua", "1"), lines, (9, 20, 28, 34, 32, 32), len(top), 0, looks.link, wide, "FF9FC5A0"
    ).xml()


def _fault_lines(faults: pl.DataFrame, looks: Looks, sheets: Collection[str]) -> pl.DataFrame:
    """For each cause with several faults a line with their number, then one line per fault."""
    level = pl.when(pl.col("count") > 1).then(1).otherwise(0)
    grouped = faults.group_by("cause", maintain_order=True).first().filter(pl.col("count") > 1)
    groups = grouped.select(
        "cause",
        pl.lit(-1, pl.Int64).alias("at"),
        pl.lit(looks.group, pl.UInt32).alias("look"),
        pl.lit(looks.group, pl.UInt32).alias("first"),
        pl.lit(0, pl.UInt32).alias("level"),
        pl.lit(None, pl.String).alias("link"),
        pl.format("{} ({} chỗ{})", "message", pl.col("count").cast(pl.String), _in_column("heading")).alias(
            "a"
        ),
        *(pl.lit(None, pl.String).alias(name) for name in "bcdefg"),
    )
    cells = faults.select(
        "cause",
        pl.int_range(pl.len()).cast(pl.Int64).alias("at"),
        pl.lit(looks.cell, pl.UInt32).alias("look"),
        _severity_look(looks).alias("first"),
        level.cast(pl.UInt32).alias("level"),
        _link(sheets).alias("link"),
        pl.col("severity").replace_strict(ASKS, return_dtype=pl.String).alias("a"),
        _place().alias("b"),
        pl.col("sheet").alias("c"),
        pl.col("heading").alias("d"),
        _cell_text().alias("e"),
        pl.concat_str("message", "twins", separator=" ", ignore_nulls=True).alias("f"),
        pl.col("proposal").alias("g"),
    )
    return pl.concat([groups, cells]).sort("cause", "at").drop("cause", "at")


def _title(blocking: int, warnings: int) -> str:
    parts = ((blocking, "chỗ phải sửa"), (warnings, "chỗ nên xem lại"))
    return f"{TO_FIX}: " + ", ".join(f"{_number(count)} {what}" for count, what in parts if count)


def _severity_look(looks: Looks) -> pl.Expr:
    blocks, warns = pl.lit(looks.blocks, pl.UInt32), pl.lit(looks.warns, pl.UInt32)
    return pl.when(pl.col("severity") == "chan").then(blocks).otherwise(warns)


def _in_column(heading: str) -> pl.Expr:
    return pl.when(pl.col(heading).is_not_null()).then(pl.format(", cột “{}”", heading)).otherwise(pl.lit(""))


def _cell_text() -> pl.Expr:
    """The content of the cell as typed; `(để trống)` if it is empty."""
    empty = pl.when(pl.col("cell").is_not_null()).then(pl.lit("(để trống)"))
    return pl.coalesce("value", empty)


def _place() -> pl.Expr:
    """The place of the fault: a cell, a row, a sheet or the whole file."""
    row = pl.format("dòng {}", "row")
    return pl.coalesce("cell", row).fill_null(
        pl.when(pl.col("sheet").is_not_null()).then(pl.lit("cả trang")).otherwise(pl.lit("cả tệp"))
    )


def _link(sheets: Collection[str]) -> pl.Expr:
    """The link of a line, like `'Danh sách'!C17`; null if the sheet is not among `sheets`."""
    cell = pl.coalesce("cell", pl.format("A{}", "row"), pl.lit("A1"))
    quoted = pl.col("sheet").str.replace_all("'", "''", literal=True)
    return pl.when(pl.col("sheet").is_in([*sheets])).then(pl.format("'{}'!{}", quoted, cell))


def _rest(total: int, look: int) -> pl.DataFrame:
    more = total - MOST_LINES
    return _frame(
        [_line(look, f"Còn {_number(more)} lỗi nữa. Sửa những lỗi trên rồi nộp lại.")] if more > 0 else []
    )


def _line(look: int, text: str) -> Line:
    return (look, look, 0, None, text, None, None, None, None, None, None)


def _choice(looks: Looks) -> Line:
    """The line on which a clerk says that only corrected rows come back."""
    return (looks.cell, looks.cell, 0, None, CHOICE, None, None, None, None, _CHOOSE, None)


def _frame(lines: Sequence[Line]) -> pl.DataFrame:
    return pl.DataFrame(lines, schema=_SCHEMA, orient="row")


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")
