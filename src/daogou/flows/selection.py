"""What a person types to say whom they mean: a segment (method:segment), a rule as TOML or JSON, or its file."""

import re
from dataclasses import dataclass
from pathlib import Path

from daogou.base.rule import Rule
from daogou.base.rule_read import read
from daogou.base.rule_text import from_file, from_json, from_toml
from daogou.base.rule_words import say
from daogou.base.words import gettext as _
from daogou.profile import rules

_SEGMENT = re.compile("[a-z][a-z_]+:")  # a method; neither TOML nor a file of Windows begins like this


@dataclass(frozen=True)
class Selection:
    """What was typed, and the rule that it means."""

    text: str
    rule: Rule

    @property
    def name(self) -> str:
        """What a reader calls it, in the current language."""
        return say(self.rule, rules.name_of)


def selection(text: str) -> Selection:
    """What a person means by ``text``.

    >>> selection("rfm:champions").rule, selection('{"did": "bought"}').name
    (Tag(tag='rfm:champions'), 'bought')

    Raises:
        DaogouError: it is neither a segment nor a rule nor a file that holds one.
    """
    where = _("rule")
    if _SEGMENT.match(text):
        return Selection(text, read({"tag": text}, where))
    if text.lstrip().startswith("{"):
        return Selection(text, from_json(text, where))
    if Path(text).suffix.lower() in (".toml", ".json") and "=" not in text:
        return Selection(text, from_file(Path(text)))
    if "=" in text:
        return Selection(text, from_toml(text, where))
    return Selection(text, read({"tag": text}, where))
