import pytest
import sqlalchemy as sa

from daogou.base.errors import DaogouError
from daogou.store.ledger import CUSTOMER_KEYS, Ledger
from daogou.trust.identity import lookup, resolve, reveal
from daogou.trust.keys import key_folder, make_keys, read_keys, seal, unseal


def ignore(_done):
    pass


@pytest.fixture
def ledger(tmp_path):
    with Ledger(tmp_path / "l.sqlite") as opened:
        yield opened


@pytest.fixture
def keys(tmp_path, monkeypatch):
    monkeypatch.setenv("DAOGOU_KEYS", str(tmp_path / "keys"))
    return make_keys("w")


def test_an_id_has_one_surrogate_for_ever(ledger, keys):
    with ledger.transaction() as connection:
        first = resolve(connection, keys, "customer", ["张三", "b", "张三"], ignore)
    with ledger.transaction() as connection:
        again = resolve(connection, keys, "customer", ["c", "b", "张三"], ignore)
        guests = resolve(connection, keys, "guest", ["b"], ignore)
        shown = reveal(connection, keys, again.values())
    assert first == {"张三": 1, "b": 2}
    assert again == {"c": 3, "b": 2, "张三": 1}
    assert guests == {"b": 4}
    assert shown == {1: "张三", 2: "b", 3: "c"}


def test_a_pseudonym_depends_on_the_key_and_on_the_kind_of_id(keys):
    other = make_keys("another")
    found = {lookup(keys, "customer", "b"), lookup(keys, "guest", "b"), lookup(other, "customer", "b")}
    assert len(found) == 3
    assert lookup(keys, "customer", "b") == lookup(keys, "customer", "b")


def test_nothing_is_kept_when_the_transaction_fails(ledger, keys):
    with pytest.raises(ZeroDivisionError), ledger.transaction() as connection:
        resolve(connection, keys, "customer", ["a"], ignore)
        raise ZeroDivisionError
    with ledger.transaction() as connection:
        assert reveal(connection, keys, [1]) == {}


def test_the_ledger_file_does_not_hold_the_ids(ledger, keys, tmp_path):
    with ledger.transaction() as connection:
        resolve(connection, keys, "customer", ["zhang.san@example.com"], ignore)
    ledger.close()
    assert all(b"zhang.san" not in path.read_bytes() for path in tmp_path.glob("l.sqlite*"))


def test_a_customer_whose_key_is_destroyed_is_unreadable(ledger, keys):
    with ledger.transaction() as connection:
        resolve(connection, keys, "customer", ["a", "b"], ignore)
        connection.execute(sa.delete(CUSTOMER_KEYS).where(CUSTOMER_KEYS.c.customer_id == 1))
        assert reveal(connection, keys, [1, 2]) == {2: "b"}


def test_keys_are_for_this_user_alone_and_their_loss_is_explained(keys):
    path = key_folder() / "w.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_keys("w") == keys
    assert "lookup" not in repr(keys)
    with pytest.raises(DaogouError, match="the keys of this workspace are not on this machine"):
        read_keys("other")
    with pytest.raises(FileExistsError):
        make_keys("w")


def test_sealed_bytes_open_with_their_key_and_context_only(keys):
    sealed = seal(keys.master, b"secret", b"row 1")
    assert unseal(keys.master, sealed, b"row 1") == b"secret"
    assert sealed != seal(keys.master, b"secret", b"row 1")
    for key, context in ((keys.lookup, b"row 1"), (keys.master, b"row 2")):
        with pytest.raises(ValueError, match="do not open"):
            unseal(key, sealed, context)
