"""The ladder of money: from what was ordered down to contribution, each step the sum of all that stands above it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

SUMS = ("gmv", "paid", "net", "gross_profit", "contribution")
LINES: dict[str, tuple[int, str]] = {  # sign, and the step that it stands above
    "ordered": (1, "gmv"),
    "not_paid": (-1, "paid"),
    "cancelled_before_payment": (-1, "paid"),
    "shop_discount": (-1, "paid"),
    "shop_coupon": (-1, "paid"),
    "maker_coupon": (-1, "paid"),
    "platform_discount": (-1, "paid"),
    "other_difference": (-1, "paid"),
    "maker_paid_back": (1, "net"),
    "platform_paid_back": (1, "net"),
    "tax": (-1, "net"),
    "refund_before_dispatch": (-1, "net"),
    "refund_returned": (-1, "net"),
    "refund_other": (-1, "net"),
    "cost_of_goods": (-1, "gross_profit"),
    "cost_of_goods_assumed": (-1, "gross_profit"),
    "goods_back": (1, "gross_profit"),
    "shipping": (-1, "contribution"),
    "commission": (-1, "contribution"),
    "payment_fee": (-1, "contribution"),
}
FROM_SETTINGS = ("cost_of_goods_assumed", "shipping", "commission", "payment_fee")  # no table tells them
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Rung:
    """One line of a ladder: a step where ``is_sum``, else what is added or, below 0, taken off."""

    name: str
    place: int
    amount: Decimal
    is_sum: bool
    assumed: bool


@dataclass(frozen=True)
class Ladder:
    """Exact amounts by line, as they are named in ``LINES``: above 0 what a line adds or takes off."""

    lines: Mapping[str, Decimal]

    def __getitem__(self, name: str) -> Decimal:
        """A step's amount, or a line's with its sign."""
        if name in SUMS:
            above = SUMS[: SUMS.index(name) + 1]
            return sum((self._signed(line) for line, (_, step) in LINES.items() if step in above), NOTHING)
        return self._signed(name)

    def __add__(self, other: "Ladder") -> "Ladder":
        """The ladder of both together."""
        return Ladder({name: self._given(name) + other._given(name) for name in LINES})

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """Every line from the top: each step below the lines that lead to it."""
        found: list[Rung] = []
        assumed = False
        for step in SUMS:
            for line, (_, below) in LINES.items():
                if below == step and step != "gmv":
                    rests = line in FROM_SETTINGS
                    found.append(Rung(line, len(found) + 1, self[line], False, rests))
                    assumed |= rests and self[line] != 0
            found.append(Rung(step, len(found) + 1, self[step], True, assumed))
        return tuple(found)

    def _given(self, name: str) -> Decimal:
        return self.lines.get(name, NOTHING)

    def _signed(self, name: str) -> Decimal:
        return LINES[name][0] * self._given(name)


def ladder(ordered: Any, *, step: Decimal | int | str = 1, **lines: Any) -> Ladder:
    """The ladder of some orders: amounts in, each of shape (orders,), and exact sums out.

    Args:
        ordered: at list value, before any discount, whatever became of the order.
        step: what a whole number counts: 1 for the currency, "0.01" for cents, "0.0001" for what tables hold. Decimals
            are in the currency.
        lines: any of ``LINES``, above 0 what is taken off or paid back; those that are left out are 0.

    Raises:
        ValueError: an unknown line, unequal lengths, or floats: they do not add up to the cent.

    >>> spring = ladder([100_00, 50_00], step="0.01", shop_coupon=[10_00, 0], cost_of_goods=[60_00, 30_00])
    >>> str(spring["paid"]), str(spring["gross_profit"])
    ('140.00', '50.00')
    """
    if unknown := sorted(set(lines) - set(LINES)):
        raise ValueError(f"the ladder has no line {unknown[0]!r}; there are {', '.join(LINES)}")
    given = {"ordered": ordered} | lines
    sizes = {name: np.size(amounts) for name, amounts in given.items()}
    for name, size in sizes.items():
        if size != sizes["ordered"]:
            raise ValueError(f"{name} has {size} rows and ordered has {sizes['ordered']}; give one an order")
    return Ladder({name: total(amounts, step, name) for name, amounts in given.items()})


def ladders(group: Any, ordered: Any, *, step: Decimal | int | str = 1, **lines: Any) -> dict[Any, Ladder]:
    """The ladder of each group, in sorted order: the same function by group, so that groups add up to the whole.

    >>> by_shop = ladders(["a", "b", "a"], [1, 2, 3], shop_coupon=[0, 1, 1])
    >>> [(shop, int(one["paid"])) for shop, one in by_shop.items()]
    [('a', 3), ('b', 1)]
    """
    names, row = np.unique(np.asarray(group), return_inverse=True)
    given = {name: np.atleast_1d(np.asarray(amounts)) for name, amounts in ({"ordered": ordered} | lines).items()}
    if wrong := [name for name, amounts in given.items() if len(amounts) != len(row)]:
        raise ValueError(f"{wrong[0]} has {len(given[wrong[0]])} rows and group has {len(row)}; give one an order")
    order = np.argsort(row, kind="stable")
    starts = np.searchsorted(row[order], np.arange(len(names)))
    parts = {name: np.split(amounts[order], starts[1:]) for name, amounts in given.items()}
    return {
        name: ladder(step=step, **{line: each[k] for line, each in parts.items()})
        for k, name in enumerate(names.tolist())
    }


def shown(rungs: tuple[Rung, ...], digits: int) -> list[Decimal]:
    """The amounts with ``digits`` decimals, so that what people read adds up too; one a rung.

    Steps are rounded; what rounding leaves between two steps goes, one unit each, to the lines that lost most. Amounts
    that have no more decimals stay as they are.

    >>> thirds = ladder([Decimal("1.00")], shop_coupon=[Decimal("0.3350")], shop_discount=[Decimal("0.3350")])
    >>> [str(amount) for amount, rung in zip(shown(thirds.rungs, 2), thirds.rungs) if rung.amount][:4]
    ['1.00', '-0.33', '-0.34', '0.33']
    """
    unit, found = Decimal(1).scaleb(-digits), [rung.amount for rung in rungs]
    block: list[int] = []
    above = NOTHING
    for place, rung in enumerate(rungs):
        found[place] = rung.amount.quantize(unit)
        if not rung.is_sum:
            block.append(place)
            continue
        left = int((found[place] - above - sum((found[line] for line in block), NOTHING)) / unit) if place else 0
        more = unit if left > 0 else -unit
        lost = sorted(block, key=lambda line: ((found[line] - rungs[line].amount) * more, line))
        for line in [line for line in lost if rungs[line].amount][: abs(left)]:
            found[line] += more
        above, block = found[place], []
    return found


def total(amounts: Any, step: Decimal | int | str = 1, name: str = "amounts") -> Decimal:
    """The exact sum of Decimals, or of whole numbers of ``step``.

    Raises:
        ValueError: floats.

    >>> total([Decimal("0.1"), Decimal("0.2")]), total(np.array([10, 20]), "0.01")
    (Decimal('0.3'), Decimal('0.30'))
    """
    values = np.atleast_1d(np.asarray(amounts))
    if not values.size:
        return NOTHING
    if values.dtype.kind in "iu":
        high, low = values >> 32, values & 0xFFFFFFFF  # summed apart, as their sum may not fit into 64 bits
        return ((int(high.sum()) << 32) + int(low.sum())) * Decimal(step)
    if values.dtype == object and all(isinstance(value, Decimal) for value in values.flat):
        return sum(values.flat, NOTHING)
    raise ValueError(f"{name} holds floats or texts; give Decimals, or whole numbers of cents with step='0.01'")
