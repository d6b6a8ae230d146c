"""Who is who: the only place that knows which company id a customer has.

Every table holds a surrogate ``customer_id``. The vault maps (kind, company id) to it: the id is found again by its
HMAC and read again from its ciphertext, which is under a key of that customer alone; that key is under the master key.
Destroying a customer's key makes the customer unreadable everywhere at once.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence

from daogou.store import identities
from daogou.store.identities import Identity
from daogou.store.ledger import Connection
from daogou.trust.keys import Keys, seal, unseal

_AT_ONCE = 5000  # customers entered between two reports of progress


def lookup(keys: Keys, kind: str, external: str) -> bytes:
    """The keyed pseudonym of a company id: HMAC-SHA256, 32 bytes."""
    return hmac.digest(keys.lookup, f"{kind}\0{external}".encode(), hashlib.sha256)


def resolve(
    connection: Connection, keys: Keys, kind: str, externals: Sequence[str], progress: Callable[[float], None]
) -> dict[str, int]:
    """The surrogate of each company id; unknown ids get the next free ones, in the order given.

    ``progress`` is told the share that is done. Nothing is kept unless the connection's transaction commits.
    """
    digests = {external: lookup(keys, kind, external) for external in dict.fromkeys(externals)}
    known = identities.find(connection, kind, digests.values())
    unknown = [external for external, digest in digests.items() if digest not in known]
    first = identities.next_customer_id(connection)
    for done, people in enumerate(identities.chunks(enumerate(unknown, first), _AT_ONCE)):
        progress(done * _AT_ONCE / len(unknown))
        identities.add(connection, [_identity(keys, kind, *person) for person in people])
    fresh = {external: customer_id for customer_id, external in enumerate(unknown, first)}
    return {external: fresh.get(external) or known[digest] for external, digest in digests.items()}


def recognise(connection: Connection, keys: Keys, kind: str, externals: Iterable[str]) -> dict[str, int]:
    """The surrogate of each company id that is known; nobody is entered."""
    digests = {external: lookup(keys, kind, external) for external in dict.fromkeys(externals)}
    known = identities.find(connection, kind, digests.values())
    return {external: known[digest] for external, digest in digests.items() if digest in known}


def reveal(connection: Connection, keys: Keys, customer_ids: Iterable[int]) -> dict[int, str]:
    """The company's own id of each customer, the oldest where there are several; absent where the key was destroyed."""
    found = {}
    for one in identities.of_customers(connection, customer_ids):
        key = unseal(keys.master, one.wrapped, _context(one.customer_id))
        found[one.customer_id] = unseal(key, one.sealed, one.kind.encode()).decode()
    return found


def _identity(keys: Keys, kind: str, customer_id: int, external: str) -> Identity:
    key = secrets.token_bytes(32)
    return Identity(
        customer_id,
        kind,
        lookup(keys, kind, external),
        sealed=seal(key, external.encode(), kind.encode()),
        wrapped=seal(keys.master, key, _context(customer_id)),
    )


def _context(customer_id: int) -> bytes:
    return f"customer {customer_id}".encode()
