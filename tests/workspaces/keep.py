"""Keep a workspace of this version: python tests/workspaces/keep.py. Once a release; never rewrite an older one."""

import os
import shutil
import tempfile
from pathlib import Path

from daogou import __version__
from daogou.base.clock import system_clock
from daogou.flows.run import STAGES, run
from daogou.flows.workspace import Workspace
from daogou.testing.shop import write_shop

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DAOGOU_KEYS"] = f"{folder}/keys"  # keys of made-up people
        shop = Path(folder) / "shop"
        write_shop(shop, customers=12)
        run(Workspace(shop), STAGES, system_clock, lambda _done, _text: None, lambda _name, _report: None)
        shutil.rmtree(shop / "spill", ignore_errors=True)
        (shop / "report.html").unlink()
        shutil.make_archive(str(Path(__file__).parent / __version__), "zip", folder)
