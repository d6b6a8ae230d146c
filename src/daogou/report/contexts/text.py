"""What contexts are made of: texts in both languages, cells of a list, and blocks without data."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from daogou.base import words

Cell = str | int | float | date | None
Lack = Literal[
    "customers", "lines", "time", "campaigns", "plan", "touches", "lots", "running", "statement", "money", "flood"
]


@dataclass(frozen=True)
class Text:
    """One text in both languages; prints in the current one."""

    en: str
    zh: str

    @classmethod
    def of(cls, say: Callable[[], str]) -> "Text":
        """What ``say`` says in each language.

        >>> str(Text.of(lambda: words.gettext("Daogou")))
        'Daogou'
        """
        said = []
        for code in words.LANGUAGES:
            with words.language(code):
                said.append(say())
        return cls(*said)

    def __str__(self) -> str:
        return str(getattr(self, words.current_language()))


@dataclass(frozen=True)
class Missing:
    """A block that has no data yet, and what it lacks."""

    lacks: Lack
