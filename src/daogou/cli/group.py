"""What groups of commands share: their options, before or after the command's name, and how they answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daogou.base import words
from daogou.base.words import gettext as _

if TYPE_CHECKING:
    from daogou.flows.workspace import StageReport, Workspace

Folder = Annotated[Path | None, typer.Option("--workspace", metavar="DIR", help=_("The company's folder."))]
AsJson = Annotated[bool, typer.Option("--json", help=_("Print one JSON object and nothing else on standard output."))]


def workspace_of(context: typer.Context, folder: Path | None) -> "Workspace":
    """The workspace that was named after the command, or before it, or the folder that the user is in."""
    from daogou.flows.settings import company_language
    from daogou.flows.workspace import Workspace

    before = context.parent.params["workspace"] if context.parent else None
    chosen = folder or before or Path()
    words.use_language(company_language(chosen))
    return Workspace(chosen)


def say(report: "StageReport", context: typer.Context, as_json: bool) -> None:
    """Print what was found, as sentences or as one JSON object."""
    from daogou.cli.output import print_json

    if as_json or (context.parent and context.parent.params["as_json"]):
        print_json(report.summary)
    else:
        typer.echo("\n".join(report.lines))
