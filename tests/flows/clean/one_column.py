"""Tables of one column or a few, and what cleaning makes of their cells."""

from collections.abc import Mapping, Sequence

import polars as pl

from flows.clean import Cleaned, clean
from flows.read.table import CellType, ReadTable
from schemas.contract import Column, Dataset, stored_column, typed_column, unread_column
from schemas.kinds import SO_LUONG, SO_THUC, SO_TIEN, TY_LE
from schemas.units import ngoc_lac

TEXT, NUMBER, DATE, BOOL, ERROR, FORMULA = CellType

COUNT = Column("so", "Số hộ", SO_LUONG)
MEASURE = Column("so", "Số đo", SO_THUC)
TONNES = Column("so", "Rác thải sinh hoạt (tấn) > Phát sinh", SO_THUC)
DONG = Column("so", "Phí, lệ phí (đồng)", SO_TIEN)
MILLIONS = Column("so", "Giá trị (triệu đồng)", SO_TIEN, unit="triệu đồng")
SHARE = Column("so", "Tỷ lệ", TY_LE)
PERCENT = Column("so", "Tỷ lệ (%)", TY_LE)

Cell = str | tuple[str, CellType] | None
Answer = tuple[object, str | None, str | None]


def table(cells: Mapping[str, Sequence[Cell]], units: Mapping[str, str] | None = None) -> ReadTable:
    """A table whose first record stands in row 5 and whose columns are A, B, C…"""
    columns: dict[str, pl.Series] = {}
    for name, column in cells.items():
        typed = [cell[0] if isinstance(cell, tuple) else cell for cell in column]
        stored = [cell[1] if isinstance(cell, tuple) else None if cell is None else TEXT for cell in column]
        columns[typed_column(name)] = pl.Series(typed, dtype=pl.String)
        columns[stored_column(name)] = pl.Series(stored, dtype=pl.UInt8)
    frame = pl.DataFrame(columns).with_row_index("_row", 5)
    letters = {name: chr(ord("A") + number) for number, name in enumerate(cells)}
    return ReadTable("thu", "Trang 1", (), frame, letters, units or {})


def dataset(*columns: Column) -> Dataset:
    return Dataset("thu", "Thử", "thon", "thang", "nd09", "một dòng", (), (0, 9), columns)


def cleaned(*columns: tuple[Column, Sequence[Cell]], unit: str | None = None) -> Cleaned:
    """The columns cleaned together; `unit` stands in the first one's heading."""
    cells = {column.name: typed for column, typed in columns}
    units = {next(iter(cells)): unit} if unit else None
    return clean(table(cells, units), dataset(*(column for column, _ in columns)), ngoc_lac())


def answers(result: Cleaned, name: str) -> list[Answer]:
    """Value, flaw and change of each cell of a column, from the top."""
    changes = dict(result.changes.filter(pl.col("name") == name).select("row", "change").iter_rows())
    cells = result.frame.select("_row", name, unread_column(name)).iter_rows()
    return [(value, flaw, changes.get(row)) for row, value, flaw in cells]


def read(column: Column, *cells: Cell, unit: str | None = None) -> list[Answer]:
    """Value, flaw and change of cells that stand in one column."""
    return answers(cleaned((column, cells), unit=unit), column.name)


def read_one(column: Column, cell: Cell, unit: str | None = None) -> Answer:
    """Value, flaw and change of a cell that has its column for itself."""
    return read(column, cell, unit=unit)[0]
