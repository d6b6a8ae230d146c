"""Commands: each reads a workspace, runs stages, and says what came of it.

Exit codes: 0 done, 1 a problem of the user's data or settings, 2 wrong usage.
"""

import gc
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _

words.use_language(words.machine_language())  # before commands are declared: their help is written then

from daogou.cli import evaluate as evaluations  # noqa: E402
from daogou.cli import group as groups  # noqa: E402
from daogou.cli import look as looks  # noqa: E402
from daogou.cli import plan as plans  # noqa: E402
from daogou.cli import profile as profiles  # noqa: E402
from daogou.cli import segment as segments  # noqa: E402
from daogou.cli import tag as tags  # noqa: E402

_ORDER = (
    "new",
    "demo",
    "run",
    "ingest",
    "profile",
    "segment",
    "tag",
    "look",
)  # as they are used; the others as they are declared


class _InOrder(TyperGroup):
    """Help in the order of use, groups of commands among the single ones."""

    def __init__(self, *, commands: dict[str, Any], **rest: Any) -> None:
        first = {name: commands[name] for name in _ORDER}
        super().__init__(commands=first | commands, **rest)


app = typer.Typer(
    name="daogou",
    cls=_InOrder,
    help=_("Daogou: whom to contact, with what, and what it really earned."),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Folder = Annotated[Path, typer.Option("--workspace", metavar="DIR", help=_("The company's folder."))]
AsJson = Annotated[bool, typer.Option("--json", help=_("Print one JSON object and nothing else on standard output."))]
HERE = Path()


@app.command(help=_("Make a folder for a company, with a commented daogou.toml to fill in."))
def new(folder: Annotated[Path, typer.Argument(metavar="DIR", help=_("The folder to make."))]) -> None:
    """Make a workspace."""
    from daogou.flows.new import new_workspace

    settings = new_workspace(folder, words.current_language())
    typer.echo(_("Wrote {path}. Say in it where your files are, then run:").format(path=settings))
    typer.echo(f"    daogou run --workspace {folder}")


@app.command(help=_("Run every stage on the example company: a grocery chain and its 2,469 households."))
def demo(workspace: Folder = Path("daogou-demo"), as_json: AsJson = False) -> None:
    """Run the example company."""
    from daogou.demo import make_demo
    from daogou.flows.run import STAGES

    make_demo(workspace, words.current_language())
    _run(workspace, STAGES, as_json)


@app.command(help=_("Run every stage, from your files to the report."))
def run(workspace: Folder = HERE, as_json: AsJson = False) -> None:
    """Run all stages."""
    from daogou.flows.run import STAGES

    _run(workspace, STAGES, as_json)


@app.command(help=_("Store your files as orders, customers, items and campaigns; each row once."))
def ingest(workspace: Folder = HERE, as_json: AsJson = False) -> None:
    """Run one stage."""
    _run(workspace, ["ingest"], as_json)


@profiles.group.callback(invoke_without_command=True)
def profile(context: typer.Context, workspace: groups.Folder = None, as_json: AsJson = False) -> None:
    """Run one stage, where no command of the group follows."""
    if context.invoked_subcommand is None:
        _run(workspace or HERE, ["profile"], as_json)


app.add_typer(profiles.group, name="profile", help=_("Work out what is known of each customer; look at one of them."))


@segments.group.callback(invoke_without_command=True)
def segment(
    context: typer.Context,
    workspace: groups.Folder = None,
    as_json: AsJson = False,
    table: segments.TableFile = None,
    columns: segments.Columns = None,
    drop_missing: segments.DropMissing = False,
    keep: segments.Keep = None,
    k: segments.K = None,
    out: segments.Out = None,
) -> None:
    """Run one stage, or group the rows of a table, where no command of the group follows."""
    asked = segments.TableGroups(table, columns or [], drop_missing, keep or [], k, out)
    if context.invoked_subcommand is None and not segments.group_table(asked, as_json):
        _run(workspace or HERE, ["segment"], as_json)


app.add_typer(
    segments.group, name="segment", help=_("Put customers into segments, by RFM, k-means and rules; look at them.")
)
app.add_typer(tags.group, name="tag", help=_("Look at tags: what there are, who has them, since when and why."))
app.add_typer(
    looks.group, name="look", help=_("Look at cohorts, distributions, paths, funnels and changes, and keep the people.")
)


@app.command(help=_("Find the items for each customer, with the reason."))
def recommend(workspace: Folder = HERE, as_json: AsJson = False) -> None:
    """Run one stage."""
    _run(workspace, ["recommend"], as_json)


app.add_typer(evaluations.group, name="evaluate", help=_("Compare models, each number with its doubt."))


@app.command(help=_("Predict who will buy and who is leaving; or from one table, without a workspace."))
def predict(
    workspace: Folder = HERE,
    as_json: AsJson = False,
    table: Annotated[Path | None, typer.Option(metavar="FILE", help=_("A CSV or Parquet file with a label."))] = None,
    label: Annotated[str | None, typer.Option(metavar="COLUMN", help=_("What to predict: 1 or 0, yes or no."))] = None,
    event: Annotated[
        str | None, typer.Option(metavar="VALUE", help=_("The label's value that means that it happened."))
    ] = None,
    when: Annotated[
        str | None, typer.Option(metavar="COLUMN", help=_("When each row was known: models are tested on later rows."))
    ] = None,
    groups: Annotated[
        str | None, typer.Option(metavar="COLUMN", help=_("Whose each row is: a customer is never on both sides."))
    ] = None,
) -> None:
    """Run one stage, or compare models on a table."""
    if table is None and label is None:
        _run(workspace, ["predict"], as_json)
        return
    if table is None or label is None:
        raise typer.BadParameter(_("--table and --label go together"))
    from daogou.cli.output import print_json
    from daogou.flows.predict_table import predict_table

    told = predict_table(table, label, event, when, groups)
    if as_json:
        print_json(told.summary)
    else:
        typer.echo("\n".join(told.lines))


@app.command(help=_("Draft the next campaign as an experiment; nothing is sent."))
def plan(
    workspace: Folder = HERE,
    as_json: AsJson = False,
    channel: plans.Channel = None,
    by: plans.By = None,
    days: plans.Days = None,
    wash_out: plans.WashOut = None,
    out: plans.OutFile = None,
) -> None:
    """Run one stage, or draft the test of an audience channel."""
    if channel is not None:
        plans.plan_channel(workspace, as_json, channel, by, days, wash_out, out)
        return
    if any(told is not None for told in (by, days, wash_out, out)):
        raise typer.BadParameter(_("--by, --days, --wash-out and --out go with --channel"))
    _run(workspace, ["plan"], as_json)


@app.command(help=_("Measure what campaigns earned, what they cost, and what channels claim."))
def measure(workspace: Folder = HERE, as_json: AsJson = False) -> None:
    """Run one stage."""
    _run(workspace, ["measure"], as_json)


@app.command(help=_("Publish a release and write the report."))
def report(workspace: Folder = HERE, as_json: AsJson = False) -> None:
    """Run one stage."""
    _run(workspace, ["report"], as_json)


def _run(folder: Path, stages: "list[str] | tuple[str, ...]", as_json: bool) -> None:
    from daogou.base.clock import system_clock
    from daogou.cli.output import Screen, print_json
    from daogou.flows.run import run as run_stages
    from daogou.flows.settings import company_language
    from daogou.flows.workspace import Workspace

    words.use_language(company_language(folder))
    workspace = Workspace(folder)
    with Screen(quiet_stdout=as_json) as screen:
        said = run_stages(workspace, stages, system_clock, screen.progress, screen.tell)
    if as_json:
        print_json(said)


def main() -> None:
    """Run the command that the user typed."""
    gc.set_threshold(10_000)  # what libraries and expressions are made of stays: looking for garbage there costs 0.05 s
    try:
        app()
    except DaogouError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
