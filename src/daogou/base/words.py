"""Texts in the reader's language.

English is the source. A language's catalogue is every ``.po`` file in its folder, one file a room, so that a room's
words stand together.
"""

import gettext as _gettext
import io
import locale as _locale
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "zh")
_current: ContextVar[str] = ContextVar("language", default="en")


@cache
def _catalogue(code: str) -> _gettext.NullTranslations:
    if code == "en":
        return _gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = _gettext.NullTranslations()
    for file in sorted(files("daogou.base").joinpath("locale", code, "LC_MESSAGES").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".po"):
            binary = io.BytesIO()
            write_mo(binary, read_po(io.BytesIO(file.read_bytes()), locale=code))
            binary.seek(0)
            translations = _gettext.GNUTranslations(binary)
            translations.add_fallback(merged)
            merged = translations
    return merged


def gettext(msgid: str) -> str:
    """``msgid`` in the current language; itself where there is no translation. Format after translating.

    >>> with language("en"):
    ...     gettext("customers: {n}").format(n=3)
    'customers: 3'
    """
    return _catalogue(_current.get()).gettext(msgid)


def current_language() -> str:
    """The code of the language that texts come in now."""
    return _current.get()


def use_language(code: str) -> None:
    """Set the language for the rest of the process."""
    _current.set(known_language(code))


@contextmanager
def language(code: str) -> Iterator[None]:
    """Texts come in ``code`` inside the block."""
    token = _current.set(known_language(code))
    try:
        yield
    finally:
        _current.reset(token)


def known_language(code: str) -> str:
    """``code`` if Daogou speaks it.

    >>> known_language("fr")
    Traceback (most recent call last):
    ValueError: no language 'fr'; there are en, zh
    """
    if code not in LANGUAGES:
        raise ValueError(f"no language {code!r}; there are {', '.join(LANGUAGES)}")
    return code


def machine_language() -> str:
    """The language that the person's environment asks for: Chinese where the locale is Chinese, else English."""
    asked = (
        os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or _locale.getlocale()[0]
    )
    return "zh" if (asked or "").lower().startswith(("zh", "chinese")) else "en"
