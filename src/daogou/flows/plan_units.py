"""Stage plan for audience channels: which regions or weeks a channel is on for. A person approves it and switches."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from daogou.base.clock import Clock
from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.campaign import unit_sentences as say
from daogou.campaign.design import Design
from daogou.campaign.switchback import BLOCK
from daogou.flows.unit_draws import DAYS, UNITS, WASH_OUT, Asked, CannotTest, Draw, drawn, shown
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.measure.experiment.paired import FEWEST_PAIRS
from daogou.report import figures
from daogou.store import models
from daogou.store.tables import UNIT_ASSIGNMENTS
from daogou.store.warehouse import Warehouse

BY = ("region", "store", "week")
_UNASKED = ("region", "week")  # tried in this order where nobody says: few channels can be switched for a store alone
KIND = "units"  # of the ledger's row: what it switches are no people
_COLUMNS = (*(name for name in UNIT_ASSIGNMENTS.names if name != "source"), "lot")


@dataclass(frozen=True)
class UnitTest:
    """What was asked for: a channel, by what it is switched (empty: what is possible), days, wash-out, a file."""

    channel: str
    by: str = ""
    days: int | None = None
    wash_out: int | None = None
    out: Path | None = None


def plan_units(workspace: Workspace, clock: Clock, progress: Progress, test: UnitTest) -> StageReport:
    """Draw the test, store it under its hash, enter it in the ledger as a draft, and write the file of who is on.

    Where no way to switch was named and none is possible, the draft says that the channel cannot be tested.

    Raises:
        DaogouError: it cannot be tested by what was named, or the channel is under test on these days.
    """
    channel = _channel(test.channel)
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        progress(0.0, _("reading who bought what"))
        starts_on = as_of + timedelta(days=workspace.settings.plan.starts_in)
        ways = [_asked(test, channel, by, starts_on) for by in ([test.by] if test.by else _UNASKED)]
        _free(warehouse, channel, ways[0], as_of)
        tried: list[tuple[Asked, CannotTest]] = []
        for asked in ways:
            progress(0.5, _("placing tests on past weeks"))
            found = drawn(warehouse, asked, as_of, workspace.keys.salt)
            if isinstance(found, Draw):
                break
            tried.append((asked, found))
    if test.by and tried:
        raise DaogouError(
            _("{channel} cannot be tested by {by}: estimate only").format(channel=channel, by=by_text(test.by)),
            str(workspace.path),
            _why(tried[0][1]),
        )
    draft = _draft(asked, found) if isinstance(found, Draw) else _untestable(ways[0], tried)
    rows = found.rows if isinstance(found, Draw) else []
    sha256 = models.put(workspace.artefacts, _parquet(rows, draft))
    with workspace.ledger() as ledger:
        campaign = ledger.add_campaign(sha256, draft["name"], draft["state"], draft, clock())
    if test.out is not None and rows:
        _write(test.out, rows)
    progress(1.0, _("drawing lots"))
    return StageReport({"plan": {"id": campaign, "sha256": sha256} | draft}, unit_plan_lines(draft))


def by_text(by: str) -> str:
    """By what a channel is switched."""
    return {"region": _("region"), "store": _("store"), "week": _("week")}[by]


def _channel(name: str) -> str:
    channel = name.strip().lower()
    if not channel:
        raise DaogouError(_("the channel has no name"), "--channel", _("Say which: --channel search."))
    return channel


def _asked(test: UnitTest, channel: str, by: str, starts_on: date) -> Asked:
    """The test with what was left open, checked.

    Raises:
        DaogouError: days that make no whole pairs or too few, or a wash-out that leaves nothing.
    """
    if by not in BY:
        raise DaogouError(
            _("a channel is not switched by '{by}'").format(by=by), "--by", _("Say region, store or week.")
        )
    days = DAYS[by] if test.days is None else test.days
    wash_out = WASH_OUT[by] if test.wash_out is None else test.wash_out
    if by == "week" and (days % (2 * BLOCK) or days < DAYS["week"]):
        raise DaogouError(
            _("{days} days are no pairs of weeks, or fewer than {fewest}").format(days=days, fewest=FEWEST_PAIRS),
            "--days",
            _("Say {least}, {more} or another multiple of {pair} from there on.").format(
                least=DAYS["week"], more=DAYS["week"] + 2 * BLOCK, pair=2 * BLOCK
            ),
        )
    if days < 2 * BLOCK:
        raise DaogouError(
            _("a test of {days} days is too short").format(days=days), "--days", _("Say 14 or more: whole weeks.")
        )
    longest = BLOCK if by == "week" else days
    if not 0 <= wash_out < longest:
        raise DaogouError(
            _("a wash-out of {days} days leaves nothing to read").format(days=wash_out),
            "--wash-out",
            _("Say 0 to {most}.").format(most=longest - 1),
        )
    return Asked(channel, by, days, wash_out, starts_on)


def _free(warehouse: Warehouse, channel: str, asked: Asked, as_of: date) -> None:
    """A channel that is under test cannot be switched for another one."""
    rows = warehouse.table(UNIT_ASSIGNMENTS)
    rows = rows.filter(rows.channel.strip().lower() == channel, rows.ends_on >= ibis.date(asked.starts_on.isoformat()))
    busy = warehouse.to_arrow(rows.order_by("ends_on", "campaign_id")).to_pylist()
    if busy:
        last = busy[-1]["ends_on"]
        raise DaogouError(
            _("{channel} is under test until {day}: {name}").format(
                channel=channel, day=last.isoformat(), name=busy[-1]["campaign_id"]
            ),
            "unit_assignments",
            _("Start after that day: set starts_in of [plan] to {days} or more.").format(days=(last - as_of).days + 1),
        )


def _why(found: CannotTest) -> str:
    needed = figures.NOTHING if found.needed is None else f"{found.needed:,}"
    return say.why_not_text(found.why, f"{found.have:,}", needed)


def _draft(asked: Asked, found: Draw) -> dict[str, Any]:
    """What the ledger keeps of the plan, and the command prints."""
    lift = shown(found.power) or 0.0
    design = Design(
        primary="net_sales",
        outcome_days=asked.days,
        guard_rails={},
        unit=UNITS[asked.by],
        arms=("on",),
        planned_effect=_digits(lift * found.per_unit),
    )
    return {
        "name": asked.name,
        "state": "draft",
        "kind": KIND,
        "channel": asked.channel,
        "by": asked.by,
        "days": asked.days,
        "wash_out": asked.wash_out,
        "starts_on": asked.starts_on.isoformat(),
        "ends_on": asked.ends_on.isoformat(),
        "pairs": found.power.pairs,
        "on": found.on,
        "left_out": list(found.left_out),
        "share_of_net_sales": _digits(found.share),
        "visible_lift": _digits(lift),
        "placebo_windows": found.power.windows,
        "placebo_false_alarms": _digits(found.power.false_alarms),
        "design": design.as_dict(),
        "design_sha256": design.sha256,
    }


def _untestable(asked: Asked, tried: list[tuple[Asked, CannotTest]]) -> dict[str, Any]:
    """The draft of a channel that cannot be tested: what it brings is an estimate only."""
    return {
        "name": f"{asked.channel}-{asked.starts_on.isoformat()}",
        "state": "draft",
        "kind": KIND,
        "channel": asked.channel,
        "by": None,
        "starts_on": asked.starts_on.isoformat(),
        "cannot_test": [{"by": one.by, "why": why.why, "have": why.have, "needed": why.needed} for one, why in tried],
    }


def unit_plan_lines(draft: dict[str, Any]) -> list[str]:
    """What the plan says, in the current language; ``draft`` as the ledger keeps it."""
    if draft["by"] is None:
        whys = [CannotTest(one["why"], one["have"], one["needed"]) for one in draft["cannot_test"]]
        return [say.cannot_text(draft["channel"], list(dict.fromkeys(_why(why) for why in whys)))]
    by, units = draft["by"], say.units_text(draft["by"], draft["pairs"])
    first, last = (figures.day(date.fromisoformat(draft[name])) for name in ("starts_on", "ends_on"))
    lines = [
        say.test_text(draft["channel"], units, first, last),
        say.visible_text(units, draft["days"], figures.share(draft["visible_lift"]), draft["placebo_windows"]),
    ]
    if by != "week":
        lines.append(say.known_share_text(by, figures.share(draft["share_of_net_sales"])))
    if draft["left_out"]:
        lines.append(say.left_out_text(draft["left_out"]))
    if draft["wash_out"]:
        lines.append(say.wash_out_text(by, draft["wash_out"]))
    return [*lines, say.on_text(draft["on"]), say.then_text(draft["name"])]


def _parquet(rows: list[dict[str, Any]], draft: dict[str, Any]) -> bytes:
    """One row a unit as ``unit_assignments`` holds it, with the coin's ``lot``; the draft as JSON in the metadata."""
    schema = UNIT_ASSIGNMENTS.schema().to_pyarrow()
    kept = pa.schema([*(schema.field(name) for name in _COLUMNS if name != "lot"), pa.field("lot", pa.float64())])
    table = pa.Table.from_pylist(rows, schema=kept.with_metadata({"plan": json.dumps(draft, sort_keys=True)}))
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    """The file by which a person switches, and which is mapped to ``unit_assignments`` afterwards.

    Raises:
        DaogouError: it cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [name for name in _COLUMNS if name != "lot"], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise DaogouError(
            _("the file cannot be written"), str(path), _("Name a file in a folder that exists.")
        ) from error


def _digits(value: float) -> float:
    return float(f"{value:.12g}")
