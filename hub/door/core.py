"""The hub's own offerings, through the same hooks as everybody's: rent feeds, rent profiles, connectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.bank.receipts import RECEIPTS
from hub.bank.records import ACCOUNT_LIFE, DUE_LIFE, LINE_LIFE
from hub.door.demo import Scene
from hub.door.feed import Feed, Profile
from hub.door.hookspecs import hookimpl
from hub.door.lifecycle import Lifecycle
from hub.door.milestone import MILESTONE
from hub.door.rent_scenes import SCENES
from hub.finance.bookings import BOOKINGS
from hub.finance.documents import DOCUMENT_LIFE
from hub.finance.parties import PARTY_LIFE
from hub.rent.accounts import ACCOUNTS
from hub.rent.allpay import ALLPAY_PAYMENTS
from hub.rent.balances import BALANCE_LIFE
from hub.rent.cash.feed import RENT_CASH
from hub.rent.cash.totals import CASH_TOTALS, TOTAL_LIFE
from hub.rent.collection_rejects import GENERIC_DDREJECT
from hub.rent.export43 import EXPORT43_RECEIPTS
from hub.rent.exports import EXPORTS, LIFECYCLES
from hub.rent.holds import HOLD_LIFE
from hub.rent.learned import LEARNED_PAIR
from hub.rent.mandate_changes import GENERIC_MANDATES
from hub.rent.mandates import MANDATE_LIFE, MANDATES
from hub.rent.nec_transactions import NEC_LOAD, NEC_TRANSACTIONS
from hub.rent.refused_files import REFUSED_FILES
from hub.rent.rentack import GENERIC_RENTACK
from hub.rent.renttran import GENERIC_RENTTRAN
from hub.rent.rest import GENERIC_REST
from hub.rent.reversal import REVERSAL
from hub.rent.suspense import SUSPENSE
from hub.rent.universal_housing import UNIVERSAL_HOUSING_CASH


@hookimpl
def feedhub_feeds() -> Sequence[Feed]:
    own = (ACCOUNTS, MANDATES, SUSPENSE, RENT_CASH, CASH_TOTALS, NEC_LOAD, RECEIPTS, REVERSAL, REFUSED_FILES)
    return (*own, BOOKINGS, *(export.feed for export in EXPORTS))


@hookimpl
def feedhub_lifecycles() -> Sequence[Lifecycle]:
    own = (MILESTONE, MANDATE_LIFE, HOLD_LIFE, LEARNED_PAIR, TOTAL_LIFE, BALANCE_LIFE, *LIFECYCLES)
    return (*own, ACCOUNT_LIFE, LINE_LIFE, DUE_LIFE, DOCUMENT_LIFE, PARTY_LIFE)


@hookimpl
def feedhub_profiles() -> Sequence[Profile]:
    return (
        UNIVERSAL_HOUSING_CASH,
        GENERIC_RENTTRAN,
        GENERIC_REST,
        GENERIC_MANDATES,
        GENERIC_DDREJECT,
        EXPORT43_RECEIPTS,
        ALLPAY_PAYMENTS,
        NEC_TRANSACTIONS,
        GENERIC_RENTACK,
    )


@hookimpl
def feedhub_connectors() -> Mapping[str, Any]:
    # Imported here because paramiko and httpx are slow to load and most commands never connect.
    from hub.connectors.folder import FolderConnector
    from hub.connectors.http import HttpsConnector
    from hub.connectors.sftp import SftpConnector

    return {"folder": FolderConnector(), "sftp": SftpConnector(), "https": HttpsConnector()}


@hookimpl
def feedhub_demo() -> Sequence[Scene]:
    return SCENES
