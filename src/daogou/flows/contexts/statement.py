"""The year's statement as the stage measure wrote it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from daogou.base.estimate import Estimate
from daogou.flows.contexts.told import rows_of
from daogou.flows.statement import entry_of, writer
from daogou.measure import statement_sentences as say
from daogou.measure.statement import Entry, differences
from daogou.report import contexts as page
from daogou.report import figures
from daogou.report.contexts import Text
from daogou.store.tables import STATEMENT
from daogou.store.warehouse import Warehouse

_IN_NET_SALES = ("claimed", "credited")


def statement(warehouse: Warehouse, as_of: date, currency: str) -> page.Statement | page.Missing:
    """The year that ``as_of`` ends; missing where nothing but the books is known of it."""
    rows = rows_of(warehouse, STATEMENT, as_of)
    entries = [entry_of(row) for row in sorted(rows, key=lambda row: row["place"])]
    if all(one.value is None for one in entries if one.line != "books"):
        return page.Missing("statement")
    year = rows[0]["year"]
    write = writer(currency)
    told = differences(entries)
    return page.Statement(
        year=year,
        says=_texts(
            [
                lambda: say.headline(year, entries, write),
                lambda: say.earned_text(entries, write, writer_of_shares),
            ]
        ),
        lines=tuple(_line(one) for one in entries),
        differences=_texts(
            [
                *(lambda one=one: say.difference_text(one, entries, write) for one in told),
                lambda: say.apart_text(entries),
            ]
        ),
    )


def writer_of_shares(one: Estimate) -> str:
    """A share with its interval."""
    return figures.with_interval(replace(one, low=one.low if one.low != one.high else float("nan")))


def _texts(sayings: Sequence[Callable[[], str]]) -> tuple[Text, ...]:
    """Each in both languages; empty ones left out."""
    return tuple(text for text in map(Text.of, sayings) if text.en)


def _line(one: Entry) -> page.StatementLine:
    """A line in the measure that it is told in."""
    is_sales = one.line in _IN_NET_SALES
    return page.StatementLine(
        line=one.line,
        net_sales=one.value if is_sales else one.net_sales,
        value=None if is_sales else one.value,
        silent=Text.of(lambda: say.missing_text(one)) if one.value is None else None,
        campaigns=one.campaigns,
        first_day=one.first,
        last_day=one.last,
    )
