"""The keys of a workspace, kept outside it: whoever copies the workspace cannot read who is in it."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from daogou.base.errors import DaogouError
from daogou.base.words import gettext as _

_NONCE = 12  # bytes, as AES-GCM recommends


@dataclass(frozen=True)
class Keys:
    """``lookup`` keys the HMAC of ids, ``master`` wraps customers' keys and seals quarantine, ``salt`` draws lots."""

    lookup: bytes = field(repr=False)
    master: bytes = field(repr=False)
    salt: str = field(repr=False)


def key_folder() -> Path:
    """Where keys are kept: ``DAOGOU_KEYS``, else the user's configuration folder."""
    if chosen := os.environ.get("DAOGOU_KEYS"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "daogou" / "keys"


def make_keys(workspace_id: str) -> Keys:
    """New keys for a workspace, written so that only this user can read them."""
    folder = key_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    values = {name: secrets.token_hex(32) for name in ("lookup", "master", "salt")}
    handle = os.open(folder / f"{workspace_id}.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(values, file)
        file.flush()
        os.fsync(file.fileno())
    return read_keys(workspace_id)


def read_keys(workspace_id: str) -> Keys:
    """The keys of a workspace.

    Raises:
        DaogouError: they are not on this machine.
    """
    path = key_folder() / f"{workspace_id}.json"
    try:
        values = json.loads(path.read_text())
    except FileNotFoundError:
        raise DaogouError(
            _("the keys of this workspace are not on this machine"),
            str(path),
            _("Copy that file from the machine where the workspace was made, or set DAOGOU_KEYS to its folder."),
        ) from None
    return Keys(bytes.fromhex(values["lookup"]), bytes.fromhex(values["master"]), values["salt"])


def seal(key: bytes, plain: bytes, context: bytes) -> bytes:
    """``plain`` under AES-256-GCM, bound to ``context``: nonce, then ciphertext with its tag."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def unseal(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """What was sealed.

    Raises:
        ValueError: another key, another context, or altered bytes.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context)
    except InvalidTag:
        raise ValueError("sealed bytes do not open with this key") from None
