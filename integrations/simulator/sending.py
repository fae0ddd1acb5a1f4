"""An invoice on its way to its customer: by mail, which nobody gets here, and as a printed page."""

from __future__ import annotations

from typing import Any

from . import clock, schema
from .books import Books
from .faults import Fault, fault, not_found, transaction_deleted
from .models import Company, StoredObject

PAGE = (612, 792)  # US letter, in points
LINES_ON_PAGE = 46


def send(books: Books, qbo_id: str, address: str) -> dict[str, Any]:
    """The invoice as sent to `address`, which it keeps, or to its own BillEmail. Raises Fault 610, 6420, 2210."""
    row = books.find("Invoice", qbo_id)
    if row is None:
        raise not_found()
    if row.deleted:
        raise transaction_deleted()
    document = row.document()
    if address:
        document["BillEmail"] = {"Address": _valid(address)}
    if not document.get("BillEmail", {}).get("Address"):
        raise fault("6420", "An email address is required to send the invoice.", "BillEmail")
    document["EmailStatus"] = "EmailSent"
    document["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": clock.stamp(books.now)}
    books.change(row, document, "Emailed")
    return document


def _valid(address: str) -> str:
    try:
        return schema.EMAIL_ADDRESS.convert(schema.EMAIL_ADDRESS, address, "sendTo")
    except schema.Invalid as invalid:
        raise Fault(invalid.error) from invalid


def pdf(company: Company, qbo_id: str) -> bytes:
    """One page with the invoice's number, dates, lines and totals. Raises Fault 610."""
    row = StoredObject.objects.filter(company=company, entity="Invoice", qbo_id=qbo_id, deleted=False).first()
    if row is None:
        raise not_found()
    return _file(_content(_words(company, row.document())))


def _words(company: Company, invoice: dict[str, Any]) -> list[str]:
    code = invoice["CurrencyRef"]["value"]
    head = [
        company.name,
        f"Invoice {invoice.get('DocNumber', '')}".rstrip(),
        f"Bill to: {invoice['CustomerRef']['name']}",
        f"Date: {invoice['TxnDate']}    Due: {invoice['DueDate']}",
        "",
    ]
    lines = [
        f"{line.get('Description') or 'Item'}    {line['Amount']}"
        for line in invoice["Line"]
        if "LineNum" in line and "Amount" in line
    ]
    if len(lines) > LINES_ON_PAGE:
        lines = [*lines[:LINES_ON_PAGE], f"and {len(lines) - LINES_ON_PAGE} more"]
    tax = invoice.get("TxnTaxDetail", {}).get("TotalTax", 0)
    totals = [
        f"Tax: {tax} {code}",
        f"Total: {invoice['TotalAmt']} {code}",
        f"Balance due: {invoice['Balance']} {code}",
    ]
    return [*head, *lines, "", *totals]


def _content(words: list[str]) -> bytes:
    """The drawing of the page: each text on a line of its own."""
    texts = [b"(" + _escaped(text) + b") Tj T*" for text in words]
    return b"\n".join([b"BT /F1 10 Tf 14 TL 54 738 Td", *texts, b"ET"])


def _escaped(text: str) -> bytes:
    text = " ".join(text.split())[:100]
    for special in ("\\", "(", ")"):
        text = text.replace(special, f"\\{special}")
    return text.encode("cp1252", "replace")


def _file(content: bytes) -> bytes:
    """PDF 1.4 with its five objects and their table of positions."""
    width, height = PAGE
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>" % (width, height),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    result, positions = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        positions.append(len(result))
        result += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % position for position in positions)
    size = len(objects) + 1
    return (
        result
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(result))
    )
