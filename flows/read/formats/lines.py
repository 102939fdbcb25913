"""Describes what is wrong with single lines of a text file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum


class Damage(Enum):
    """What can be wrong with a line; the value is a Vietnamese sentence for the clerk, with the remedy."""

    QUOTE = "có dấu ngoặc kép sai chỗ hoặc không đóng: đọc như chữ thường. Bỏ dấu thừa, hoặc đóng lại."
    SWALLOWED = (
        "nằm trong một ô mở ngoặc kép mà bên trong có dòng giống bản ghi: không rõ là một ô hay nhiều dòng. "
        "Bỏ dấu ngoặc kép thừa rồi nộp lại."
    )
    ENCODING = "viết bằng bảng mã khác các dòng khác: đã đổi sang Unicode. Xem lại dấu tiếng Việt."
    LINE_END = "kết thúc bằng dấu xuống dòng lạ: phần sau đã đọc thành dòng riêng. Xem lại chỗ ngắt."
    LOST = "có ký tự hỏng, không đọc được. Gõ lại dòng này."
    CUT = "bị cắt ngang ở cuối tệp: tệp chép chưa hết. Xuất lại tệp rồi nộp lại."
    WIDE = "có quá nhiều ô, chỉ đọc những ô đầu. Xem lại dấu ngăn cột và dấu xuống dòng."


#: After these the cells of a line can't be trusted: its record is held.
HELD = frozenset({Damage.SWALLOWED, Damage.LOST, Damage.WIDE})


@dataclass(frozen=True, slots=True, order=True)
class LineFault:
    """A damaged line of a text file, by its number; `held` if its cells can't be trusted."""

    line: int
    damage: Damage
    held: bool


def fault_of(line: int, damage: Damage, *, held: bool = False) -> LineFault:
    """A fault of one line; it is held if `held`, or if the damage is one of `HELD`."""
    return LineFault(line, damage, held or damage in HELD)


def shift(faults: Iterable[LineFault], lines: int) -> Iterator[LineFault]:
    """The same faults, some lines further down."""
    return (LineFault(each.line + lines, each.damage, each.held) for each in faults)
