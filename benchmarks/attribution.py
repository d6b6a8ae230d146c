"""How long ten million touches take: paths and every rule, on made-up customers.

Each rule runs in one process after the paths are built; printed are wall and CPU seconds and the peak memory of the
process. Touches follow a chain of channels, so that orders depend on where people were.
"""

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from daogou.measure import RULES, attribute, paths

CHANNELS = (
    "affiliate", "direct", "email", "live", "push", "referral", "search", "shop", "sms", "social", "video", "web",
)  # fmt: skip
DAYS = 365


def made_up(touches: int, channels: int, seed: int) -> dict[str, Any]:
    """Touches of a tenth as many customers, and as many orders as customers, half of them soon after a touch."""
    chance = np.random.default_rng(seed)
    names = np.array([*CHANNELS, *(f"channel {n:04}" for n in range(len(CHANNELS), channels))][:channels], dtype=object)
    people = touches // 10
    customer = chance.integers(0, people, touches)
    at = chance.random(touches) * DAYS
    channel = names[(chance.random(touches) ** 1.5 * channels).astype(int)]
    follows = chance.integers(0, touches, people // 2)
    return {
        "customer": customer,
        "channel": channel,
        "at": at,
        "order_customer": np.concatenate([customer[follows], chance.integers(0, people, people - people // 2)]),
        "order_at": np.concatenate([at[follows] + chance.exponential(2.0, len(follows)),
                                    chance.random(people - people // 2) * DAYS]),
        "value": np.round(chance.gamma(2.0, 60.0, people), 2),
    }  # fmt: skip


def timed(name: str, work: Callable[[], Any]) -> Any:
    before, cpu = time.perf_counter(), time.process_time()
    found = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall, worked = time.perf_counter() - before, time.process_time() - cpu
    print(f"{name:24} {wall:8.2f} s {worked:8.2f} CPU s {peak:8,.0f} MB peak")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touches", type=int, default=10_000_000)
    parser.add_argument("--channels", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    small = made_up(1_000, asked.channels, asked.seed)
    for rule in RULES:
        attribute(paths(**small), rule)  # compiles
    data = timed("made up", lambda: made_up(asked.touches, asked.channels, asked.seed))
    found = timed("paths", lambda: paths(**data, lookback=30.0, visit=30.0, until=DAYS))
    print(
        f"{len(found.channel):,} touches; orders: {found.total_orders:,} with a path, {found.no_path_orders:,} without"
    )
    for rule in RULES:
        credit = timed(rule, lambda rule=rule: attribute(found, rule))  # type: ignore[misc]
        assert int(credit.money.sum()) == found.total_money
        assert abs(credit.orders.sum() - found.total_orders) < 1e-6 * found.total_orders


if __name__ == "__main__":
    main()
