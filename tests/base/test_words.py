import pytest

from daogou.base import words


def test_a_text_comes_in_the_language_of_the_block_and_back_afterwards():
    with words.language("zh"):
        assert words.gettext("Segments") == "分群"
        with words.language("en"):
            assert words.gettext("Segments") == "Segments"
        assert words.current_language() == "zh"
    assert words.current_language() == "en"


def test_a_text_without_translation_is_itself():
    with words.language("zh"):
        assert words.gettext("no such text anywhere") == "no such text anywhere"


@pytest.mark.parametrize(
    ("asked", "code"), [("zh_CN.UTF-8", "zh"), ("zh_TW", "zh"), ("en_GB.UTF-8", "en"), ("C", "en"), ("fr_FR", "en")]
)
def test_the_environment_chooses_the_language(asked, code, monkeypatch):
    monkeypatch.setenv("LC_ALL", asked)
    assert words.machine_language() == code
