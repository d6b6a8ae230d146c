"""Settings: declared by each room as a frozen dataclass, read from one TOML file.

A field is declared once, with its default and its meaning; from it come validation, error messages and the page of
settings in the documentation.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, field, fields
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar

from daogou.base.errors import DaogouError
from daogou.base.toml_mistake import toml_mistake
from daogou.base.words import gettext as _

T = TypeVar("T")


def setting(default: Any, meaning: str) -> Any:
    """A dataclass field with its meaning; lists and dicts are given as a function that makes them."""
    if callable(default):
        return field(default_factory=default, metadata={"meaning": meaning})
    return field(default=default, metadata={"meaning": meaning})


def required(meaning: str) -> Any:
    """A dataclass field without a default: the user must write it. Who forgets it is told its meaning, translated."""
    return field(metadata={"meaning": meaning})


def read_toml(path: Path) -> dict[str, Any]:
    """The file as nested dicts.

    Raises:
        DaogouError: the file is missing, is not UTF-8, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DaogouError(
            _("there is no such file"), str(path), _("Make one with 'daogou new {folder}'.").format(folder=path.parent)
        ) from None
    except UnicodeDecodeError:
        raise DaogouError(_("the file is not UTF-8 text"), str(path), _("Save it as UTF-8.")) from None
    except ValueError as error:  # also a number of more digits than Python reads
        raise DaogouError(
            _("this is not valid TOML: {error}").format(error=toml_mistake(error)), str(path), _("Mend that line.")
        ) from None


def validated(kind: type[T], values: Mapping[str, Any], where: str) -> T:
    """``values`` as a ``kind``, which is a dataclass.

    Raises:
        DaogouError: an unknown key (with the nearest known one), a missing key, or a value of the wrong type.
    """
    from pydantic import TypeAdapter, ValidationError

    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    check_known(values, known, where, _("setting"))
    for name, declared in known.items():
        if name not in values and declared.default is MISSING and declared.default_factory is MISSING:
            meaning = declared.metadata["meaning"]
            raise DaogouError(
                _("the setting '{name}' is missing").format(name=name),
                where,
                _("Add it: {meaning}.").format(meaning=_(meaning)),
            )
    try:
        return TypeAdapter(kind).validate_python(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(_path(values, first["loc"]))
        problem = _what_is_wrong(first["type"], first["msg"])
        if name:  # a section's own check names the settings that it is about
            problem = _("'{name}' is {value}: {problem}").format(
                name=name, value=shown(first["input"]), problem=problem
            )
        raise DaogouError(
            problem,
            where,
            _("Correct it and run again; docs/settings.md lists every setting."),
        ) from None


def _path(values: Any, loc: Iterable[int | str]) -> list[str]:
    """As much of pydantic's path as stands in ``values``: the rest says which type it tried."""
    path = []
    for part in loc:
        if not (isinstance(part, int) if isinstance(values, list) else isinstance(values, Mapping) and part in values):
            break
        values = values[part]
        path.append(str(part))
    return path


def _what_is_wrong(kind: str, message: str) -> str:
    """Pydantic's kind of error in plain words; a setting's own check speaks for itself."""
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    unfit = _("it is none of the values that are known here")
    words = {
        "int": _("it must be a whole number"),
        "finite": _("it must be a whole number"),
        "float": _("it must be a number"),
        "bool": _("it must be true or false"),
        "string": _("it must be a text"),
        "list": _("it must be a list"),
        "tuple": _("it must be a list"),
        "date": _("it must be a day, such as 2025-01-01"),
        "dict": _("it must be a table of names and values"),
        "dataclass": _("it must be a table of names and values"),
    }
    return words.get(kind.partition("_")[0], unfit)


def shown(value: object) -> str:
    """A value as errors show it.

    >>> shown("large"), shown(date(2025, 1, 1))
    ("'large'", '2025-01-01')
    """
    text = str(value) if isinstance(value, date | time) else repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def at_least(name: str, least: float) -> str:
    """What is wrong with a setting that is below its least value.

    >>> at_least("days", 1)
    'days must be 1 or more'
    """
    return _("{name} must be {least} or more").format(name=name, least=least)


def check_known(given: Iterable[str], known: Iterable[str], where: str, what: str) -> None:
    """Every name in ``given`` must be in ``known``.

    >>> check_known(["weekly_capp"], ["weekly_cap"], "daogou.toml [send]", "setting")
    Traceback (most recent call last):
    daogou.base.errors.DaogouError: daogou.toml [send]: unknown setting 'weekly_capp'. Did you mean 'weekly_cap'?
    """
    known = list(known)
    for name in given:
        if name not in known:
            raise DaogouError(_("unknown {what} '{name}'").format(what=what, name=name), where, nearest(name, known))


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint: the known name most like ``name``, else the list of them."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    if close:
        return _("Did you mean '{name}'?").format(name=close[0])
    return _("Known are: {names}.").format(names=", ".join(known))
