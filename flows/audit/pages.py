"""Writes and reads an audit's results: a page and a JSON file per suite, and the index of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from html import escape
from pathlib import Path

from flows.audit.results import SuiteResult, describe_failure, is_warning
from flows.files import make_public, write_file

#: The folder of the suites' files within that of the audit.
VALIDATIONS = "validations"

# Elements that load something from the network. `_STYLE` replaces the styles among them.
_FETCHED = re.compile(
    r"<link[^>]*>|<script\b.*?</script>|<img[^>]*>|<iframe\b.*?</iframe>|<!--.*?-->",
    re.DOTALL | re.IGNORECASE,
)
# Links to pages that are not here, and addresses on the network.
_LINK = re.compile(r"""\s(?:href|src)=(["'])(?!#).*?\1""", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"""https?://[^\s"'<>)]+""")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
_TEXT = re.compile(r"(?<=>)[^<>]+(?=<)")

_STYLE = """<style>
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;
color:#1d2733;background:#fff}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
h5,h6{font-size:1.05rem;margin:.8rem 0 .2rem}
td,th{border:1px solid #ccd4dd;padding:.35rem .6rem;text-align:left}
.text-success{color:#12693b}.text-danger{color:#a1231d}.text-warning{color:#8a5a00}
.fa-check-circle::before{content:"✓"}.fa-times::before{content:"✗"}
.fa-exclamation-triangle::before{content:"!"}
@media(prefers-color-scheme:dark){body{color:#e6ebf0;background:#161b21}td,th{border-color:#3b4651}}
</style>"""
_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'\">"
)

# What Great Expectations writes around an expectation, whole texts of a page.
_WORDS: Mapping[str, str] = {
    "Overview": "Tóm tắt",
    "Expectation Suite:": "Bộ kỳ vọng:",
    "Data asset: None": "",
    "Status:": "Kết quả:",
    "Succeeded": "Đạt",
    "Failed": "Không đạt",
    "Statistics": "Số liệu",
    "Evaluated Expectations": "Số phép kiểm",
    "Successful Expectations": "Số phép kiểm đạt",
    "Unsuccessful Expectations": "Số phép kiểm không đạt",
    "Success Percent": "Tỷ lệ đạt",
    "Table of Contents": "Mục lục",
    "Table-Level Expectations": "Cả bảng",
    "Status": "Kết quả",
    "Expectation": "Kỳ vọng",
    "Observed Value": "Đo được",
    "Run Info": "Lượt kiểm",
    "Info": "Lượt kiểm",
    "Great Expectations Version": "Phiên bản Great Expectations",
    "Run Name": "Tên lượt kiểm",
    "Run Time": "Lúc kiểm",
}
_FORMS = (
    (
        re.compile(r"([\d,]+) unexpected values found\. (≈?[\d.]+%) of ([\d,]+) total rows\."),
        r"sai ở \1 trên \3 dòng, \2",
    ),
    (re.compile(r"(≈?[\d.]+%) unexpected"), r"\1 sai"),
)


def write_audit_pages(
    folder: Path, results: Iterable[tuple[SuiteResult, str]], as_of: date, taken: Sequence[SuiteResult] = ()
) -> None:
    """Write a page and a JSON file per suite, and the index; the same results give the same bytes.

    Args:
        folder: The folder of the audit.
        results: Each result with the page that Great Expectations rendered.
        as_of: The day that is audited.
        taken: Results that `take_over` has put there.
    """
    make_public(folder / VALIDATIONS)
    fresh = []
    for one, html in results:
        fresh.append(one)
        _write(folder, one, _make_static(html, one.title))
    write_file(folder / "index.html", _index([*fresh, *taken], as_of).encode(), durable=False)


def take_over(former: Path, folder: Path, release: str, names: Sequence[str]) -> list[SuiteResult]:
    """Copy the results `names` of another release's audit, which hold here too; each says whose it is.

    Args:
        former: The folder of that audit.
        folder: The folder of this one.
        release: The id of that release.
        names: The suites that are taken over.
    """
    make_public(folder / VALIDATIONS)
    taken = []
    for name in names:
        was = _read(former, name)
        html = (former / VALIDATIONS / f"{name}.html").read_text(encoding="utf-8")
        if was.taken_from is None:
            html = html.replace("</p>", f"</p>\n<p>{_say_whose(release)}</p>", 1)
        one = was if was.taken_from else _mark_taken(was, release)
        _write(folder, one, html)
        taken.append(one)
    return taken


def _mark_taken(one: SuiteResult, release: str) -> SuiteResult:
    meta = one.json["meta"] | {"taken_from": release}
    return replace(one, json=one.json | {"meta": meta}, taken_from=release)


def _say_whose(release: str) -> str:
    return (
        f"Kết quả này là của bản {escape(release)}: từ bản đó đến nay không có tệp mới, bản ghi vẫn như cũ."
    )


def list_results(folder: Path) -> list[str]:
    """The names of the suites whose results are in the folder of an audit, sorted."""
    return sorted(path.stem for path in (folder / VALIDATIONS).glob("*.json"))


def read_results(folder: Path) -> list[SuiteResult]:
    """The results of an audit."""
    return [_read(folder, name) for name in list_results(folder)]


def _read(folder: Path, name: str) -> SuiteResult:
    said = json.loads((folder / VALIDATIONS / f"{name}.json").read_bytes())
    return SuiteResult(name, said["meta"]["title"], said, said["meta"].get("taken_from"))


def _write(folder: Path, one: SuiteResult, html: str) -> None:
    text = json.dumps(one.json, ensure_ascii=False, indent=1, sort_keys=True)
    write_file(folder / VALIDATIONS / f"{one.name}.json", text.encode(), durable=False)
    write_file(folder / VALIDATIONS / f"{one.name}.html", html.encode(), durable=False)


def _make_static(html: str, title: str) -> str:
    """`html` in Vietnamese, which loads nothing from the network.

    Great Expectations gives its elements random ids, which become numbers in order of appearance: with them,
    no two runs would write the same bytes.
    """
    html = _BARE_ADDRESS.sub("", _LINK.sub("", _FETCHED.sub("", html)))
    numbers: dict[str, str] = {}
    html = _ID.sub(lambda match: numbers.setdefault(match[0], f"m{len(numbers) + 1}"), html)
    html = re.sub(r"<title>.*?</title>", "", html, flags=re.DOTALL)
    html = _TEXT.sub(lambda match: _translate(match[0]), html)
    head = f"<head>{_POLICY}<title>{escape(title)}</title>{_STYLE}"
    back = f'<body><p><a href="../index.html">Mọi phần kiểm toán</a></p>\n<h1>{escape(title)}</h1>'
    html = html.replace("<html>", '<html lang="vi">', 1).replace("<head>", head, 1).replace("<body>", back, 1)
    return "\n".join(line.rstrip() for line in html.splitlines() if line.strip())


def _translate(text: str) -> str:
    words = " ".join(text.split())
    said = _WORDS.get(words, words)
    for form, vietnamese in _FORMS:
        said = form.sub(vietnamese, said)
    return text if said == words else f" {said} "


def _index(results: Sequence[SuiteResult], as_of: date) -> str:
    rows = "".join(map(_row, results))
    wrong = "".join(
        f"<li>{escape(one.title)}: {escape(describe_failure(check))}</li>"
        for one in results
        for check in one.failed
    )
    failed = f"<h2>Không đạt</h2><ul>{wrong}</ul>" if wrong else ""
    title = f"Kiểm toán ngày {as_of:%d/%m/%Y}"
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8">{_POLICY}'
        f"<title>{title}</title>{_STYLE}</head>\n<body><h1>{title}</h1>\n"
        "<p>Mỗi bản được Great Expectations kiểm trước khi công bố; chỉ đếm, không chép giá trị nào.</p>\n"
        "<table><thead><tr><th>Phần</th><th>Số phép kiểm</th><th>Không đạt</th><th>Kết quả</th>"
        f"<th>Kiểm ở bản</th></tr></thead><tbody>{rows}</tbody></table>{failed}</body></html>\n"
    )


def _row(one: SuiteResult) -> str:
    kind, verdict = ("success", "Đạt")
    if one.failed:
        warned = all(map(is_warning, one.failed))
        kind, verdict = ("warning", "Đạt, có điều cần xem") if warned else ("danger", "Không đạt")
    page = f"{VALIDATIONS}/{one.name}"
    return (
        f'<tr><td><a href="{page}.html">{escape(one.title)}</a> (<a href="{page}.json">JSON</a>)</td>'
        f'<td>{len(one.checks)}</td><td>{len(one.failed)}</td><td class="text-{kind}">{verdict}</td>'
        f"<td>{escape(one.taken_from or 'bản này')}</td></tr>"
    )
