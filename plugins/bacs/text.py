"""Text that Bacs takes as it is: capitals, digits, full stop, &, /, hyphen and space.

Bacs turns every other character into a space, so the hub makes text safe itself and says how often it did.
Source: formats page bacs.md, section 1 (allowed characters).
"""

from __future__ import annotations

import re
import unicodedata

TEXT = r"[A-Z0-9.&/ \-]"
WIDTH = 18
_UNSAFE = re.compile(r"[^A-Z0-9.&/ \-]")
_NO_DECOMPOSITION = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE"})


def bacs_safe(text: str) -> str:
    """Text in the Bacs set: upper-cased, accents stripped, anything else a space.

    >>> bacs_safe("Renée O’Hara-Smith"), bacs_safe("Strauß & Søn")
    ('RENEE O HARA-SMITH', 'STRAUSS & SON')
    """
    decomposed = unicodedata.normalize("NFKD", text.upper().translate(_NO_DECOMPOSITION))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _UNSAFE.sub(" ", plain)


def fitted(text: str) -> str:
    """Bacs-safe text, cut to the 18 characters that a name field holds.

    >>> fitted("Bartholomew Featherstonehaugh")
    'BARTHOLOMEW FEATHE'
    """
    return bacs_safe(text).strip()[:WIDTH].rstrip()
