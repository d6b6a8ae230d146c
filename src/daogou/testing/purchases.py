"""Made-up customers and what they took, whose right answers are known or do not matter."""

import numpy as np
import pyarrow as pa

from daogou.recommend import Interactions, Picks

BOARD = 50


def checkerboard(rated: bool = False) -> Interactions:
    """Even customers took the even items and odd ones the odd, each all but the one of their own number."""
    pairs = [(c, i) for c in range(BOARD) for i in range(BOARD) if c % 2 == i % 2 and c != i]
    table = pa.table(
        {"customer_id": [c for c, _ in pairs], "item_id": [i for _, i in pairs], "stars": [5] * len(pairs)}
    )
    return Interactions.from_frame(table, value="stars" if rated else None)


def example_table(seed: int = 3, shuffle: int | None = None) -> pa.Table:
    """Purchases over 200 days by 60 customers of 80 items, some far more often than others; text ids."""
    chance = np.random.default_rng(seed)
    items = np.minimum(chance.geometric(0.05, 3_000), 80) - 1
    customers = (chance.integers(0, 60, 3_000) + items // 7) % 60
    days = chance.integers(0, 200, 3_000)
    order = np.arange(3_000) if shuffle is None else np.random.default_rng(shuffle).permutation(3_000)
    return pa.table(
        {
            "customer_id": [f"c{number:02}" for number in customers[order]],
            "item_id": [f"i{number:02}" for number in items[order]],
            "day": days[order],
        }
    )


def rated_table(seed: int = 3) -> pa.Table:
    """One rating of 0.5 to 5 stars a pair: the same customers and items, in the order of rows."""
    table = example_table(seed)
    pairs = dict.fromkeys(zip(table["customer_id"].to_pylist(), table["item_id"].to_pylist(), strict=True))
    chance = np.random.default_rng(seed)
    liking = {item: chance.integers(2, 10) for _customer, item in sorted(pairs)}
    stars = [float(np.clip(liking[item] + chance.integers(-3, 4), 1, 10) / 2) for _customer, item in pairs]
    return pa.table({"customer_id": [c for c, _ in pairs], "item_id": [i for _, i in pairs], "stars": stars})


def example(seed: int = 3, shuffle: int | None = None) -> Interactions:
    """The interactions of :func:`example_table`."""
    return Interactions.from_frame(example_table(seed, shuffle), when="day")


def same(a: Picks, b: Picks) -> bool:
    """Whether two picks are equal bit for bit."""
    return bool(np.array_equal(a.codes, b.codes) and np.array_equal(a.scores, b.scores, equal_nan=True))


def items_of(interactions: Interactions) -> pa.Table:
    """What is known of the items of an example: text and attributes; items of a checkerboard are of two colours."""
    ids = interactions.item_ids.to_pylist()
    numbers = [int(str(each).strip("iz") or 0) for each in ids]
    board = pa.types.is_integer(interactions.item_ids.type)
    return pa.table(
        {
            "item_id": interactions.item_ids,
            "title": [
                ("black 黑" if n % 2 else "white 白") if board else f"group {n // 7} 第{n % 5}款" for n in numbers
            ],
            "price": pa.array([None if board else float(n % 11) for n in numbers], pa.float64()),
        }
    )
