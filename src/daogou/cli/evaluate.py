"""``daogou evaluate``: how good models are, each number with its doubt."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daogou.base import words
from daogou.base.words import gettext as _

if TYPE_CHECKING:
    from rich.table import Table

    from daogou.base.estimate import Estimate
    from daogou.flows.evaluate import Comparison, RatingComparison

_WIDTH = 80  # columns of a terminal that every table fits into


class Protocol(StrEnum):
    """What models learn from and what they are judged by."""

    temporal = "temporal"
    last = "last"
    folds = "folds"


Folder = Annotated[Path, typer.Option("--workspace", metavar="DIR", help=_("The company's folder."))]
AsJson = Annotated[bool, typer.Option("--json", help=_("Print one JSON object and nothing else on standard output."))]
How = Annotated[
    Protocol,
    typer.Option(
        "--protocol",
        help=_("temporal: later days; last: the last event of each customer; folds: ratings in five folds."),
    ),
]

group = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@group.callback()
def evaluate() -> None:
    """Commands that compare models."""


@group.command(help=_("Compare all recommenders; 'recommend' then uses the best."))
def recommend(workspace: Folder = Path(), protocol: How = Protocol.temporal, as_json: AsJson = False) -> None:
    """Compare the recommenders."""
    from daogou.cli.output import Screen, print_json
    from daogou.flows.evaluate import Comparison, evaluate_recommend
    from daogou.flows.settings import company_language
    from daogou.flows.workspace import Workspace

    words.use_language(company_language(workspace))
    with Screen(quiet_stdout=as_json) as screen:
        found = evaluate_recommend(Workspace(workspace), protocol.value, screen.progress)
    if as_json:
        print_json(found.summary())
    elif isinstance(found, Comparison):
        _show(found)
    else:
        _show_ratings(found)


@group.command(help=_("The card of a model: who it is for, how good, drift, limits; without a target, all in brief."))
def card(
    target: Annotated[
        str | None, typer.Argument(metavar="TARGET", help=_("What it foretells, as 'daogou predict' names it."))
    ] = None,
    workspace: Folder = Path(),
    as_json: AsJson = False,
) -> None:
    """Show a model's card."""
    from daogou.cli.output import print_json
    from daogou.flows.card_show import show_card
    from daogou.flows.settings import company_language
    from daogou.flows.workspace import Workspace

    words.use_language(company_language(workspace))
    told = show_card(Workspace(workspace), target)
    if as_json:
        print_json(told.summary)
    else:
        typer.echo("\n".join(told.lines))


@group.command(help=_("Compare all models for each target of predictions, on later days than they learned from."))
def predict(
    workspace: Folder = Path(),
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="NAME", help=_("Only this target; may be given again."))
    ] = None,
    depth: Annotated[
        list[float] | None,
        typer.Option("--depth", metavar="SHARE", help=_("Tell gain and lift of this share of customers, such as 0.1.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the models of predictions."""
    from daogou.cli.output import Screen, print_json
    from daogou.flows.evaluate_predict import DEPTHS, evaluate_predict
    from daogou.flows.settings import company_language
    from daogou.flows.workspace import Workspace

    words.use_language(company_language(workspace))
    with Screen(quiet_stdout=as_json) as screen:
        found = evaluate_predict(Workspace(workspace), target or (), depth or DEPTHS, screen.progress)
    if as_json:
        print_json({"targets": [one.summary() for one in found]})
        return
    from daogou.cli.evaluate_predict import blocks

    for block in blocks(found):
        if isinstance(block, str):
            _print(block)
        else:
            _print_table(block)


@group.command(help=_("Whether a message pays, and for whom: from campaigns with a control group, or from any table."))
def uplift(
    workspace: Folder = Path(),
    table: Annotated[
        Path | None, typer.Option("--table", metavar="FILE", help=_("A CSV or Parquet file in place of a workspace."))
    ] = None,
    treated: Annotated[str, typer.Option("--treated", metavar="COLUMN", help=_("Who got what."))] = "",
    outcome: Annotated[str, typer.Option("--outcome", metavar="COLUMN", help=_("What came of it."))] = "",
    control: Annotated[
        str, typer.Option("--control", metavar="VALUE", help=_("How the control group is called in that column."))
    ] = "",
    cost: Annotated[
        str, typer.Option("--cost", help=_("What a message costs, in the outcome's unit: a number, or its column."))
    ] = "",
    propensity: Annotated[
        str, typer.Option("--propensity", metavar="COLUMN", help=_("The probability to be treated, where known."))
    ] = "",
    units: Annotated[
        str, typer.Option("--units", metavar="COLUMN", help=_("The household or store, where lots were drawn by it."))
    ] = "",
    shared: Annotated[
        list[str] | None,
        typer.Option(
            "--shared", help=_("How people affect each other: group_buying, shareable_coupons, scarce_stock.")
        ),
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option("--leave-out", metavar="COLUMN", help=_("A column that was not known before the message.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Advise whom to send to."""
    from daogou.cli.output import print_json
    from daogou.flows.settings import company_language
    from daogou.flows.uplift import evaluate_uplift
    from daogou.flows.uplift_table import Question, uplift_table
    from daogou.flows.workspace import Workspace

    if table is None:
        words.use_language(company_language(workspace))
        if treated or outcome or control or cost or propensity or units or leave_out:
            raise typer.BadParameter(_("of a workspace only --shared is asked; the other options need --table"))
        told = evaluate_uplift(Workspace(workspace), shared or ())
    elif not treated or not outcome:
        raise typer.BadParameter(_("--table needs --treated and --outcome"))
    else:
        asked = Question(treated, outcome, control, cost, propensity, units, shared or (), leave_out or ())
        told = uplift_table(table, asked)
    if as_json:
        print_json(told.summary)
    else:
        for line in told.lines:
            _print(line)


def _show(found: "Comparison") -> None:
    evaluation, champion = found.evaluation, found.champion
    how = {
        "temporal": _("Learnt from what was before the last {days} days, judged by these."),
        "last": _("Learnt from all but the last event of each customer, judged by that."),
    }
    _print(how[found.protocol].format(days=found.days))
    _print(_("Customers: {n}. Intervals are 95 %; they draw customers.").format(n=f"{evaluation.customers:,}"))
    for subject, title in (("new", _("Items new to the customer")), ("repeat", _("Items taken again"))):
        _print(f"\n{title}")
        _print_table(_accuracy(found, subject))
    _print("\n" + _("Lists of ten items new to the customer"))
    _print_table(_spread(found))
    _print("\n" + _("NDCG@10 on new items, by past orders"))
    _print_table(_groups(found))
    for model, error in evaluation.refused.items():
        _print(_("{model} was left out: {why}").format(model=model, why=error))
    decided = {"new": _("items new to the customer"), "repeat": _("items taken again")}[found.subject]
    _print(
        "\n" + _("Best on {subject}, chosen on the days before: {champion}.").format(subject=decided, champion=champion)
    )
    if found.protocol == "temporal":
        _print(_("'daogou recommend' uses it from now on."))


def _accuracy(found: "Comparison", subject: str) -> "Table":
    from daogou.recommend.evaluate import best_first

    evaluation = found.evaluation
    table = _table(
        _("Model"), "NDCG@10", _("less {champion}").format(champion=found.champion), "Recall", "MRR", _("Hits")
    )
    for model in best_first(evaluation, subject):
        estimate = {
            metric: evaluation.estimates[model, subject, f"{metric}@10"] for metric in ("ndcg", "recall", "mrr", "hit")
        }
        gain = (
            ""
            if model == found.champion
            else _short(evaluation.gain(model, found.champion, subject, "ndcg@10"), sign="+")
        )
        points = (f"{estimate[metric].value:.3f}" for metric in ("recall", "mrr", "hit"))
        table.add_row(model, _short(estimate["ndcg"]), gain, *points)
    return table


def _spread(found: "Comparison") -> "Table":
    table = _table(_("Model"), _("Coverage"), _("Gini"), _("Novelty, bits"), _("Diversity"))
    for model in found.evaluation.models:
        told = [
            found.evaluation.estimates[model, "new", f"{m}@10"] for m in ("coverage", "gini", "novelty", "diversity")
        ]
        table.add_row(
            model, *(_give_or_take(estimate, digits) for estimate, digits in zip(told, (4, 4, 2, 3), strict=True))
        )
    return table


def _groups(found: "Comparison") -> "Table":
    from daogou.recommend.evaluate import GROUPS, group_name

    names = [group_name(low, high) for low, high in GROUPS]
    sizes = [found.evaluation.estimates[found.evaluation.models[0], name, "ndcg@10"].n for name in names]
    heads = [f"{name.rpartition(' ')[2]}\nn={size:,}" for name, size in zip(names, sizes, strict=True)]
    table = _table(_("Model"), *heads)
    for model in found.evaluation.models:
        values = (found.evaluation.estimates[model, name, "ndcg@10"] for name in names)
        table.add_row(model, *(f"{estimate.value:.3f}" if estimate.n else "-" for estimate in values))
    return table


def _show_ratings(found: "RatingComparison") -> None:
    told = found.found
    _print(
        _("Ratings: {n}, each foreseen once in five folds. Intervals are 95 %; they draw customers.").format(
            n=f"{told.ratings:,}"
        )
    )
    table = _table(_("Model"), "RMSE", _("less {champion}").format(champion=told.best), "MAE")
    for model in sorted({model for model, _metric in told.estimates}, key=lambda m: told.estimates[m, "rmse"].value):
        over = "" if model == told.best else _short(told.over_best[model, "rmse"], sign="+")
        table.add_row(model, _short(told.estimates[model, "rmse"]), over, _short(told.estimates[model, "mae"]))
    _print_table(table)


def _short(estimate: "Estimate", digits: int = 3, sign: str = "") -> str:
    """A value and its interval in few signs."""
    if estimate.value != estimate.value:
        return "-"
    said = f"{estimate.value:{sign}.{digits}f}"
    if estimate.low != estimate.low:
        return said
    return f"{said} {estimate.low:{sign}.{digits}f}..{estimate.high:{sign}.{digits}f}"


def _give_or_take(estimate: "Estimate", digits: int) -> str:
    """A value and half of its interval."""
    if estimate.value != estimate.value:
        return "-"
    half = (estimate.high - estimate.low) / 2
    return f"{estimate.value:.{digits}f}" + (f" ±{half:.{digits}f}" if half == half else "")


def _table(first: str, *others: str) -> "Table":
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    for name in others:
        table.add_column(name, justify="right", no_wrap="\n" not in name)
    return table


def _print_table(table: "Table") -> None:
    from rich.console import Console

    Console(width=_WIDTH, highlight=False).print(table)


def _print(text: str) -> None:
    from rich.console import Console

    Console(width=_WIDTH, highlight=False, markup=False).print(text)
