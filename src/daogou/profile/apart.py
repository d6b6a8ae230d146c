"""What sets a segment apart: measured as numbers, said in words."""

import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import numpy as np

from daogou.base.words import gettext as _
from daogou.profile.apart_words import measure as measure
from daogou.profile.apart_words import trait
from daogou.profile.matrix import SHARE, Array
from daogou.profile.mixed import DAY, LEVEL

NOTABLE = 0.25  # a gap of a quarter of a standard deviation is small, but seen (Cohen's d of 0.2 is "small")
_SAID = 3  # numbers in a description
_NAMED = 2  # words in a name, where that is enough to tell groups apart


@dataclass(frozen=True)
class Contrast:
    """The mean of one number in a segment and over everyone; ``gap`` is their difference in standard deviations."""

    feature: str
    mean: float
    overall: float
    gap: float


def contrasts(names: tuple[str, ...], values: Array, inside: Array) -> list[Contrast]:
    """Each number's contrast, widest gap first; values not known are left out. ``inside`` marks the segment's rows."""
    made = []
    for name, column in zip(names, values.T, strict=True):
        known = np.isfinite(column)
        if not (known & inside).any():
            continue
        overall, spread = float(column[known].mean()), float(column[known].std())
        mean = float(column[known & inside].mean())
        gap = (mean - overall) / spread if spread > 0 else 0.0
        made.append(Contrast(name, *(float(f"{x:.12g}") for x in (mean, overall, gap))))
    return sorted(made, key=lambda contrast: (-abs(contrast.gap), contrast.feature))


class Tally:
    """The contrasts of every group of a table that comes in parts, so that all of it need not be held at once."""

    def __init__(self, names: tuple[str, ...], k: int) -> None:
        """For ``k`` groups and numbers called ``names``."""
        self.names = names
        self._counts, self._sums = np.zeros((k, len(names))), np.zeros((k, len(names)))
        self._all = np.zeros((3, len(names)))  # rows, sums and squares over everyone

    def add(self, values: Array, of: Array) -> None:
        """Rows of ``values`` (rows, names), NaN where not known, and the group of each; below 0: none."""
        known = np.isfinite(values)
        held = np.where(known, values, 0.0)
        member = (of[:, None] == np.arange(len(self._counts))).astype(np.float64).T
        self._counts += member @ known
        self._sums += member @ held
        self._all += np.stack([known.sum(axis=0), held.sum(axis=0), (held**2).sum(axis=0)])

    def contrasts(self) -> list[list[Contrast]]:
        """The contrasts of each group, widest gap first."""
        rows, sums, squares = self._all
        overall = sums / np.maximum(rows, 1)
        spread = np.sqrt(np.maximum(squares / np.maximum(rows, 1) - overall**2, 0.0))
        return [
            _widest(self.names, total / np.maximum(count, 1), overall, spread, count > 0)
            for total, count in zip(self._sums, self._counts, strict=True)
        ]


def _widest(names: tuple[str, ...], means: Array, overall: Array, spread: Array, known: Array) -> list[Contrast]:
    gaps = np.divide(means - overall, spread, out=np.zeros_like(means), where=spread > 0)
    made = [
        Contrast(names[place], *(float(f"{x:.12g}") for x in (means[place], overall[place], gaps[place])))
        for place in np.flatnonzero(known)
    ]
    return sorted(made, key=lambda contrast: (-abs(contrast.gap), contrast.feature))


def to_json(found: list[Contrast]) -> str:
    """``SEGMENT_SUMMARIES.features``."""
    return json.dumps([asdict(contrast) for contrast in found], ensure_ascii=False)


def from_json(features: str) -> list[Contrast]:
    """The contrasts that :func:`to_json` wrote."""
    return [Contrast(**contrast) for contrast in json.loads(features)]


def describe(features: str) -> str:
    """``SEGMENT_SUMMARIES.features`` in words of the current language: the widest gaps, with both means."""
    found = from_json(features)
    if not found:  # an empty segment
        return _("there is nobody to compare")
    said = [
        _("{what} {mean} (everyone {overall})").format(what=what, mean=mean, overall=overall)
        for what, mean, overall in figures(found)
    ]
    return _("; ").join(said) if said else _("much like everyone else")


def figures(found: list[Contrast]) -> list[tuple[str, str, str]]:
    """The widest gaps as what is measured, the mean and that over everyone, in words of the current language."""
    return [
        (measure(c.feature), _figure(c.feature, c.mean), _figure(c.feature, c.overall)) for c in _notable(found)[:_SAID]
    ]


def names(features: dict[str, str]) -> dict[str, str]:
    """A name for each segment key from its ``SEGMENT_SUMMARIES.features``, in the current language, all different.

    A name is made of the widest gaps: two of them, more where two segments would have the same name, and a number
    where words do not tell them apart.
    """
    found = {key: _traits_of(_notable(from_json(text))) for key, text in features.items()}
    longest = max((len(traits) for traits in found.values()), default=0)
    made: dict[str, str] = {}
    for words in range(_NAMED, max(longest, _NAMED) + 1):
        times = Counter(made.values())
        made |= {key: _name(found[key][:words]) for key in found if times[made.get(key, "")] != 1}
        if len(set(made.values())) == len(made):
            return made
    taken: dict[str, int] = {}
    for key in sorted(made):
        name = made[key]
        taken[name] = taken.get(name, 0) + 1
        made[key] = name if taken[name] == 1 else _("{name} ({n})").format(name=name, n=taken[name])
    return made


def _traits_of(found: list[Contrast]) -> list[str]:
    """What a name may say, widest gap first; the levels of one attribute stand together."""
    levels: dict[str, list[str]] = {}
    for contrast in found:
        attribute, equal, level = contrast.feature.partition("=")
        if equal and contrast.gap > 0 and attribute.startswith(LEVEL):
            levels.setdefault(attribute, []).append(level)
    said: dict[str, str] = {}
    for contrast in found:
        attribute = _attribute(contrast.feature)
        if contrast.gap > 0 and attribute in levels:
            several = "/".join(levels[attribute][:_NAMED])
            said.setdefault(attribute, measure(f"{attribute}={several}"))
        else:
            said.setdefault(contrast.feature, trait(contrast.feature, contrast.gap > 0))
    return list(said.values())


def _notable(found: list[Contrast]) -> list[Contrast]:
    """The wide gaps; what a segment seldom has is left out where the same attribute says what it has."""
    wide = [contrast for contrast in found if abs(contrast.gap) >= NOTABLE]
    told = {_attribute(contrast.feature) for contrast in wide if contrast.gap > 0}
    return [c for c in wide if c.gap > 0 or not c.feature.startswith(LEVEL) or _attribute(c.feature) not in told]


def _attribute(feature: str) -> str:
    return feature.partition("=")[0]


def _name(traits: list[str]) -> str:
    name = _(", ").join(traits) or _("average")
    return name[:1].upper() + name[1:]


def _figure(feature: str, value: float) -> str:
    """A share as a percentage, a date as one; other numbers with the digits that matter.

    >>> _figure("weekend_share", 0.325), _figure("orders_365", 63.12), _figure("order_value", 9.4567)
    ('32 %', '63', '9.5')
    >>> _figure("day:joined", 18292.4)
    '2020-01-31'
    """
    if feature.startswith(DAY):
        return (date(1970, 1, 1) + timedelta(days=round(value))).isoformat()
    if feature.startswith((SHARE, LEVEL)) or feature.endswith("_share"):
        return _("{percent} %").format(percent=f"{100 * value:.0f}")
    return f"{value:,.0f}" if abs(value) >= 20 else f"{value:.1f}"
