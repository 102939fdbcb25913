"""Renders templates into pages that load nothing from the network and run only their own script."""

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
from flows.files import PUBLIC_FILE, make_public, write_file
from flows.report.names import Names

_FILTERS = ("number", "share", "day", "moment", "period", "short_period", "word")


class _Compiled(BytecodeCache):
    """Keeps compiled templates in memory: a worker process writes the sites of many communes."""

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
    """The folder of pages, and the template environment that they share."""

    folder: Path
    environment: Environment

    def write(self, path: str, template: str, content: Mapping[str, Any], mode: int = PUBLIC_FILE) -> Path:
        """Render `template` to the page `path` (relative to the folder) and return its full path."""
        page = self.folder / path
        make_public(page.parent)
        root = "../" * path.count("/")
        text = self.environment.get_template(template).render(root=root, **content)
        write_file(page, text.encode(), mode=mode, durable=False)
        return page


def make_environment(package: str, names: Names) -> Environment:
    """The environment of the templates of `package`, which show what `names` names."""
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
    )
    environment.filters.update({name: getattr(words, name) for name in _FILTERS})
    environment.filters.update(
        unit=names.unit, dataset=names.dataset, indicator=names.indicator, url=_quote_all, path_url=quote
    )
    return environment


def open_site(folder: Path, names: Names, as_of: date | None = None, province: str | None = None) -> Site:
    """Prepare a site in `folder`, for the commune of `names` or, if given, for the `province` of that name.

    Pages show the date `as_of` if it is given.
    """
    environment = make_environment("flows.report", names)
    script = _read_asset(environment, "table.js")
    environment.globals.update(
        styles=_read_asset(environment, "site.css"),
        table_script=script,
        table_script_hash=_hash(script),
        names=names,
        as_of=as_of,
        whose=province or names.commune.name,
        whereof=None if province else names.commune.province,
    )
    return Site(folder, environment)


def _quote_all(value: object) -> str:
    return quote(str(value), safe="")


def _read_asset(environment: Environment, name: str) -> Markup:
    assert environment.loader is not None
    return Markup(environment.loader.get_source(environment, name)[0])  # noqa: S704 - our own file


def _hash(script: str) -> str:
    """The hash of a script as a Content-Security-Policy writes it."""
    return "sha256-" + b64encode(sha256(script.encode()).digest()).decode()
