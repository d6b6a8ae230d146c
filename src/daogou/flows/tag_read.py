"""Tags looked at: what there are, who has one, and one customer's with their history."""

from datetime import date
from typing import Any, NamedTuple

import ibis

from daogou.base import words
from daogou.base.errors import DaogouError
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.flows.workspace import StageReport, Workspace
from daogou.profile.tag_settings import TagSettings
from daogou.profile.tags_history import holding
from daogou.profile.tags_words import reason, title, value_label
from daogou.store.tables import PROFILES, TAG_RUNS, TAGS
from daogou.store.warehouse import Warehouse
from daogou.trust.identity import recognise

_SHOWN = 20  # values of a tag; the JSON has all


class HeldTag(NamedTuple):
    """One tag of a customer, with why it began, said in the current language."""

    tag: str
    value: str
    since: date
    reason: str
    until: date | None = None  # the day from which it holds no longer


def tags_of(warehouse: Warehouse, customer_id: int, as_of: date) -> list[HeldTag]:
    """The tags that a customer has at ``as_of``, by name."""
    mine = holding(warehouse, as_of).filter(lambda tags: tags.customer_id == customer_id)
    return [_held(row) for row in warehouse.to_arrow(mine.order_by("tag")).to_pylist()]


def history_of(warehouse: Warehouse, customer_id: int) -> list[HeldTag]:
    """Every tag that a customer ever had, by name, the oldest first."""
    tags = warehouse.table(TAGS)
    mine = tags.filter(tags.customer_id == customer_id).order_by("tag", "from_day")
    return [_held(row) for row in warehouse.to_arrow(mine).to_pylist()]


def list_tags(workspace: Workspace) -> StageReport:
    """Every tag of the settings, with how many customers have it.

    Raises:
        DaogouError: the settings declare none.
    """
    named = _named(workspace)
    with workspace.warehouse() as warehouse:
        runs = {row["tag"]: row for row in warehouse.to_arrow(warehouse.table(TAG_RUNS)).to_pylist()}
    rows: list[dict[str, Any]] = []
    for name, tag in named.items():
        run = runs.get(name)
        told: dict[str, Any] = {"tag": name, "title": title(name, tag), "kind": tag.kind}
        told |= {key: run[key] if run else None for key in ("as_of", "customers", "withheld", "unknown")}
        rows.append(told)
    lines = [_listed(row) for row in rows]
    return StageReport({"tags": rows}, lines)


def show_tag(workspace: Workspace, name: str) -> StageReport:
    """One tag: how many customers have each of its values now.

    Raises:
        DaogouError: there is no such tag.
    """
    tag = _known(workspace, name)
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        rows = holding(warehouse, as_of).filter(lambda tags: tags.tag == name)
        counted = rows.group_by("value").aggregate(customers=rows.count())
        found = warehouse.to_arrow(counted.order_by(ibis.desc("customers"), "value")).to_pylist()
        profiles = warehouse.table(PROFILES)
        everyone = warehouse.scalar(profiles.filter(profiles.as_of == ibis.date(as_of.isoformat())).count())
    labels = {}
    for code in words.LANGUAGES:
        with words.language(code):
            labels[code] = {row["value"]: value_label(tag, row["value"]) for row in found}
    values = [row | {f"label_{code}": labels[code][row["value"]] for code in words.LANGUAGES} for row in found]
    have = sum(row["customers"] for row in found)
    lines = [
        _("{tag} ({kind}): {n} of {customers} customers have it.").format(
            tag=title(name, tag), kind=tag.kind, n=f"{have:,}", customers=f"{everyone:,}"
        )
    ]
    said = labels[words.current_language()]
    lines += [_("  {value}: {n}").format(value=said[row["value"]], n=f"{row['customers']:,}") for row in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(_("  and {n} other values").format(n=f"{len(found) - _SHOWN:,}"))
    told = {"as_of": as_of, "tag": name, "title": title(name, tag), "kind": tag.kind}
    return StageReport(told | {"customers": have, "values": values}, lines)


def tag_history(workspace: Workspace, external: str) -> StageReport:
    """Every tag that the customer whom the company calls ``external`` ever had, with why it began.

    Raises:
        DaogouError: nobody is called so.
    """
    with workspace.ledger() as ledger, ledger.transaction() as connection:
        found = recognise(connection, workspace.keys, "customer", [external])
    if external not in found:
        raise DaogouError(
            _("there is no customer '{id}'").format(id=external),
            "daogou tag history",
            _("Write the id as it stands in your files, and run 'daogou ingest' where they are new."),
        )
    with workspace.warehouse() as warehouse:
        said = {}
        for code in words.LANGUAGES:
            with words.language(code):
                said[code] = history_of(warehouse, found[external])
    named = workspace.settings.tags.named
    lines = [_told(one, named.get(one.tag)) for one in said[words.current_language()]]
    rows: list[dict[str, Any]] = [
        {"tag": one.tag, "value": one.value, "from_day": one.since, "until_day": one.until}
        | {f"reason_{code}": said[code][place].reason for code in words.LANGUAGES}
        for place, one in enumerate(said["en"])
    ]
    return StageReport({"customer": external, "tags": rows}, lines or [_("This customer never had a tag.")])


def _held(row: dict[str, Any]) -> HeldTag:
    return HeldTag(row["tag"], row["value"], row["from_day"], reason(row["reason"]), row["until_day"])


def _told(one: HeldTag, tag: TagSettings | None) -> str:
    known = {"tag": title(one.tag, tag), "value": value_label(tag, one.value), "reason": one.reason}
    if one.until is None:
        return _("{tag}: {value} since {day}: {reason}").format(day=one.since, **known)
    return _("{tag}: {value} from {day} until {until}: {reason}").format(day=one.since, until=one.until, **known)


def _listed(row: dict[str, Any]) -> str:
    name = row["title"] if row["title"] == row["tag"] else f"{row['tag']} · {row['title']}"
    if row["customers"] is None:
        return _("{tag} ({kind}): not computed yet; run 'daogou segment'.").format(tag=name, kind=row["kind"])
    return _("{tag} ({kind}): {n} customers").format(tag=name, kind=row["kind"], n=f"{row['customers']:,}")


def _named(workspace: Workspace) -> dict[str, TagSettings]:
    named = dict(workspace.settings.tags.named)
    if not named:
        raise DaogouError(
            _("there are no tags"),
            str(workspace.path / "daogou.toml"),
            _("Declare some in [tags.NAME]: docs/methods/tags.md."),
        )
    return named


def _known(workspace: Workspace, name: str) -> TagSettings:
    named = _named(workspace)
    if name not in named:
        raise DaogouError(_("there is no tag '{name}'").format(name=name), "daogou tag show", nearest(name, named))
    return named[name]
