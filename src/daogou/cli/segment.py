"""``daogou segment``: the stage, and looking at segments, counting rules and exporting people."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daogou.base import words
from daogou.base.words import gettext as _

if TYPE_CHECKING:
    from daogou.flows.workspace import StageReport, Workspace

Folder = Annotated[Path | None, typer.Option("--workspace", metavar="DIR", help=_("The company's folder."))]
AsJson = Annotated[bool, typer.Option("--json", help=_("Print one JSON object and nothing else on standard output."))]
Selected = Annotated[
    str,
    typer.Argument(
        metavar="SELECTION", help=_("A segment (method:segment), a rule as TOML or JSON, or a file with one.")
    ),
]

group = typer.Typer(add_completion=False, rich_markup_mode=None)


@group.command("list", help=_("Every segment and its size."))
def list_(context: typer.Context, workspace: Folder = None, as_json: AsJson = False) -> None:
    """List the segments."""
    from daogou.flows.audience import list_segments

    _say(list_segments(_workspace(context, workspace)), context, as_json)


@group.command(help=_("One segment: its size, what sets it apart, and its rule."))
def show(
    context: typer.Context,
    segment: Annotated[str, typer.Argument(metavar="SEGMENT", help=_("method:segment, such as rfm:champions."))],
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show one segment."""
    from daogou.flows.audience import show_segment

    _say(show_segment(_workspace(context, workspace), segment), context, as_json)


@group.command(help=_("How many people a rule or a segment holds; the rule need not be saved."))
def size(context: typer.Context, selection: Selected, workspace: Folder = None, as_json: AsJson = False) -> None:
    """Count a selection."""
    from daogou.flows.audience import size as count

    _say(count(_workspace(context, workspace), selection), context, as_json)


@group.command(help=_("How many people each two of several rules or segments share."))
def overlap(
    context: typer.Context,
    selections: Annotated[
        list[str],
        typer.Argument(
            metavar="SELECTION...", help=_("Segments (method:segment), rules as TOML or JSON, or files with one.")
        ),
    ],
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Compare selections."""
    from daogou.flows.audience import overlaps

    _say(overlaps(_workspace(context, workspace), selections), context, as_json)


@group.command(help=_("Write the people of a rule or a segment to a CSV file, by your own ids."))
def export(
    context: typer.Context,
    selection: Selected,
    purpose: Annotated[str, typer.Option("--purpose", help=_("What the list is for; it stands in every row."))],
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help=_("The CSV file to write."))],
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Export a selection."""
    from daogou.flows.audience import export as write

    _say(write(_workspace(context, workspace), selection, purpose, output), context, as_json)


def _workspace(context: typer.Context, folder: Path | None) -> "Workspace":
    """The workspace that was named after the command, or before it, or the folder that the user is in."""
    from daogou.flows.settings import company_language
    from daogou.flows.workspace import Workspace

    before = context.parent.params["workspace"] if context.parent else None
    chosen = folder or before or Path()
    words.use_language(company_language(chosen))
    return Workspace(chosen)


def _say(report: "StageReport", context: typer.Context, as_json: bool) -> None:
    from daogou.cli.output import print_json

    if as_json or (context.parent and context.parent.params["as_json"]):
        print_json(report.summary)
    else:
        typer.echo("\n".join(report.lines))
