"""The command says what it needs, what it would send, and what did not work."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.main import build_app
from flows.notify.settings import SENDER
from tests.flows.notify.made import TUESDAY, Commune, make_commune, owed


@pytest.fixture
def commune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commune:
    """A commune without a mail server, of which Tuesday is published."""
    monkeypatch.delenv(SENDER, raising=False)
    commune = make_commune(tmp_path / "xa")
    commune.publish(TUESDAY, roll_call=[owed("T01", TUESDAY)])
    return commune


def call(commune: Commune, *words: str) -> tuple[int, str]:
    typed = ["notify", "--root", str(commune.root.path), "--date", f"{TUESDAY}", *words]
    done = CliRunner().invoke(build_app(), typed, env={"COLUMNS": "300"})
    return done.exit_code, " ".join(done.output.split())


def test_what_is_missing_is_named(commune: Commune) -> None:
    code, said = call(commune)
    assert (code, "Chưa có người liên hệ nào dùng được" in said) == (2, True)
    commune.declare("T01,,a@example.org,nguoi_nop,", "T99,Lò Thị Mận,man@example.org,nguoi_nop,")
    code, said = call(commune)
    assert (code, "lien_he.csv, dòng 3: don_vi" in said) == (2, True)
    assert f"hưa khai máy chủ thư: đặt biến {SENDER} hoặc ghi vào" in said
    assert "man@" not in said
    assert "Mận" not in said


def test_letters_are_shown_before_they_are_sent(commune: Commune, tmp_path: Path) -> None:
    commune.declare("T01,,a@example.org,nguoi_nop,")
    code, said = call(commune, "--dry-run", str(tmp_path / "thu"))
    assert code == 0
    assert "001-T01-nguoi_nop.eml: [Xã Ngọc Lặc] Phố 1" in said
    assert "không gửi thư nào" in said


def test_a_mail_server_that_is_not_there_is_told(commune: Commune, monkeypatch: pytest.MonkeyPatch) -> None:
    commune.declare(",,k@example.org,ky_su,")
    monkeypatch.setenv(SENDER, "mailto://ten:matkhau@127.0.0.1:1/?from=xa@example.org")
    code, said = call(commune)
    assert (code, "Chưa gửi được thư: không nối được máy chủ thư; sẽ thử lại." in said) == (1, True)
    assert "matkhau" not in said
