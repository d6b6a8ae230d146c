"""A new company's folder."""

from importlib.resources import files
from pathlib import Path

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.settings import FILE

_ZONES = {"en": ("Europe/London", "GBP"), "zh": ("Asia/Shanghai", "CNY")}  # to begin with; the file says to change them


def new_workspace(folder: Path, language: str) -> Path:
    """Write a commented ``daogou.toml`` into ``folder``; its path.

    Raises:
        DaogouError: there is one already.
    """
    path = folder / FILE
    if path.exists():
        raise DaogouError(
            _("there is a {file} already").format(file=FILE), str(folder), _("Edit it, or name another folder.")
        )
    timezone, currency = _ZONES[language]
    template = files("daogou.flows").joinpath("templates", f"daogou.{language}.toml").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    name = folder.resolve().name.replace("\\", "").replace('"', "")
    path.write_text(template.format(name=name, timezone=timezone, currency=currency), encoding="utf-8")
    return path
