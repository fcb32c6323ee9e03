"""A store for the commands that must work when desk.toml doesn't."""

from __future__ import annotations

from desk.config import Config
from desk.errors import ConfigError, DeskError
from desk.session.session import App


def config_error(app: App) -> DeskError | None:
    """What is wrong with desk.toml; the defaults are in force for the rest of this run if something is."""
    try:
        app.config  # noqa: B018 - reads the file
    except (ConfigError, OSError) as error:
        app.config = Config({})
        if isinstance(error, ConfigError):
            return error
        return ConfigError(f"desk.toml can't be read: {error.strerror}", "ls -l desk.toml")
    return None
