"""The rows that targets are learned from: who, at which moments, what was known of them, and what came about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from daogou.base import calendar
from daogou.base.rule import Field, Rule, walk
from daogou.base.rule_check import Vocabulary, check
from daogou.predict.history import KEY, amounts, amounts_before, event_days, frame, history, outcomes, with_gaps
from daogou.predict.learn import Rows
from daogou.predict.settings import PredictSettings, place
from daogou.predict.target import Moments, Target
from daogou.predict.target_declared import asked_attributes
from daogou.predict.target_events import OWN_ATTRIBUTES, attribute_spans, days_of, left_days, money_days
from daogou.profile.features import LEARNED, features, numbers
from daogou.profile.settings import ProfileSettings
from daogou.store.rule import members, profile_kinds
from daogou.store.tables import CUSTOMERS, PROFILES, Table
from daogou.store.warehouse import Warehouse

_ASIDE = ("due_days",)  # known of people beside what models learn from
_WITHIN = "outcome_days"  # the column of each customer's own days, where a target's days differ


@dataclass(frozen=True)
class Company:
    """What of a company's settings decides who is meant."""

    market: str = ""  # the country whose public holidays count
    profile: ProfileSettings = field(default_factory=ProfileSettings)


class Sources:
    """Profiles and histories at every moment of every target, computed once."""

    def __init__(
        self,
        warehouse: Warehouse,
        as_of: date,
        plans: Mapping[Target, Moments],
        settings: PredictSettings,
        company: Company,
    ) -> None:
        """Compute them; ``plans`` holds the moments of the targets that there are enough data for."""
        self.warehouse, self.attributes, self.company = warehouse, settings.attributes, company
        self.as_of = as_of
        self.cuts = sorted({as_of}.union(*(plan.train + plan.test + plan.known for plan in plans.values())))
        told = numbers(warehouse, self.cuts, attributes=bool(settings.attributes), aside=_ASIDE)
        self.everyone = warehouse.materialise("predict_all", told)
        recent = self.everyone.filter(self.everyone.recency_days <= settings.population_days)
        self.recent = warehouse.materialise("predict_recent", recent.drop(*_ASIDE))  # whom most targets are about
        self.days = warehouse.materialise("predict_days", self._days(plans))
        self.past = warehouse.materialise("predict_past", history(self.days, self.cuts))

    def _days(self, targets: Iterable[Target]) -> ir.Table:
        own = [target for target in targets if target.is_declared]
        categories = [target.category for target in targets if target.category and not target.is_declared]
        days = event_days(self.warehouse, categories)
        parts = [days.drop("gap")]
        for target in own:
            if target.category and target.event is not None:
                found = days_of(self.warehouse, target.event, target.category, self.as_of, self.company.market)
                parts.append(found)
            if target.kind == "contract":
                parts.append(left_days(self.warehouse, target.attribute, target.left, target.happens))
        return with_gaps(ibis.union(*parts)) if len(parts) > 1 else days

    def rows(self, target: Target) -> Rows:
        """The rows of a target at every moment, with what came about where it is known."""
        who = general = self.recent
        if not _is_usual(target):
            who = self.warehouse.materialise("predict_who", self.population(target))
            general = self.everyone.drop(*_ASIDE).semi_join(who, KEY)
        columns = frame(general, self.past, target.category, self.attributes)
        if target.of_values:
            before = amounts_before(self.money(target), who, target.days, target.last_window)
            columns = columns.drop(*({target.last_window} & set(columns.columns)))  # which knows of no refunds
            columns = columns.left_join(before, KEY).drop("customer_id_right", "as_of_right").order_by(*reversed(KEY))
        return Rows.of(self.warehouse.to_arrow(columns), self.warehouse.to_arrow(self.outcomes(target, who)))

    def outcomes(self, target: Target, rows: ir.Table) -> ir.Table:
        """What came about of ``rows`` (customer_id, as_of): the same with ``outcome``, in order of both."""
        if target.of_values:
            return amounts(self.money(target), rows, target.days)
        if target.kind in ("second_purchase", "churn") and _WITHIN not in rows.columns:
            rows = self._with_own_days(target, rows)
        within = _WITHIN if _WITHIN in rows.columns else target.days
        return outcomes(self.days, rows, target.happens, within, target.is_absence)

    def money(self, target: Target) -> ir.Table:
        """What each customer brought on each day."""
        assert target.event is not None  # noqa: S101 every declared target has one
        return money_days(self.warehouse, target.event, self.as_of, self.company.market)

    def population(self, target: Target) -> ir.Table:
        """customer_id and as_of of whom a target is predicted for; with each one's own days, where these differ."""
        if _is_usual(target):
            return self.recent.select(*KEY)
        rows = self._under_contract(target) if target.kind == "contract" else _with_days(target, self.everyone)
        if target.population is not None:
            rows = rows.semi_join(self._meeting(target.population, place(target.name)), KEY)
        return rows.select(*KEY, *([_WITHIN] if _WITHIN in rows.columns else []))

    def alive(self) -> pa.Table:
        """customer_id, frequency, recency and age (days) of everyone at ``as_of``, as lifetime models read them."""
        now = self.everyone.filter(self.everyone.as_of == ibis.date(self.as_of.isoformat()))
        last = now.tenure_days - now.recency_days
        return self.warehouse.to_arrow(
            now.select("customer_id", frequency=now.order_days - 1, recency=last, age=now.tenure_days).order_by(
                "customer_id"
            )
        )

    def _with_own_days(self, target: Target, rows: ir.Table) -> ir.Table:
        """``rows`` with each one's own days, of moments that may lie beside the target's."""
        moments = self.warehouse.to_arrow(rows.select("as_of").distinct().order_by("as_of"))["as_of"].to_pylist()
        if not moments:
            return rows.mutate(**{_WITHIN: ibis.literal(0)})
        people = _with_days(target, numbers(self.warehouse, moments, aside=_ASIDE)).select(*KEY, _WITHIN)
        joined = rows.select(*KEY).left_join(people, KEY)
        return joined.select(*KEY, **{_WITHIN: ibis.coalesce(joined[_WITHIN], 0)})

    def _under_contract(self, target: Target) -> ir.Table:
        """Those whose attribute is known at the moment, and does not say that they left."""
        spans = attribute_spans(self.warehouse, target.attribute).drop("is_static")
        at = self.everyone.select(*KEY)
        joined = at.join(
            spans,
            [at.customer_id == spans.customer_id, spans.from_day <= at.as_of, at.as_of < spans.until_day],
        )
        staying = joined.filter(joined.told.notnull(), ~joined.told.isin(list(target.left)))
        return staying.select(*KEY)

    def _meeting(self, rule: Rule, where: str) -> ir.Table:
        """customer_id and as_of of everyone who meets ``rule`` at each moment.

        Raises:
            DaogouError: it names what does not exist.
        """
        check(rule, self._vocabulary(rule), f"{where} population")
        engine = _AsOf(self.warehouse, self._profiles(rule))
        met = [
            members(engine, rule, cut, self.company.market).mutate(as_of=ibis.date(cut.isoformat()))
            for cut in self.cuts
        ]
        return self.warehouse.materialise("predict_meeting", ibis.union(*met) if len(met) > 1 else met[0])

    def _profiles(self, rule: Rule) -> ir.Table:
        """Profiles at every moment, with as many columns as ``rule`` asks for."""
        asked = {node.name for _path, node in walk(rule) if isinstance(node, Field) and node.kind == "profile"}
        if asked <= set(LEARNED):
            told = numbers(self.warehouse, self.cuts, attributes=bool(asked_attributes(rule)))
        else:
            told = features(self.warehouse, self.cuts, self.company.profile, self.company.market)
        return self.warehouse.materialise("predict_profiles", told)

    def _vocabulary(self, rule: Rule) -> Vocabulary:
        known: list[Any] = []
        if asked_attributes(rule):
            keys = self.warehouse.table(CUSTOMERS).select(name=lambda t: t.attributes.keys()).unnest("name")
            known = self.warehouse.to_arrow(keys.distinct().order_by("name"))["name"].to_pylist()
        own = dict.fromkeys(self.company.profile.features, "number")
        return Vocabulary(
            profile=profile_kinds() | own,  # type: ignore[arg-type]
            attributes=[*OWN_ATTRIBUTES, *known],
            targets=(),
            tags=(),
            festivals=calendar.names(self.company.market, self.as_of.year),
        )


class _AsOf:
    """The warehouse, with profiles of other moments in the place of those that were written."""

    def __init__(self, warehouse: Warehouse, profiles: ir.Table) -> None:
        self._warehouse, self._profiles = warehouse, profiles

    def table(self, table: Table) -> ir.Table:
        return self._profiles if table is PROFILES else self._warehouse.table(table)

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        return self._warehouse.to_arrow(expression)

    def scalar(self, expression: ir.Scalar) -> Any:
        return self._warehouse.scalar(expression)

    def materialise(self, name: str, rows: ir.Table | pa.Table) -> ir.Table:
        return self._warehouse.materialise(name, rows)


def _is_usual(target: Target) -> bool:
    """Whether it is about everyone who ordered lately."""
    return target.population is None and target.kind in ("happening", "absence", "spend")


def _with_days(target: Target, people: ir.Table) -> ir.Table:
    """Those of whom the target can be asked, where it has days of each one's own.

    A second purchase: who ordered on one day alone, less than ``days`` ago; what is left of them counts. Churn by
    silence: who is not overdue; the days are their own due window, and who is due later than ``days`` is left out.
    """
    if target.kind == "second_purchase":
        held = people.filter(people.order_days == 1, people.recency_days < target.days)
        return held.mutate(**{_WITHIN: target.days - held.recency_days})
    if target.kind == "churn":
        due = people.due_days.ceil().cast("int64")
        return people.mutate(**{_WITHIN: due}).filter(people.recency_days <= people.due_days, due <= target.days)
    return people
