"""Writes the pages that Great Expectations renders, without what they load from the network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from flows.files import make_public, write_file

#: Name, title, result and rendered page of every suite.
Pages = Sequence[tuple[str, str, Any, str]]

# Elements that load something from the network. `_STYLE` replaces the styles among them.
_FETCHED = re.compile(
    r"<link[^>]*>|<script\b.*?</script>|<img[^>]*>|<iframe\b.*?</iframe>|<!--.*?-->",
    re.DOTALL | re.IGNORECASE,
)
_ADDRESS = re.compile(r"""(?:href|src)=(["'])https?://.*?\1""", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"""https?://[^\s"'<>)]+""")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b")
_STYLE = """<style>
body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;
color:#1d2733;background:#fff}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
td,th{border:1px solid #ccd4dd;padding:.35rem .6rem;text-align:left}
.text-success{color:#12693b}.text-danger{color:#a1231d}.navbar,.modal,button,nav.d-print-none{display:none}
@media(prefers-color-scheme:dark){body{color:#e6ebf0;background:#161b21}td,th{border-color:#3b4651}}
</style>"""
_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'\">"
)


def write_audit_pages(folder: Path, results: Pages, as_of: date) -> None:
    """Write one page per suite, and the index of them; the same results give the same bytes."""
    make_public(folder / "validations")
    for name, title, _, html in results:
        page = folder / "validations" / f"{name}.html"
        write_file(page, _make_static(html, title).encode(), durable=False)
    write_file(folder / "index.html", _index(results, as_of).encode(), durable=False)


def _make_static(html: str, title: str) -> str:
    """`html` that loads nothing from the network; random ids become numbers in order of appearance.

    Great Expectations gives its elements random ids: with them, no two runs would write the same bytes.
    """
    html = _BARE_ADDRESS.sub("", _ADDRESS.sub("", _FETCHED.sub("", html)))
    numbers: dict[str, str] = {}
    html = _ID.sub(lambda match: numbers.setdefault(match[0], f"m{len(numbers) + 1}"), html)
    head = f"<head>{_POLICY}<title>{escape(title)}</title>{_STYLE}"
    back = '<body><p><a href="../index.html">Mọi phần kiểm toán</a></p>'
    html = re.sub(r"<title>.*?</title>", "", html, flags=re.DOTALL)
    return "\n".join(
        line.rstrip()
        for line in html.replace("<head>", head, 1).replace("<body>", back, 1).splitlines()
        if line.strip()
    )


def _index(results: Pages, as_of: date) -> str:
    rows = "".join(_row(name, title, result) for name, title, result, _ in results)
    wrong = "".join(
        f"<li>{escape(title)}: {escape(str(check.expectation_config.description))}</li>"
        for _, title, result, _ in results
        for check in result.results
        if not check.success
    )
    failed = f"<h2>Không đạt</h2><ul>{wrong}</ul>" if wrong else ""
    title = f"Kiểm toán ngày {as_of:%d/%m/%Y}"
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8">{_POLICY}'
        f"<title>{title}</title>{_STYLE}</head>\n<body><h1>{title}</h1>\n"
        "<p>Mỗi bản được Great Expectations kiểm trước khi công bố; chỉ đếm, không chép giá trị nào.</p>\n"
        "<table><thead><tr><th>Phần</th><th>Số phép kiểm</th><th>Không đạt</th><th>Kết quả</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{failed}</body></html>\n"
    )


def _row(name: str, title: str, result: Any) -> str:
    failed = sum(not check.success for check in result.results)
    kind, verdict = ("success", "Đạt") if result.success else ("danger", "Không đạt")
    return (
        f'<tr><td><a href="validations/{name}.html">{escape(title)}</a></td><td>{len(result.results)}</td>'
        f'<td>{failed}</td><td class="text-{kind}">{verdict}</td></tr>'
    )
