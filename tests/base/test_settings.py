from dataclasses import dataclass

import pytest

from daogou.base.errors import DaogouError
from daogou.base.settings import nearest, read_toml, required, setting, validated


@dataclass(frozen=True)
class Example:
    name: str = required("what people call it")
    size: int = setting(3, "how large it is")
    words: list[str] = setting(list, "its words")


def test_values_become_the_dataclass():
    assert validated(Example, {"name": "a", "words": ["b"]}, "here") == Example("a", 3, ["b"])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"nam": "a"}, "here: unknown setting 'nam'. Did you mean 'name'?"),
        ({"name": "a", "zzz": 1}, "here: unknown setting 'zzz'. Known are: name, size, words."),
        ({}, "here: the setting 'name' is missing. Add it: what people call it."),
        (
            {"name": "a", "size": "large"},
            (
                "here: 'size' is 'large': it must be a whole number. "
                "Correct it and run again; docs/settings.md lists every setting."
            ),
        ),
        (
            {"name": 5},
            "here: 'name' is 5: it must be a text. Correct it and run again; docs/settings.md lists every setting.",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(values, said):
    with pytest.raises(DaogouError) as error:
        validated(Example, values, "here")
    assert str(error.value) == said


def test_a_check_of_the_whole_section_speaks_for_itself():
    @dataclass(frozen=True)
    class Window:
        first: int = setting(1, "first day")
        last: int = setting(2, "last day")

        def __post_init__(self):
            if self.first > self.last:
                raise ValueError("first must not be after last")

    with pytest.raises(DaogouError) as error:
        validated(Window, {"first": 3}, "here")
    assert str(error.value) == (
        "here: first must not be after last. Correct it and run again; docs/settings.md lists every setting."
    )


def test_a_file_that_is_missing_or_not_toml_is_named(tmp_path):
    path = tmp_path / "daogou.toml"
    with pytest.raises(DaogouError, match=r"there is no such file\. Make one with 'daogou new"):
        read_toml(path)
    path.write_text("[company\n")
    with pytest.raises(DaogouError, match="not valid TOML"):
        read_toml(path)
    path.write_bytes('name = "店"'.encode("gb18030"))
    with pytest.raises(DaogouError, match="not UTF-8"):
        read_toml(path)


def test_the_nearest_name_is_offered():
    assert nearest("quantty", ["quantity", "paid"]) == "Did you mean 'quantity'?"
