"""What a block without data says: what it lacks, and the lines of daogou.toml that bring it."""

from daogou.base.words import gettext as _
from daogou.report.contexts import Missing

# names of the company's own files and columns are examples: the text above them says so
_LINES = {
    "customers": """\
[sources.sales.columns]
customer_id = "customer"
""",
    "lines": """\
[sources.lines]
file = "lines.csv"
table = "order_lines"

[sources.lines.columns]
order_id = "order"
item_id = "item"
quantity = "quantity"
paid = "amount"
""",
    "campaigns": """\
[sources.campaigns]
file = "campaigns.csv"
table = "past_campaigns"

[sources.campaigns.columns]
campaign_id = "id"
kind = "type"
starts_on = "first_day"
ends_on = "last_day"

[sources.reached]
file = "reached.csv"
table = "assignments"

[sources.reached.columns]
campaign_id = "campaign"
customer_id = "customer"

[sources.coupons]
file = "coupons.csv"
table = "coupons"

[sources.coupons.columns]
customer_id = "customer"
campaign_id = "campaign"
redeemed_at = "used_at"
""",
    "lots": """\
[sources.reached]
file = "reached.csv"
table = "assignments"

[sources.reached.columns]
campaign_id = "campaign"
customer_id = "customer"
arm = "arm"
propensity = "chance"
""",
    "flood": """\
[sources.mail]
file = "mail.csv"
table = "touches"
channel = "email"

[sources.mail.columns]
customer_id = "customer"
kind = "what"
occurred_at = "at"
""",
    "touches": """\
[sources.mail]
file = "mail.csv"
table = "touches"
channel = "email"

[sources.mail.columns]
customer_id = "customer"
kind = "what"
occurred_at = "at"

[sources.ads]
file = "ads.csv"
table = "spend"

[sources.ads.columns]
channel = "network"
day = "day"
cost = "cost"
claimed_orders = "conversions"
""",
}


def why(block: Missing) -> str:
    """What is lacking, and what the block would show."""
    return {
        "customers": _("No order names its customer. With a customer column this block shows who they are."),
        "lines": _("No order lines are mapped. With them this block shows what people buy again and what to offer."),
        "time": _("The data are too few or too short for this yet; more orders bring it."),
        "campaigns": _(
            "No past campaigns are mapped. With them this block shows what each cost and what it must earn."
        ),
        "touches": _(
            "No touches and no spend are mapped. With them this block shows what each channel claims, gets and proves."
        ),
        "lots": _(
            "No campaign is known of which anything was measured. With who was drawn into which arm this block shows"
            " what each earned."
        ),
        "running": _("No test is running. A campaign with people held out by lot appears here while its days last."),
        "statement": _("Nothing was measured of this year yet: run daogou measure."),
        "money": _("No orders are measured yet: run daogou measure."),
        "flood": _(
            "Messages of two weeks or more are not known. With them this block shows how often people are written to"
            " and how many object."
        ),
        "plan": _("No campaign is planned: too few customers for its gain to show."),
    }[block.lacks]


def add(block: Missing) -> str:
    """Lines of daogou.toml; empty where only time or more customers help."""
    return _LINES.get(block.lacks, "").rstrip()
