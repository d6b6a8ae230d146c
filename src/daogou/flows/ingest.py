"""Stage ingest: files become facts, each row once."""

from daogou.base.clock import Clock
from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _
from daogou.collect.intake import Company, take_in
from daogou.collect.kinds import IN_ORDER
from daogou.collect.people import Vault
from daogou.flows.workspace import Progress, StageReport, Workspace
from daogou.store.tables import ORDERS


def ingest(workspace: Workspace, clock: Clock, progress: Progress) -> StageReport:
    """Store every source of the settings. Kept whole or not at all.

    Raises:
        DaogouError: a source cannot be read, or there are no orders in the end.
    """
    settings = workspace.settings
    company = Company(workspace.path, settings.company.timezone, settings.company.currency, settings.sources)
    names = sorted(settings.sources, key=lambda name: _rank(settings.sources[name].table))
    keys = workspace.keys
    counts = {}
    with workspace.warehouse() as warehouse, workspace.ledger() as ledger:
        # Identities first: those that no row names harm nobody, rows without identities would.
        with warehouse.transaction(), ledger.transaction() as connection:
            for i, name in enumerate(names):
                start, share = i / len(names), 1 / len(names)

                def inner(done: float, text: str, name: str = name, start: float = start, share: float = share) -> None:
                    progress(start + share * done, f"{name}: {text}")

                inner(0.0, _("reading"))
                counts[name] = take_in(warehouse, Vault(connection, keys, inner), company, name, clock())
            _check_orders(warehouse.count(ORDERS), workspace)
        progress(1.0, _("stored"))
    lines = [
        _(
            "{source}: {received} rows received = {stored} stored + {quarantined} quarantined + {duplicate} duplicate."
        ).format(
            source=name,
            received=f"{c.received:,}",
            stored=f"{c.stored:,}",
            quarantined=f"{c.quarantined:,}",
            duplicate=f"{c.duplicate:,}",
        )
        for name, c in counts.items()
    ]
    refusals = [sentence for c in counts.values() for sentence in c.first_refusals]
    summary = {
        name: {"received": c.received, "stored": c.stored, "quarantined": c.quarantined, "duplicate": c.duplicate}
        for name, c in counts.items()
    }
    return StageReport({"ingest": summary}, lines + refusals)


def _rank(table: str) -> int:
    return IN_ORDER.index(table) if table in IN_ORDER else len(IN_ORDER)


def _check_orders(orders: int, workspace: Workspace) -> None:
    if orders:
        return
    where = str(workspace.path / "daogou.toml")
    mapped = [name for name, source in workspace.settings.sources.items() if source.table in ("sales", "orders")]
    if mapped:
        raise DaogouError(
            _("there is not one order in '{sources}'").format(sources="', '".join(mapped)),
            where,
            _("Look whether the file has rows below its header, and whether all of them are refunds."),
        )
    raise DaogouError(
        _("no source fills the orders"), where, _("Map a file to table 'sales', or to 'orders' and 'order_lines'.")
    )
