"""What a person sees while stages run: a bar on a terminal, plain lines elsewhere."""

import json
import sys
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from daogou.base.words import gettext as _
from daogou.flows.workspace import StageReport


class Screen:
    """Progress on standard error; sentences on standard output, or on standard error where that is for JSON."""

    def __init__(self, quiet_stdout: bool) -> None:
        """``quiet_stdout``: standard output is kept for JSON."""
        self._console = Console(stderr=True, highlight=False)
        self._out = sys.stderr if quiet_stdout else sys.stdout
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=self._console, transient=True
        )
        self._task = self._bar.add_task("", total=1.0)
        self._last = ""

    def __enter__(self) -> "Screen":
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _t: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._bar.stop()

    def progress(self, done: float, text: str) -> None:
        """Show how far the whole is and what is being done."""
        if self._console.is_terminal:
            self._bar.update(self._task, completed=done, description=text)
        elif text != self._last and not text.endswith(": "):
            sys.stderr.write(f"{text}\n")
        self._last = text

    def tell(self, name: str, report: StageReport) -> None:
        """Print what a stage says."""
        text = "".join(f"{line}\n" for line in [_heading(name), *(f"  {line}" for line in report.lines)])
        if self._out is sys.stderr or not self._console.is_terminal:
            self._out.write(text)
        else:
            self._bar.stop()  # a line above the bar, in the right stream
            sys.stdout.write(text)
            sys.stdout.flush()
            self._bar.start()


def print_json(said: dict[str, Any]) -> None:
    """Print the one object."""
    sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1, allow_nan=False, default=str) + "\n")


def _heading(name: str) -> str:
    return {
        "ingest": _("Your files"),
        "profile": _("Profiles"),
        "segment": _("Segments"),
        "recommend": _("Recommendations"),
        "predict": _("Predictions"),
        "plan": _("The next campaign"),
        "measure": _("Past campaigns"),
        "report": _("Report"),
    }[name]
