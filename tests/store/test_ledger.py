from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from daogou.store.ledger import METADATA, Ledger

NOW = datetime(2025, 1, 2, 3, tzinfo=UTC)


def test_migrations_make_what_the_code_expects(tmp_path):
    with Ledger(tmp_path / "l.sqlite") as ledger, ledger.transaction() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_same_plan_is_the_same_campaign(tmp_path):
    with Ledger(tmp_path / "l.sqlite") as ledger:
        first = ledger.add_campaign("a" * 64, "spring", "draft", {"people": 3}, NOW)
        assert ledger.add_campaign("a" * 64, "spring", "draft", {"people": 3}, NOW) == first
        assert ledger.add_campaign("b" * 64, "spring", "draft", {"people": 4}, NOW) != first
    with Ledger(tmp_path / "l.sqlite") as ledger:
        assert [(c.id, c.summary) for c in ledger.campaigns()] == [(1, {"people": 3}), (2, {"people": 4})]
