"""A key is made once, whole and for its owner alone; what is no key is never taken for one."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows import files, protect
from flows.cli import main
from flows.engine.workers import map_in_order
from flows.errors import BadKeyError, message_of
from flows.forget.tombstones import mark_key_file, note_request, read_tombstones
from flows.protect import KEY_BYTES, key_file, read_key, rotate_key
from flows.root import Root
from tests.conftest import run_plainly
from tests.laws.vietnamese import odd_words

GOOD = "5a" * KEY_BYTES
#: What may be found where a key should be, and what is said to be wrong with it.
BAD = {
    "empty": (b"", "tệp rỗng"),
    "a line feed": (b"\n", "tệp rỗng"),
    "short": (GOOD[:-1].encode(), "tệp có 63 chữ số, phải có đúng 64"),
    "long": (f"{GOOD}5a".encode(), "tệp có 66 chữ số"),
    "half": (GOOD[:32].encode(), "tệp có 32 chữ số"),
    "zeros of a power cut": (bytes(64), "ký tự không phải chữ số"),
    "other letters": (b"g" * 64, "ký tự không phải chữ số"),
    "two lines": (f"{GOOD}\n\n".encode(), "ký tự không phải chữ số"),
    "spaces": (f" {GOOD[:-1]}".encode(), "ký tự không phải chữ số"),
    "the bytes themselves": (bytes.fromhex(GOOD), "ký tự không phải chữ số"),
    "letters of others": ("\u0665".encode() * 64, "ký tự không phải chữ số"),
}


@pytest.fixture
def root(tmp_path: Path) -> Root:
    made = Root(tmp_path)
    made.prepare()
    return made


def dulieuxa(*words: str, root: Root) -> Result:
    return CliRunner().invoke(main.build_app(), [*words, "--root", str(root.path)])


def test_a_key_is_made_once_for_its_owner_alone(root: Root) -> None:
    before = os.umask(0)
    key = read_key(root)
    os.umask(before)
    assert len(key.secret) == KEY_BYTES
    assert read_key(root) == key
    assert stat.S_IMODE((root.state / "key").stat().st_mode) == 0o600
    assert [path.name for path in root.state.iterdir()] == ["key"]


@pytest.mark.parametrize("content", [GOOD, f"{GOOD}\n", GOOD.upper()])
def test_a_whole_key_is_read(content: str, root: Root) -> None:
    (root.state / "key").write_text(content)
    assert read_key(root).secret == bytes.fromhex(GOOD)
    assert key_file(root).describe_damage() is None


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD)
def test_what_is_no_key_is_refused_and_left_as_it_is(content: bytes, said: str, root: Root) -> None:
    path = root.state / "key"
    path.write_bytes(content)
    with pytest.raises(BadKeyError, match=said) as refused:
        read_key(root)
    told = message_of(refused.value)
    assert told == key_file(root).describe_damage()
    for part in (str(path), "bản sao lưu", "chưa công bố gì", "dulieuxa rotate"):
        assert part in told
    assert odd_words(told.replace(str(path), "")) == []
    assert GOOD[:8] not in told
    assert path.read_bytes() == content


def test_a_mark_key_that_is_none_is_refused_and_told_what_its_loss_means(root: Root) -> None:
    note_request(root, "038190007777", [], "Đơn số 12")
    assert read_tombstones(root) is not None
    mark_key_file(root).path.write_bytes(b"")
    with pytest.raises(BadKeyError, match=r"key_xoa không dùng được: tệp rỗng.*bản sao lưu") as refused:
        read_tombstones(root)
    assert "rotate" not in str(refused.value)


@pytest.mark.parametrize("step", ["fchmod", "fsync"])
def test_a_key_that_can_not_be_written_is_not_there(
    step: str, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, step, full)
    with pytest.raises(OSError, match="No space"):
        read_key(root)
    assert list(root.state.iterdir()) == []
    monkeypatch.undo()
    assert read_key(root) == read_key(root)


def test_a_rotation_that_fails_leaves_the_old_key(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    key = read_key(root)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        rotate_key(root)
    assert read_key(root) == key
    assert [path.name for path in root.state.iterdir()] == ["key"]


def _secret(path: Path) -> bytes:
    return read_key(Root(path)).secret


def test_processes_that_race_end_with_one_key(root: Root) -> None:
    secrets = map_in_order(_secret, [root.path] * 8)
    assert {*secrets} == {read_key(root).secret}


def test_who_comes_second_takes_the_key_of_the_first(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    first = protect._new_secret()

    def other_process_was_first() -> bytes:
        (root.state / "key").write_bytes(first)
        return b"00" * KEY_BYTES

    monkeypatch.setattr(protect, "_new_secret", other_process_was_first)
    assert read_key(root).secret.hex().encode() == first


def test_a_day_with_a_bad_key_is_refused_and_publishes_nothing(root: Root) -> None:
    (root.state / "key").write_bytes(b"")
    with pytest.raises(BadKeyError):
        run_plainly(root.path)
    assert list(root.releases.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--plain"),
        ("find", "038190007777"),
        ("erase", "038190007777", "--reason", "x", "--yes"),
    ],
    ids=lambda words: words[0],
)
def test_a_command_that_reads_a_bad_key_ends_with_a_sentence(
    words: tuple[str, ...],
    root: Root,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (root.state / "key").write_text(GOOD[:20])
    monkeypatch.setattr("sys.argv", ["dulieuxa", *words, "--root", str(root.path)])
    with pytest.raises(SystemExit) as ended:
        main.main()
    said = capsys.readouterr().err
    assert (ended.value.code, "tệp có 20 chữ số" in said, "Traceback" in said) == (2, True, False), said


@pytest.mark.parametrize("name", ["key", "key_xoa"])
def test_doctor_tells_of_a_bad_key_and_of_one_that_others_can_read(name: str, root: Root) -> None:
    path = root.state / name
    read_key(root)
    assert dulieuxa("doctor", root=root).exit_code == 0
    path.write_text(GOOD)
    path.chmod(0o640)
    said = dulieuxa("doctor", root=root)
    assert (said.exit_code, f"✗ {path}: người khác cũng đọc được" in said.stdout) == (1, True), said.output
    path.chmod(0o600)
    path.write_text("")
    said = dulieuxa("doctor", root=root)
    assert (said.exit_code, f"✗ {path}: khóa không dùng được: tệp rỗng" in said.stdout) == (1, True)
    assert path.read_text() == ""


@pytest.fixture
def copied(root: Root) -> Root:
    """A root whose key has its second copy, as after a run."""
    (root.state / "key").write_text(GOOD)
    key_file(root).keep_copy()
    return root


@pytest.mark.parametrize("content", [content for content, _ in BAD.values()], ids=BAD)
def test_a_damaged_key_is_read_from_its_copy_and_mended_from_it(content: bytes, copied: Root) -> None:
    key = key_file(copied)
    key.path.write_bytes(content)
    assert key.find_fault() is not None
    assert key.read().secret.hex() == GOOD
    assert key.mend()
    assert (key.path.read_text(), key.find_fault()) == (GOOD, None)


def test_a_lost_key_is_no_reason_for_another_one(copied: Root) -> None:
    key = key_file(copied)
    key.path.unlink()
    assert key.read().secret.hex() == GOOD
    key.copy.unlink()
    with pytest.raises(BadKeyError, match="bị mất"):
        key.require()


def test_a_changed_digit_is_told_though_it_is_one(copied: Root) -> None:
    key = key_file(copied)
    key.path.write_text(f"{GOOD[:-1]}b")
    with pytest.raises(BadKeyError, match="khác với bản sao"):
        key.read()
    assert key.mend()
    assert key.read().secret.hex() == GOOD


@pytest.mark.parametrize("content", [b"", GOOD.encode(), f"{GOOD[:-1]}b\n00000000".encode()])
def test_a_damaged_copy_is_told_and_not_taken(content: bytes, copied: Root) -> None:
    key = key_file(copied)
    key.copy.write_bytes(content)
    assert key.find_fault_of_copy() is not None
    assert key.read().secret.hex() == GOOD
    key.keep_copy()
    assert key.find_fault_of_copy() is None


def test_doctor_makes_no_key(root: Root) -> None:
    said = dulieuxa("doctor", root=root)
    assert (said.exit_code, "Chưa có khóa var/key" in said.stdout) == (1, True)
    assert [path.name for path in root.state.iterdir()] == ["soat.json"]


def test_rotate_tells_of_a_bad_key_and_replaces_it(root: Root) -> None:
    (root.state / "key").write_text("hỏng")
    said = dulieuxa("rotate", "--yes", root=root)
    assert said.exit_code == 0
    first, second, *_ = said.stdout.splitlines()
    assert f"{root.state / 'key'} không dùng được" in first
    assert second == "Lệnh này thay tệp đó bằng một khóa mới."
    assert len(read_key(root).secret) == KEY_BYTES
    assert stat.S_IMODE((root.state / "key").stat().st_mode) == 0o600


def test_rotate_says_nothing_of_damage_where_there_is_none(root: Root) -> None:
    before = read_key(root)
    assert dulieuxa("rotate", "--yes", root=root).stdout.startswith("Đã đổi khóa.")
    assert read_key(root) != before
