"""``daogou segment``: the stage, and looking at segments, counting rules and exporting people."""

from dataclasses import dataclass
from datetime import datetime
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

WithHoldout = Annotated[
    bool, typer.Option("--with-holdout", help=_("Write those of the global holdout too: the list is not for contact."))
]

Allowed = Annotated[
    Path | None,
    typer.Option("--allowed", metavar="FILE", help=_("CSV or Parquet of those who may be exported; else everyone.")),
]

TableFile = Annotated[
    Path | None, typer.Option("--table", metavar="FILE", help=_("Group the rows of a CSV or Parquet file by k-means."))
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--columns", metavar="NAMES", help=_("With --table: what to group by, divided by commas; else all.")),
]
DropMissing = Annotated[
    bool, typer.Option("--drop-missing", help=_("With --table: drop rows in which any value is missing."))
]
Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="CONDITION", help=_("With --table: keep rows such as 'age > 18'; can be repeated.")),
]
K = Annotated[int | None, typer.Option("--k", help=_("With --table: how many groups; else chosen by silhouette."))]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help=_("With --table: write every row with its group, as CSV."))
]


@dataclass(frozen=True)
class TableGroups:
    """What a person asks for with ``--table``."""

    table: Path | None
    columns: list[str]
    drop_missing: bool
    keep: list[str]
    k: int | None
    out: Path | None


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


@group.command(help=_("How customers moved between the states of the lifecycle, from one day to a later one."))
def moves(
    context: typer.Context,
    first: Annotated[datetime, typer.Option("--from", metavar="DAY", formats=["%Y-%m-%d"], help=_("The earlier day."))],
    last: Annotated[
        datetime | None,
        typer.Option(
            "--to", metavar="DAY", formats=["%Y-%m-%d"], help=_("The later day; else the last with an order.")
        ),
    ] = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show movements."""
    from daogou.flows.lifecycle_moves import movements

    say(movements(workspace_of(context, workspace), first.date(), last.date() if last else None), context, as_json)


@group.command(help=_("Write the people of a rule or a segment to a CSV file, by your own ids."))
def export(
    context: typer.Context,
    selection: Selected,
    purpose: Annotated[str, typer.Option("--purpose", help=_("What the list is for; it stands in every row."))],
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help=_("The CSV file to write."))],
    allowed: Allowed = None,
    with_holdout: WithHoldout = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Export a selection."""
    from daogou.flows.audience import export as write
    from daogou.flows.listed import listed

    company = workspace_of(context, workspace)
    may = set(listed(company, allowed).customers) if allowed else None
    say(write(company, selection, purpose, output, exportable=may, with_holdout=with_holdout), context, as_json)


@group.command(help=_("The customers who are most like a segment, a rule or a file of ids, tested on hidden ones."))
def alike(
    context: typer.Context,
    seed: Annotated[
        str,
        typer.Argument(metavar="SEED", help=_("method:segment, a rule, or a CSV file with a column customer_id.")),
    ],
    size: Annotated[int, typer.Option("--size", help=_("How many customers to find."))],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=_("The CSV file to write."))] = None,
    purpose: Annotated[str, typer.Option("--purpose", help=_("What the list is for; it stands in every row."))] = "",
    with_holdout: WithHoldout = False,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Find the most alike."""
    from daogou.flows.lookalike import lookalikes

    say(lookalikes(workspace_of(context, workspace), seed, size, purpose, out, with_holdout), context, as_json)


def group_table(asked: TableGroups, as_json: bool) -> bool:
    """Group the rows of a table, if one is named; whether it was."""
    if asked.table is None:
        if asked.columns or asked.drop_missing or asked.keep or asked.k is not None or asked.out:
            raise typer.BadParameter(_("--columns, --drop-missing, --keep, --k and --out need --table"))
        return False
    from daogou.cli.output import print_json
    from daogou.flows.segment_table import segment_table

    names = [name.strip() for told in asked.columns for name in told.split(",") if name.strip()]
    k = 0 if asked.k is None else asked.k or 1
    told = segment_table(asked.table, names, k, asked.drop_missing, asked.keep, asked.out)
    if as_json:
        print_json(told.summary)
    else:
        typer.echo("\n".join(told.lines))
    return True
