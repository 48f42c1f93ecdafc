"""The secret: sealing what is stored, and keyed hashes in place of who somebody is.

Changing the key: put the new key FIRST and keep the old ones behind it, `GUIDE_SECRET=new,old`. New writing is sealed
with the first key, old writing is read with any of them. The hashes come from the LAST key, so people still find their
cases; the last key therefore stays as long as the database lives.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VARIABLE = "GUIDE_SECRET"
FILE = "secret.key"


class WrongKey(ValueError):
    """The secret key cannot be used, or is not the one the data was sealed with"""


class Secret:
    """The keys, newest first. Raises WrongKey when there is none or one is not a Fernet key."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
            last = base64.urlsafe_b64decode(keys[-1])
        except (ValueError, IndexError):
            raise WrongKey(
                f"密钥的格式不对:{VARIABLE} 或 {FILE} 里应当是 44 个字符的 Fernet 密钥,多个用逗号隔开,新的在前。"
            ) from None
        self._hash_key = HKDF(SHA256(), 32, salt=None, info=b"guide: who somebody is").derive(last)

    @classmethod
    def load(cls, data: Path, environ: Mapping[str, str] = os.environ) -> Secret:
        """The keys from GUIDE_SECRET, else from `secret.key` in the folder `data`, which is made at the first start."""
        text = environ.get(VARIABLE) or _from_file(data / FILE)
        return cls([key.strip() for key in text.split(",") if key.strip()])

    def seal(self, data: object) -> str:
        """JSON data as text only these keys can read.

        It is packed first: a long talk repeats itself, and packed it is sealed as fast as a short one.
        """
        return self._fernet.encrypt(zlib.compress(json.dumps(data, ensure_ascii=False).encode(), 1)).decode()

    def unseal(self, sealed: str) -> Any:
        """The data from `seal`, packed or from before there was packing. Raises WrongKey for another key's."""
        try:
            plain = self._fernet.decrypt(sealed.encode())
        except InvalidToken:
            raise WrongKey(
                f"有一条记录用现在的密钥读不出来:请把当时用的旧密钥加回 {VARIABLE} 的后面(逗号隔开),数据没有丢。"
            ) from None
        # No JSON begins with the first byte of packed data (RFC 1950: deflate with a 32 KB window).
        return json.loads(zlib.decompress(plain) if plain.startswith(b"\x78") else plain)

    def fingerprint(self, *parts: str) -> str:
        """A keyed hash (HMAC-SHA256, 64 hexadecimal digits): equal for equal parts, and nobody can turn it round."""
        return hmac.new(self._hash_key, json.dumps(parts).encode(), hashlib.sha256).hexdigest()

    def person(self, channel: str, sender: str) -> str:
        """What stands in the database for a person."""
        return self.fingerprint("person", channel, sender)


def _from_file(path: Path) -> str:
    """The text of the key file, made with a new key and for its owner's eyes only (0600) when there is none."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(Fernet.generate_key().decode())
    except FileExistsError:
        pass
    except OSError as error:
        raise WrongKey(f"密钥文件 {path} 写不进去({error.strerror}):请检查目录权限,或改用 {VARIABLE}。") from error
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongKey(f"密钥文件 {path} 读不出来({error}):请检查它的权限和内容,或改用 {VARIABLE}。") from error
