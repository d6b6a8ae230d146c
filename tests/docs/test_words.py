"""Every text that a person sees has its Chinese, with the same places to fill."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "daogou"
CATALOGUES = sorted((SOURCE / "base" / "locale").glob("*/LC_MESSAGES/*.po"))
METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
PLACE = re.compile(r"\{[^{}]*\}")


def _texts() -> set[str]:
    """The literal texts of the code and the templates, and the meanings of settings that must be written."""
    found = extract_from_dir(SOURCE, METHODS, keywords={"_": None, "gettext": None, "required": None})
    return {text for _file, _line, text, _comments, _context in found}


def _read(path: Path) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()), locale=path.parents[1].name)


def test_every_text_has_its_chinese() -> None:
    translated = {message.id for path in CATALOGUES for message in _read(path) if message.id and message.string}
    missing = sorted(_texts() - translated)
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_translations_fill_the_same_places(path: Path) -> None:
    for message in _read(path):
        if message.id and message.string:
            places = [
                sorted(name.partition(":")[0] for name in PLACE.findall(text.replace("!r", "")))
                for text in (message.id, message.string)
            ]
            assert places[0] == places[1], message.id
            assert not message.fuzzy, message.id


def test_no_text_is_translated_in_two_ways() -> None:
    ways: dict[str, set[str]] = {}
    for path in CATALOGUES:
        for message in _read(path):
            if message.id and message.string:
                ways.setdefault(str(message.id), set()).add(str(message.string))
    assert not {text: found for text, found in ways.items() if len(found) > 1}


def _law() -> list[tuple[str, str]]:
    """Pairs of docs/words.md: English and the Chinese that must stand where it stands."""
    rows = (ROOT / "docs" / "words.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows if row.startswith("| ")][1:]
    return [(word.strip(), chinese) for english, chinese, _meaning in cells for word in english.split(",")]


def test_translations_keep_to_the_words() -> None:
    wrong = []
    for message in (message for path in CATALOGUES for message in _read(path) if message.id and message.string):
        text = re.sub(r"\{[^}]*\}|'[^']*'|\w+_\w+|\bcoupons in daogou\.toml", "", str(message.id))
        wrong += [
            f"{english} = {chinese}: {message.string}"
            for english, chinese in _law()
            if re.search(rf"\b{english}s?\b", text, re.IGNORECASE) and chinese not in str(message.string)
        ]
    assert not wrong, "\n".join(wrong)


def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    known = _texts()
    assert not [message.id for path in CATALOGUES for message in _read(path) if message.id and message.id not in known]
