"""What is said of a table's groups."""

from collections.abc import Mapping

import numpy as np

from daogou.base.words import gettext as _
from daogou.profile import apart
from daogou.profile.groups import Clarity
from daogou.profile.mixed_kmeans import FEWEST, KMeans, key
from daogou.profile.table_keep import Kept
from daogou.profile.table_steps import Steps


def about_steps(found: Steps) -> list[str]:
    """What each step dropped, and what it leaves out at its boundary."""
    lines = [_("Rows: {n}").format(n=f"{found.rows:,}")]
    if found.missing:
        lines.append(_("Dropped, because a value is missing: {n}").format(n=f"{found.missing.dropped:,}"))
        if found.missing.by_column:
            gaps = [f"{name} {rows:,}" for name, rows in found.missing.by_column.items()]
            lines[-1] += _(" (gaps by column: {columns})").format(columns=_(", ").join(gaps[:8]))
        if found.missing.elsewhere:
            lines.append(
                _("  of them {n} miss only columns that the groups do not use").format(n=f"{found.missing.elsewhere:,}")
            )
    for one, dropped in zip(found.kept, found.dropped, strict=True):
        lines += _about_condition(one, dropped)
    return [*lines, _("Rows that are grouped: {n}").format(n=f"{found.table.num_rows:,}")]


def _about_condition(one: Kept, dropped: int) -> list[str]:
    text = one.condition.text
    lines = [_("Dropped, because '{condition}' does not hold: {n}").format(condition=text, n=f"{dropped:,}")]
    if one.unknown:
        lines.append(_("  of them not known, so that it cannot hold: {n}").format(n=f"{one.unknown:,}"))
    if one.boundary is not None:
        lines.append(
            _(
                "  of them exactly at the boundary ({column} = {value}): {n}; '{condition}' leaves them out, "
                "'{inclusive}' would keep them"
            ).format(
                column=one.condition.column,
                value=one.condition.value,
                n=f"{one.boundary:,}",
                condition=text,
                inclusive=one.inclusive,
            )
        )
    return lines


def about_groups(model: KMeans) -> list[str]:
    """The groups, largest first, and how far to trust them."""
    rows = len(model.labels_)
    sizes = sizes_of(model)
    lines = [] if model.k else [_("k-means: {k} groups, chosen by silhouette.").format(k=len(sizes))]
    lines += curve_lines(model.curve_, len(sizes))
    names = model.names
    for label in sorted(sizes, key=lambda label: (-sizes[label], label)):
        lines.append(
            _("{key} · {name}: {n} ({percent} %); {apart}").format(
                key=key(label),
                name=names[label],
                n=f"{sizes[label]:,}",
                percent=f"{100 * sizes[label] / rows:.0f}",
                apart=apart.describe(model.apart_[label]),
            )
        )
    return [*lines, *about_rest(model)]


def about_rest(model: KMeans) -> list[str]:
    """Who is in no group, which columns were not used, and how far to trust the groups."""
    lines = []
    unknown = int((model.labels_ < 0).sum())
    if unknown:
        lines.append(_("In no group, because less than half is known of them: {n}").format(n=f"{unknown:,}"))
    if model.space_.constant:
        lines.append(
            _("Not used, because everyone is equal there or nothing is known: {columns}").format(
                columns=_(", ").join(model.space_.constant)
            )
        )
    return [*lines, *warnings(model)]


def warnings(model: KMeans) -> list[str]:
    """Why these groups may be none."""
    rows = int((model.labels_ >= 0).sum())
    if rows < FEWEST:
        few = _("Caution: of {n} rows nothing can be said with confidence; {fewest} are the least.")
        return [few.format(n=rows, fewest=FEWEST)]
    if model.better_than_noise:
        return []
    if len(model.space_.attributes) == 1:
        return [
            _(
                "Caution: there is one column only. Groups divide its values; nothing shows whether they are kinds of "
                "customers."
            )
        ]
    return [
        _(
            "Caution: these groups are no clearer than what is found in data without groups: they divide customers, "
            "but are not kinds of customers."
        )
    ]


def curve_lines(curve: tuple[Clarity, ...], k: int) -> list[str]:
    """The silhouette of each number of groups beside that of data without any."""
    return [
        _("{mark}k = {k}: silhouette {value} ({low} to {high}); data without groups {shuffled}").format(
            mark="* " if one.k == k else "  ",
            k=one.k,
            value=f"{one.silhouette.value:.3f}",
            low=f"{one.silhouette.low:.3f}",
            high=f"{one.silhouette.high:.3f}",
            shuffled=f"{one.shuffled:.3f}",
        )
        for one in curve
    ]


def sizes_of(model: KMeans) -> Mapping[int, int]:
    """The rows of each group, by label."""
    labels, counts = np.unique(model.labels_[model.labels_ >= 0], return_counts=True)
    return dict.fromkeys(model.numbers_, 0) | dict(zip(labels.tolist(), counts.tolist(), strict=True))
