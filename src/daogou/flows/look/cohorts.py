"""Cohorts and their repurchase and retention."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.look import said
from daogou.flows.look.audience import Crowd, Keep, audience
from daogou.flows.workspace import StageReport, Workspace
from daogou.measure.look import cohorts as look
from daogou.measure.look.people import guest_orders
from daogou.measure.look.periods import label, start
from daogou.store.warehouse import Warehouse


@dataclass(frozen=True)
class Part:
    """Which people: those of the cohort that holds the day ``cohort``, or those who did (not) come back.

    Without ``bought`` the whole cohort; ``period`` counts periods after the first, None: the window of days.
    """

    cohort: date
    period: int | None = None
    bought: bool | None = None


def cohorts(workspace: Workspace, asked: look.Question, part: Part | None, keep: Keep) -> StageReport:
    """Every cohort, or the people of a ``part`` of one.

    Raises:
        DaogouError: there is no such cohort, or its part is not over.
    """
    if asked.days < 1:
        raise DaogouError(
            _("the window of the repurchase rate is {days} days").format(days=asked.days),
            "daogou look cohorts --days",
            _("Write 1 or more."),
        )
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        found = look.cohorts(warehouse, as_of, asked, workspace.settings.measure.fewest_customers)
        told: dict[str, Any] = {
            "as_of": as_of.isoformat(),
            "by": asked.by,
            "days": asked.days,
            "guest_orders": guest_orders(warehouse, as_of),
            "cohorts": [_plain(cohort, asked) for cohort in found],
        }
        if part is not None:
            crowd = _crowd(warehouse, as_of, asked, found, part)
            kept, lines = audience(workspace, warehouse, as_of, crowd, keep)
            return StageReport(told | {"audience": kept}, lines)
    size, again = look.overall(found)
    return StageReport(told | {"closed": {"size": size, "again": again}}, _lines(found, asked, told["guest_orders"]))


def _crowd(
    warehouse: Warehouse, as_of: date, asked: look.Question, found: list[look.Cohort], part: Part
) -> Crowd:  # fmt: skip
    first = start(part.cohort, asked.by)
    cohort = next((one for one in found if one.first == first), None)
    if cohort is None:
        known = [label(one.first, asked.by) for one in found]
        raise DaogouError(
            _("there is no cohort {name}").format(name=label(first, asked.by)),
            "daogou look cohorts --cohort",
            _("Known are: {names}.").format(names=", ".join(known)) if known else _("There are none yet."),
        )
    if part.period is not None and not 0 <= part.period < len(cohort.cells):
        raise DaogouError(
            _("cohort {name} has no period {k}").format(name=label(first, asked.by), k=part.period),
            "daogou look cohorts --period",
            _("Name one from 0 to {most}.").format(most=len(cohort.cells) - 1),
        )
    rows = look.members(warehouse, as_of, asked, first, part.period, part.bought)
    people: list[int] = warehouse.to_arrow(rows.order_by("customer_id"))["customer_id"].to_pylist()
    return Crowd(people, lambda: _words(asked, first, part))


def _words(asked: look.Question, first: date, part: Part) -> str:
    name = label(first, asked.by)
    if part.bought is None:
        return _("cohort {name}, everyone").format(name=name)
    if part.period is None:
        text = (
            _("cohort {name}, bought again within {days} days")
            if part.bought
            else _("cohort {name}, has not bought again within {days} days")
        )
        return text.format(name=name, days=asked.days)
    text = (
        _("cohort {name}, bought in period {k} after the first")
        if part.bought
        else _("cohort {name}, did not buy in period {k} after the first")
    )
    return text.format(name=name, k=part.period)


def _plain(cohort: look.Cohort, asked: look.Question) -> dict[str, Any]:
    return {
        "cohort": label(cohort.first, asked.by),
        "first_day": cohort.first.isoformat(),
        "size": cohort.size,
        "again": cohort.again,
        "complete": cohort.complete,
        "at_edge": cohort.at_edge,
        "repurchase": cohort.repurchase.as_dict(),
        "net_sales_a_customer": cohort.spend.as_dict(),
        "periods": [
            {"period": cell.k, "people": cell.people, "complete": cell.complete, "retention": cell.rate.as_dict()}
            for cell in cohort.cells
        ],
    }


def _lines(found: list[look.Cohort], asked: look.Question, guests: int) -> list[str]:
    if not found:
        return [_("There are no customers to put into cohorts.")]
    lines = [_line(cohort, asked) for cohort in found]
    edge = [label(cohort.first, asked.by) for cohort in found if cohort.at_edge]
    if edge:
        lines.append(
            _(
                "Cohort {name} holds the first day of the data: its customers may be older, so read its rates with"
                " caution."
            ).format(name=edge[0])
        )
    if guests:
        lines.append(_("Left out: orders of guests, who cannot be followed: {n}.").format(n=f"{guests:,}"))
    return lines


def _line(cohort: look.Cohort, asked: look.Question) -> str:
    values = {
        "name": label(cohort.first, asked.by),
        "n": f"{cohort.size:,}",
        "days": asked.days,
        "again": f"{cohort.again:,}",
    }
    if not cohort.complete:
        text = _(
            "{name}: {n} customers; bought again within {days} days so far: {again}, and the window is still open."
        )
        return text.format(**values)
    retained = [said.share(cell.rate) for cell in cohort.cells[1:4] if cell.complete]
    text = _("{name}: {n} customers; repurchase rate within {days} days {rate}; in the periods after: {retained}.")
    return text.format(**values, rate=said.share(cohort.repurchase), retained=said.listed(retained) or "–")
