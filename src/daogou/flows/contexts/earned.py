"""What campaigns earned: readings, observed effects and learnings as the stage measure left them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from daogou.base.estimate import Estimate
from daogou.campaign.sentences import stratum_text
from daogou.flows.contexts.earned_verdict import enough, step_of, verdict_of
from daogou.flows.contexts.outcome_names import base_of, kind_of, name_of
from daogou.flows.contexts.told import Row, estimate, has_interval, rows_of
from daogou.measure.experiment.observed_sentences import regions_too_few_text, verdict_text
from daogou.measure.experiment.region_sentences import why_text
from daogou.report import contexts as page
from daogou.report.contexts import Text
from daogou.store.tables import EVIDENCE, LEARNINGS, LOOKS, OBSERVED, READINGS, RETURNS
from daogou.store.warehouse import Warehouse

_LEVELS = ("programme", "offer", "campaign")
_BY_LOT = ("lots", "regions", "weeks")
_NOT_REFUTED = "not_refuted"
_SURE = 0.05


def earned(warehouse: Warehouse, as_of: date) -> page.Earned | page.Missing:
    """Everything that is known of ``as_of``; missing where the stage measure has found nothing at all."""
    readings = [row for row in rows_of(warehouse, READINGS, as_of) if row["level"] in _LEVELS]  # the year has its own
    observed = rows_of(warehouse, OBSERVED, as_of)
    known_by, learnt = rows_of(warehouse, EVIDENCE, as_of), rows_of(warehouse, LEARNINGS, as_of)
    if not readings and not observed and not known_by:
        return page.Missing("lots")
    seen = {row["campaign_id"] for row in observed}
    done = {row["name"] for row in readings} | {row["campaign_id"] for row in rows_of(warehouse, LOOKS, as_of)}
    return page.Earned(
        tested=_tested(readings, rows_of(warehouse, RETURNS, as_of)),
        waiting=tuple(
            row["campaign_id"] for row in known_by if row["kind"] in _BY_LOT and row["campaign_id"] not in done
        ),
        observed=tuple(_observed(row) for row in sorted(observed, key=_latest_first)),
        untestable=tuple(
            _untestable(row) for row in known_by if row["kind"] == "none" and row["campaign_id"] not in seen
        ),
        learnings=tuple(_learning(row) for row in learnt),
    )


def _latest_first(row: Row) -> tuple[int, str, str]:
    return (-row["from_day"].toordinal(), row["campaign_id"], row["method"])


def _tested(readings: list[dict[str, Any]], returns: list[dict[str, Any]]) -> tuple[page.Tested, ...]:
    """One an arm, the programme first, then offers and campaigns, the latest first."""
    arms: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in readings:
        arms.setdefault((row["level"], row["name"], row["arm"]), []).append(row)
    names = [key[:2] for key in arms]
    ratios = {(row["level"], row["name"]): row for row in returns if row["basis"] == "incremental_roi"}
    order = sorted(arms, key=lambda key: (_LEVELS.index(key[0]), -arms[key][0]["from_day"].toordinal(), key[1], key[2]))
    last = max((arms[key][0]["to_day"] for key in arms if key[0] == "programme"), default=None)
    found = []
    for key in order:
        several = names.count(key[:2]) > 1
        is_last = key[0] != "programme" or arms[key][0]["to_day"] == last
        found.append(_arm(arms[key], several, _return_of(key, several, ratios) if is_last else None))
    return tuple(found)


def _return_of(key: tuple[str, str, str], several: bool, ratios: dict[tuple[str, str], Any]) -> dict[str, Any] | None:
    """Its incremental ROI, as the stage measure names it; of the programme that of its last holdout."""
    level, name, arm = key
    told = f"{name} / {arm}" if several else name
    if level == "programme":
        return ratios.get(("all", told if several else "all"))
    return ratios.get(("campaign", told)) if level == "campaign" else None


def _arm(rows: list[dict[str, Any]], several: bool, returned: dict[str, Any] | None) -> page.Tested:
    whole = [row for row in rows if not row["segment"]]
    first = next((row for row in whole if row["role"] == "primary"), rows[0])
    primary = _outcome(first)
    money = next((row for row in whole if row["outcome"] == "contribution" and row["role"] != "delivered"), None)
    gain = estimate(returned, "gain", first["treated"]) if returned else None
    gain = gain or (estimate(money, "total", first["treated"]) if money else None)
    cost = first["cost"] if returned is None else returned["cost"]
    tail = _one(whole, "tail")
    rails = tuple(_outcome(row) for row in whole if row["role"] == "guard_rail")
    harmed = any(rail.is_sure and _is_bad(row) for rail, row in zip(rails, _of(whole, "guard_rail"), strict=True))
    verdict = verdict_of(primary, gain, cost, first["mismatch_p"])
    needed = enough(gain, cost, first["treated"] + first["held_out"]) if verdict == "unsure" else None
    return page.Tested(
        level=first["level"],
        name=first["name"],
        arm=first["arm"] if several else "",
        unit=first["unit"],
        treated=first["treated"],
        held_out=first["held_out"],
        first_day=first["from_day"],
        last_day=first["to_day"],
        verdict=verdict,
        earned=gain if verdict != "mismatch" and has_interval(gain) else None,
        cost=cost,
        ratio=_ratio(returned) if verdict != "mismatch" else None,
        is_provisional=bool(returned and returned["provisional"]),
        enough=needed,
        step=step_of(verdict, harmed, tail, needed, is_programme=first["level"] == "programme"),
        primary=None if verdict == "mismatch" else primary,
        others=tuple(_outcome(row) for row in whole if row["role"] == "other"),
        guard_rails=rails,
        tail=tail,
        delivered=_one(whole, "delivered"),
        segments=tuple(
            (Text.of(lambda row=row: stratum_text(row["segment"])), effect)  # type: ignore[misc]
            for row in rows
            if row["segment"] and (effect := estimate(row)) is not None
        ),
        mismatch=first["mismatch_p"],
        design=first["design"] or "",
    )


def _ratio(returned: dict[str, Any] | None) -> Estimate | None:
    """Incremental ROI, where it is known how sure it is."""
    found = estimate(returned) if returned else None
    return found if has_interval(found) else None


def _of(rows: list[dict[str, Any]], role: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["role"] == role]


def _one(rows: Iterable[dict[str, Any]], role: str) -> page.Outcome | None:
    """The first outcome of a role of which it is known how sure it is."""
    found = (_outcome(row) for row in rows if row["role"] == role)
    return next((one for one in found if has_interval(one.effect)), None)


def _is_bad(row: Row) -> bool:
    """Whether a guard rail moved the wrong way."""
    return bool(row["value"] < 0 if base_of(row["outcome"]) == "margin" else row["value"] > 0)


def _outcome(row: Row) -> page.Outcome:
    effect = estimate(row, "", row["treated"])
    p_value = row["p_value"] if row["false_discovery"] is None else row["false_discovery"]
    sure = p_value <= _SURE if p_value is not None else effect is not None and (effect.low > 0 or effect.high < 0)
    return page.Outcome(
        name=name_of(row["outcome"]),
        kind=kind_of(row["outcome"]),
        effect=effect,
        plain=estimate(row, "plain", row["treated"]),
        lift=estimate(row, "lift", row["treated"]),
        total=estimate(row, "total", row["treated"]),
        false_discovery=row["false_discovery"],
        is_sure=sure and has_interval(effect),
    )


def _observed(row: Row) -> page.Observed:
    by_region = row["method"] == "difference_in_differences"
    few = by_region and row["verdict"] == "too_few"
    return page.Observed(
        name=row["campaign_id"],
        outcome=name_of(row["outcome"]),
        kind=kind_of(row["outcome"]),
        by_region=by_region,
        effect=estimate(row, "", row["reached"]),
        reached=row["reached"],
        others=row["others"],
        first_day=row["from_day"],
        last_day=row["to_day"],
        overlap=row["overlap"],
        unbalanced_before=row["unbalanced_before"],
        unbalanced_after=row["unbalanced_after"],
        covariates=row["covariates"],
        placebo=estimate(row, "placebo", row["reached"]),
        elsewhere=row["elsewhere_reached"],
        is_doubtful=row["verdict"] != _NOT_REFUTED,
        verdict=Text.of(lambda: regions_too_few_text() if few else verdict_text(row["verdict"])),
    )


def _untestable(row: Row) -> page.Untestable:
    return page.Untestable(
        row["campaign_id"], row["channel"], Text.of(lambda: why_text(row["why"]) if row["why"] else "")
    )


def _learning(row: Row) -> page.Learning:
    name = row["name"]
    return page.Learning(
        level=row["level"],
        name=Text.of(lambda: stratum_text(name)) if row["level"] == "segment" and name else Text(name, name),
        campaigns=row["campaigns"],
        mean=estimate(row, "", row["campaigns"]),  # type: ignore[arg-type]
        next_low=row["next_low"],
        next_high=row["next_high"],
        last_on=row["last_on"],
        age=row["age"],
    )
