"""Files as they are: found, decoded, with numbered rows, nothing changed yet."""

import codecs
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir

from daogou.base.errors import DaogouError
from daogou.base.settings import check_known
from daogou.base.words import gettext as _
from daogou.collect.settings import Source
from daogou.store.csv_file import Rejected, csv_header
from daogou.store.warehouse import Unreadable, Warehouse

ROW = "__row"
HASH = "__hash"
_SUFFIXES = (".parquet", ".csv")
_BLOCK = 1 << 20


@dataclass(frozen=True)
class File:
    """A file's rows with ``ROW`` (1 is the first data row) and ``HASH``, and the rows that could not be split."""

    rows: ir.Table
    columns: tuple[str, ...]
    rejected: list[Rejected]


def locate(name: str, folder: Path, where: str) -> Path:
    """The path of a source's file; a relative name starts at ``folder``.

    Raises:
        DaogouError: there is none, or it is of another kind.
    """
    path = folder / name
    if path.suffix.lower() not in _SUFFIXES:
        raise DaogouError(
            _("'{name}' is neither CSV nor Parquet").format(name=name), where, _("Save it as .csv or .parquet.")
        )
    if not path.is_file():
        near = sorted(p.name for p in path.parent.glob("*") if p.suffix.lower() in _SUFFIXES)
        hint = (
            _("That folder has: {names}.").format(names=", ".join(near[:8]))
            if near
            else _("Put the file there or correct 'file'.")
        )
        raise DaogouError(_("there is no file {path}").format(path=path), where, hint)
    return path


def content_hash(path: Path) -> str:
    """SHA-256 of the file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def mapping_hash(source: Source, company_zone: str) -> str:
    """SHA-256 of how the file is read, wherever it lies."""
    how = {name: value for name, value in asdict(source).items() if name != "file"} | {"company": company_zone}
    for name in (
        "kind",
        "kinds",
        "channel",
    ):  # came after the first files were stored: unused, they must not change their hash
        if not how[name]:
            del how[name]
    return hashlib.sha256(json.dumps(how, sort_keys=True).encode()).hexdigest()


def read(warehouse: Warehouse, path: Path, source: Source, where: str) -> File:
    """The rows of the file.

    Raises:
        DaogouError: the text is not UTF-8, the file has no header, or a mapped column is not in it.
    """
    if path.suffix.lower() == ".csv":
        _check_utf8(path, where)
        _check_header(csv_header(path)[0], path, where)
    try:
        rows, rejected = warehouse.read_file(path, "file_rows", ROW)
    except Unreadable:
        raise DaogouError(
            _("{file} cannot be read").format(file=path.name), where, _("Save it again, as CSV or as Parquet.")
        ) from None
    columns = tuple(name for name in rows.columns if name != ROW)
    mapped = [name for value in source.columns.values() for name in ([value] if isinstance(value, str) else value)]
    if source.refund_when is not None:
        mapped.append(source.refund_when.column)
    check_known([*mapped, *source.attributes, *source.key], columns, f"{where} -> {path.name}", _("column"))
    text = ibis.literal("")
    for name in columns:  # \x1f and \x1e are control characters made for this: no value holds them
        text = text + ibis.coalesce(rows[name].cast("string"), ibis.literal("\x1e")) + ibis.literal("\x1f")
    return File(rows.mutate(**{HASH: text.hexdigest("md5")}), columns, rejected)


def _check_header(names: list[str], path: Path, where: str) -> None:
    if not names:
        raise DaogouError(
            _("{file} is empty: it has no header").format(file=path.name),
            where,
            _("Write the names of its columns in its first line."),
        )
    for name in names:
        if names.count(name) > 1:
            raise DaogouError(
                _("the header of {file} names '{name}' twice").format(file=path.name, name=name),
                where,
                _("Give each column a name of its own."),
            )


def _check_utf8(path: Path, where: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise DaogouError(
            _("{file} is not UTF-8 text").format(file=path.name),
            where,
            _("Save it again as 'CSV UTF-8' (spreadsheets offer this when saving)."),
        ) from None
