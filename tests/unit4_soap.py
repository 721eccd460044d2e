"""The same financial system behind its SOAP services, with a few lines of its own to read what it is told."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

from lxml import etree

from hub.testing.ledger_api import LedgerApi as Unit4

ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'
ACCOUNT = ("FEEDHUB", 'not-a-real-"secret"&')


class Unit4Soap(Unit4):
    """faults: it refuses imports with a SOAP fault; sums: its templates show a row of sums as well"""

    def __init__(self):
        super().__init__()
        self.faults = self.sums = False
        self.imports = 0

    def is_batch(self, method, path, body):
        return b"<ExecuteServerProcessAsynchronously" in body

    def answer(self, method, path, query, body):
        (operation,) = etree.fromstring(body).find("{*}Body")
        told = {one.tag.partition("}")[2]: (one.text or "") for one in operation.iter()}
        assert (told["Username"], told["Password"]) == ACCOUNT
        name = operation.tag.partition("}")[2]
        if name == "ExecuteServerProcessAsynchronously":
            return self.imported(told)
        if name == "GetResult":
            result = f"<Status>{self.running(told['OrderNumber'])}</Status>"
        else:
            rows = "".join(map(row_of, self.shown(int(told["TemplateId"]), told["FromValue"])))
            sums = "<AgressoQE><_section>S</_section><amount>0</amount></AgressoQE>" if self.sums else ""
            result = f"<TemplateResult>{escape(f'<Agresso>{rows}{sums}</Agresso>')}</TemplateResult>"
        return 200, {}, answered(name, result)

    def imported(self, told):
        self.imports += 1
        if self.faults:
            fault = (
                "<s:Fault><faultcode>s:Client</faultcode><faultstring>MRS A EXAMPLE</faultstring></s:Fault>"
            )
            return 500, {}, ENVELOPE.format(fault).encode()
        assert (told["ServerProcessId"], told["MenuId"]) == ("GL07", "BI88")
        document = etree.fromstring(told["Xml"])
        batch = document.findtext("{*}BatchId")
        for voucher in document.iter("{*}Voucher"):
            for line in voucher.iter("{*}Transaction"):
                self.staged[batch].append(
                    {
                        "key": line.findtext("{*}ExternalRef"),
                        "voucher": int(voucher.findtext("{*}VoucherNo")),
                        "period": int(voucher.findtext("{*}Period")),
                        "account": line.findtext("{*}GLAnalysis/{*}Account"),
                        "amount": Decimal(line.findtext("{*}Amounts/{*}Amount")),
                    }
                )
        order = str(len(self.orders) + 1)
        self.orders[order] = self.patience
        self.post(batch)
        return 200, {}, answered("ExecuteServerProcessAsynchronously", f"<OrderNumber>{order}</OrderNumber>")

    def shown(self, template, batch):
        """Template 7 shows staging and ledger, template 8 the ledger alone."""
        posted = [row for row in self.ledger if row["batchId"] == batch]
        staged = [{"externalReference": line["key"]} for line in self.staged[batch]]
        return posted + staged if template == 7 else posted


def answered(operation, result):
    inner = f"<{operation}Result>{result}</{operation}Result>"
    space = 'xmlns="http://services.agresso.com/x"'
    return ENVELOPE.format(f"<{operation}Response {space}>{inner}</{operation}Response>").encode()


def row_of(row):
    told = {
        "_section": "D", "ext_ref": row["externalReference"], "amount": row.get("amount"),
        "voucher_no": row.get("transactionNumber"), "sequence_no": row.get("sequenceNumber"),
        "period": row.get("period"),
    }  # fmt: skip
    cells = "".join(f"<{name}>{value}</{name}>" for name, value in told.items() if value is not None)
    return f"<AgressoQE>{cells}</AgressoQE>"
