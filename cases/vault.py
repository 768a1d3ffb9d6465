"""Ciphers for what is kept (F123): every mail, letter and text has a key of its own.

Encryption is AES-256-GCM with a random nonce (NIST SP 800-38D), bound to the row it stands in;
data keys are wrapped by AES key wrap (RFC 3394). Pure: keys come in as bytes. The library is
imported late: it takes 6 MB, and most desks encrypt nothing.

    master key   a file beside the database, never in it; wraps the data keys
    data key     table `data_key`, by case; once its row is gone, nobody can read what was
                 encrypted with it, wherever a copy of those bytes is left
"""

import hashlib
import os
from dataclasses import dataclass

from cases.errors import StoreUnavailable, Undecipherable

KEY_BYTES = 32
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """A data key as the store keeps it."""

    wrapped: bytes
    master: str  #: the name of the master key that wraps it


class Vault:
    """The master keys of one desk: the first one wraps, the others only unwrap."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        """ValueError for no key, or for one that is not 32 bytes."""
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a master key has {KEY_BYTES} bytes")
        self._keys = {master_name(key): key for key in keys}
        self.master = master_name(keys[0])  #: the name of the one that wraps

    @property
    def masters(self) -> frozenset[str]:
        """The names of all master keys."""
        return frozenset(self._keys)

    def new_key(self) -> DataKey:
        """Return a data key nobody has used."""
        return self._wrapped(os.urandom(KEY_BYTES))

    def rewrap(self, key: DataKey) -> DataKey:
        """Return the same data key, wrapped by the first master key."""
        return self._wrapped(self._unwrapped(key))

    def encrypt(self, key: DataKey, data: bytes, *, name: str) -> bytes:
        """Return `data` encrypted; `name` says where it belongs: nowhere else can it be read."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._unwrapped(key)).encrypt(nonce, data, name.encode())

    def decrypt(self, key: DataKey, data: bytes, *, name: str) -> bytes:
        """Return what was encrypted; raises Undecipherable if that is not what stands there."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, rest = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
        try:
            return AESGCM(self._unwrapped(key)).decrypt(nonce, rest, name.encode())
        except (InvalidTag, ValueError) as error:
            raise Undecipherable(name, "its bytes were changed") from error

    def _wrapped(self, plain: bytes) -> DataKey:
        from cryptography.hazmat.primitives.keywrap import aes_key_wrap

        return DataKey(wrapped=aes_key_wrap(self._keys[self.master], plain), master=self.master)

    def _unwrapped(self, key: DataKey) -> bytes:
        from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

        master = self._keys.get(key.master)
        if master is None:
            raise StoreUnavailable(
                f"a part of the database is encrypted with the key {key.master}, which is not in "
                "the file of encryption.key_file: put it back; nothing is lost until then"
            )
        try:
            return aes_key_unwrap(master, key.wrapped)
        except (InvalidUnwrap, ValueError) as error:
            raise Undecipherable("a data key", "it was changed") from error


def master_name(key: bytes) -> str:
    """Return the name a master key is known by in the store; says nothing about it."""
    return hashlib.sha256(b"master key of a desk\n" + key).hexdigest()[:16]
