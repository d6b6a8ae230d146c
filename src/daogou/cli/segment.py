"""``daogou segment``: the stage, and looking at segments, counting rules and exporting people."""

from pathlib import Path
from typing import Annotated

import typer

from daogou.base.words import gettext as _
from daogou.cli.group import AsJson, Folder, say, workspace_of

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

    say(list_segments(workspace_of(context, workspace)), context, as_json)


@group.command(help=_("One segment: its size, what sets it apart, and its rule."))
def show(
    context: typer.Context,
    segment: Annotated[str, typer.Argument(metavar="SEGMENT", help=_("method:segment, such as rfm:champions."))],
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show one segment."""
    from daogou.flows.audience import show_segment

    say(show_segment(workspace_of(context, workspace), segment), context, as_json)


@group.command(help=_("How many people a rule or a segment holds; the rule need not be saved."))
def size(context: typer.Context, selection: Selected, workspace: Folder = None, as_json: AsJson = False) -> None:
    """Count a selection."""
    from daogou.flows.audience import size as count

    say(count(workspace_of(context, workspace), selection), context, as_json)


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

    say(overlaps(workspace_of(context, workspace), selections), context, as_json)


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

    say(write(workspace_of(context, workspace), selection, purpose, output), context, as_json)
