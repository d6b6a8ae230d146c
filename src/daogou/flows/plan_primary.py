"""What the primary outcome of the next campaign was in the past, person by person."""

import math
from datetime import date, timedelta

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.campaign.population import Population
from daogou.campaign.primary import Primary
from daogou.campaign.settings import WHERE
from daogou.flows import outcomes
from daogou.flows.workspace import Workspace
from daogou.store.warehouse import Warehouse

_ORDERED = ("net_sales", "orders")


def history(workspace: Workspace, warehouse: Warehouse, people: Population, as_of: date) -> Primary:
    """The outcome that the settings name, in the last ``outcome_days`` before ``as_of``, and what one of it is worth.

    One more order is worth what orders brought on average, one more buyer what buyers did; what time, shares, visits
    and applications are worth nobody knows.

    Raises:
        DaogouError: no facts tell of the outcome, no rule declares it, or the days are too few for it.
    """
    settings = workspace.settings.plan
    name, made_with = settings.primary, outcomes.terms(workspace)
    why = outcomes.lacking(warehouse, [name], made_with).get(name)
    if why is not None:
        raise _unknown(name, why)
    first = as_of - timedelta(days=settings.outcome_days)
    found = outcomes.measured(warehouse, [name, *_ORDERED], people.customer_id, first, as_of, made_with)
    if name not in found:
        raise DaogouError(
            _("{days} days are too few for the outcome '{name}'").format(days=settings.outcome_days, name=name),
            WHERE,
            _("Set outcome_days to {days} or more.").format(days=outcomes.RETURN_DAY + 1),
        )
    one = found[name]
    net, orders = (float(found[each].values.sum()) for each in _ORDERED)
    bought = {"orders": orders, "second_purchase": orders, "buyers": float(one.values.sum())}
    if name in bought:
        worth = settings.margin_used * net / bought[name] if bought[name] > 0 else math.nan
    else:
        worth = {"contribution": 1.0, "net_sales": settings.margin_used}.get(name, math.nan)
    return Primary(name, one.values, worth, one.among)


def _unknown(name: str, why: str) -> DaogouError:
    if why == "undeclared":
        return DaogouError(
            _("no rule says which event is the outcome '{name}'").format(name=name),
            WHERE,
            _("Declare it in [measure.outcomes]."),
        )
    return DaogouError(
        _("no facts tell of the outcome '{name}'").format(name=name),
        WHERE,
        _("Map a file that does, or choose another one as primary."),
    )
