"""The tax of documents in a ledger file that another system made, by its meaning, from their vouchers' lines.

Source: formats page agresso.md, sections 6.2, 9.1 (AGR15) and 10.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hub.api import Context, Taken, Tax
from plugins.agresso.gl07_layout import AP, AR, TX
from plugins.agresso.settings import LedgerFileOptions

Options = Context[LedgerFileOptions]
Taxes = Mapping[str, int]
_VOUCHER = ("batch_id", "client", "voucher_type", "voucher_no", "period")


def taxes_by_line(taken: Sequence[Taken], ctx: Options) -> Mapping[str, Taxes]:
    """For the party's line of a voucher, by its id: pence of tax by meaning, without sign; 0 of a supply that
    has none. Nothing of codes that the route's map does not know, nor of vouchers with several parties, whose
    tax nobody can tell apart."""
    taxes: dict[tuple[object, ...], dict[str, int]] = defaultdict(dict)
    parties: dict[tuple[object, ...], list[str]] = defaultdict(list)
    meanings = _meanings(taken, ctx)
    for one in taken if meanings else ():
        data = one.item.data
        voucher = (*(data[name] for name in _VOUCHER), one.item.on)
        kind, code = str(data["trans_type"]), str(data.get("tax_code") or "")
        if kind in (AR, AP):
            parties[voucher].append(one.id)
        elif meaning := meanings.get(code):
            own = taxes[voucher]
            own[meaning] = own.get(meaning, 0) + (one.item.amount if kind == TX else 0)
    return {
        ids[0]: {meaning: abs(pence) for meaning, pence in taxes[voucher].items()}
        for voucher, ids in parties.items()
        if len(ids) == 1
    }


def _meanings(taken: Sequence[Taken], ctx: Options) -> Mapping[str, str]:
    """By the ledger's code, on the day of the file."""
    name, codes = ctx.options.tax_codes, ctx.facts.codes
    if not name or codes is None or not taken:
        return {}
    on = taken[0].item.on
    told = ((codes.value(name, meaning, on), meaning.value) for meaning in Tax)
    return {code: meaning for code, meaning in told if code}
