"""From surrogates to the company's own ids, at the edge."""

from collections.abc import Callable, Iterable

from daogou.store.ledger import Ledger
from daogou.trust.identity import reveal
from daogou.trust.keys import Keys

Vault = Callable[[Iterable[int]], dict[int, str]]  # those whose key was destroyed are absent


def vault(ledger: Ledger, keys: Keys) -> Vault:
    """The ids that the ledger holds, read with the workspace's keys."""

    def ids(customers: Iterable[int]) -> dict[int, str]:
        with ledger.transaction() as connection:
            return reveal(connection, keys, customers)

    return ids
