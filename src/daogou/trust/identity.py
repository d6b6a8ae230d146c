"""Who is who: the only place that knows which company id a customer has.

Every table holds a surrogate ``customer_id``. The vault maps (kind, company id) to it: the id is found again by its
HMAC and read again from its ciphertext, which is under a key of that customer alone; that key is under the master key.
Destroying a customer's key makes the customer unreadable everywhere at once.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

import sqlalchemy as sa

from daogou.store.ledger import CUSTOMER_KEYS, IDENTITIES
from daogou.trust.keys import Keys, seal, unseal

_CHUNK = 500  # values in one statement; SQLite allows 999 in old builds
T = TypeVar("T")


def lookup(keys: Keys, kind: str, external: str) -> bytes:
    """The keyed pseudonym of a company id: HMAC-SHA256, 32 bytes."""
    return hmac.digest(keys.lookup, f"{kind}\0{external}".encode(), hashlib.sha256)


def resolve(
    connection: sa.Connection, keys: Keys, kind: str, externals: Sequence[str], progress: Callable[[float], None]
) -> dict[str, int]:
    """The surrogate of each company id; unknown ids get the next free ones, in the order given.

    ``progress`` is told the share that is done. Nothing is kept unless the connection's transaction commits.
    """
    digests = {external: lookup(keys, kind, external) for external in dict.fromkeys(externals)}
    known: dict[bytes, int] = {}
    for chunk in _chunks(digests.values(), _CHUNK):
        rows = connection.execute(
            sa.select(IDENTITIES.c.lookup, IDENTITIES.c.customer_id).where(
                IDENTITIES.c.kind == kind, IDENTITIES.c.lookup.in_(chunk)
            )
        )
        known.update((bytes(row.lookup), row.customer_id) for row in rows)
    unknown = [external for external, digest in digests.items() if digest not in known]
    first = (connection.scalar(sa.select(sa.func.max(IDENTITIES.c.customer_id))) or 0) + 1
    done = 0
    for chunk in _chunks(enumerate(unknown, first), 10 * _CHUNK):
        _add(connection, keys, kind, chunk)
        done += len(chunk)
        progress(done / len(unknown))
    fresh = {external: customer_id for customer_id, external in enumerate(unknown, first)}
    return {external: fresh.get(external) or known[digest] for external, digest in digests.items()}


def reveal(connection: sa.Connection, keys: Keys, customer_ids: Iterable[int]) -> dict[int, str]:
    """The company's own id of each customer; those whose key was destroyed are absent."""
    found: dict[int, str] = {}
    for chunk in _chunks(dict.fromkeys(customer_ids), _CHUNK):
        rows = connection.execute(
            sa.select(IDENTITIES.c.customer_id, IDENTITIES.c.kind, IDENTITIES.c.sealed, CUSTOMER_KEYS.c.wrapped)
            .join(CUSTOMER_KEYS, CUSTOMER_KEYS.c.customer_id == IDENTITIES.c.customer_id)
            .where(IDENTITIES.c.customer_id.in_(chunk))
            .order_by(IDENTITIES.c.identity_id.desc())
        )
        for row in rows:  # the oldest id wins
            key = unseal(keys.master, row.wrapped, _context(row.customer_id))
            found[row.customer_id] = unseal(key, row.sealed, row.kind.encode()).decode()
    return found


def _add(connection: sa.Connection, keys: Keys, kind: str, people: list[tuple[int, str]]) -> None:
    identities, wrapped = [], []
    for customer_id, external in people:
        key = secrets.token_bytes(32)
        wrapped.append({"customer_id": customer_id, "wrapped": seal(keys.master, key, _context(customer_id))})
        identities.append(
            {
                "customer_id": customer_id,
                "kind": kind,
                "lookup": lookup(keys, kind, external),
                "sealed": seal(key, external.encode(), kind.encode()),
            }
        )
    connection.execute(CUSTOMER_KEYS.insert(), wrapped)
    connection.execute(IDENTITIES.insert(), identities)


def _context(customer_id: int) -> bytes:
    return f"customer {customer_id}".encode()


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, size)):
        yield chunk
