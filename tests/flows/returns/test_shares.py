"""Each unit's folder has the marked workbooks and receipts of the release; what is changed there is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.release.places import MARKED, RECEIPTS, UNITS
from flows.returns.shares import fill_shares
from flows.root import Root
from schemas.declared import DeclarationError
from schemas.registry import load
from schemas.settings import read_settings

COMMUNE = load().commune


@pytest.fixture
def root(tmp_path: Path) -> Root:
    (tmp_path / "xa.toml").write_text('[tra_ve]\nthu_muc = "tra_ve/{don_vi}"\n', encoding="utf-8")
    made = Root(tmp_path)
    made.prepare()
    return made


def release(root: Root, **books: str) -> Path:
    """A release with these marked workbooks for T01, and a receipt."""
    place = root.releases / f"{len([*root.releases.iterdir()])}"
    unit = place / "reports" / UNITS / "T01"
    for folder in (MARKED, RECEIPTS):
        (unit / folder).mkdir(parents=True)
    for name, content in books.items():
        (unit / MARKED / f"{name}.xlsx").write_text(content)
    (unit / RECEIPTS / "a.html").write_text("receipt")
    return place


def shared(root: Root) -> dict[str, str]:
    folder = root.path / "tra_ve" / "T01"
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def test_a_folder_follows_the_release(root: Root) -> None:
    assert fill_shares(root, COMMUNE, release(root, a="1", b="2")) == []
    first = {f"{MARKED}/a.xlsx": "1", f"{MARKED}/b.xlsx": "2", f"{RECEIPTS}/a.html": "receipt"}
    assert shared(root) == first
    assert (root.path / "tra_ve" / "T01" / MARKED / "a.xlsx").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in (root.path / "tra_ve").iterdir()] == ["T01"]
    assert fill_shares(root, COMMUNE, release(root, a="3")) == []
    assert shared(root) == {f"{MARKED}/a.xlsx": "3", f"{RECEIPTS}/a.html": "receipt"}


def test_what_a_unit_changes_there_stays_and_is_told(root: Root) -> None:
    fill_shares(root, COMMUNE, release(root, a="1", b="2"))
    folder = root.path / "tra_ve" / "T01" / MARKED
    (folder / "a.xlsx").write_text("mended")
    (folder / "own.xlsx").write_text("own")
    for content in ("3", "4"):
        (said,) = fill_shares(root, COMMUNE, release(root, a=content))
        assert said.startswith("Đơn vị T01 đã sửa 1 tệp ngay trong thư mục trả về")
        kept = {"a.xlsx": "mended", "a (mới).xlsx": content, "own.xlsx": "own"}
        assert shared(root) == {f"{MARKED}/{name}": text for name, text in kept.items()} | {
            f"{RECEIPTS}/a.html": "receipt"
        }
    (folder / "a.xlsx").unlink()
    assert fill_shares(root, COMMUNE, release(root, a="4")) == []
    assert sorted(path.name for path in folder.iterdir()) == ["a.xlsx", "own.xlsx"]


def test_what_is_not_known_any_more_is_not_replaced(root: Root) -> None:
    fill_shares(root, COMMUNE, release(root, a="1"))
    (root.state / "tra_ve.json").unlink()
    assert len(fill_shares(root, COMMUNE, release(root, a="2"))) == 1
    assert shared(root)[f"{MARKED}/a.xlsx"] == "1"
    assert shared(root)[f"{MARKED}/a (mới).xlsx"] == "2"


def test_one_folder_that_cannot_be_written_stops_no_other(root: Root, tmp_path: Path) -> None:
    (tmp_path / "tra_ve").mkdir()
    (tmp_path / "tra_ve" / "T01").write_text("a file")
    (said,) = fill_shares(root, COMMUNE, release(root, a="1"))
    assert "T01: không ghi được" in said
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "tra_ve" / "T01").unlink()
    (tmp_path / "tra_ve" / "T01").mkdir()
    (tmp_path / "tra_ve" / "T01" / MARKED).symlink_to(elsewhere)
    (said,) = fill_shares(root, COMMUNE, release(root, a="1"))
    assert [*elsewhere.iterdir()] == []


def test_nothing_is_given_back_where_nothing_is_declared(root: Root) -> None:
    (root.path / "xa.toml").unlink()
    assert fill_shares(root, COMMUNE, release(root, a="1")) == []
    assert not (root.path / "tra_ve").exists()


def test_no_folder_of_the_root_itself_is_filled(root: Root) -> None:
    for path in ("raw/inbox/{don_vi}/tra_ve", "var/{don_vi}", "tra_ve", "../{don_vi}", "tra_ve/x{don_vi}"):
        with pytest.raises(DeclarationError, match=r"xa\.toml, dòng 2: thu_muc"):
            read_settings(f'[tra_ve]\nthu_muc = "{path}"\n'.encode())
    text = f'[tra_ve]\nthu_muc = "{root.inbox}/{{don_vi}}/tra_ve"\n'
    (root.path / "xa.toml").write_text(text, encoding="utf-8")
    (said,) = fill_shares(root, COMMUNE, release(root, a="1"))
    assert "nằm trong raw/" in said
