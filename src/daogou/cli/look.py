"""``daogou look``: cohorts, distribution, concentration, paths, funnel and change, and the people behind a figure."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from daogou.base.words import gettext as _
from daogou.cli.group import AsJson, Folder, say, workspace_of

if TYPE_CHECKING:
    from daogou.flows.look.audience import Keep

_DAYS = ["%Y-%m-%d"]
First = Annotated[
    datetime | None, typer.Option("--from", metavar="DAY", formats=_DAYS, help=_("First day, such as 2024-05-01."))
]
Last = Annotated[datetime | None, typer.Option("--to", metavar="DAY", formats=_DAYS, help=_("Last day."))]
Save = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=_("Keep the people as an audience: a rule to paste, or else a list.")),
]
Purpose = Annotated[str | None, typer.Option(help=_("What a list is for; it stands in every row."))]
ByMethod = Annotated[
    str | None, typer.Option("--by", metavar="METHOD", help=_("By segment of a method: rfm, rfm_zh, kmeans or rules."))
]

group = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@group.callback()
def look(workspace: Folder = None, as_json: AsJson = False) -> None:
    """Take the options that stand before the command."""


@group.command(help=_("Customers by the time of their first order: who bought again, and who still buys later."))
def cohorts(
    context: typer.Context,
    by: Annotated[Literal["week", "month", "quarter"], typer.Option(help=_("Length of a cohort."))] = "month",
    days: Annotated[
        int | None, typer.Option(help=_("Days in which people must buy again; [profile] repurchase_days."))
    ] = None,
    cohort: Annotated[
        datetime | None, typer.Option(metavar="DAY", formats=["%Y-%m", *_DAYS], help=_("The people of this cohort."))
    ] = None,
    period: Annotated[int | None, typer.Option(help=_("Look at the period this many after the first."))] = None,
    returned: Annotated[bool, typer.Option("--returned", help=_("Only those who bought again."))] = False,
    dropped: Annotated[bool, typer.Option("--dropped", help=_("Only those who did not."))] = False,
    save: Save = None,
    purpose: Purpose = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Look at cohorts."""
    from daogou.flows.look.cohorts import Part
    from daogou.flows.look.cohorts import cohorts as find
    from daogou.measure.look.cohorts import Question

    _asks(cohort is not None, save, period is not None, returned, dropped, wants="--cohort")
    if returned and dropped:
        raise typer.BadParameter(_("--returned and --dropped exclude each other"))
    if period is not None and not (returned or dropped):
        returned = True
    at = workspace_of(context, workspace)
    asked = Question(by, at.settings.profile.repurchase_days if days is None else days)
    part = Part(cohort.date(), period, True if returned else False if dropped else None) if cohort else None
    say(find(at, asked, part, _keep(save, purpose)), context, as_json)


@group.command(help=_("How a number is spread: any number of profiles, or order_value."))
def distribution(
    context: typer.Context,
    measure: Annotated[str, typer.Argument(metavar="NUMBER", help=_("Such as orders, gap_mean or order_value."))],
    bins: Annotated[str | None, typer.Option(metavar="EDGES", help=_("Edges of the bins, such as 0,50,100."))] = None,
    by: ByMethod = None,
    chosen: Annotated[int | None, typer.Option("--bin", help=_("The people of this bin, counted from 1."))] = None,
    save: Save = None,
    purpose: Purpose = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Look at a distribution."""
    from daogou.flows.look.distribution import Question
    from daogou.flows.look.distribution import distribution as find

    _asks(chosen is not None, save, wants="--bin")
    asked = Question(measure, None if bins is None else _numbers(bins), by)
    say(find(workspace_of(context, workspace), asked, chosen, _keep(save, purpose)), context, as_json)


@group.command(help=_("How much of net sales the largest customers, items or categories bring."))
def concentration(
    context: typer.Context,
    of: Annotated[Literal["customers", "items", "categories"], typer.Option(help=_("Of what."))] = "customers",
    first: First = None,
    last: Last = None,
    top: Annotated[
        float | None, typer.Option(metavar="PERCENT", help=_("The people of the top so many per cent."))
    ] = None,
    save: Save = None,
    purpose: Purpose = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Look at concentration."""
    from daogou.flows.look.concentration import Question
    from daogou.flows.look.concentration import concentration as find

    _asks(top is not None, save, wants="--top")
    asked = Question(of, _day(first), _day(last))
    say(find(workspace_of(context, workspace), asked, top, _keep(save, purpose)), context, as_json)


@group.command(help=_("What people bought first, second and third, or did one after the other."))
def paths(
    context: typer.Context,
    of: Annotated[Literal["categories", "items", "events"], typer.Option(help=_("Of what."))] = "categories",
    steps: Annotated[int, typer.Option(help=_("How many steps."))] = 3,
    top: Annotated[int, typer.Option(help=_("How many names a step and paths are shown."))] = 5,
    first: First = None,
    last: Last = None,
    path: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help=_("The people of a path: once a step; - means nothing more.")),
    ] = None,
    save: Save = None,
    purpose: Purpose = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Look at paths."""
    from daogou.flows.look.paths import Question
    from daogou.flows.look.paths import paths as find

    _asks(bool(path), save, wants="--path")
    asked = Question(of, steps, top, _day(first), _day(last))
    say(find(workspace_of(context, workspace), asked, path or [], _keep(save, purpose)), context, as_json)


@group.command(help=_("How many take each of several steps, in order and within so many days of the first."))
def funnel(
    context: typer.Context,
    steps: Annotated[
        list[str],
        typer.Argument(
            metavar="STEP...", help=_("An event with filters, such as viewed or 'bought category=TEA'; or a rule.")
        ),
    ],
    days: Annotated[int, typer.Option(help=_("Days from the first step in which all others must follow."))] = 30,
    first: First = None,
    last: Last = None,
    by: ByMethod = None,
    step: Annotated[int | None, typer.Option(help=_("The people who took this step, counted from 1."))] = None,
    dropped: Annotated[bool, typer.Option("--dropped", help=_("Only those who took no further one."))] = False,
    save: Save = None,
    purpose: Purpose = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Look at a funnel."""
    from daogou.flows.look.funnel import Part, Question
    from daogou.flows.look.funnel import funnel as find

    _asks(step is not None, save, dropped, wants="--step")
    asked = Question(steps, days, _day(first), _day(last), by)
    part = None if step is None else Part(step, dropped)
    say(find(workspace_of(context, workspace), asked, part, _keep(save, purpose)), context, as_json)


@group.command(
    help=_("Headline figures over the previous period and over last year, aligned on the festival calendar.")
)
def change(
    context: typer.Context,
    first: First = None,
    last: Last = None,
    who: Annotated[
        Literal["new", "kept", "gone"] | None,
        typer.Option(help=_("The buyers who are new, bought before too, or bought before only.")),
    ] = None,
    save: Save = None,
    purpose: Purpose = None,
    workspace: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Look at change."""
    from daogou.flows.look.change import Question
    from daogou.flows.look.change import change as find

    _asks(who is not None, save, wants="--who")
    asked = Question(_day(first), _day(last))
    say(find(workspace_of(context, workspace), asked, who, _keep(save, purpose)), context, as_json)


def _asks(given: bool, save: str | None, *others: bool, wants: str) -> None:
    """Wrong usage, where people are asked for and nobody says which."""
    if not given and (save is not None or any(others)):
        raise typer.BadParameter(_("say which people with {option}").format(option=wants))


def _keep(save: str | None, purpose: str | None) -> "Keep":
    from daogou.flows.look.audience import Keep

    return Keep(save, purpose)


def _day(value: datetime | None) -> date | None:
    return None if value is None else value.date()


def _numbers(text: str) -> list[float]:
    try:
        return [float(one) for one in text.split(",")]
    except ValueError:
        raise typer.BadParameter(_("edges are numbers with commas between them, such as 0,50,100")) from None
