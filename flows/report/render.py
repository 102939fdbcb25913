"""Turns templates into pages that load nothing from anywhere and run no script but their own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from flows import words
from flows.report.names import Names

_FILTERS = ("number", "share", "day", "moment", "period", "short_period", "word")


class _Compiled(BytecodeCache):
    """Templates that this process compiled for an earlier site: a worker writes many communes'."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._code:
            bucket.bytecode_from_string(self._code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


@dataclass(frozen=True, slots=True)
class Site:
    """The folder of pages and what all of them share."""

    folder: Path
    environment: Environment

    def write(self, path: str, template: str, content: Mapping[str, Any]) -> Path:
        """Write the page `path` (relative to the folder) from `template`."""
        page = self.folder / path
        page.parent.mkdir(parents=True, exist_ok=True)
        root = "../" * path.count("/")
        text = self.environment.get_template(template).render(root=root, **content)
        # What stands there may be another release's too.
        page.unlink(missing_ok=True)
        page.write_text(text, encoding="utf-8", newline="\n")
        return page


def open_site(folder: Path, names: Names, as_of: date | None = None, province: str | None = None) -> Site:
    """A site in `folder`, whose pages tell the day that they are of where there is one.

    It is the site of the commune that `names` knows, or of a `province`.
    """
    environment = Environment(
        loader=PackageLoader("flows.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
    environment.filters.update({name: getattr(words, name) for name in _FILTERS})
    environment.filters.update(
        unit=names.unit, dataset=names.dataset, indicator=names.indicator, url=_quoted, path_url=quote
    )
    script = _asset(environment, "table.js")
    environment.globals.update(
        styles=_asset(environment, "site.css"),
        table_script=script,
        table_script_hash=_hash(script),
        names=names,
        as_of=as_of,
        whose=province or names.commune.name,
        whereof=None if province else names.commune.province,
    )
    return Site(folder, environment)


def _quoted(value: object) -> str:
    return quote(str(value), safe="")


def _asset(environment: Environment, name: str) -> Markup:
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])  # noqa: S704 - our own file


def _hash(script: str) -> str:
    """What a Content-Security-Policy calls this script by."""
    return "sha256-" + b64encode(sha256(script.encode()).digest()).decode()
