"""Makes the catalogues that are read (.mo) from those that are written (.po), for a wheel and for an editable install."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before the files of a wheel are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        sys.path.insert(0, self.root)
        try:
            from desk.locale import compiling  # noqa: PLC0415 - the folder is not importable before
        finally:
            sys.path.remove(self.root)
        for source in sorted(Path(self.root, "desk/locale").glob("*/LC_MESSAGES/desk.po")):
            made = str(source.with_suffix(".mo"))
            compiling.compile_file(str(source), made)
            build_data["artifacts"].append(os.path.relpath(made, self.root))
