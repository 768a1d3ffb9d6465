"""The keys of what is encrypted, put into the store; nothing is written where they don't fit."""

from cases.errors import ConfigError, Problem
from cases.store import SCHEMA, Store
from pipeline.config_privacy import PrivacySettings, missing_key, vault_of

#: The first schema that knew keys.
_FIRST = "0004"


def unlock(store: Store, privacy: PrivacySettings) -> None:
    """Let the store encrypt what it gets from now on; makes the key file if nothing needs another.

    Raises ConfigError for a key file that is wrong, or gone while the database needs it;
    StoreUnavailable where that can't be told.
    """
    path = privacy.key_file
    if path is None:
        return
    store.vault = vault_of(path, make=False)
    if store.vault is None:
        found = store.schema()
        if found > SCHEMA:
            return  # of a newer version: nothing will be written
        if found >= _FIRST and _masters(store):
            raise missing_key(path)
        store.vault = vault_of(path, make=True)


def require_keys(store: Store, privacy: PrivacySettings, *, config_file: str) -> None:
    """Raise ConfigError if the database holds what none of our keys encrypts."""
    needed = _masters(store)
    unknown = needed.keys() - (store.vault.masters if store.vault else frozenset())
    if not unknown:
        return
    count = sum(needed[name] for name in unknown)
    if privacy.key_file is None:
        file, what = config_file, f"is missing, but the database holds {count} encrypted items"
        fix = "Name the file of the key again; until then mails wait"
    else:
        file = str(privacy.key_file)
        what = f"lacks the key {', '.join(sorted(unknown))}, which encrypts {count} items"
        fix = "Put the file of before back; until then mails wait"
    problem = Problem(file=file, line=0, key="encryption.key_file", what=what, fix=fix)
    raise ConfigError((problem,))


def _masters(store: Store) -> dict[str, int]:
    with store.read() as tx:
        return tx.data_keys.masters()
