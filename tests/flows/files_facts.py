"""Facts of every kind as rows of the files of :class:`files_company.FilesCompany`, each from five plain values."""

from tests.flows.files_company import day_text, moment

TODAY = 800  # of the first batch, in days since the first order
PEOPLE = ("ann", "bob", "cem", "dee", "eva", "")
ITEMS = ("tea", "wine", "milk", "salt", "soap", "rice", "ghost")  # the last is given back and never bought
CATEGORIES = ("A", "B", "A;B", "C", "")
PRICES = (0.5, 1, 1.99, 2, 10, 250.75)
AGO = (0, 0, 0, 1, 2, 6, 7, 8, 27, 28, 29, 55, 89, 90, 91, 179, 180, 181, 300, 364, 365, 366, 700)
OFTEN = {"sale": 3, "more": 2, "line": 2, "person": 2, "item": 2}


def tell(company, fact, today):
    """Tell the files of a ``fact``: (kind, who, days ago, item, a number that varies it)."""
    kind, who, ago, item, n = fact
    _TELLERS[kind](company, who, today - ago, item, n)


def _amounts(n):
    price, qty = PRICES[n % len(PRICES)], (1, 2, 1, 0, 3, -1, 1)[n % 7]
    return {"qty": qty, "value": round(abs(price * max(qty, 0)) * (0.7 if n % 3 == 0 else 1), 2), "list": price * qty}


def _sale(company, who, day, item, n, order=None):
    words = {"title": f"T{n % 3}", "category": CATEGORIES[n % 5], "brand": f"b{n % 2}"} if n % 2 else {}
    more = {
        "at": moment(day, (3 + 5 * n) % 24),
        "shop": n % 2,
        "store": "SR"[n % 2],
        "payer": "bob" if n % 5 == 0 else who,
    }
    item = "tea" if item == "ghost" else item
    company.sell(order or f"s{company.count}", who, day, item, **(_amounts(n) | words | more))


def _more(company, who, day, item, n):
    """A line of an old order, told at another time, perhaps of another customer."""
    old = [row for row in company.told["sales"] if not row["order"].startswith("C")]
    chosen = old[-1 - (n * 7 + day) % min(len(old), 40)]
    _sale(company, who if n % 3 == 0 else chosen["who"], day if n % 3 == 1 else day + 1, item, n, chosen["order"])


def _back(company, who, day, item, n):
    company.sell(f"C{company.count}", who, day, item, qty=-1 - n % 2, value=-PRICES[n % 6], list="")


def _order(company, who, day, item, n):
    order = f"o{company.count}"
    row = {"order": order, "at": moment(day, 3 * n % 24), "who": who, "shop": n % 2, "store": ("S", "R", "")[n % 3]}
    if n % 4:  # else known once its lines are
        company.tell("orders", **row)
    else:
        company.late.append(row)
    for k in range(n % 3):
        _line(company, who, day, item, n + k, order)


def _line(company, who, day, item, n, order=None):
    known = company.told["orders"]
    order = order or known[-1 - (n * 5 + day) % min(len(known), 30)]["order"]
    company.tell("order_lines", order=order, item="soap" if item == "ghost" else item, **_amounts(n))


def _early(company, who, day, item, n):
    """What waited: orders whose lines came first."""
    for row in company.late[: n + 1]:
        company.tell("orders", **row)
    del company.late[: n + 1]


def _refund(company, who, day, item, n):
    order = company.told["orders"][-1]["order"] if n % 3 == 0 else ""
    company.tell("refunds", at=moment(day), amount=PRICES[n % 6], who=who or "ann", order=order, item=item)


def _refund_all(company, who, day, item, n):
    company.tell("refunds", at=moment(day), amount=PRICES[n % 6], who=who or "ann")


def _coupon(company, who, day, item, n):
    issued = moment(day, 23 if n % 2 else 1)
    company.tell("coupons", who=who or "bob", issued=issued if n % 3 else "", claimed=moment(day + 1) if n % 4 else "")


def _used(company, who, day, item, n):
    row = company.told["coupons"][-1] if company.told["coupons"] and n % 2 else {"who": who or "bob"}
    company.tell("coupons", **({k: v for k, v in row.items() if k != "no"} | {"used": moment(day, 20)}))


def _view(company, who, day, item, n):
    company.tell("events", who=who, kind=("view", "click", "cart")[n % 3], at=moment(day), item=item, visit=f"v{n % 3}")


def _person(company, who, day, item, n):
    start = day_text(day + (0, 5, 40)[n % 3]) if n % 4 else ""
    joined = day_text(day + n) if n % 2 else ""
    company.tell("customers", who=who or "eva", **{"from": start}, joined=joined, level=f"L{n}", city=item)


def _item(company, who, day, item, n, named=None):
    start = day_text(day + (0, 1, 30)[n % 3]) if n % 3 == 0 or n % 5 == 1 else ""
    about = {"title": f"T{n % 2}", "category": CATEGORIES[(n + len(who)) % 5], "brand": ("b0", "")[n % 2]}
    about |= {"other": f"Z{n % 2}", "colour": ("red|green", "red", "")[n % 3], "price": n}
    company.tell("items", item=named or item, **{"from": start}, **about)


def _described(company, who, day, item, n):
    """A new item, bought on the day on which it is described."""
    fresh = f"fresh{company.count}"
    _sale(company, who, day, fresh, n)
    _item(company, who, day, item, n, fresh)


_TELLERS = {
    "sale": _sale,
    "more": _more,
    "back": _back,
    "order": _order,
    "line": _line,
    "early": _early,
    "refund": _refund,
    "refund_all": _refund_all,
    "coupon": _coupon,
    "used": _used,
    "view": _view,
    "visit": lambda company, _who, *rest: _view(company, "", *rest),
    "person": _person,
    "item": _item,
    "described": _described,
}
KINDS = [kind for kind in _TELLERS for _time in range(OFTEN.get(kind, 1))]


def begin(company):
    """What each company starts with: its first order, and a row of each file that others may mean; the first today."""
    company.late = []
    company.sell("s0", "old", 0, "tea").sell("s1", "ann", TODAY, "tea", title="T0", category="A", brand="b0")
    company.tell("orders", order="o0", at=moment(TODAY - 40), who="bob", store="S")
    return TODAY


def end_batch(company, today):
    """A good row for files that may hold bad ones alone, as such a file is refused whole."""
    company.sell(f"e{company.count}", "eva", today, "tea")
    company.tell("order_lines", order="o0", item="wine", qty=1, value=9, list=9)
