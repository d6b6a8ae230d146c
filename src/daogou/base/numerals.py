"""Numbers as spreadsheets write them: 1,234.50, 1.234,50, 1 234, ¥1,234, 12 %, (5)."""

import re
from collections.abc import Sequence

import numpy as np

from daogou.base.raw import Vector, number

_UNIT = r"[$€£¥￥]|USD|EUR|GBP|CNY|RMB|元"
_DRESSED = re.compile(rf"(?:{_UNIT})?\s*(.*?)\s*(?:{_UNIT}|[%％])?", re.DOTALL)
_BRACKETS = re.compile(r"[(（](.+)[)）]", re.DOTALL)  # as accountants write what is below 0
_POINT = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")  # 1,234.50
_COMMA = re.compile(r"[+-]?([1-9]\d{0,2}([. \u00a0\u202f'’]\d{3})+|\d+)(,\d+)?")  # 1.234,50
_SPACE = re.compile(r"[+-]?[1-9]\d{0,2}([ \u00a0\u202f'’]\d{3})+(\.\d+)?")  # 1 234
_CENTS = re.compile(r"[+-]?\d+,\d\d")
_GROUPED = re.compile(r"[+-]?\d{1,3}[. \u00a0\u202f'’]")
_GAPS = re.compile("[ \u00a0\u202f'’]")


def numerals(texts: Sequence[str]) -> Vector:
    """The numbers that the texts of one column write, shape (n,); NaN where a text writes none.

    A comma stands before the decimals only where a point or a blank groups the thousands, or where each text ends in
    one comma and two digits; it groups thousands where three digits follow each time. "101,202" beside "303" is a list
    of codes. Per cent are read as they are written: 12 % is 12.

    >>> numerals(["1,234.50", "99", "", "many"]).tolist(), numerals(["1.234,50", "7,25"]).tolist()
    ([1234.5, 99.0, nan, nan], [1234.5, 7.25])
    >>> numerals(["101,202", "303"]).tolist(), numerals(["12 %", "(5)"]).tolist()
    ([nan, 303.0], [12.0, -5.0])
    """
    made = np.array([number(text) for text in texts], dtype=np.float64)
    dressed = [place for place in np.flatnonzero(np.isnan(made)).tolist() if any(c.isdigit() for c in texts[place])]
    if dressed:
        bare = {place: _bare(text) for place, text in enumerate(texts) if any(c.isdigit() for c in text)}
        found = _in_one_form(list(bare.values()))
        if found is not None:
            made[list(bare)] = found
    return made


def _in_one_form(texts: Sequence[str]) -> Vector | None:
    """What the texts write, where all of them are of one form or plain; None where they are not."""
    for form, plainly in ((_POINT, _without_commas), (_COMMA, _with_comma), (_SPACE, _without_blanks)):
        written = [text for text in texts if form.fullmatch(text)]
        others = [text for text in texts if not form.fullmatch(text)]
        if all(np.isfinite(number(text)) for text in others) and _sure(form, written, others):
            return np.array([number(plainly(text) if form.fullmatch(text) else text) for text in texts])
    return None


def _bare(text: str) -> str:
    """Without a currency, a per cent sign and brackets."""
    held = text.strip()
    if inside := _BRACKETS.fullmatch(held):
        held = "-" + inside.group(1).strip()
    sign = held[:1] if held[:1] in ("-", "+") else ""
    found = _DRESSED.fullmatch(held[len(sign) :].strip())
    return sign + found.group(1) if found else held


def _sure(form: re.Pattern[str], written: Sequence[str], others: Sequence[str]) -> bool:
    """Whether the texts of a form can be nothing but numbers."""
    if form is _COMMA:
        grouped = any("," in text and _GROUPED.match(text) for text in written)
        return not others and (grouped or all(_CENTS.fullmatch(text) for text in written))
    if form is _POINT and written:
        long = all(len(text.lstrip("+-").partition(",")[0]) == 3 for text in written)
        codes = any(len(text) == 3 and text.isdigit() for text in others)
        return not (long and codes and not any("." in text for text in (*written, *others)))
    return True


def _without_commas(text: str) -> str:
    return text.replace(",", "")


def _with_comma(text: str) -> str:
    return _GAPS.sub("", text).replace(".", "").replace(",", ".")


def _without_blanks(text: str) -> str:
    return _GAPS.sub("", text)
