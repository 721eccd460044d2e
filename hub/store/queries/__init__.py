"""Every statement that the hub runs, by name. Reading ones take a connection of `Store.read`, the others run
inside the function given to `Store.write`. Statements are built once, so that compiling them is paid once.
"""

from __future__ import annotations

from hub.store.queries.blobs import keep_blob, sealed_blob
from hub.store.queries.counters import counters, draw_number, give_back, numbers_of, set_counter
from hub.store.queries.deliveries import (
    deliveries_of,
    free_name,
    get_delivery,
    insert_delivery,
    move_delivery,
    unfinished_deliveries,
)
from hub.store.queries.events import append_event, events_of, hearing, verify_chain
from hub.store.queries.facts import last_transfer, posted_keys, sent_items, use_values, used_values
from hub.store.queries.items import (
    find_items,
    findings_of,
    insert_answer,
    insert_items,
    items_of,
    replace_findings,
    replace_items,
    set_item_states,
    take_back_answers,
)
from hub.store.queries.register import apply_register, load_accounts, load_mandates, register_version
from hub.store.queries.runs import end_run, insert_run, insert_slot, runs_of, sight
from hub.store.queries.transfers import (
    find_same,
    get_transfer,
    insert_transfer,
    move_transfer,
    unfinished_before,
    unfinished_transfers,
)
from hub.store.queries.views import list_transfers, money_identity, show_transfer

__all__ = [
    "append_event",
    "apply_register",
    "counters",
    "deliveries_of",
    "draw_number",
    "end_run",
    "events_of",
    "find_items",
    "find_same",
    "findings_of",
    "free_name",
    "get_delivery",
    "get_transfer",
    "give_back",
    "hearing",
    "insert_answer",
    "insert_delivery",
    "insert_items",
    "insert_run",
    "insert_slot",
    "insert_transfer",
    "items_of",
    "keep_blob",
    "last_transfer",
    "list_transfers",
    "load_accounts",
    "load_mandates",
    "money_identity",
    "move_delivery",
    "move_transfer",
    "numbers_of",
    "posted_keys",
    "register_version",
    "replace_findings",
    "replace_items",
    "runs_of",
    "sealed_blob",
    "sent_items",
    "set_counter",
    "set_item_states",
    "show_transfer",
    "sight",
    "take_back_answers",
    "unfinished_before",
    "unfinished_deliveries",
    "unfinished_transfers",
    "use_values",
    "used_values",
    "verify_chain",
]
