"""What a test can be read by: each outcome by its name, and how facts give it per customer over a window of days."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import ibis.expr.types as ir
import numpy as np

from daogou.base.errors import DaogouError
from daogou.base.rule import Did
from daogou.base.rule_read import read
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.flows import experiment_values as facts
from daogou.flows.workspace import Workspace
from daogou.measure.experiment.reading_trial import Kind, Outcome
from daogou.measure.money_orders import GOODS, Costs
from daogou.store.warehouse import Warehouse

Array = np.ndarray[Any, Any]

CONTRIBUTION = "contribution"
RETURN_DAY = 7
_SALES = "sales_of_customers"


@dataclass(frozen=True)
class Definition:
    """One outcome.

    Attributes:
        kind: money (currency), amount (of no currency, with a heavy tail), count, share (0 or 1) or ratio.
        unit: of its values, per person; of a ratio what is divided by what.
        needs: what facts must hold; empty: orders alone.
        declared: a rule of the company says when it happened.
    """

    kind: Kind
    unit: str
    needs: str = ""
    declared: bool = False


OUTCOMES: dict[str, Definition] = {
    CONTRIBUTION: Definition("money", "currency"),
    "net_sales": Definition("money", "currency"),
    "orders": Definition("count", "orders"),
    "buyers": Definition("share", "people with an order"),
    "second_purchase": Definition("share", "people with exactly one order before who order again"),
    "refunds": Definition("money", "currency"),
    "refund_rate": Definition("ratio", "refunds / net sales", needs="refunds"),
    "margin": Definition("ratio", "net sales less cost of goods / net sales", needs="unit_cost"),
    "unsubscribes": Definition("share", "people who unsubscribe", needs="unsubscribe"),
    "complaints": Definition("share", "people who complain", needs="complaint"),
    "dwell": Definition("amount", "seconds", needs="read_seconds"),
    "shares": Definition("count", "shares", needs="share"),
    "return_day_7": Definition("share", "people with an event or an order on the 7th day after the first"),
    "application": Definition("share", "people who apply", declared=True),
    "funded_account": Definition("share", "people who fund an account", declared=True),
}
USUAL = (CONTRIBUTION, "net_sales", "orders", "buyers", "refunds")  # read of every test, beside what its plan fixed


@dataclass(frozen=True)
class Terms:
    """What outcomes are made with: what a sale costs, rules for what a company declares, its market's festivals."""

    costs: Costs
    declared: Mapping[str, Did] = field(default_factory=dict)
    market: str = ""
    sales: ir.Table | None = None  # what was sold, made once for many windows, as :func:`made_ready` does

    @property
    def return_days(self) -> int:
        """Days after a window in which its orders may still be returned."""
        return self.costs.settings.return_days


@dataclass(frozen=True)
class Values:
    """One outcome over a window, shape (n,); ``below`` of a ratio, ``among`` whom it speaks of, None: everyone."""

    values: Array
    below: Array | None = None
    among: Array | None = None


def terms(workspace: Workspace) -> Terms:
    """The terms of a workspace.

    Raises:
        DaogouError: a declared outcome is not known, or its rule is none about one kind of event.
    """
    own = workspace.settings
    costs = Costs(own.money, own.plan.margin_used, own.company.timezone)
    return Terms(costs, declared(own.measure.outcomes), own.segment.market or "")


@contextmanager
def made_ready(workspace: Workspace, warehouse: Warehouse, as_of: date) -> Iterator[Terms]:
    """The terms, with what was sold before ``as_of`` computed once for as many windows as are read meanwhile."""
    plain = terms(workspace)
    sales = warehouse.materialise(_SALES, facts.sales_until(warehouse, as_of, plain.costs))
    warehouse.drop(GOODS)
    try:
        yield replace(plain, sales=sales)
    finally:
        warehouse.drop(_SALES)


def declared(told: Mapping[str, Any]) -> dict[str, Did]:
    """The rules of ``[measure.outcomes]``, by the name of the outcome.

    >>> declared({"application": {"did": "did_other", "where": {"place": "application sent"}}})["application"].event
    'did_other'

    Raises:
        DaogouError: a name that needs no rule or is not known, or a rule that is not about one kind of event.
    """
    names = [name for name, one in OUTCOMES.items() if one.declared]
    rules = {}
    for name, rule in told.items():
        where = f"daogou.toml [measure.outcomes] {name}"
        if name not in names:
            raise DaogouError(
                _("no rule can declare the outcome '{name}'").format(name=name), where, nearest(name, names)
            )
        found = read(rule, where)
        if not isinstance(found, Did) or not found.done or found.measures or found.within or found.skip_last:
            raise DaogouError(
                _("an outcome is one kind of event, without days or counts"),
                where,
                _("Write { did = 'signed_up' }, with 'where' if only some of them count."),
            )
        rules[name] = found
    return rules


def lacking(warehouse: Warehouse, names: Iterable[str], made_with: Terms) -> dict[str, str]:
    """Why each of these outcomes cannot be read: unknown, undeclared, or the facts that no table holds."""
    why = {}
    for name in names:
        if name not in OUTCOMES:
            why[name] = "unknown"
        elif OUTCOMES[name].declared and name not in made_with.declared:
            why[name] = "undeclared"
        elif OUTCOMES[name].needs and not facts.holds(warehouse, OUTCOMES[name].needs):
            why[name] = OUTCOMES[name].needs
    return why


def measured(
    warehouse: Warehouse,
    names: Sequence[str],
    customers: Array,
    first: date,
    end: date,
    made_with: Terms,
) -> dict[str, Values]:
    """The outcomes of ``customers`` (ascending numbers, each once) on the days of [first, end), by name.

    Orders are paid ones, less what of them was refunded before ``end``, or before the moment that terms were
    :func:`made_ready` for. An outcome that :func:`lacking` names must not be asked for; ``return_day_7`` is left out of
    windows that do not hold that day.
    """
    asked = set(names)
    found: dict[str, Values] = {}
    if asked & {CONTRIBUTION, "net_sales", "orders", "buyers", "second_purchase", "refunds", "refund_rate"}:
        sales = made_with.sales
        sales = facts.sales_until(warehouse, end, made_with.costs) if sales is None else sales
        found |= _of_orders(facts.bought(sales, warehouse, customers, first, end))
    if "second_purchase" in asked:
        once = facts.ordered_once(warehouse, customers, first)
        found["second_purchase"] = Values(found["buyers"].values, among=once)
    if "margin" in asked:
        found["margin"] = Values(*facts.gross_profit(warehouse, customers, first, end))
    if asked & {"unsubscribes", "complaints"}:
        found |= {name: Values(one) for name, one in facts.opposed(warehouse, customers, first, end).items()}
    if asked & {"dwell", "shares"}:
        found |= {name: Values(one) for name, one in facts.attended(warehouse, customers, first, end).items()}
    back = first + timedelta(days=RETURN_DAY)
    if "return_day_7" in asked and back < end:
        found["return_day_7"] = Values(facts.active(warehouse, customers, back, back + timedelta(days=1)))
    for name in asked & set(made_with.declared):
        did = made_with.declared[name]
        found[name] = Values(facts.did(warehouse, did, customers, first, end, made_with.market))
    return {name: found[name] for name in names if name in found}


def as_outcome(
    name: str, found: Values, *, role: str = "other", before: Array | None = None, after: str = ""
) -> Outcome:
    """What a reading compares; ``after`` is added to the name."""
    kind = OUTCOMES[name].kind if name in OUTCOMES else "count"
    return Outcome(name + after, kind, found.values, found.below, found.among, before, role)


def _of_orders(found: Mapping[str, Array]) -> dict[str, Values]:
    sold, refunded, orders = (found[name] for name in ("sold", "refunded", "orders"))
    return {
        CONTRIBUTION: Values(found["contribution"]),
        "net_sales": Values(sold - refunded),
        "orders": Values(orders),
        "buyers": Values((orders > 0).astype(np.float64)),
        "refunds": Values(refunded),
        "refund_rate": Values(refunded, sold),
    }
