"""Customers whom a file names by the company's own ids."""

from dataclasses import dataclass
from pathlib import Path

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.flows.workspace import Workspace
from daogou.store.table_file import read_table
from daogou.trust.identity import recognise

_ID = "customer_id"


@dataclass(frozen=True)
class Listed:
    """The customer_id of everyone who is known, and how many of the ids no customer has."""

    customers: list[int]
    unknown: int


def listed(workspace: Workspace, path: Path) -> Listed:
    """Everyone in the file, CSV or Parquet with a column customer_id or one column alone.

    Raises:
        DaogouError: the file cannot be read, holds nobody, or none of its several columns is called customer_id.
    """
    table = read_table(path, texts=True)
    if _ID not in table.column_names and table.num_columns != 1:
        raise DaogouError(
            _("the file has {n} columns, and none is called customer_id").format(n=table.num_columns),
            str(path),
            _("Call the column of customers customer_id, or leave it alone in the file."),
        )
    column = table.column(_ID if _ID in table.column_names else 0)
    ids = [str(one).strip() for one in dict.fromkeys(column.to_pylist()) if one is not None]
    with workspace.ledger() as ledger, ledger.transaction() as connection:
        known = recognise(connection, workspace.keys, "customer", ids)
    return Listed(list(known.values()), len(ids) - len(known))
