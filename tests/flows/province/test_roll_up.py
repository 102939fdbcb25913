"""A province of three communes: shared people are found, a dead worker or another store changes no byte."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import fsspec
import polars as pl
import pytest
from moto.server import ThreadedMotoServer

from flows.protect import read_key
from flows.release.manifest import MANIFEST, read_hashes, read_manifest
from flows.root import Root
from flows.sample import write_province
from tests.arrived import receive
from tests.waiting import WITHIN_SECONDS, wait_for

pytestmark = pytest.mark.slow

DAY = "2026-11-24"
CODES = ("90001", "90002", "90003")
BIN = Path(sys.executable).parent
README = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8").splitlines()
#: Lines of the README's recipe for several machines.
README_LINES = {
    word: [line.partition("  #")[0] for line in README if word in line]
    for word in ("openssl", "DASK_DISTRIBUTED__COMM")
}


@dataclass(frozen=True)
class Province:
    """Roots as they were handed in, with their keys; and whom they share."""

    folder: Path
    shared: pl.DataFrame

    def copied(self, to: Path) -> list[str]:
        for code in CODES:
            shutil.copytree(self.folder / code, to / code)
        return [str(to / code) for code in CODES]


@dataclass(frozen=True)
class RolledUp:
    """What a roll-up left and said."""

    roots: list[str]
    out: Path
    done: subprocess.CompletedProcess[str]

    @property
    def hashes(self) -> dict[str, str]:
        return read_hashes(read_manifest((self.out / "curated" / "latest").resolve()))

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.out / "curated" / "latest" / f"{name}.parquet")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Province:
    folder = tmp_path_factory.mktemp("tinh")
    write_province(folder, len(CODES), persons=300, truth=folder / "ai.csv")
    for code in CODES:
        receive(Root(folder / code), date.fromisoformat(DAY))
        # The same commune has the same key wherever it runs.
        read_key(Root(folder / code))
    return Province(folder, pl.read_csv(folder / "ai.csv", infer_schema=False))


def words(roots: list[str], out: str, *more: str) -> list[str]:
    return [str(BIN / "dulieuxa"), "roll-up", *roots, "--out", out, "--date", DAY, *more]


def rolled_up(roots: list[str], out: Path | str, *more: str, env: dict[str, str] | None = None) -> RolledUp:
    command = words(roots, str(out), *more)
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=WITHIN_SECONDS,
        env=os.environ | (env or {}),
        check=False,
    )
    return RolledUp(roots, Path(out), run)


@pytest.fixture(scope="module")
def quiet(made: Province, tmp_path_factory: pytest.TempPathFactory) -> RolledUp:
    """A roll-up on this machine that nothing disturbs."""
    folder = tmp_path_factory.mktemp("yen")
    return rolled_up(made.copied(folder), folder / "tinh")


def test_a_roll_up_publishes_and_says_so_in_few_words(quiet: RolledUp) -> None:
    assert (quiet.done.returncode, quiet.done.stderr) == (0, "")
    lines = quiet.done.stdout.splitlines()
    assert lines[0] == "Các xã…"
    assert lines[-1].startswith("Đã công bố: ")
    assert len(lines) == 3
    assert {"reports/index.html", "datapackage.json", "indicators.parquet"} <= quiet.hashes.keys()


def test_people_in_two_communes_are_found_and_nobody_else(made: Province, quiet: RolledUp) -> None:
    found = quiet.table("duplicates").with_columns(
        pl.struct("commune", "unit", "period", "file", "sheet", "row")
        .map_elements(lambda at: commune_token(quiet, at), pl.String)
        .alias("own")
    )
    expected = {
        (code, read_key(Root(made.folder / code)).token("so_dinh_danh", number))
        for number, codes in made.shared.iter_rows()
        for code in codes.split()
    }
    assert set(found.select("commune", "own").iter_rows()) == expected
    assert found.height == len(expected)
    assert found["case"].n_unique() == made.shared.height


def commune_token(of: RolledUp, at: dict[str, object]) -> str:
    """What the commune itself calls whoever stands at that place."""
    root = next(root for root in of.roots if root.endswith(str(at["commune"])))
    path = (
        Path(root) / "curated" / "latest" / "data" / "dan_cu" / f"ky={at['period']}" / f"{at['unit']}.parquet"
    )
    place = {"_file": at["file"], "_sheet": at["sheet"], "_row": at["row"]}
    return str(pl.read_parquet(path).filter(**place)["so_dinh_danh"].item())


def test_tokens_of_the_province_are_nowhere_once_it_is_done(made: Province, quiet: RolledUp) -> None:
    key = read_key(Root(quiet.out))
    tokens = {key.token("so_dinh_danh", number).encode() for number in made.shared["so_dinh_danh"]}
    kept = [
        path
        for folder in (quiet.out, *map(Path, quiet.roots))
        for path in folder.rglob("*")
        if path.is_file()
    ]
    assert len(kept) > 100
    assert not [path for path in kept if any(token in path.read_bytes() for token in tokens)]
    assert not (quiet.out / "var" / "lam_viec").exists()


def test_the_same_day_again_is_the_same_release(quiet: RolledUp) -> None:
    again = rolled_up(quiet.roots, quiet.out, "--workers", "1")
    assert again.done.stdout.splitlines()[-1] == quiet.done.stdout.splitlines()[-1]


def test_a_commune_that_fails_is_named_and_the_others_are_published(made: Province, tmp_path: Path) -> None:
    roots = made.copied(tmp_path)
    (tmp_path / "90002" / "schemas" / "xa.csv").write_text("ma_xa\n90002\n")
    told = rolled_up(roots, tmp_path / "tinh")
    assert told.done.returncode == 0
    why = "schemas/xa.csv, dòng 1: thiếu cột ten_xa, ten_tinh, tu_ngay."
    assert told.done.stderr == f"Xã không chạy được: {roots[1]}: {why}\n"
    states = dict(told.table("communes").select("commune", "state").iter_rows())
    assert states == {"90001": "cong_bo", "90002": "hong", "90003": "cong_bo"}
    province = told.table("indicators").filter(by="tinh")
    assert set(province["communes"]) == {2}
    assert "dat" not in set(province["status"])


def test_when_every_commune_fails_nothing_is_published(tmp_path: Path) -> None:
    file, nothing = str(tmp_path / "xa"), str(tmp_path / "go nham")
    Path(file).write_text("không phải thư mục")
    told = rolled_up([file, nothing], tmp_path / "tinh")
    assert told.done.returncode == 3
    assert told.done.stderr.splitlines()[-3:] == [
        "Không xã nào chạy được nên không công bố gì.",
        f"- {nothing}: Không có thư mục này: kiểm tra lại đường dẫn.",
        f"- {file}: Nơi cần thư mục của xã lại là một tệp.",
    ]
    assert not Path(nothing).exists()
    assert not (tmp_path / "tinh" / "curated" / "latest").exists()


def certify(folder: Path) -> None:
    """Make an authority and a certificate by it with OpenSSL, as the README says."""
    for line in README_LINES["openssl"]:
        subprocess.run(shlex.split(line), cwd=folder, check=True, capture_output=True)


def encrypted(folder: Path) -> dict[str, str]:
    """The settings of Dask that the README gives."""
    script = "\n".join([*README_LINES["DASK_DISTRIBUTED__COMM"], "env -0"])
    told = subprocess.run(["bash", "-ec", script], cwd=folder, check=True, capture_output=True, text=True)
    lines = (line.partition("=") for line in told.stdout.split("\0"))
    return {name: value for name, _, value in lines if name.startswith("DASK_DISTRIBUTED__COMM__")}


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """A scheduler and two workers started as the README says, on one machine."""
    certify(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tls://127.0.0.1:{free.getsockname()[1]}"
    port = address.rpartition(":")[2]
    commands = (
        ["scheduler", "--protocol", "tls", "--host", "127.0.0.1", "--port", port, "--no-dashboard"],
        ["worker", address, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"],
    )
    with ExitStack() as stack:
        for at, each in enumerate(commands):
            log = stack.enter_context((tmp_path / f"dask{at}.log").open("w"))
            daemon = {"POLARS_MAX_THREADS": "1", "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
            env = os.environ | encrypted(tmp_path) | daemon
            started = subprocess.Popen([BIN / "dask", *each], stdout=log, stderr=log, cwd=tmp_path, env=env)
            stack.callback(started.wait)
            stack.callback(started.terminate)
        yield address


def refused_without_certificate(address: str) -> str:
    """What a client is told that has no certificate."""
    code = f"from distributed import Client; Client({address!r}, timeout=10)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    return told.stderr.splitlines()[-1].lower()


def holder(roots: list[str]) -> int:
    """The process that runs the day of one of `roots`, once it has read some files."""

    def found() -> int | None:
        for root in map(Path, roots):
            lock = root / "var" / "lock"
            said = lock.read_text() if lock.exists() else ""
            if said and any((root / "curated" / "releases").glob(".dang_ghi.*/data")):
                return int(said.removeprefix("tiến trình ").partition(",")[0])
        return None

    return wait_for(found, every=0.01)


def test_a_worker_killed_in_the_middle_changes_no_byte(
    made: Province, quiet: RolledUp, scheduler: str, tmp_path: Path
) -> None:
    roots = made.copied(tmp_path)
    command = words(roots, str(tmp_path / "tinh"), "--scheduler", scheduler)
    assert "tls" in refused_without_certificate(scheduler)
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | encrypted(tmp_path),
        cwd=tmp_path,
    ) as run:
        os.kill(holder(roots), signal.SIGKILL)
        said, _ = run.communicate(timeout=WITHIN_SECONDS)
    assert run.returncode == 0, said
    assert RolledUp(roots, tmp_path / "tinh", quiet.done).hashes == quiet.hashes
    for killed, undisturbed in zip(roots, quiet.roots, strict=True):
        one, two = (Path(root) / "curated" / "latest" / MANIFEST for root in (killed, undisturbed))
        assert one.read_bytes() == two.read_bytes()


def test_s3_and_a_folder_give_the_same_hashes(
    made: Province, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    env = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "thu",
        "AWS_SECRET_ACCESS_KEY": "thu",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    try:
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        s3 = fsspec.filesystem("s3", skip_instance_cache=True)
        s3.mkdir("tinh")
        roots = made.copied(tmp_path)
        for root in map(Path, roots):
            for path in (path for path in root.rglob("*") if path.is_file()):
                there = f"tinh/xa/{path.relative_to(tmp_path)}"
                s3.put_file(str(path), there)
                # In a folder, too, the files are then handed in when they came to the store.
                moment = s3.modified(there).timestamp()
                os.utime(path, (moment, moment))
        folder = rolled_up(roots, tmp_path / "ket_qua")
        store = rolled_up([f"s3://tinh/xa/{code}" for code in CODES], "s3://tinh/ket_qua", env=env)
        bucket = rolled_up_at(s3, "tinh/ket_qua")
        assert (folder.done.returncode, store.done.returncode) == (0, 0), store.done.stderr
        assert bucket == folder.hashes
        for root, code in zip(roots, CODES, strict=True):
            assert rolled_up_at(s3, f"tinh/xa/{code}") == read_hashes(
                read_manifest((Path(root) / "curated" / "latest").resolve())
            )
        assert not [path for path in s3.find("tinh") if "lam_viec" in path]
    finally:
        server.stop()


def rolled_up_at(s3: fsspec.AbstractFileSystem, where: str) -> dict[str, str]:
    """The hashes of the release that is shown at `where`: as its manifest says, and so they are."""
    s3.invalidate_cache()
    release = f"{where}/curated/{json.loads(s3.cat(f'{where}/curated/latest.json'))['path']}"
    said = read_hashes(json.loads(s3.cat(f"{release}/{MANIFEST}")))
    found = {path: sha256(s3.cat(f"{release}/{path}")).hexdigest() for path in said}
    assert found == said
    return said
