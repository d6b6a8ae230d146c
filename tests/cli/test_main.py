"""The commands as a person types them."""

import json
import re
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from daogou.cli.main import app, main
from daogou.testing.shop import write_shop

COMMANDS = [
    "new",
    "demo",
    "run",
    "ingest",
    "profile",
    "segment",
    "tag",
    "look",
    "recommend",
    "predict",
    "plan",
    "measure",
    "report",
    "evaluate",
]


def daogou(capfd, monkeypatch, *words):
    """Exit code, standard output and standard error of one command."""
    monkeypatch.setattr(sys, "argv", ["daogou", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capfd.readouterr()
    return ended.value.code, out, err


def test_help_names_every_command_and_loads_nothing_heavy():
    code = (
        "import sys; from daogou.cli import main; sys.argv = ['daogou', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'ibis', 'duckdb', 'pyarrow', 'sklearn', 'lightgbm', 'numba', 'sqlalchemy'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    assert list(get_command(app).commands) == COMMANDS


def test_help_is_chinese_where_the_machine_is(monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    done = subprocess.run(
        [sys.executable, "-c", "from daogou.cli import main; main()", "--help"],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert "该找谁、推什么、到底多赚了多少" in done.stdout


@pytest.mark.parametrize("words", [["nonsense"], ["run", "--nonsense"], ["new"]])
def test_wrong_usage_is_2(words, capfd, monkeypatch):
    code, out, err = daogou(capfd, monkeypatch, *words)
    assert (code, out) == (2, "")
    assert "Usage" in err


def test_a_problem_of_the_users_is_1_and_one_sentence_with_a_hint(capfd, monkeypatch, tmp_path):
    code, out, err = daogou(capfd, monkeypatch, "run", "--workspace", tmp_path, "--json")
    assert (code, out) == (1, "")
    assert err == f"{tmp_path}/daogou.toml: there is no such file. Make one with 'daogou new {tmp_path}'.\n"


def test_errors_come_in_the_companys_language(capfd, monkeypatch, tmp_path):
    (tmp_path / "daogou.toml").write_text('[company]\ntimezone = "Asia/Shanghai"\ncurrency = "CNY"\nlanguage = "zh"\n')
    code, _out, err = daogou(capfd, monkeypatch, "ingest", "--workspace", tmp_path)
    assert code == 1
    assert "daogou.toml：没有任何来源提供订单。请把一个文件映射到表 sales" in err
    with (tmp_path / "daogou.toml").open("a") as file:
        file.write('[segment]\nk = "five"\n')
    code, _out, err = daogou(capfd, monkeypatch, "ingest", "--workspace", tmp_path)
    assert (code, "应当是整数" in err) == (1, True)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_new_company_is_valid_as_written_and_says_what_is_missing(language, capfd, monkeypatch, tmp_path):
    from daogou.base import words

    with words.language(language):
        result = CliRunner().invoke(app, ["new", str(tmp_path / "my-shop")])
    assert result.exit_code == 0, result.output
    assert "daogou run --workspace" in result.output
    code, _out, err = daogou(capfd, monkeypatch, "run", "--workspace", tmp_path / "my-shop")
    assert code == 1
    assert "sales.csv" in err
    code, _out, err = daogou(capfd, monkeypatch, "new", tmp_path / "my-shop")
    assert code == 1
    assert "daogou.toml" in err


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_commented_setting_is_one(language, tmp_path):
    """The template with its comments taken away is read, too: nothing in it is misspelt."""
    from daogou.base import words
    from daogou.collect.kinds import check_source
    from daogou.flows.new import new_workspace
    from daogou.flows.settings import read_settings

    path = new_workspace(tmp_path, language)
    lines = path.read_text(encoding="utf-8").splitlines()
    opened = [line[2:] if re.match(r"# (\[|\w+ *= )", line) else line for line in lines]
    path.write_text("\n".join(opened), encoding="utf-8")
    with words.language(language):
        settings = read_settings(tmp_path)
        for name, source in settings.sources.items():
            check_source(source, name)
    assert len(settings.sources) == 15
    assert (settings.segment.k, settings.plan.margin) == (5, 0.3)


def test_json_is_one_object_and_nothing_else(capfd, monkeypatch, tmp_path):
    write_shop(tmp_path, customers=20)
    monkeypatch.setattr(sys, "argv", ["daogou", "ingest", "--workspace", str(tmp_path), "--json"])
    main_exit = None
    try:
        main()
    except SystemExit as ended:
        main_exit = ended.code
    out, err = capfd.readouterr()
    assert main_exit in (None, 0)
    said = json.loads(out)
    assert said["ingest"]["products"] == {"received": 60, "stored": 60, "quarantined": 0, "duplicate": 0}
    assert said["tables"]["items"] == 60
    assert "products: 60 rows received = 60 stored + 0 quarantined + 0 duplicate." in err
