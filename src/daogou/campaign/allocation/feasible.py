"""Limits that cannot all be kept: which, and the least change that would do."""

import math
from dataclasses import replace

import numpy as np

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.campaign.allocation.limits import Array, Limits, problem
from daogou.campaign.allocation.question import Question
from daogou.campaign.allocation.solve import Answer, solve


def check(question: Question) -> None:
    """Look at each limit that asks for customers by itself.

    Raises:
        DaogouError: eligible customers, a capacity or the budget are not enough for one of them, by so much.
    """
    limits = question.limits
    if not limits.asks:
        return
    for o, least in enumerate(limits.least.tolist()):
        _one(limits, 1 + len(limits.capacity) + len(limits.most) + o, least, _of_offer(question, o), limits.offer == o)
    for g, floor in enumerate(limits.floor.tolist()):
        place = len(limits.amounts) - len(limits.floor) + g
        _one(limits, place, floor, _of_group(question, g), np.ones(len(limits.channel), np.bool_))
    for name, asked in ((_("leasts of offers"), limits.least), (_("floors of groups"), limits.floor)):
        room = int(limits.capacity[np.unique(limits.channel)].sum())
        if asked.sum() > room:
            text = _("the {name} ask for {n} customers, and all capacities together allow {room}")
            hint = _("Ask for {n} fewer, or raise capacities by {n}.").format(n=int(asked.sum()) - room)
            raise problem(_("limits"), text.format(name=name, n=int(asked.sum()), room=room), hint)


def _one(limits: Limits, place: int, asked: int, cheapest: Array, actions: Array) -> None:
    """Check one limit: ``cheapest`` is the least cost of each customer who could count for it."""
    name = limits.name(place)
    if asked > len(cheapest):
        text = _("{name} asks for {n} customers, and {there} are eligible").format(
            name=name, n=asked, there=len(cheapest)
        )
        raise problem(_("limits"), text, _("Lower it to {n}.").format(n=len(cheapest)))
    channels = np.unique(limits.channel[actions])
    room = int(limits.capacity[channels].sum())
    if asked > room:
        text = _("{name} asks for {n} customers, and the capacities of its channels allow {room}").format(
            name=name, n=asked, room=room
        )
        raise problem(
            _("limits"), text, _("Lower it to {room}, or raise capacities by {n}.").format(room=room, n=asked - room)
        )
    least = math.fsum(np.partition(cheapest, asked - 1)[:asked].tolist()) if asked else 0.0
    if least > limits.budget:
        text = _("{name} costs at least {least}, and the budget is {budget}").format(
            name=name, least=least, budget=limits.budget
        )
        raise problem(_("limits"), text, _("Raise the budget to {least}, or lower what is asked.").format(least=least))


def _of_offer(question: Question, offer: int) -> Array:
    """The cheapest cost of the offer for each customer eligible for it."""
    return _cheapest(question, np.arange(len(question.value)), np.flatnonzero(question.limits.offer == offer))


def _of_group(question: Question, group: int) -> Array:
    """The cheapest cost of any action for each customer of the group eligible for one."""
    return _cheapest(question, np.flatnonzero(question.group == group), np.arange(question.value.shape[1]))


def _cheapest(question: Question, ids: Array, actions: Array) -> Array:
    if not len(actions):
        return np.empty(0)
    cost = question.cost[np.ix_(ids, actions)].astype(np.float64)
    if len(question.eligible):
        cost[~question.eligible[np.ix_(ids, actions)]] = np.inf
    least = cost.min(axis=1)
    return np.asarray(least[np.isfinite(least)])


def least_breach(question: Question) -> Answer:
    """The allocation that asks for least too much, value left aside; its bound is minus what no allocation can lack.

    Values are 0 and the last 1 that is asked for costs at most 1, so that prices say what an unkept limit costs.
    """
    value = np.zeros_like(question.value)
    return solve(replace(question, value=value, ceiling=1.0))


def refusal(question: Question, least: Answer) -> DaogouError:
    """The error that names the limits which :func:`least_breach` cannot keep, and by how much."""
    limits, over = question.limits, question.breach(least.action)
    first = len(over) - limits.asked
    named = _named(limits, over)
    proven = max(math.ceil(-least.bound - 1e-6), 0)
    text = _("not all can be kept; what is asked for is at least {n} customers too much").format(n=proven)
    hint = _("This would do: lower {limits}.").format(limits=named)
    binding = [limits.name(place) for place in range(first) if least.prices[place] > 1e-6]
    if binding:
        hint += " " + _("Or raise {limits}.").format(limits=", ".join(binding))
    return problem(_("limits"), text, hint)


def unkept(limits: Limits, over: Array) -> DaogouError:
    """The error where an allocation was found that breaches limits by ``over`` (prices,), and no better one."""
    text = _("no allocation was found that keeps all")
    return problem(_("limits"), text, _("This would do: lower {limits}.").format(limits=_named(limits, over)))


def _named(limits: Limits, over: Array) -> str:
    """Which are breached, and by how much."""
    places = [place for place in range(len(over)) if over[place] > 0]
    return ", ".join(_("{name} by {n:.6g}").format(name=limits.name(place), n=over[place]) for place in places)
