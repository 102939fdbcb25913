"""Renders the page's templates, in the look of the report's pages."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from flows.report.names import Names
from flows.report.render import make_environment
from flows.web.accounts import ROLES
from schemas.contract import SEVERITIES
from schemas.registry import Contracts

#: The files that pages load, by name: package, folder and type.
ASSETS: Mapping[str, tuple[str, str]] = {
    "site.css": ("flows.report", "text/css; charset=utf-8"),
    "web.css": ("flows.web", "text/css; charset=utf-8"),
    "web.js": ("flows.web", "text/javascript; charset=utf-8"),
}


def read_asset(name: str) -> bytes:
    """The content of one of `ASSETS`."""
    return files(ASSETS[name][0]).joinpath("templates", name).read_bytes()


class Pages:
    """The templates of the page, for one commune."""

    def __init__(self, contracts: Contracts) -> None:
        self.names = Names(contracts.datasets, contracts.commune, contracts.indicators)
        environment = make_environment("flows.web", self.names)
        marks = {name: sha256(read_asset(name)).hexdigest()[:12] for name in ASSETS}
        environment.globals.update(
            asset=lambda name: f"/tinh/{name}?v={marks[name]}",
            whose=contracts.commune.name,
            whereof=contracts.commune.province,
            roles=ROLES,
            severities=SEVERITIES,
        )
        self._environment = environment

    def render(self, template: str, content: Mapping[str, Any]) -> str:
        """The HTML of one page."""
        return self._environment.get_template(template).render(**content)
