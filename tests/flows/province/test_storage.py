"""A root at a URL is worked on as a copy, and what is new goes back, the pointer that readers see last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import fsspec
import pytest

from flows.errors import NoRootError
from flows.province.storage import open_root
from flows.release.manifest import MANIFEST
from flows.release.publish import publish, read_published

DAY = date(2026, 11, 24)
WHERE = "memory://tinh/xa"


@pytest.fixture
def fs() -> Iterator[fsspec.AbstractFileSystem]:
    memory = fsspec.filesystem("memory")
    memory.pipe("/tinh/xa/raw/inbox/T01/so.csv", b"a;b")
    memory.pipe("/tinh/xa/raw/inbox/T01/quen.csv", b"a;038085012345")
    memory.pipe("/tinh/xa/var/da_quen.jsonl", b"{}\n")
    memory.pipe("/tinh/xa/var/doc/abc", b"x")
    memory.pipe("/tinh/xa/curated/releases/20261120-00000001/manifest.json", b"{}")
    memory.pipe("/tinh/xa/raw/inbox/T01/quen.csv", b"a;038085012345")
    memory.pipe("/tinh/xa/var/da_quen.jsonl", b"{}\n")
    memory.pipe("/tinh/xa/var/doc/abc", b"x")
    memory.pipe("/tinh/xa/curated/releases/20261120-00000001/data/x.parquet", b"x")
    memory.pipe("/tinh/xa/curated/releases/20261119-00000001/manifest.json", b"{}")
    memory.pipe("/tinh/xa/curated/releases/20261123-00000001/data/half.parquet", b"x")
    memory.pipe("/tinh/xa/curated/latest.json", json.dumps({"release": "20261120-00000001"}).encode())
    yield memory
    memory.rm("/tinh", recursive=True)


def test_a_folder_is_worked_on_where_it_is(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("xa")
    with open_root(str(folder), DAY) as root:
        assert root.path == folder


def test_where_nothing_is_nothing_is_made(
    fs: fsspec.AbstractFileSystem, tmp_path_factory: pytest.TempPathFactory
) -> None:
    here = tmp_path_factory.mktemp("tinh") / "go_nham"
    for where in (str(here), "memory://tinh/go_nham"):
        with pytest.raises(NoRootError), open_root(where, DAY):
            pass
        with open_root(where, DAY, new=True) as root:
            root.prepare()
    assert here.exists()


def test_only_what_the_day_needs_is_brought(fs: fsspec.AbstractFileSystem) -> None:
    with open_root(WHERE, DAY) as root:
        assert (root.inbox / "T01" / "so.csv").read_bytes() == b"a;b"
        # A release without a manifest is none; of those before only the last day's is needed.
        assert [path.name for path in root.releases.iterdir()] == ["20261120-00000001"]
        assert read_published(root) == "20261120-00000001"


def test_who_asked_to_be_forgotten_is_known_and_no_cache_is_fetched(fs: fsspec.AbstractFileSystem) -> None:
    with open_root(WHERE, DAY) as root:
        kept = root.state / "da_quen.jsonl"
        assert kept.read_bytes() == b"{}\n"
        assert oct(kept.stat().st_mode)[-3:] == "600"
        assert [path.name for path in root.state.iterdir()] == ["da_quen.jsonl"]


def test_what_was_taken_out_of_the_inbox_is_taken_out_there_too(fs: fsspec.AbstractFileSystem) -> None:
    with open_root(WHERE, DAY) as root:
        (root.inbox / "T01" / "quen.csv").unlink()
        (root.inbox / "T01" / "quen (da bo).csv").write_bytes(b"a;")
    names = [path.rpartition("/")[2] for path in fs.find("/tinh/xa/raw/inbox")]
    assert sorted(names) == ["quen (da bo).csv", "so.csv"]


def test_the_moment_of_handing_in_is_that_of_the_store(fs: fsspec.AbstractFileSystem) -> None:
    with open_root(WHERE, DAY) as root:
        fetched = (root.inbox / "T01" / "so.csv").stat().st_mtime
    assert fetched == fs.modified("/tinh/xa/raw/inbox/T01/so.csv").timestamp()


def test_what_is_new_goes_back_with_the_pointer_last(
    fs: fsspec.AbstractFileSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    put = fs.put
    monkeypatch.setattr(type(fs), "put", lambda _, here, there: (sent.extend(there), put(here, there)))
    with open_root(WHERE, DAY) as root:
        made = root.releases / ".dang_ghi.1"
        made.mkdir()
        (made / "x.parquet").write_bytes(b"y")
        (made / MANIFEST).write_text("{}")
        publish(root, made, "20261124-00000002")
    names = [path.removeprefix("/tinh/xa/").removeprefix("tinh/xa/") for path in sent]
    release = "curated/releases/20261124-00000002"
    assert [name for name in names if name.startswith(release)] == [
        f"{release}/x.parquet",
        f"{release}/{MANIFEST}",
    ]
    assert names[-1] == "curated/latest.json"
    assert json.loads(fs.cat("/tinh/xa/curated/latest.json"))["release"] == "20261124-00000002"
    assert not any("20261120" in name or name.startswith("raw/inbox") for name in names)


def test_what_was_archived_goes_back_even_when_the_day_failed(fs: fsspec.AbstractFileSystem) -> None:
    def day() -> None:
        with open_root(WHERE, DAY) as root:
            (root.archive / "ab").mkdir()
            (root.archive / "ab" / "abcd").write_bytes(b"tep")
            raise ValueError("mất điện")

    with pytest.raises(ValueError, match="mất điện"):
        day()
    assert fs.cat("/tinh/xa/raw/archive/ab/abcd") == b"tep"
