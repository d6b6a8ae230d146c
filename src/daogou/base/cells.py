"""Cells that hold several texts, as people fill them in: "tea; coffee", "茶、咖啡"."""

import re

SEPARATORS = "[;,|、；，｜]"  # a regular expression that Python, DuckDB and Spark read alike
BLANK = "[ \t\r\n\u3000]"  # an ideographic space is a blank too


def parts(cell: str) -> list[str]:
    """The texts in a cell, without blanks around them; none that is empty.

    >>> parts("茶、咖啡 ; tea")
    ['茶', '咖啡', 'tea']
    """
    return [part for part in map(stripped, re.split(SEPARATORS, cell)) if part]


def stripped(text: str) -> str:
    """The text without blanks around it."""
    return re.sub(f"^{BLANK}+|{BLANK}+$", "", text)
