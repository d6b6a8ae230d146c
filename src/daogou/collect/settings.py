"""What a source in ``daogou.toml`` says about its file."""

from dataclasses import dataclass

from daogou.base.settings import required, setting


@dataclass(frozen=True)
class RefundRule:
    """Which rows of a sales file are refunds: those whose ``column`` starts with ``starts_with``."""

    column: str = required("the column that tells a refund, e.g. 'InvoiceNo'")
    starts_with: str = required("how its text starts in a refund, e.g. 'C'")


@dataclass(frozen=True)
class Source:
    """One file and the table that it fills."""

    file: str = required("a CSV or Parquet file; a relative path starts at the folder of daogou.toml")
    table: str = required("what a row is: sales, orders, order_lines, refunds, customers, items, ...")
    columns: dict[str, str | list[str]] = required("Daogou's column = the file's column (a list is summed)")
    attributes: list[str] = setting(list, "further columns of the file to keep, under their own names")
    key: list[str] = setting(
        list, "columns of the file that tell two rows apart; without it, equal rows are two events"
    )
    timezone: str | None = setting(None, "zone of times without one, if not the company's")
    time_format: str | None = setting(
        None, "how times are written, if not as 2026-11-24 18:30:00, e.g. '%d/%m/%Y %H:%M'"
    )
    refund_when: RefundRule | None = setting(None, "which rows of a sales file are refunds")
    kind: str = setting("", "what every row of an events or touches file is, e.g. 'view', where no column says it")
    kinds: dict[str, str] = setting(
        dict, "such a file's own words for kinds, e.g. { addtocart = 'cart', opened = 'open' }; our own need none"
    )
    channel: str = setting("", "the channel of every row of a touches or spend file, where no column says it")
