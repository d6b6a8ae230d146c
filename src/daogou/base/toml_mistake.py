"""What is wrong with a text that is not TOML, in the reader's language: the parser itself speaks English alone."""

import re

from daogou.base.words import gettext as _

_SAID = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)


def toml_mistake(error: ValueError) -> str:
    r"""The place and what is wrong there.

    >>> import tomllib
    >>> try:
    ...     tomllib.loads("[company]\nname = Tea house")
    ... except ValueError as error:
    ...     toml_mistake(error)
    'line 2, column 8: this is no value; texts stand in quotes'
    """
    said = _SAID.fullmatch(str(error))
    if said is None:
        return _in_words(str(error))
    what = _in_words(said["what"])
    if said["line"] is None:
        return _("at the end: {what}").format(what=what)
    return _("line {line}, column {column}: {what}").format(line=said["line"], column=said["column"], what=what)


def _in_words(said: str) -> str:
    known = {
        "Invalid value": _("this is no value; texts stand in quotes"),
        "Expected '='": _("a name, then '=', then its value is expected"),
        "Invalid statement": _("a name, then '=', then its value is expected"),
        "Invalid initial character": _("a name, then '=', then its value is expected"),
        "Expected newline": _("nothing may follow the value in its line"),
        "Expected ']": _("the name of a section ends with ']'"),
        "Cannot": _("this was written before; write it once"),
        "Duplicate": _("this was written before; write it once"),
        "Unclosed array": _("the list has no ']'"),
        "Unclosed inline": _("the table has no '}'"),
        "Unterminated": _("the text has no quotation mark at its end"),
        "Illegal character '\\n'": _("the text has no quotation mark at its end"),
        "Expected \"'": _("the text has no quotation mark at its end"),
        "Unescaped": _("in double quotes '\\' is written twice; in single quotes once"),
        "Invalid hex": _("in double quotes '\\' is written twice; in single quotes once"),
        "Escaped character": _("in double quotes '\\' is written twice; in single quotes once"),
        "Invalid date": _("there is no such day or time"),
        "Exceeds the limit": _("a number has too many digits"),
    }
    return next((words for start, words in known.items() if said.startswith(start)), _("TOML has nothing like this"))
