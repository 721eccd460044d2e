"""What somebody looks for may be somebody's data: in an address it is sealed, so that neither logs nor the
history of a browser tell it, and yet a page can be loaded again and gone on from."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from hub.errors import StoreError, UsageError
from hub.model import Compartment
from hub.store.keys import Keys

SOUGHT = "sought"
"""The parameter of an address."""


def hidden(keys: Keys, words: Mapping[str, str]) -> dict[str, str]:
    """As a parameter; nothing where nothing is looked for."""
    said = {name: text for name, text in words.items() if text}
    if not said:
        return {}
    sealed = keys.seal(json.dumps({SOUGHT: said}), Compartment.OPEN)
    return {SOUGHT: urlsafe_b64encode(sealed).decode().rstrip("=")}


def shown(keys: Keys, parameter: str) -> Mapping[str, str]:
    """What a parameter hides. Raises UsageError when this hub did not make it."""
    if not parameter:
        return {}
    try:
        told = json.loads(keys.unseal(urlsafe_b64decode(parameter + "=" * (-len(parameter) % 4))))
        return {str(name): str(text) for name, text in told[SOUGHT].items()}
    except (StoreError, ValueError, TypeError, KeyError, AttributeError):
        raise UsageError("That address of a search is not one of this hub’s. Search again.") from None
