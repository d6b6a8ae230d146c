"""A page's contexts as a grocer would have them; the figures are made up, their shape is not."""

from dataclasses import replace
from datetime import date, timedelta

from tests.report.sample_of_tests import EARNED, FLOOD, MONEY, RUNNING, STATEMENT

from daogou.base.estimate import Estimate
from daogou.report.contexts import (
    Appendix,
    Bin,
    CallList,
    Campaign,
    CardPage,
    CardSection,
    Channel,
    Channels,
    Choice,
    Clear,
    Cohort,
    Company,
    Flagged,
    Guide,
    Guided,
    Headline,
    Hits,
    Lifecycle,
    Look,
    Measure,
    Missing,
    ModelScore,
    Move,
    Moved,
    Mover,
    Needs,
    NextCampaign,
    Past,
    People,
    Pick,
    Predicted,
    Pulse,
    Refused,
    Report,
    Score,
    Second,
    Segment,
    Source,
    State,
    Stratum,
    Text,
    Trust,
    Uplift,
    UpliftCampaign,
    UpliftPoint,
    UpliftTenth,
    Worth,
)

NAN = float("nan")
HOSTILE = "<script>document.title='pwned'</script>"
WEEKS = tuple(date(2017, 1, 7) + timedelta(weeks=week) for week in range(52))


def wave(level: float, swing: float) -> tuple[float | None, ...]:
    return (None, *(level + swing * ((week * 7) % 11 - 5) + week * swing / 20 for week in range(51)))


def share(value: float, half: float, n: int = 800) -> Estimate:
    return Estimate(value, value - half, value + half, n, "0-1")


PULSE = Pulse(
    days=28,
    repurchase_days=28,
    weeks=WEEKS,
    measures=(
        Measure("net_sales", "money", 378_412.31, 365_120.5, wave(92_000, 1_100)),
        Measure("buyers", "count", 1_985, 2_011, wave(1_500, 12)),
        Measure("orders", "count", 12_414, 12_101, wave(3_050, 40)),
        Measure("order_value", "money", 30.48, 30.17, wave(30, 0.4)),
        Measure("repurchase", "share", 0.861, 0.874, wave(0.86, 0.004)),
        Measure("refunds", "money", None, None, (None,) * 52),
    ),
)

ELEVEN = (
    ("Champions", "冠军", 402, 1_870_000.0),
    ("Loyal", "忠诚", 351, 960_000.0),
    ("Potential loyalists", "潜在忠诚", 288, 310_000.0),
    ("New", "新客", 12, 2_100.0),
    ("Promising", "有望", 95, 41_000.0),
    ("Need attention", "需关注", 214, 350_000.0),
    ("About to sleep", "将沉默", 260, 160_000.0),
    ("At risk", "有流失风险", 305, 520_000.0),
    ("Can't lose", "不能流失", 61, 240_000.0),
    ("Hibernating", "休眠", 339, 120_000.0),
    ("Lost", "已流失", 142, 19_000.0),
)
EIGHT = (
    ("High value", "重要价值", 640, 2_510_000.0),
    ("Develop", "重要发展", 90, 190_000.0),
    ("Keep", "重要保持", 310, 980_000.0),
    ("Win back", "重要挽留", 95, 210_000.0),
    ("Ordinary value", "一般价值", 210, 180_000.0),
    ("Ordinary develop", "一般发展", 402, 250_000.0),
    ("Ordinary keep", "一般保持", 188, 140_000.0),
    ("Ordinary win back", "一般挽留", 534, 132_100.0),
)
GROUPS = (
    Segment(
        Text("Frequent big spenders", "高频高消费"),
        512,
        2_410_000.0,
        Text("Spends 3.1 times the average; buys every 3 days", "消费是平均值的 3.1 倍，平均每 3 天买一次"),
    ),
    Segment(
        Text("Steady weekly shoppers", "每周稳定购买"),
        938,
        1_500_000.0,
        Text("Buys every 8 days; baskets of average size", "平均每 8 天买一次，篮子大小与平均相当"),
    ),
    Segment(
        Text("Rare visitors", "偶尔光顾"),
        1_019,
        682_100.0,
        Text("Last bought 46 days ago on average", "平均 46 天没有下单"),
    ),
)
PEOPLE = People(
    tuple(Segment(Text(en, zh), size, sales) for en, zh, size, sales in ELEVEN),
    tuple(Segment(Text(en, zh), size, sales) for en, zh, size, sales in EIGHT),
    GROUPS,
    is_clear=False,
    curve=tuple(
        Clear(
            k, Estimate(0.3 - 0.02 * k, 0.28 - 0.02 * k, 0.32 - 0.02 * k, 2_000, "silhouette"), 0.25 - 0.015 * k, k == 3
        )
        for k in range(2, 11)
    ),
    worth=Worth(
        days=365,
        contribution=Estimate(1_180_400.0, 940_000.0, 1_460_000.0, 2_469, "currency"),
        at_risk=Estimate(41_200.0, 18_000.0, 77_500.0, 2_469, "currency"),
        top_tenth_share=Estimate(0.34, 0.27, 0.43, 2_469, "0-1"),
        wholesale=3,
        margin=0.25,
        is_assumed=True,
    ),
)

OVERDUE = CallList(
    key="overdue",
    size=312,
    money=287_400.0,
    came_back=share(0.31, 0.05, 298),
    facts={"period": 28, "order_days": 4, "ratio": 2.0, "regulars": 1_802},
    columns=("customer", "orders", "gap_days", "recency_days", "net_sales_365", "favourite_category", "pick_1"),
    rows=tuple((str(200 + n), 40, 6.25, 14, 1_830.5 - n, "GROCERY", HOSTILE) for n in range(312)),
)
SECOND = CallList(
    key="second",
    size=9,
    money=940.2,
    came_back=share(0.5, 0.2, 12),
    facts={"period": 28, "low": 6.0, "high": 31.5, "known": 2_440, "fewest": 30},
    columns=("customer", "recency_days", "net_sales", "pick_1"),
    rows=(("=HYPERLINK(1)", 12, 44.1, "MILK"), ("-7", 20, 31.0, "@x")),
)
REPLENISH = CallList(
    key="replenish",
    size=744,
    money=51_200.0,
    came_back=share(0.44, 0.03, 731),
    facts={"period": 28, "purchases": 3, "gap": 7, "days": 7},
    columns=("customer", "item", "gap_days", "bought_days", "due_in_days", "usual_value", "items", "money"),
    rows=tuple((str(n), "FLUID MILK WHITE ONLY", 9.5, 10, -1, 3.99, 2, 8.5) for n in range(744)),
)

GUIDE = Guide(
    customers=tuple(
        Guided(
            customer=str(1_200 + n),
            bought_on=date(2017, 12, 29),
            basket=("FLUID MILK WHITE ONLY", "BANANAS", "HAMBURGER BUNS"),
            more=n,
            picks=(
                Pick("SHREDDED CHEESE", ("CREAM CHEESE", "BAGELS"), True),
                Pick(HOSTILE, ("BANANAS",), False, "like", ("brand", "category")),
                Pick("SOFT DRINKS 12/18&15PK CAN CAR", (), True),
            ),
        )
        for n in range(5)
    ),
    is_personal=True,
    hits=(
        Hits("repeat", 20, share(0.212, 0.006), share(0.094, 0.004)),
        Hits("new", 20, share(0.061, 0.004), share(0.048, 0.003)),
    ),
    models=(
        ModelScore("ItemKNN", share(0.046, 0.004), share(0.487, 0.014), True),
        ModelScore("Popular", share(0.043, 0.004), share(0.291, 0.01), False),
        ModelScore("RepeatLast", share(0.0, 0.0), None, False),
    ),
)


def campaign(number: int, kind: str, redeemers: int, break_even: float | None) -> Campaign:
    reached = redeemers * 6 + 20
    starts = date(2017, 1, 20) + timedelta(days=12 * number)
    return Campaign(
        name=str(number),
        kind=kind,
        starts_on=starts,
        ends_on=starts + timedelta(days=40),
        incomplete="ends" if number > 25 else "begins" if number < 3 else "",
        reached=reached,
        redeemers=redeemers,
        redemptions=redeemers * 3,
        rate=share(redeemers / reached, 0.03, reached) if break_even else None,
        break_even=share(break_even, 0.07, redeemers) if break_even else None,
        net_sales=redeemers * 410.5,
        cost_shop=redeemers * 3.2,
        cost_maker=redeemers * 8.1,
    )


CAMPAIGNS = tuple(
    campaign(
        n,
        "Type " + "ABC"[n % 3],
        30 + 9 * n if n in (8, 13, 18, 26) else n % 29,
        0.2 + n / 60 if n in (8, 13, 18, 26) else None,
    )
    for n in range(1, 28)
)
PAST = Past(
    campaigns=CAMPAIGNS,
    kinds=tuple(
        replace(campaign(20, kind, 180, at), name=kind)
        for kind, at in (("Type A", 0.38), ("Type B", 0.44), ("Type C", 0.61))
    ),
    overall=replace(campaign(20, "", 434, 0.41), name=""),
    fewest=30,
    overlap=share(0.51, 0.02),
    held_out=False,
)
RULE = Text("what would be lost without the channel", "去掉这个渠道会少多少订单")
CHANNELS = Channels(
    first_day=date(2017, 10, 3),
    last_day=date(2017, 12, 31),
    orders=12_414,
    no_path=5_210,
    rule=RULE,
    rules=(Text("the last touch", "最后一个触点"), RULE),
    rows=(
        Channel("search", 41_200.0, 6_120.5, 2_904.4, 88_412.31, 2.107, None, (2_904.4, 3_120.0)),
        Channel("email", 812.5, None, 2_611.2, 79_300.0, None, share(312.0, 190.0), (2_611.2, 2_200.7)),
        Channel("affiliate", 9_900.0, 1_902.0, 1_411.0, 41_011.4, 1.348, share(-20.0, NAN), (1_411.0, 1_900.0)),
        Channel(HOSTILE, None, 640.0, None, None, None, None, ()),
        Channel("direct", None, None, 277.4, 9_014.0, None, None, (277.4, 0.0)),
    ),
    notes=(
        Text("42 % of orders have no path.", "42% 的订单没有路径。"),
        Text("Shops are not seen.", "看不到门店里的触点。"),
    ),
)
NEXT = NextCampaign(
    plan="7c1e03",
    who=Text(
        "All 2,469 known customers; within groups by value and recency, lots decide.",
        "全部 2,469 位已知顾客；按价值和最近购买分组，组内抽签。",
    ),
    offer=Text("a coupon worth $3.00 on DELI", "DELI 品类 3 美元优惠券"),
    why=Text("Most expected buyers among those who have not bought it lately.", "近期没买过的人里，预计购买的人最多。"),
    holdout=(
        Text("With 10 % held out, a gain shows from 24 % of usual spend.", "留 10% 作对照组，提升 24% 才看得出来。"),
        Text("With 50 % held out, a gain shows from 15 % of usual spend.", "留 50% 作对照组，提升 15% 就看得出来。"),
    ),
    teaches=(
        Text("On Feb 5, 2018 it will be known whether it pays.", "2018年2月5日可以知道是否划算。"),
        Text("", ""),
    ),
    price=Text("It pays for itself from a gain of 1.2 %.", "只要提升 1.2% 就能收回成本。"),
    assumed=Text("Assumed, until the settings say otherwise: the margin.", "毛利率为假设值，可在设置中修改。"),
    strata=tuple(
        Stratum(Text(f"Value {v}, recency {r}", f"价值 {v}，最近 {r}"), 150 + v + r, 75)
        for v in (1, 2, 3)
        for r in (1, 2)
    ),
    treated=1_235,
    held_out=1_234,
    cost=Estimate(2_140.0, 1_300.0, 3_050.0, 1_235, "currency"),
    starts_on=date(2018, 1, 8),
    ends_on=date(2018, 2, 4),
    known_on=date(2018, 2, 5),
    visible_lift=0.151,
    choices=(Choice(0.1, 0.242), Choice(0.3, 0.162), Choice(0.5, 0.151)),
)
STATES = {
    "not_yet": State("not_yet", Text("Not yet a customer", "尚未成为顾客")),
    "second": State("second", Text("Second-purchase window", "复购窗口期")),
    "active": State("active", Text("Active", "活跃顾客")),
    "won_back": State("won_back", Text("Won back", "召回顾客")),
    "overdue": State("overdue", Text("Overdue", "逾期未购")),
    "lapsed": State("lapsed", Text("Lapsed", "沉默顾客")),
    "lost": State("lost", Text("Lost", "流失顾客")),
}
MOVED = {
    ("not_yet", "second"): (2, 88.2),
    ("not_yet", "active"): (5, 419.5),
    ("second", "second"): (1, 102.3),
    ("active", "active"): (1_718, 3_686_542.5),
    ("active", "overdue"): (198, 361_220.8),
    ("active", "lapsed"): (27, 61_761.5),
    ("overdue", "active"): (123, 183_725.7),
    ("overdue", "overdue"): (33, 31_529.1),
    ("overdue", "lapsed"): (43, 38_961.8),
    ("lapsed", "won_back"): (17, 9_697.7),
    ("lapsed", "lapsed"): (38, 7_838.5),
    ("lapsed", "lost"): (32, 21_094.2),
    ("lost", "lost"): (70, 32_215.9),
}
CATEGORIES = ("DELI", "SEAFOOD", "BANANAS", None)


def category(name: str | None) -> Text | None:
    return Text(name, name) if name else None


LOOK = Look(
    days=90,
    closed=463,
    again=398,
    fewest=30,
    cohorts=tuple(
        Cohort(
            f"2017-{month:02}",
            1_983 if month == 1 else 12 + 90 // month,
            month > 5,
            month == 1,
            tuple(None if month + k > 11 else 0.9 - 0.03 * month - 0.01 * k for k in range(1, 13 - month)),
            share(0.9 - 0.02 * month, 0.06) if month < 10 else None,
        )
        for month in range(1, 13)
    ),
    top=tuple(1 - (1 - k / 100) ** 3.2 for k in range(101)),
    first_day=date(2017, 12, 4),
    last_day=date(2017, 12, 31),
    last_year_known=True,
    moved=(
        Moved("net_sales", 378_412.3, Estimate(0.036, 0.01, 0.062, 2_300), Estimate(-0.12, -0.19, -0.05, 2_300)),
        Moved("orders", 12_414, Estimate(0.026, -0.004, 0.05, 2_300), Estimate(-0.08, -0.14, -0.02, 2_300)),
        Moved("buyers", 1_985, Estimate(-0.013, -0.03, 0.004, 2_300), None),
        Moved("order_value", 30.48, Estimate(0.01, -0.02, 0.04, 2_300), Estimate(-0.05, -0.09, -0.01, 2_300)),
        Moved("spend", 190.1, Estimate(0.05, 0.02, 0.08, 2_300), Estimate(-0.04, -0.1, 0.03, 2_300)),
        Moved("new", 6, Estimate(-0.45, -0.86, 0.45, 2_300), Estimate(0.2, -0.4, 0.5, 2_300)),
        Moved("repurchase", 0.86, Estimate(0.002, -0.018, 0.022, 2_300), Estimate(-0.03, -0.06, 0.001, 2_300)),
    ),
    seconds=(
        *(
            Second(category(first), category(then), 640 // (a + 1) // (b + 1), False)
            for a, first in enumerate(CATEGORIES)
            for b, then in enumerate(CATEGORIES)
        ),
        Second(category("DELI"), None, 19, True),
        Second(None, None, 7, True),
    ),
)
LIFECYCLE = Lifecycle(
    28,
    date(2017, 12, 3),
    date(2017, 12, 31),
    tuple(Move(STATES[a], STATES[b], n, money) for (a, b), (n, money) in MOVED.items()),
)
TRUST = Trust(
    sources=(
        Source("transactions", 1_469_307, 1_469_307, 0, 0),
        Source("products", 92_331, 92_331, 0, 0),
        Source("coupon_products", 116_204, 111_332, 0, 4_872),
    ),
    customers=2_469,
    with_attributes=801,
    margin=0.3,
    margin_assumed=True,
    contact_cost=0.05,
    contact_assumed=True,
    refused=(Refused("transactions", Text("quantity is not a number", "数量不是数字"), 12),),
    flagged=(
        Flagged("inactive", "", 56, Estimate(61.3, 55, 67, 2_210), Estimate(11.8, 10.6, 13, 2_210)),
        Flagged("buys", "DELI", 28, Estimate(91, 89, 93, 4_400), Estimate(52, 50, 54, 4_400)),
        Flagged("buys", "SEAFOOD", 28, Estimate(49, 44, 54, 4_400), Estimate(14, 13, 15, 4_400)),
    ),
)
PREDICTED = Predicted(
    title=Text("Buys SEAFOOD within 28 days", "28 天内购买 SEAFOOD"),
    model="blend",
    says=(
        Text("Of the 100 we flag, about 49 do (44 to 54); picking at random, 14.", "标出的 100 人中约 49 人如此。"),
        Text("Train again by 2018-02-26.", "请在 2018-02-26 前重新训练。"),
    ),
    gain=tuple(1 - (1 - n / 20) ** 3 for n in range(21)),
    tenth=Estimate(0.38, 0.33, 0.42, 4_400),
    bins=tuple(Bin(0.03 + n / 12, share(0.05 + n / 13, 0.03)) for n in range(10)),
    movers=(
        Mover(Text("days since SEAFOOD", "距上次购买 SEAFOOD 的天数"), 0.31, -1),
        Mover(Text("days with SEAFOOD in the last 84", "近 84 天购买 SEAFOOD 的天数"), 0.24, 1),
        Mover(Text("how often any order, halved every 14 days", "购买任何订单的频度（每 14 天减半）"), 0.08, 0),
    ),
    card="releases/2018-01-01-7c1e/cards/SEAFOOD.html",
)
CARD = CardPage(
    title=Text("Buys SEAFOOD within 28 days", "28 天内购买 SEAFOOD"),
    company="Complete Journey & Söhne",
    language="en",
    version="0.1.0",
    sections={
        "en": (
            CardSection("What it foretells", ("Buys <SEAFOOD>.", "No cause."), (), ()),
            CardSection("How good it is", (), ("Model", "AUC"), (("blend (used)", "0.858"), ("recency", "0.741"))),
        ),
        "zh": (CardSection("它预测什么", ("28 天内购买。",), ("模型", "AUC"), (("blend（采用）", "0.858"),)),),
    },
)
APPENDIX = Appendix(
    scores=(
        Score("predict", "inactive", "LightGBM", "auc", Estimate(0.858, 0.84, 0.875, 2_210), True),
        Score("recommend", "new", "ItemKNN", "ndcg@10", Estimate(0.051, 0.047, 0.055, 2_104), True),
        Score("segment", "kmeans", "k=3", "silhouette", Estimate(0.31, NAN, NAN, 2_469), True),
    ),
    seconds=(("ingest", 9.13), ("predict", 6.02)),
    release="2018-01-01-7c1e",
    version="0.1.0",
    predictions=(
        PREDICTED,
        replace(
            PREDICTED, title=Text("Buys DELI", "购买 DELI"), movers=(), card="releases/2018-01-01-7c1e/cards/DELI.html"
        ),
    ),
    other_cards=(("recommend/ItemKNN", "releases/2018-01-01-7c1e/cards/recommend_ItemKNN.html"),),
)


def dollars(value: float, half: float) -> Estimate:
    return Estimate(value, value - half, value + half, 4_000, "profit a customer over sending to nobody")


UPLIFT = Uplift(
    (
        UpliftCampaign(
            f"26 {HOSTILE}",
            Text("Send to 40 % of customers.", "发给 40% 的顾客。"),
            (
                (Text("by effect (targeted)", "按效果挑人"), dollars(0.62, 0.2)),
                (Text("to all", "全发"), dollars(0.21, 0.3)),
                (Text("to nobody", "谁都不发"), Estimate(0.0, 0.0, 0.0, 4_000)),
            ),
            tuple(UpliftTenth(n, 3.0 - 0.4 * n, dollars(3.2 - 0.42 * n, 1.1)) for n in range(1, 11)),
            tuple(UpliftPoint(n / 20, dollars(1.4 * n / 20 * (1.2 - n / 20), 0.02 * n)) for n in range(21)),
            0.4,
            (
                Text(
                    "Days since the last order: the effect is largest where it is <= 12",
                    "距上次下单的天数：为 <= 12 时效果最大",
                ),
            ),
            (Text("0.60 was foretold; 0.62 was measured.", "预计 0.60；实测 0.62。"),),
        ),
        UpliftCampaign("8", Text("Test first.", "先测试。"), (), (), (), None, (), ()),
    ),
    Text("", ""),
)

FULL = Report(
    company=Company("Complete Journey & Söhne", "USD", "en", date(2017, 1, 1), date(2017, 12, 31)),
    headline=Headline(28, 1_985, 2_011, 0, 312, 287_400.0, 27, False, date(2018, 2, 6)),
    pulse=PULSE,
    people=PEOPLE,
    lifecycle=LIFECYCLE,
    look=LOOK,
    needs=Needs((OVERDUE, SECOND, REPLENISH)),
    guide=GUIDE,
    money=MONEY,
    past=PAST,
    earned=EARNED,
    running=RUNNING,
    statement=STATEMENT,
    channels=CHANNELS,
    flood=FLOOD,
    uplift=UPLIFT,
    next=NEXT,
    trust=TRUST,
    appendix=APPENDIX,
)
BARE = Report(
    company=Company("一家小店", "CNY", "zh", date(2026, 1, 2), date(2026, 1, 2)),
    headline=Headline(28, 1, None, 3, None, 0.0, 0, False, None),
    pulse=replace(
        PULSE, weeks=WEEKS[:1], measures=tuple(replace(m, before=None, weeks=(m.now,)) for m in PULSE.measures)
    ),
    people=Missing("customers"),
    lifecycle=Missing("customers"),
    look=Missing("customers"),
    needs=Needs(
        (
            replace(OVERDUE, size=0, money=0.0, came_back=None, rows=()),
            replace(SECOND, size=0, money=0.0, came_back=None, rows=(), facts={**SECOND.facts, "known": 0}),
            Missing("lines"),
        )
    ),
    guide=Missing("lines"),
    money=Missing("money"),
    past=Missing("campaigns"),
    earned=Missing("lots"),
    running=Missing("running"),
    statement=Missing("statement"),
    channels=Missing("touches"),
    flood=Missing("flood"),
    uplift=Uplift((), Text("Nobody knows yet.", "还没人知道。")),
    next=Missing("plan"),
    trust=replace(TRUST, flagged=(), refused=(), sources=(Source("orders", 1, 1, 0, 0),)),
    appendix=replace(APPENDIX, scores=(), seconds=()),
)
