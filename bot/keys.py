"""What makes people unreadable: keys for LINE ids, and encryption where an id must be kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Keys:
    """Derived from SECRET_KEY; a new SECRET_KEY without the old one beside it forgets everyone.

    `old` are earlier values, the latest first. What they sealed is still read; what is sealed now takes the
    new one. A person's key stays that of the very first: it cannot be made anew without the LINE id.
    """

    def __init__(self, secret: str, old: Sequence[str] = ()) -> None:
        self._key = _derive([secret, *old][-1], b"person")
        boxes = [
            Fernet(base64.urlsafe_b64encode(_derive(one, b"address"))) for one in (secret, *old)
        ]
        self._box = MultiFernet(boxes)
        self.cookies = _derive(secret, b"cookies").hex()

    def person(self, line_id: str) -> str:
        """The key of a person or group; cannot be turned back."""
        return hmac.new(self._key, line_id.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def seal(self, line_id: str) -> str:
        """A LINE id for the database."""
        return self._box.encrypt(line_id.encode("utf-8", "replace")).decode()

    def unseal(self, sealed: str) -> str | None:
        """The LINE id again; None when it was sealed with a SECRET_KEY that we do not have."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def resealed(self, sealed: str) -> str | None:
        """The same LINE id under the newest key; None when it cannot be read."""
        try:
            return self._box.rotate(sealed.encode()).decode()
        except InvalidToken:
            return None


def _derive(secret: str, purpose: bytes) -> bytes:
    return hmac.new(secret.encode(), b"tomoni/" + purpose, hashlib.sha256).digest()
