"""What the rent system exports beside its register (accounts, mandates): one declaration a record type."""

from __future__ import annotations

from hub.door.lifecycle import Lifecycle
from hub.rent.exports.arrears import (
    ACTION_LIFE,
    ACTIONS,
    ARRANGEMENT_LIFE,
    ARRANGEMENTS,
    ARREARS,
    BALANCE_LIFE,
)
from hub.rent.exports.contracts import INSURANCE, SERVICES
from hub.rent.exports.documents import (
    CREDIT_NOTES,
    CUSTOMERS,
    INVOICES,
    PURCHASE_ORDERS,
    RECEIPTS,
    SUPPLIER_INVOICES,
)
from hub.rent.exports.extracts import POSITIONS, TRANSACTIONS
from hub.rent.exports.feed import Export
from hub.rent.exports.homes import (
    BENEFIT_RENTS,
    CHARGE_LIFE,
    CHARGES,
    PROPERTIES,
    PROPERTY_LIFE,
    TENANCY_CHANGE_LIFE,
    TENANCY_CHANGES,
    TENANT_LIFE,
    TENANTS,
)
from hub.rent.exports.ledger import DEBIT, RECHARGES, TRANSFERS, WRITE_OFFS
from hub.rent.exports.milestones import MILESTONES
from hub.rent.exports.placements import (
    DEBT_LINE_LIFE,
    PLACEMENT_LINES,
    PLACEMENT_UPDATES,
    PLACEMENTS,
    RECALL_LIFE,
    RECALLS,
)
from hub.rent.exports.refunds import REFUNDS

EXPORTS: tuple[Export, ...] = (
    REFUNDS,
    TRANSFERS,
    WRITE_OFFS,
    DEBIT,
    RECHARGES,
    INVOICES,
    CREDIT_NOTES,
    SUPPLIER_INVOICES,
    PURCHASE_ORDERS,
    RECEIPTS,
    CUSTOMERS,
    INSURANCE,
    SERVICES,
    ARREARS,
    ARRANGEMENTS,
    ACTIONS,
    MILESTONES,
    TENANTS,
    PROPERTIES,
    CHARGES,
    TENANCY_CHANGES,
    BENEFIT_RENTS,
    PLACEMENTS,
    PLACEMENT_LINES,
    PLACEMENT_UPDATES,
    RECALLS,
    POSITIONS,
    TRANSACTIONS,
)
LIFECYCLES: tuple[Lifecycle, ...] = (
    BALANCE_LIFE,
    ARRANGEMENT_LIFE,
    ACTION_LIFE,
    TENANT_LIFE,
    PROPERTY_LIFE,
    CHARGE_LIFE,
    TENANCY_CHANGE_LIFE,
    DEBT_LINE_LIFE,
    RECALL_LIFE,
)
