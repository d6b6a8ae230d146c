"""Settings of the section [money]. Margin and cost of a contact stand in [plan]."""

from dataclasses import dataclass

from daogou.base.settings import at_least, setting
from daogou.base.words import gettext as _

NOT_PAID = (
    "cancelled", "canceled", "closed", "expired", "pending", "pending payment", "unpaid", "void", "voided",
    "交易关闭", "已关闭", "已取消", "待付款", "未付款",
)  # fmt: skip


@dataclass(frozen=True)
class MoneySettings:
    """What a sale costs beside its goods, when it is final, and what names the brand."""

    return_days: int = setting(
        15, "days in which an order may be returned; figures are provisional until they are over"
    )
    shipping_cost: float = setting(0.0, "what sending one order costs the company, in its currency")
    commission: float = setting(0.0, "share of what it receives for an order that marketplaces keep, 0 to 1")
    payment_fee: float = setting(0.0, "share of what the customer pays that payment services keep, 0 to 1")
    resold: float = setting(1.0, "share of returned goods that go back on sale at their cost, 0 to 1")
    tax_in_paid: bool = setting(False, "whether what customers paid holds the tax of their orders, which is taken off")
    not_paid: list[str] = setting(
        lambda: list(NOT_PAID), "words for the status of an order that was not paid, where its source tells no paid_at"
    )
    brand_words: list[str] = setting(list, "words by which people search for the brand; empty: the company's name")
    direct: list[str] = setting(
        lambda: ["direct", "(direct)", "(none)", "直接访问"], "what the files call visits that nothing led to"
    )

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises:
            ValueError: a value outside its range.
        """
        if self.return_days < 0:
            raise ValueError(at_least("return_days", 0))
        if self.shipping_cost < 0:
            raise ValueError(at_least("shipping_cost", 0))
        if not all(0 <= share <= 1 for share in (self.commission, self.payment_fee, self.resold)):
            raise ValueError(_("commission, payment_fee and resold must lie between 0 and 1"))
        if any(not word.strip() for word in self.brand_words):
            raise ValueError(_("brand_words holds an empty word"))
