"""``daogou evaluate recommend`` as a person types it."""

import json
import sys
import unicodedata

import pytest

from daogou.cli.main import main
from daogou.testing.shop import write_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop") / "shop"
    write_shop(folder)
    return folder


def daogou(capfd, monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["daogou", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capfd.readouterr()
    return ended.value.code, out, err


def width(line):
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_compares_models_in_eighty_columns(shop, language, capfd, monkeypatch):
    settings = shop / "daogou.toml"
    text = settings.read_text(encoding="utf-8").replace('name = "Shop"', f'name = "Shop"\nlanguage = "{language}"', 1)
    settings.write_text(text.replace('language = "en"\nlanguage', "language"), encoding="utf-8")
    assert daogou(capfd, monkeypatch, "ingest", "--workspace", shop)[0] == 0
    code, out, err = daogou(capfd, monkeypatch, "evaluate", "recommend", "--workspace", shop)
    assert code == 0
    assert max(map(width, out.splitlines())) <= 80
    for model in ("Popular", "RepeatLast", "ItemKNN", "UserKNN", "SequentialKNN"):
        assert out.count(f"\n{model} ") == 4
    assert ("chosen on the days before" if language == "en" else "用更早的日子选出") in out
    assert "ItemKNN" in err  # progress, line by line
    settings.write_text(text.replace(f'language = "{language}"\n', ""), encoding="utf-8")


def test_json_is_one_object(shop, capfd, monkeypatch):
    daogou(capfd, monkeypatch, "ingest", "--workspace", shop)
    code, out, _err = daogou(
        capfd, monkeypatch, "evaluate", "recommend", "--workspace", shop, "--protocol", "last", "--json"
    )
    assert code == 0
    told = json.loads(out)
    assert told["protocol"] == "last"
    assert told["models"]["Popular"]["new ndcg@10"]["n"] > 0


def test_ratings_that_are_not_there_are_said(shop, capfd, monkeypatch):
    daogou(capfd, monkeypatch, "ingest", "--workspace", shop)
    code, out, err = daogou(capfd, monkeypatch, "evaluate", "recommend", "--workspace", shop, "--protocol", "folds")
    assert (code, out) == (1, "")
    assert "there are 0 ratings" in err


def test_another_protocol_is_wrong_usage(shop, capfd, monkeypatch):
    assert daogou(capfd, monkeypatch, "evaluate", "recommend", "--workspace", shop, "--protocol", "luck")[0] == 2
