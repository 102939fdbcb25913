"""What stands in a book is read again whatever it holds, and whatever happens to one of its copies."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.books.book import Book, hand_ins_of, list_books
from flows.root import Root

LINES = [
    {"at": f"2026-11-{day:02}", "reason": text} for day, text in enumerate(["a\u2028b", "c\u0085d", "e"])
]


def flip(data: bytes) -> bytes:
    return data[:40] + bytes([data[40] ^ 4]) + data[41:]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut within a line": lambda data: data[:-5],
    "cut after a line": lambda data: data[: data.index(b"\n") + 1],
    "a bit turned": flip,
    "empty": lambda _: b"",
    "other bytes": lambda _: b"\xff\xfe\x00",
    "a line of something else": lambda data: b'{"x": 1}\n' + data,
}


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book(Root(tmp_path), tmp_path / "so.jsonl")
    for line in LINES:
        book.add(line)
    return book


@pytest.mark.parametrize(
    "text", ["hai\ndòng", "a\u2028b", "a\u0085b", "a\x0bb\x0cc\x1c\x1d\x1e", "\x1b[31m", "\ud800"]
)
def test_no_text_breaks_a_line(text: str, book: Book) -> None:
    book.add({"reason": text})
    assert book.read()[-1] == {"reason": text}
    assert book.path.read_bytes().count(b"\n") == len(LINES) + 1


@pytest.mark.parametrize("second", [False, True], ids=["the first copy", "the second copy"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damage_to_one_copy_is_named_and_loses_nothing(
    damage: Callable[[bytes], bytes], second: bool, book: Book
) -> None:
    path = book.root.copies / book.path.name if second else book.path
    path.write_bytes(damage(path.read_bytes()))
    assert [where for where, _ in book.find_damage()] == [path]
    assert book.read() == LINES
    book.mend()
    assert list(book.find_damage()) == []
    assert book.read() == LINES


@pytest.mark.parametrize("second", [False, True])
def test_a_lost_copy_is_named_and_loses_nothing(second: bool, book: Book) -> None:
    path = book.root.copies / book.path.name if second else book.path
    path.unlink()
    assert [where for where, _ in book.find_damage()] == [path]
    assert book.read() == LINES


def test_what_is_damaged_in_both_copies_is_put_aside_when_a_line_is_added(book: Book) -> None:
    for path in (book.path, book.root.copies / book.path.name):
        path.write_bytes(flip(path.read_bytes()))
    book.add({"reason": "mới"})
    assert [line["reason"] for line in book.read()] == [line["reason"] for line in LINES[1:]] + ["mới"]
    assert len(list(book.root.damaged.iterdir())) == 1
    assert list(book.find_damage()) == []


def test_a_book_of_an_older_version_has_no_seals_and_no_second_copy(tmp_path: Path) -> None:
    book = Book(Root(tmp_path), tmp_path / "so.jsonl")
    book.path.write_text("".join(f"{json.dumps(line)}\n" for line in LINES))
    assert book.read() == LINES
    book.add({"reason": "mới"})
    assert list(book.find_damage()) == []


def test_a_book_of_a_unit_is_known_by_either_copy(tmp_path: Path) -> None:
    root = Root(tmp_path)
    book = hand_ins_of(root, "T01")
    book.path.parent.mkdir(parents=True)
    book.add({"number": 1})
    book.path.unlink()
    assert book in list_books(root)
    assert list(book.find_damage()) == [(book.path, "bị mất")]
    book.mend()
    assert [path.name for path in book.path.parent.iterdir()] == [book.path.name]
    assert book.read() == [{"number": 1}]
