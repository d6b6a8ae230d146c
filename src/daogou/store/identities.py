"""The vault's rows: pseudonyms, sealed ids and wrapped keys. What they mean is known to ``trust`` alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa

from daogou.store.ledger import CUSTOMER_KEYS, IDENTITIES, Connection

_CHUNK = 500  # values in one statement; old builds of SQLite take 999
T = TypeVar("T")


@dataclass(frozen=True)
class Identity:
    """One id of one customer: the HMAC that finds it, the ciphertext that holds it, the key under the master key."""

    customer_id: int
    kind: str
    lookup: bytes
    sealed: bytes
    wrapped: bytes


def find(connection: Connection, kind: str, lookups: Iterable[bytes]) -> dict[bytes, int]:
    """The customer of each pseudonym that is known."""
    known: dict[bytes, int] = {}
    for chunk in chunks(lookups, _CHUNK):
        rows = connection.execute(
            sa.select(IDENTITIES.c.lookup, IDENTITIES.c.customer_id).where(
                IDENTITIES.c.kind == kind, IDENTITIES.c.lookup.in_(chunk)
            )
        )
        known.update((bytes(row.lookup), row.customer_id) for row in rows)
    return known


def next_customer_id(connection: Connection) -> int:
    """The least surrogate above all that were given."""
    return (connection.scalar(sa.select(sa.func.max(CUSTOMER_KEYS.c.customer_id))) or 0) + 1


def add(connection: Connection, identities: Sequence[Identity]) -> None:
    """Enter new customers with their first id."""
    connection.execute(
        CUSTOMER_KEYS.insert(), [{"customer_id": one.customer_id, "wrapped": one.wrapped} for one in identities]
    )
    connection.execute(
        IDENTITIES.insert(),
        [
            {"customer_id": one.customer_id, "kind": one.kind, "lookup": one.lookup, "sealed": one.sealed}
            for one in identities
        ],
    )


def of_customers(connection: Connection, customer_ids: Iterable[int]) -> Iterator[Identity]:
    """The ids of these customers, newest first; none of those whose key was destroyed."""
    for chunk in chunks(dict.fromkeys(customer_ids), _CHUNK):
        rows = connection.execute(
            sa.select(IDENTITIES, CUSTOMER_KEYS.c.wrapped)
            .join(CUSTOMER_KEYS, CUSTOMER_KEYS.c.customer_id == IDENTITIES.c.customer_id)
            .where(IDENTITIES.c.customer_id.in_(chunk))
            .order_by(IDENTITIES.c.identity_id.desc())
        )
        for row in rows:
            yield Identity(row.customer_id, row.kind, row.lookup, row.sealed, row.wrapped)


def chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """``values`` in lists of at most ``size``.

    >>> list(chunks("abc", 2))
    [['a', 'b'], ['c']]
    """
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk
