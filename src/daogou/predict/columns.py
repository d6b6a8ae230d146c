"""Columns of raw data as two matrices: numbers, and codes of texts."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import narwhals as nw
import numpy as np
import pyarrow as pa

from daogou.base.raw import MISSING as NO_TEXT
from daogou.base.raw import Raw, Vector, day, distinct, framed, number

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int32]]

RARE = 10  # a text seen in fewer training rows says nothing of its own: it counts as any other
MISSING = -1
MOST_LEVELS, MOST_WORDS = 255, 100
FARTHEST = 1e100  # a number beyond it counts as it
_WORD = re.compile(r"[^\W\d_\u4e00-\u9fff]{2,}|[\u4e00-\u9fff]{2}")  # a word, or two Chinese characters
_DAY_PARTS = ("", " (month)", " (weekday)")


@dataclass(frozen=True)
class Columns:
    """The columns that a model learned from, and the values of each text column, in order.

    A text column whose values are all numbers, or all dates, is one of numbers or dates. Where most texts are rare, as
    in comments, the words that many rows share take their place.

    >>> import pyarrow as pa
    >>> frame = pa.table({"age": [30, None], "plan": ["basic", None]})
    >>> columns = Columns.learn(frame, rare=1)
    >>> columns.numbers_of(frame).tolist(), columns.codes_of(frame).tolist()
    ([[30.0], [nan]], [[0], [-1]])
    >>> columns.codes_of([1, "never seen"]).tolist()
    [[1]]
    """

    names: tuple[str, ...]  # all of them: a plain row has its values in this order
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    days: tuple[str, ...] = ()
    prose: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def learn(cls, frame: Raw, rare: int = RARE) -> Self:
        """Sort the columns by type and collect the texts, or words, that ``rare`` rows or more hold.

        Raises:
            ValueError: a column holds neither numbers, booleans, texts nor dates.
        """
        data = framed(frame)
        numbers, texts, levels, days, prose, words = [], [], [], [], [], []
        for name, kind in data.schema.items():
            column = data[name]
            if kind.is_numeric() or kind == nw.Boolean or column.null_count() == len(column):
                numbers.append(name)
            elif kind in (nw.Date, nw.Datetime):
                days.append(name)
            elif kind not in (nw.String, nw.Categorical, nw.Enum, nw.Object) or _holds_many(column):
                raise ValueError(f"column {name!r} holds {kind}: give numbers, booleans, texts or dates")
            else:
                seen, place = distinct(column)
                counts = Counter(dict(zip(seen, np.bincount(place, minlength=len(seen)).tolist(), strict=True)))
                counts.pop(NO_TEXT, None)
                if kind in (nw.String, nw.Object) and _all(number, counts):
                    numbers.append(name)
                elif kind in (nw.String, nw.Object) and _all(day, counts):
                    days.append(name)
                elif found := _words(counts, rare):
                    prose.append(name)
                    words.append(found)
                else:
                    texts.append(name)
                    levels.append(_levels(counts, rare))
        return cls(
            tuple(data.columns), tuple(numbers), tuple(texts), tuple(levels), tuple(days), tuple(prose), tuple(words)
        )

    @classmethod
    def restore(cls, state: Mapping[str, Any]) -> Self:
        """What ``dataclasses.asdict`` told, after JSON has made lists of its tuples."""
        return cls(**{name: _tuples(value) for name, value in state.items()})

    @property
    def titles(self) -> list[str]:
        """What each column of :meth:`numbers_of` holds."""
        parts = [f"{name}{part}" for name in self.days for part in _DAY_PARTS]
        told = [f"{name}: {word}" for name, words in zip(self.prose, self.words, strict=True) for word in words]
        return [*self.numbers, *parts, *told]

    @property
    def owners(self) -> list[str]:
        """The data's own column behind each column of :meth:`numbers_of`, then of :meth:`codes_of`."""
        parts = [name for name in self.days for _part in _DAY_PARTS]
        said = [name for name, words in zip(self.prose, self.words, strict=True) for _word in words]
        return [*self.numbers, *parts, *said, *self.texts]

    def numbers_of(self, frame: Raw) -> Matrix:
        """float64 of shape (rows, titles); NaN where missing, infinite or no number.

        A date is its day since 1970, its month and its weekday (Monday 0); a word is 1 where the text has it.
        """
        data = self._checked(frame)
        parts = [_numbers(data[name])[:, None] for name in self.numbers]
        parts += [_day_parts(data[name]) for name in self.days]
        parts += [_said(data[name], words) for name, words in zip(self.prose, self.words, strict=True)]
        return np.hstack([np.empty((len(data), 0)), *parts])

    def codes_of(self, frame: Raw) -> Codes:
        """int32 of shape (rows, texts): place among the levels, their number for any other text, -1 where missing."""
        data = self._checked(frame)
        codes = np.empty((len(data), len(self.texts)), np.int32)
        for column, (name, levels) in enumerate(zip(self.texts, self.levels, strict=True)):
            known = {level: code for code, level in enumerate(levels)} | {NO_TEXT: MISSING}
            seen, place = distinct(data[name])
            codes[:, column] = np.array([known.get(text, len(levels)) for text in seen], np.int32)[place]
        return codes

    def _checked(self, frame: Raw) -> Any:
        data = framed(frame, self.names)
        wanted = (*self.numbers, *self.texts, *self.days, *self.prose)
        if absent := [name for name in wanted if name not in data.columns]:
            raise ValueError(f"the model learned from columns that are absent here: {', '.join(absent)}")
        return data


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value


def _holds_many(column: Any) -> bool:
    """Whether cells are lists or the like, which pandas calls objects."""
    return column.dtype == nw.Object and any(
        isinstance(one, list | dict | set | np.ndarray) for one in column.to_list()
    )


def _all(read: Any, counts: Counter[str]) -> bool:
    return bool(counts) and not any(np.isnan(read(text)) for text in counts)


def _levels(counts: Counter[str], rare: int) -> tuple[str, ...]:
    often = [text for text, rows in counts.most_common(MOST_LEVELS) if rows >= rare]
    return tuple(sorted(often))


def _words(counts: Counter[str], rare: int) -> tuple[str, ...]:
    """The words that ``rare`` rows or more hold, where the texts themselves are mostly rarer than that."""
    common = sum(rows for rows in counts.values() if rows >= rare)
    if 2 * common >= counts.total():
        return ()
    held: Counter[str] = Counter()
    for text, rows in counts.items():
        held.update(dict.fromkeys(_words_in(text), rows))
    often = sorted(((-rows, word) for word, rows in held.items() if rows >= rare))
    return tuple(sorted(word for _rows, word in often[:MOST_WORDS]))


def _words_in(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}


def _numbers(column: Any) -> Vector:
    if column.dtype.is_numeric() or column.dtype == nw.Boolean:
        return _bounded(_floats(column))
    return _bounded(_read(number, column))


def _floats(column: Any) -> Vector:
    if column.dtype.is_integer():
        whole: Vector = column.fill_null(0).to_numpy().astype(np.float64)  # ids of 19 digits, which a cast would refuse
        whole[column.is_null().to_numpy().astype(bool)] = np.nan
        return whole
    values: Vector = column.cast(nw.Float64).to_numpy().astype(np.float64)
    return values


def _bounded(values: Vector) -> Vector:
    """NaN where infinite; nothing so large that its square is."""
    return np.clip(np.where(np.isinf(values), np.nan, values), -FARTHEST, FARTHEST)


def _read(read: Any, column: Any) -> Vector:
    seen, place = distinct(column)
    return np.array([read(text) for text in seen], dtype=np.float64)[place]


def _day_parts(column: Any) -> Matrix:
    """Shape (rows, 3): day since 1970, month and weekday."""
    if column.dtype in (nw.Date, nw.Datetime):
        moment = column.to_arrow().cast(pa.timestamp("us")).to_numpy(zero_copy_only=False).astype("datetime64[us]")
        since = moment.astype(np.int64) / 86_400e6
        since[np.isnat(moment)] = np.nan
    else:
        since = _read(day, column)
    known = np.isfinite(since)
    whole = np.floor(np.where(known, since, 0)).astype(np.int64)
    month = whole.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    parts = np.column_stack([since, month, (whole + 3) % 7])  # 1970-01-01 was a Thursday
    parts[~known] = np.nan
    return parts


def _said(column: Any, words: Sequence[str]) -> Matrix:
    """Shape (rows, words): 1 where the text has the word, 0 where not, NaN where there is no text."""
    seen, place = distinct(column)
    known = {word: at for at, word in enumerate(words)}
    held = np.zeros((len(seen), len(words)))
    for row, text in enumerate(seen):
        held[row, [known[word] for word in _words_in(text) if word in known]] = 1
        if text == NO_TEXT:
            held[row] = np.nan
    return held[place]
