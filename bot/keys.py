"""What makes people unreadable: keys for LINE ids, and encryption where an id must be kept."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken


class Keys:
    """Derived from SECRET_KEY; a new SECRET_KEY forgets everyone."""

    def __init__(self, secret: str) -> None:
        self._key = _derive(secret, b"person")
        self._box = Fernet(base64.urlsafe_b64encode(_derive(secret, b"address")))
        self.cookies = _derive(secret, b"cookies").hex()

    def person(self, line_id: str) -> str:
        """The key of a person or group; cannot be turned back."""
        return hmac.new(self._key, line_id.encode(), hashlib.sha256).hexdigest()

    def seal(self, line_id: str) -> str:
        """A LINE id for the database."""
        return self._box.encrypt(line_id.encode()).decode()

    def unseal(self, sealed: str) -> str | None:
        """The LINE id again; None when it was sealed with another SECRET_KEY."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


def _derive(secret: str, purpose: bytes) -> bytes:
    return hmac.new(secret.encode(), b"tomoni/" + purpose, hashlib.sha256).digest()
