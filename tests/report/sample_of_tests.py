"""Contexts of tests, money and messages as a grocer would have them; the figures are made up, their shape is not."""

from dataclasses import replace
from datetime import date, timedelta

from daogou.base.estimate import Estimate
from daogou.report.contexts import (
    Earned,
    Flood,
    FloodWeek,
    Glance,
    Learning,
    Money,
    MoneyLadder,
    Observed,
    Outcome,
    Rail,
    Ratio,
    Running,
    RunningTest,
    Sign,
    Statement,
    StatementLine,
    Step,
    Tested,
    Text,
    Untestable,
    Won,
)

NAN = float("nan")
HOSTILE = "<script>document.title='pwned'</script>"
CONTRIBUTION = Text("contribution", "贡献毛利")


def near(value: float, half: float, n: int = 2_000) -> Estimate:
    return Estimate(value, value - half, value + half, n, "currency")


def outcome(en, zh, kind, effect, lift=None, total=None, p=0.2, sure=False) -> Outcome:
    return Outcome(Text(en, zh), kind, effect, effect, lift, total, p, sure)


PRIMARY = outcome(
    "contribution", "贡献毛利", "money", near(1.91, 0.62), near(0.082, 0.03), near(4_202, 1_364), 0.001, True
)
EARNED_ONE = Tested(
    level="campaign",
    name="spring sale",
    arm="",
    unit="customer",
    treated=2_200,
    held_out=551,
    first_day=date(2017, 10, 2),
    last_day=date(2017, 10, 29),
    verdict="earned",
    earned=near(4_202, 1_364),
    cost=1_310.5,
    ratio=Estimate(2.21, 1.17, 3.25, 2_200),
    is_provisional=True,
    enough=None,
    step="repeat",
    primary=PRIMARY,
    others=(
        outcome("net sales", "净额", "money", near(6.4, 2.1), near(0.08, 0.03), near(14_080, 4_620), 0.001, True),
        outcome("orders", "订单数", "number", near(0.09, 0.11), near(0.02, 0.03), near(198, 242), 0.2),
        outcome("buyers", "购买人数", "share", near(0.0126, 0.004), near(0.02, 0.01), near(27.7, 8.8), 0.01, True),
    ),
    guard_rails=(
        outcome("unsubscribes", "退订人数", "share", near(0.001, 0.003), None, near(2.2, 6.6), 0.6),
        outcome("margin", "毛利率", "share", near(-0.004, 0.006), None, None, 0.3),
    ),
    tail=outcome("contribution", "贡献毛利", "money", near(-0.31, 0.52)),
    delivered=outcome("contribution", "贡献毛利", "money", near(2.3, 0.75)),
    segments=(
        (Text("top third by spend, bought in the last 28 days", "消费前三分之一，近 28 天买过"), near(3.1, 1.2)),
        (Text("bottom third by spend", "消费后三分之一"), near(0.4, 1.1)),
        (Text("small groups together", "小组合并"), near(-0.2, 1.5)),
    ),
    mismatch=0.41,
    design="7c1e03aa91b2c4d5e6f7",
)
BARE_ONE = replace(EARNED_ONE, others=(), guard_rails=(), tail=None, delivered=None, segments=(), is_provisional=False)
TESTED = (
    replace(
        EARNED_ONE,
        level="programme",
        name="2017H2",
        design="",
        step="go_on",
        segments=(),
        tail=None,
        delivered=None,
        guard_rails=(),
    ),
    replace(
        BARE_ONE,
        level="offer",
        name="free delivery",
        verdict="unsure",
        earned=near(900, 1_400),
        enough=9_400,
        step="larger",
    ),
    EARNED_ONE,
    replace(EARNED_ONE, name="three letters", arm="short letter", tail=replace(PRIMARY, effect=near(-1.2, 0.5))),
    replace(EARNED_ONE, name="three letters", arm="long letter", verdict="lost", earned=near(300, 480), step="stop"),
    replace(BARE_ONE, name="A/B test", verdict="mismatch", earned=None, primary=None, step="find", mismatch=0.00001),
    replace(
        BARE_ONE,
        name="small",
        verdict="too_few",
        earned=None,
        primary=replace(PRIMARY, effect=near(1.2, NAN)),
        step="join",
    ),
    replace(BARE_ONE, name=HOSTILE, verdict="more", earned=None, cost=None, step="cost"),
    replace(
        BARE_ONE,
        name="search",
        arm="",
        unit="region",
        treated=12,
        held_out=12,
        verdict="open",
        earned=None,
        step="again",
        primary=outcome("net sales", "净额", "money", near(120.0, 340.0)),
    ),
    replace(
        BARE_ONE,
        name="angry",
        verdict="less",
        earned=None,
        step="guard",
        primary=replace(PRIMARY, effect=near(-2.0, 1.0)),
    ),
    *(
        replace(
            BARE_ONE, name=f"mail {n}", verdict="unsure", earned=near(200 * n, 900), enough=3_000 * n, step="larger"
        )
        for n in range(1, 9)
    ),
)


def observed(number: int) -> Observed:
    doubtful = number % 3 != 0
    return Observed(
        name=str(number) if number != 2 else HOSTILE,
        outcome=CONTRIBUTION,
        kind="money",
        by_region=number == 5,
        effect=near(0.4 * number - 3, 2.5) if number != 7 else None,
        reached=200 + 10 * number,
        others=2_100,
        first_day=date(2017, 3, 1),
        last_day=date(2017, 3, 28),
        overlap=0.99 - 0.02 * number,
        unbalanced_before=9,
        unbalanced_after=1 if doubtful else 0,
        covariates=24,
        placebo=near(0.2, 1.5),
        elsewhere=0.5 if number % 2 else None,
        is_doubtful=doubtful,
        verdict=Text("Nothing refutes this figure, and nothing proves it.", "没有证据否定这个数字，也没有证据证明它。"),
    )


EARNED = Earned(
    tested=TESTED,
    waiting=("winter", HOSTILE),
    observed=tuple(observed(n) for n in range(1, 28)),
    untestable=(
        Untestable("TV", "tv", Text("its channel reaches nobody by name", "该渠道无法按名单触达")),
        Untestable(HOSTILE, "", Text("everyone on its list was reached", "名单上的人都触达了")),
    ),
    learnings=(
        Learning("all", Text("", ""), 12, near(0.8, 0.5, 12), -0.9, 2.4, date(2017, 10, 2), 91),
        Learning("kind", Text(HOSTILE, HOSTILE), 7, near(1.1, 0.6, 7), -0.6, 2.8, date(2017, 10, 2), 91),
        Learning("channel", Text("", ""), 5, near(0.5, 0.6, 5), -1.2, 2.1, date(2017, 8, 2), 152),
        Learning(
            "segment",
            Text("top third by spend", "消费前三分之一"),
            12,
            near(1.9, 0.7, 12),
            0.1,
            3.6,
            date(2017, 10, 2),
            91,
        ),
    ),
)

RUNNING_ONE = RunningTest(
    name="new year",
    arm="",
    outcome=CONTRIBUTION,
    kind="money",
    starts_on=date(2017, 12, 4),
    ends_on=date(2018, 1, 14),
    treated=1_240,
    held_out=1_229,
    state="running",
    decided_on=None,
    effect=None,
    planned_effect=0.42,
    days_left=9,
    mismatch=0.6,
    glances=(
        Glance(date(2017, 12, 11), 0.17, 4.7, 0.6),
        Glance(date(2017, 12, 18), 0.33, 3.4, 1.1),
        Glance(date(2017, 12, 25), 0.5, 2.8, None),
        Glance(date(2018, 1, 1), 0.66, 2.45, 1.9),
    ),
    curve=tuple((n / 20, 1.96 / (n / 20) ** 0.5) for n in range(3, 21)),
    rails=(
        Rail(Text("unsubscribes", "退订人数"), "share", Estimate(0.001, -0.004, 0.006, 0), 0.005, "unsure"),
        Rail(Text("complaints", "投诉人数"), "share", Estimate(0.0, -0.001, 0.001, 0), 0.002, "within"),
        Rail(Text("margin", "毛利率"), "share", None, -0.02, "unsure"),
    ),
)
BROKEN = Rail(Text("refund rate", "退款率"), "share", Estimate(0.04, 0.02, 0.06, 0), 0.01, "broken")
RUNNING = Running(
    (
        RUNNING_ONE,
        replace(
            RUNNING_ONE,
            name=HOSTILE,
            arm="B",
            state="works",
            decided_on=date(2018, 1, 1),
            effect=near(0.5, 0.3),
            rails=(BROKEN,),
        ),
        replace(
            RUNNING_ONE, name="harmful", state="harms", decided_on=date(2018, 1, 1), effect=near(-0.5, 0.3), rails=()
        ),
        replace(RUNNING_ONE, name="lost lots", state="mismatch", mismatch=0.0001),
        replace(RUNNING_ONE, name="ended", state="nothing", effect=near(0.1, 0.3), glances=()),
    )
)
YEAR = (date(2017, 1, 1), date(2017, 12, 31))
EXACT = Estimate(0.0, 0.0, 0.0, 0)
STATEMENT = Statement(
    2017,
    (
        Text(
            "2017, in net sales: platforms claim $120K, our rule credits $80.2K, tests of campaigns prove $87K.",
            "2017 年净额：平台声称 $12万，我们归因 $8.02万，活动测试证明 $8.7万。",
        ),
        Text("In contribution: $26.1K.", "贡献毛利：$2.61万。"),
    ),
    (
        StatementLine("claimed", replace(EXACT, value=120_400.0, low=NAN), None, None, 0, *YEAR),
        StatementLine("credited", near(80_210.0, 6_000), None, None, 0, *YEAR),
        StatementLine("campaigns", near(87_000, 30_000), near(26_100, 9_000), None, 12, *YEAR),
        StatementLine("overlap", None, near(5_000, 0), None, 4, *YEAR),
        StatementLine("holdout", near(70_000, 40_000), near(21_000, 12_000), None, 1, *YEAR),
        StatementLine("unmeasured", None, near(3_100.0, 0), None, 15, *YEAR),
        StatementLine("cost", None, near(18_420.5, 0), None, 27, *YEAR),
        StatementLine("books", None, near(1_240_000.0, 0), None, 0, *YEAR),
    ),
    (Text("Platforms claim 1.5 times what our rule credits.", "平台声称的是我们归因的 1.5 倍。"),),
)
UNKNOWN_YEAR = Statement(
    2017,
    (),
    tuple(
        one
        if one.line in ("books", "cost")
        else replace(one, net_sales=None, value=None, silent=Text("Nothing is known of it.", "还不知道。"), campaigns=0)
        for one in STATEMENT.lines
    ),
    (),
)

NAMES = {
    "gmv": ("GMV", "成交额"),
    "not_paid": ("orders that were not paid", "未付款订单"),
    "shop_coupon": ("coupons that the company funds", "公司出资的券"),
    "paid": ("paid by customers", "实付"),
    "maker_paid_back": ("paid back by manufacturers", "厂商补回"),
    "refund_returned": ("refunds of returned goods", "退货退款"),
    "net": ("net of refunds", "退款后净额"),
    "cost_of_goods_assumed": ("cost of goods, assumed", "商品成本（假设）"),
    "gross_profit": ("gross profit", "毛利"),
    "shipping": ("shipping", "运费"),
    "contribution": ("contribution", "贡献毛利"),
}


def step(key: str, amount: float) -> Step:
    sums = ("gmv", "paid", "net", "gross_profit", "contribution")
    return Step(
        key,
        Text(*NAMES[key]),
        amount,
        key in sums,
        key in ("cost_of_goods_assumed", "shipping", "gross_profit", "contribution"),
    )


LADDER = MoneyLadder(
    "days",
    "90",
    date(2017, 10, 3),
    date(2017, 12, 31),
    True,
    (
        step("gmv", 412_310.5),
        step("not_paid", -4_120.25),
        step("shop_coupon", -8_210.0),
        step("paid", 399_980.25),
        step("maker_paid_back", 6_020.0),
        step("refund_returned", -5_000.13),
        step("net", 401_000.12),
        step("cost_of_goods_assumed", -280_700.08),
        step("gross_profit", 120_300.04),
        step("shipping", -20_000.0),
        step("contribution", 100_300.04),
    ),
)
WON = Won(
    level="all",
    name="all",
    new_customers=312,
    orders=12_414,
    new_share=near(0.025, 0.004),
    cost=19_100.0,
    cpa=near(7.4, 0.3),
    cac_paid=near(70.1, 9.0),
    cac_blended=near(61.2, 6.0),
    payback="not_yet",
    payback_days=None,
    ltv=near(210.0, 20.0),
    ltv_cac=near(3.4, 0.5),
)
NOBODY = replace(
    WON,
    new_share=None,
    orders=None,
    cost=None,
    cpa=None,
    cac_paid=None,
    cac_blended=None,
    payback="",
    ltv=None,
    ltv_cac=None,
)
MONEY = Money(
    ladder=LADDER,
    others=(
        *(
            replace(LADDER, level="month", name=f"2017-{n:02}", first_day=date(2017, n, 1), is_provisional=n == 12)
            for n in range(1, 13)
        ),
        replace(LADDER, level="channel", name=HOSTILE, steps=LADDER.steps[6:]),
        replace(LADDER, level="channel", name="", steps=LADDER.steps[6:]),
        replace(LADDER, level="campaign", name="26", steps=LADDER.steps[3:]),
    ),
    ratios=(
        Ratio("all", "all", "roas", Estimate(4.2, 3.9, 4.5, 0), near(80_210, 6_000), 19_100.0, True, False, *YEAR),
        Ratio(
            "all", "all", "profit_roi", Estimate(0.6, 0.4, 0.8, 0), near(30_560, 4_000), 19_100.0, True, False, *YEAR
        ),
        Ratio(
            "all",
            "all",
            "incremental_roi",
            Estimate(0.1, -0.5, 0.7, 0),
            near(21_000, 12_000),
            19_100.0,
            False,
            True,
            *YEAR,
        ),
        Ratio("channel", HOSTILE, "roas", None, None, 0.0, False, False, *YEAR),
        Ratio(
            "campaign", "26", "incremental_roas", Estimate(3.1, NAN, NAN, 0), near(900, NAN), 290.0, False, False, *YEAR
        ),
    ),
    won=(
        replace(WON, payback="covered", payback_days=148.0),
        replace(WON, level="channel", name="search", new_customers=120.4, cac_blended=None, ltv=None, ltv_cac=None),
        replace(NOBODY, level="channel", name="", orders=5_000.0),
        replace(NOBODY, level="category", name=HOSTILE),
        replace(NOBODY, level="item", name="FLUID MILK"),
    ),
    won_days=(date(2017, 10, 3), date(2017, 12, 31)),
    signs=(
        Sign(
            "branded_searches",
            tuple(YEAR[1] - timedelta(weeks=12 - n) for n in range(13)),
            tuple(900.0 + 31 * (n % 5) for n in range(13)),
            (0.1,) * 13,
        ),
        Sign("direct_visits", (YEAR[1],), (1_210.0,), (None,)),
    ),
)
WEEKS = tuple(date(2017, 10, 8) + timedelta(weeks=n) for n in range(13))
FLOOD = Flood(
    tuple(
        FloodWeek(
            day,
            Estimate(1.2 + 0.1 * n, 1.1 + 0.1 * n, 1.3 + 0.1 * n, 2_000) if n != 4 else None,
            Estimate(0.002 + 0.0002 * n, 0.001 + 0.0002 * n, 0.003 + 0.0002 * n, 9_000),
            Estimate(0.0004, NAN, NAN, 9_000) if n > 6 else None,
        )
        for n, day in enumerate(WEEKS)
    ),
    is_rising=True,
    is_objected=False,
)
