"""`python -m tests.long.api [EXAMPLES]`: the API is asked many times at each address, as its document allows
and as it does not. Ends with a traceback of what was answered wrongly."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.unit.console.test_api_generated import ask, document_of, serving


def main(examples: str = "200") -> None:
    with TemporaryDirectory(prefix="feedhub-api-") as folder:
        for api in serving(Path(folder)):
            asked = ask(api, document_of(api), int(examples))
            sys.stdout.write(f"{asked} addresses, {examples} examples each: all as the document says.\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
