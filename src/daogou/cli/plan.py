"""The command plan for audience channels, where regions or weeks are switched instead of people held out."""

from pathlib import Path
from typing import Annotated

import typer

from daogou.base import words
from daogou.base.words import gettext as _

Channel = Annotated[
    str | None,
    typer.Option(metavar="NAME", help=_("Plan a test of an audience channel: search, social, content, affiliate.")),
]
By = Annotated[
    str | None,
    typer.Option(metavar="UNIT", help=_("What is switched on and off: region, store or week. Else region or week.")),
]
Days = Annotated[
    int | None, typer.Option(metavar="N", help=_("Days of the test. 56 by region or store, 84 by week, else."))
]
WashOut = Annotated[
    int | None,
    typer.Option(metavar="N", help=_("First days that are not read. 3 of each week, 0 by region or store, else.")),
]
OutFile = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help=_("Write who is on as CSV, to switch by and map later."))
]


def plan_channel(
    folder: Path, as_json: bool, channel: str, by: str | None, days: int | None, wash_out: int | None, out: Path | None
) -> None:
    """Draft the test of one channel."""
    from daogou.base.clock import system_clock
    from daogou.cli.output import Screen, print_json
    from daogou.flows.plan_units import UnitTest, plan_units
    from daogou.flows.settings import company_language
    from daogou.flows.workspace import Workspace

    words.use_language(company_language(folder))
    test = UnitTest(channel, by or "", days, wash_out, out)
    with Screen(quiet_stdout=as_json) as screen:
        report = plan_units(Workspace(folder), system_clock, screen.progress, test)
        screen.tell("plan", report)
    if as_json:
        print_json(report.summary)
