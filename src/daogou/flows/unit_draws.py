"""Who or what is switched on: pairs from history, a coin each, and what the test would have shown on past days."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from daogou.base.assignment import draw
from daogou.campaign.regions import matched
from daogou.campaign.switchback import BLOCK, blocks
from daogou.campaign.unit_power import UnitPower, pairs_needed, unit_power
from daogou.flows.unit_rows import OUTCOMES, daily, first_order
from daogou.measure.experiment.paired import FEWEST_PAIRS, shown_from
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

DAYS = {"region": 56, "store": 56, "week": 2 * FEWEST_PAIRS * BLOCK}  # of a test where nobody says
WASH_OUT = {"region": 0, "store": 0, "week": 3}
UNITS = {"region": "region", "store": "store", "week": "time"}
_MATCHED_ON = 2  # pairs are matched on so many times the test's days before it
_WINDOWS = 5  # past windows, a week apart each, below which nothing is said of power
_TOO_MUCH = 1.0  # a change that no channel brings
_HALF = 0.5  # what as many pairs as "would do" shall show


@dataclass(frozen=True)
class Asked:
    """What the test shall be. ``by`` is region, store or week; ``wash_out`` are first days that are not read."""

    channel: str
    by: str
    days: int
    wash_out: int
    starts_on: date

    @property
    def name(self) -> str:
        """The test's name, and the campaign that its coins are drawn for."""
        return f"{self.channel}-{self.by}-{self.starts_on.isoformat()}"

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.starts_on + timedelta(days=self.days - 1)


@dataclass(frozen=True)
class CannotTest:
    """Why not, as ``daogou.campaign.unit_sentences.why_not_text`` says it: what there is, what would be enough."""

    why: str
    have: int
    needed: int | None


@dataclass(frozen=True)
class Draw:
    """The test: a row a unit, as ``unit_assignments`` holds it beside the coin's ``lot``, and what it can show."""

    rows: list[dict[str, Any]]
    power: UnitPower
    per_unit: float  # net sales of a unit in as many days as are read, of late
    share: float  # of all net sales of late that the units hold
    left_out: tuple[str, ...]

    @property
    def on(self) -> list[str]:
        """Names of the units that are on."""
        return [row["unit_name"] for row in self.rows if row["arm"] == "on"]


def drawn(warehouse: Warehouse, asked: Asked, as_of: date, salt: str) -> Draw | CannotTest:
    """The test that was asked for, from orders before ``as_of``; coins from ``salt``."""
    first = first_order(warehouse)
    history = 0 if first is None else (as_of - first).days
    times = 1 if asked.by == "week" else _MATCHED_ON + 1
    enough = times * asked.days + (_WINDOWS - 1) * BLOCK
    if first is None or history < enough:
        return CannotTest("short_history", history, enough)
    found = (
        _weeks(warehouse, asked, first, as_of, salt)
        if asked.by == "week"
        else _units(warehouse, asked, first, as_of, salt)
    )
    if isinstance(found, Draw) and not found.power.visible_lift <= _TOO_MUCH:
        needed = pairs_needed(found.power, _HALF)
        return CannotTest(f"noisy_{asked.by}", found.power.pairs, needed)
    return found


def _units(warehouse: Warehouse, asked: Asked, first: date, as_of: date, salt: str) -> Draw | CannotTest:
    """Pairs of regions or stores that were most alike in the days before."""
    told = daily(warehouse, UNITS[asked.by], first, as_of, as_of - timedelta(days=1))
    sold, most = told.sums[OUTCOMES[0]], _MATCHED_ON * asked.days
    sells = sold[:, -most:].sum(axis=1) > 0
    names, sold = [name for name, one in zip(told.names, sells.tolist(), strict=True) if one], sold[sells]
    if len(names) < 2 * FEWEST_PAIRS:
        return CannotTest(f"few_{asked.by}s" if names else f"no_{asked.by}s", len(names), 2 * FEWEST_PAIRS)
    pairs = matched(_weekly(sold[:, -most:]))
    rows: list[dict[str, Any]] = []
    for number, (a, b) in enumerate(pairs.tolist(), 1):
        lot = draw(salt, asked.name, f"{names[a]}|{names[b]}")
        halves = [(names[a], lot < _HALF), (names[b], lot >= _HALF)]
        rows += [_row(asked, name, is_on, str(number), lot, (asked.starts_on, asked.ends_on)) for name, is_on in halves]
    read = asked.days - asked.wash_out
    everyone = daily(warehouse, "time", first, as_of, as_of).sums[OUTCOMES[0]]
    inside = np.sort(pairs.ravel())
    return Draw(
        rows,
        unit_power(*_past_units(sold, asked), shown_from),
        float(sold[inside, -read:].sum() / len(inside)),
        float(sold[inside, -most:].sum() / everyone[:, -most:].sum()),
        tuple(name for k, name in enumerate(names) if k not in inside),
    )


def _past_units(sold: Array, asked: Asked) -> tuple[Array, Array]:
    """During and before of shape (windows, pairs, 2): matched anew before each past window, as the test is."""
    days, most, read = asked.days, _MATCHED_ON * asked.days, asked.days - asked.wash_out
    during, before = [], []
    for start in range(sold.shape[1] - days, most - 1, -BLOCK):
        pairs = matched(_weekly(sold[:, start - most : start]))
        during.append(sold[:, start + asked.wash_out : start + days].sum(axis=1)[pairs])
        before.append(sold[:, start - read : start].sum(axis=1)[pairs])
    return np.array(during), np.array(before)


def _weekly(sold: Array) -> Array:
    """Sums of whole weeks, the last one ending with the last day, shape (units, weeks)."""
    weeks = sold.shape[1] // BLOCK
    return np.asarray(sold[:, sold.shape[1] - weeks * BLOCK :].reshape(len(sold), weeks, BLOCK).sum(axis=2))


def _weeks(warehouse: Warehouse, asked: Asked, first: date, as_of: date, salt: str) -> Draw:
    """Pairs of neighbouring weeks."""
    told = daily(warehouse, "time", first, as_of, as_of).sums[OUTCOMES[0]][0]
    pairs = asked.days // (2 * BLOCK)
    rows, made = [], blocks(asked.starts_on, pairs)
    lots = [draw(salt, asked.name, str(pair + 1)) for pair in range(pairs)]
    for place, block in enumerate(made):
        is_on = (lots[block.pair] < _HALF) == (place % 2 == 0)
        days = block.first, block.last
        rows.append(_row(asked, block.first.isoformat(), is_on, str(block.pair + 1), lots[block.pair], days))
    windows = []
    for start in range(len(told) - asked.days, -1, -BLOCK):
        window = told[start : start + asked.days].reshape(pairs, 2, BLOCK)
        windows.append(window[:, :, asked.wash_out :].sum(axis=2))
    during = np.array(windows)
    power = unit_power(during, np.zeros_like(during), shown_from)
    return Draw(rows, power, float(during[0].mean()), 1.0, ())


def _row(asked: Asked, name: str, is_on: bool, pair: str, lot: float, days: tuple[date, date]) -> dict[str, Any]:
    return {
        "campaign_id": asked.name,
        "channel": asked.channel,
        "unit": UNITS[asked.by],
        "unit_name": name,
        "arm": "on" if is_on else "off",
        "propensity": 0.5,
        "starts_on": days[0],
        "ends_on": days[1],
        "pair": pair,
        "wash_out": asked.wash_out,
        "lot": lot,
    }


def shown(power: UnitPower) -> float | None:
    """The visible lift; None where there is none."""
    return power.visible_lift if math.isfinite(power.visible_lift) else None
