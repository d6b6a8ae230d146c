"""Imported lists: a CSV file of customers, in the encodings of spreadsheets, and what each is tagged with."""

import csv
import hashlib
import io
from pathlib import Path

from daogou.base.errors import DaogouError
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.profile.tag_settings import TagSettings
from daogou.store.table_file import as_utf8


def read_list(path: Path, tag: TagSettings, where: str) -> dict[str, str]:
    """The value of each id in the file; rows without an id or a value are left out, of an id's rows the last counts.

    Raises:
        DaogouError: the file cannot be read, or lacks a column.
    """
    try:
        file = io.StringIO(as_utf8(path.read_bytes()).decode().removeprefix("\ufeff"), newline="")
        first = file.readline()
        names = [name.strip() for name in next(csv.reader([first], delimiter=_divider(first)), [])]
        for column in (tag.column, tag.value_column):
            if column and column not in names:
                raise DaogouError(
                    _("the list has no column '{name}'").format(name=column),
                    f"{where} {path}",
                    nearest(column, names),
                )
        rows = csv.DictReader(file, names, delimiter=_divider(first))
        return dict(_pair(row, tag) for row in rows if all(_pair(row, tag)))
    except FileNotFoundError:
        raise DaogouError(
            _("there is no file {path}").format(path=path),
            where,
            _("Put it beside daogou.toml, or name its whole path."),
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error):
        raise DaogouError(
            _("the list cannot be read"), f"{where} {path}", _("Save it as CSV in UTF-8, with names in the first line.")
        ) from None


def content(path: Path) -> str:
    """What tells one content of a list from another; empty where it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _pair(row: dict[str, str | None], tag: TagSettings) -> tuple[str, str]:
    value = (row.get(tag.value_column) or "").strip() if tag.value_column else tag.value
    return (row.get(tag.column) or "").strip(), value


def _divider(first: str) -> str:
    return max(",;\t|", key=first.count)
