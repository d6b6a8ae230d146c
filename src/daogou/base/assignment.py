"""Who gets which arm: a lot that anyone can draw again from the same key.

The lot of a unit is the first 13 hex digits (52 bits, exact in a float64) of the SHA-256 of
``salt|campaign|unit``, divided by 16^13: uniform on [0, 1), independent between campaigns and between salts.
"""

import hashlib

import ibis
import ibis.expr.types as ir

_DIGITS = 13


def draw(salt: str, campaign: str, unit: str) -> float:
    """The lot of one unit, in [0, 1).

    >>> draw("salt", "spring", "42")
    0.35865951337066737
    """
    digest = hashlib.sha256(f"{salt}|{campaign}|{unit}".encode()).hexdigest()
    return float(int(digest[:_DIGITS], 16) / 16**_DIGITS)


def slot(salt: str, group: str, unit: str, slots: int) -> int:
    """Which of so many equal parts of a group's people one unit is in, from 0 on.

    Campaigns of the group that take different parts never reach the same person. The lot is independent of those of
    every campaign.

    >>> slot("salt", "vouchers", "42", 4)
    1
    """
    return int(draw(salt, f"slot|{group}", unit) * slots)


def draw_expr(salt: str, campaign: str, unit: ir.StringValue) -> ir.FloatingValue:
    """The same lots as an Ibis expression over a column of units."""
    text = ibis.literal(f"{salt}|{campaign}|") + unit
    digest = text.hexdigest("sha256")
    digits = "0123456789abcdef"
    return sum(
        (ibis.literal(digits).find(digest.substr(i, 1)).cast("float64") * 16.0 ** (-1 - i) for i in range(_DIGITS)),
        ibis.literal(0.0),
    )
