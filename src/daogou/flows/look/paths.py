"""What people bought, or did, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from daogou.base.errors import DaogouError
from daogou.base.settings import nearest
from daogou.base.words import gettext as _
from daogou.flows.look import said
from daogou.flows.look.audience import Crowd, Keep, audience
from daogou.flows.look.period import span
from daogou.flows.workspace import StageReport, Workspace
from daogou.measure.look import paths as look

NOTHING = "-"  # as a person names a step at which nothing more came
_MOST_STEPS = 10
_MOST_TOLD = 1_000  # names that a hint chooses from


@dataclass(frozen=True)
class Question:
    """Of what, how many steps, how many names a step, and on which days people began; without any, whenever."""

    of: look.Of = "categories"
    steps: int = 3
    top: int = 5
    first: date | None = None
    last: date | None = None


def paths(workspace: Workspace, asked: Question, wanted: Sequence[str], keep: Keep) -> StageReport:
    """Links from step to step and the most frequent whole paths, or the people whose path begins with ``wanted``.

    Raises:
        DaogouError: the steps or the days are none, or nobody took a step that is called so.
    """
    _check(asked, wanted)
    with workspace.warehouse() as warehouse:
        as_of = workspace.as_of(warehouse)
        first, until = (None, None)
        if asked.first or asked.last:
            first, until = span(asked.first or date.min, asked.last, as_of, 1)
        trail = look.read(warehouse, asked.of, as_of, asked.steps, first, until)
        links, whole = look.links(trail, asked.top), look.paths(trail, asked.top)
        told = {"as_of": as_of.isoformat(), "of": asked.of, "people": len(trail.customers)}
        told |= {"links": _links(links), "paths": [_plain(path, len(trail.customers)) for path in whole]}
        if wanted:
            names = [None if name == NOTHING else name for name in wanted]
            _check_names(names, trail)
            crowd = Crowd(look.went(trail, names).tolist(), lambda: _walk(names, asked.of))
            kept, lines = audience(workspace, warehouse, as_of, crowd, keep)
            return StageReport(told | {"audience": kept}, lines)
    lines = _lines(links, whole, len(trail.customers), asked)
    if asked.of == "categories" and trail.names == (look.UNNAMED,):
        lines.append(_("No item has a category; --of items shows what was bought."))
    return StageReport(told, lines)


def _check(asked: Question, wanted: Sequence[str]) -> None:
    where = "daogou look paths"
    if not 2 <= asked.steps <= _MOST_STEPS:
        raise DaogouError(
            _("a path has 2 to {most} steps, not {n}").format(most=_MOST_STEPS, n=asked.steps),
            f"{where} --steps",
            _("Write 3, for example."),
        )
    if asked.top < 1:
        raise DaogouError(_("at least one name a step must be shown"), f"{where} --top", _("Write 5, for example."))
    if len(wanted) > asked.steps:
        raise DaogouError(
            _("the path names {n} steps, and {steps} are looked at").format(n=len(wanted), steps=asked.steps),
            f"{where} --path",
            _("Raise --steps."),
        )


def _check_names(wanted: Sequence[str | None], trail: look.Trail) -> None:
    known = [name for name in trail.names if name][:_MOST_TOLD]
    for name in wanted:
        if name is not None and name not in trail.names:
            raise DaogouError(
                _("nobody took a step called '{name}'").format(name=name),
                "daogou look paths --path",
                nearest(name, known) if known else _("Nobody began in these days."),
            )


def name_of(name: str | None, of: str) -> str:
    """What a reader calls a step."""
    if name is None:
        return _("nothing more")
    if name == look.OTHER:
        return _("others")
    if name == look.UNNAMED:
        return _("without a category")
    return _event(name) if of == "events" else name


def _event(kind: str) -> str:
    return {
        "bought": _("order"),
        "view": _("view"),
        "click": _("click"),
        "cart": _("put in cart"),
        "favourite": _("favourite"),
        "rate": _("rating"),
        "read": _("reading"),
        "share": _("sharing"),
        "search": _("search"),
        "like": _("like"),
        "follow": _("follow"),
        "comment": _("comment"),
        "sign_up": _("sign-up"),
        "sign_in": _("sign-in"),
    }.get(kind, _("other deed"))


def _walk(names: Sequence[str | None], of: str) -> str:
    return " → ".join(name_of(name, of) for name in names)


def _links(found: Sequence[look.Link]) -> list[dict[str, Any]]:
    """A row a link, as a Sankey chart takes it; "other" and "end" say what is no name."""
    came: dict[tuple[int, str], int] = {}
    for link in found:
        came[link.step, link.start] = came.get((link.step, link.start), 0) + link.people
    return [
        {
            "step": link.step + 1,
            "from": None if link.start == look.OTHER else link.start,
            "to": None if link.end in (None, look.OTHER) else link.end,
            "from_kind": "other" if link.start == look.OTHER else "name",
            "to_kind": "end" if link.end is None else "other" if link.end == look.OTHER else "name",
            "people": link.people,
            "share": round(link.people / came[link.step, link.start], 6),
        }
        for link in found
    ]


def _plain(path: look.Path, everyone: int) -> dict[str, Any]:
    return {"path": list(path.names), "people": path.people, "share": round(path.people / everyone, 6)}


def _lines(
    links: Sequence[look.Link], whole: Sequence[look.Path], everyone: int, asked: Question
) -> list[str]:  # fmt: skip
    if not everyone:
        return [_("Nobody began in these days.")]
    lines = [_("Customers: {n}. Most frequent paths:").format(n=f"{everyone:,}")]
    for path in whole:
        percent = said.percent(path.people / everyone)
        lines.append(f"  {_walk(path.names, asked.of)}: {path.people:,} ({percent} %)")
    for step in range(asked.steps - 1):
        here = [link for link in links if link.step == step]
        gone = sum(link.people for link in here if link.end is None)
        came = sum(link.people for link in here)
        if came:
            lines.append(
                _("From step {a} to {b}: {n} came to {a}, {gone} ({percent} %) have nothing more so far.").format(
                    a=step + 1, b=step + 2, n=f"{came:,}", gone=f"{gone:,}", percent=said.percent(gone / came)
                )
            )
    return lines
