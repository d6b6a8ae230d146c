"""Every text of the report is translated, and every translation is of a text."""

import re
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel.messages import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from daogou import report

ROOM = Path(report.__file__).parent


def texts() -> set[str]:
    found: set[str] = set()
    for path in ROOM.rglob("*.py"):
        with path.open("rb") as file:
            found.update(message for _l, message, _c, _x in extract.extract("python", file, keywords={"_": None}))
    for path in (ROOM / "templates").glob("*.html"):
        with path.open("rb") as file:
            options = {"encoding": "utf-8", "trim_blocks": "true", "lstrip_blocks": "true"}
            found.update(message for _l, _f, message, _c in babel_extract(file, ["_"], [], options))
    return found


def catalogue():
    path = files("daogou.base").joinpath("locale", "zh", "LC_MESSAGES", "report.po")
    return {message.id: message for message in read_po(BytesIO(path.read_bytes())) if message.id}


def test_every_text_is_translated_and_nothing_else_is():
    assert set(catalogue()) == texts()


def test_a_translation_has_the_placeholders_of_its_text():
    for text, message in catalogue().items():
        assert not message.fuzzy
        assert set(re.findall(r"{\w+}", message.string)) == set(re.findall(r"{\w+}", text)), text
        assert re.search(r"[\u4e00-\u9fff、。（）]", message.string), text
