"""What can stop a record, in plain words: what happened, who must act, what they do, which button helps.

One closed table for QuickBooks' codes and ours. An unknown code is a failure that Finmo's staff look at. A
new case is one row here and one test with the fault that was seen. QuickBooks' codes are those of Intuit's
page "Error codes".
"""

from dataclasses import dataclass

from django.db.models import TextChoices


class Actor(TextChoices):
    """Who can do something about it. The accountant is the merchant's own."""

    MERCHANT = "merchant", "Merchant"
    ACCOUNTANT = "accountant", "Accountant"
    STAFF = "staff", "Finmo"
    NOBODY = "nobody", "Nobody"


class Button(TextChoices):
    """What the page offers beside the sentence; the label is what the button says."""

    NONE = "", ""
    OPEN_SETTING = "open_setting", "Open settings"
    RECONNECT = "reconnect", "Reconnect"
    LINK = "link", "Link to an existing record"
    RENAME = "rename", "Rename"
    CHOOSE_ACCOUNT = "choose_account", "Choose an account"
    CHOOSE_TAX_CODE = "choose_tax_code", "Choose a tax code"
    RETRY = "retry", "Retry"
    OPEN_RECORD = "open_record", "Open the record"
    OPEN_QUICKBOOKS = "open_quickbooks", "Open in QuickBooks"


@dataclass(frozen=True)
class FaultEntry:
    """`meaning` says what happened, `remedy` what to do: whole sentences, fit to show as they are."""

    code: str
    title: str
    meaning: str
    actor: Actor
    remedy: str
    button: Button

    @property
    def needs_details(self) -> bool:
        """Whether the sentences refer to QuickBooks' own words, which then have to stand beside them."""
        return "details" in f"{self.meaning} {self.remedy}"


MERCHANT, ACCOUNTANT, STAFF, NOBODY = Actor
_ASK_FINMO = "Contact Finmo support with these details."

# Codes that share a row mean the same to a person.
# fmt: off
_OURS = (
    ("contact_not_synced", "Contact is not in QuickBooks", MERCHANT, Button.OPEN_RECORD,
     "The customer or beneficiary on this document is not in QuickBooks yet.",
     "Sync the contact first, then sync this document again."),
    ("no_default_account", "No account chosen", ACCOUNTANT, Button.CHOOSE_ACCOUNT,
     "A line has no account, and no default account is chosen for it.",
     "Choose a default account on the QuickBooks Configuration page or one on the line, and press Retry."),
    ("name_invalid", "Name has forbidden characters", MERCHANT, Button.RENAME,
     "QuickBooks accepts no colon, tab or line break in a name, and none that is empty or over 500 characters.",
     "Rename the record and sync it again."),
    ("inactive", "Contact is inactive", MERCHANT, Button.OPEN_RECORD,
     "QuickBooks takes nothing new for a contact that is not active any more.",
     "Make the contact active and sync it, then sync this record again."),
    ("merged_contact", "Contact was merged in QuickBooks", MERCHANT, Button.OPEN_RECORD,
     "QuickBooks merged this contact into another one, and knows only that one now.",
     "Work with the other contact: this one stays here for its history."),
    ("name_taken", "Name is taken in QuickBooks", MERCHANT, Button.LINK,
     "QuickBooks already has a customer, vendor or employee with this name.",
     "Link to that one if it is the same, or rename yours and sync it again."),
    ("same_name_different_email", "Same name, different e-mail", MERCHANT, Button.LINK,
     "QuickBooks already has a contact with this name, but with another e-mail address.",
     "Link to it if it is the same contact, or rename yours and sync it again."),
    ("currency_mismatch", "Currencies differ", ACCOUNTANT, Button.OPEN_RECORD,
     "The currency here is not the one that QuickBooks has for this contact or account.",
     "Use a contact and an account in the document's currency. A contact's own can never be changed."),
    ("currency_not_enabled", "Currency is not switched on", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "This currency is not switched on in the QuickBooks company.",
     "Switch on multicurrency and add the currency in QuickBooks, then press Retry."),
    ("tax_code_missing", "Tax code is missing", ACCOUNTANT, Button.CHOOSE_TAX_CODE,
     "QuickBooks needs a tax code on every line of this document, and a line has none.",
     "Choose one on each line, or a default one on the QuickBooks Configuration page, and press Retry."),
    ("tax_treatment_not_supported", "Tax treatment is not supported", ACCOUNTANT, Button.OPEN_RECORD,
     "A QuickBooks company in the United States accepts no tax-inclusive amounts.",
     "Change the document to tax exclusive or no tax, and sync it again."),
    ("number_too_long", "Number is too long", MERCHANT, Button.OPEN_RECORD,
     "QuickBooks accepts at most 21 characters in a document's number.",
     "Shorten the number and sync the document again."),
    ("number_taken", "Number is taken in QuickBooks", MERCHANT, Button.LINK,
     "QuickBooks already has a document with this number, and it differs from yours.",
     "Link to it if it is the same document, or give yours another number and sync it again."),
    ("period_closed", "Books are closed", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "The document's date is in a period that is closed in QuickBooks.",
     "Reopen the period in QuickBooks or change the date, then press Retry."),
    ("paid_document", "Document is paid", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "A payment is applied to this document in QuickBooks, so it cannot be changed like this.",
     "Remove the payment from it in QuickBooks, pull it, then press Retry."),
    ("conflict", "Both sides changed it", ACCOUNTANT, Button.OPEN_RECORD,
     "Finmo and QuickBooks changed the same field of this record to different values.",
     "Decide which value stays; the record then goes on by itself."),
    ("in_doubt", "Outcome is not known yet", NOBODY, Button.RETRY,
     "QuickBooks did not answer in time, and it is not known yet whether the change arrived there.",
     "Finmo looks it up in QuickBooks before it sends anything again. Press Retry to look now."),
    ("paused", "Paused by Finmo", STAFF, Button.NONE,
     "Finmo has paused this organization's synchronization.",
     "It goes on by itself as soon as Finmo resumes it. Contact Finmo support if you do not know why."),
    ("internal", "Problem in Finmo", STAFF, Button.RETRY,
     "Finmo could not process this record.",
     "Finmo has been told. Press Retry later, or contact Finmo support if it stays."),
    ("lines_not_supported", "Lines cannot be shown here", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "This document has lines in QuickBooks that Finmo cannot keep, such as a discount or a bundle.",
     "Change this document in QuickBooks; Finmo takes over its totals and balance."),
    ("not_connected", "QuickBooks is not connected", MERCHANT, Button.OPEN_SETTING,
     "QuickBooks is not connected.",
     "Press Connect under Settings, Integrations, and sign in to QuickBooks."),
    ("not_enabled", "Integration is not switched on", STAFF, Button.NONE,
     "The QuickBooks integration is not switched on for your organization.",
     "Ask your account manager at Finmo to switch it on."),
    ("needs_reconnect 3100 3200 3202", "Connection to QuickBooks has ended", MERCHANT, Button.RECONNECT,
     "QuickBooks no longer accepts Finmo's connection to your company.",
     "Press Reconnect and sign in to QuickBooks. What is waiting then goes on by itself."),
    ("subscription_lapsed 6190", "QuickBooks subscription has ended", MERCHANT, Button.OPEN_QUICKBOOKS,
     "QuickBooks accepts no changes, because the company's trial or subscription has ended.",
     "Renew the subscription in QuickBooks. What is waiting then goes on by itself."),
    ("misconfigured", "Finmo's QuickBooks app is not set up correctly", STAFF, Button.NONE,
     "QuickBooks does not accept the settings of Finmo's app. Your connection is not at fault.",
     "Finmo's staff must correct the app's settings. You need not reconnect."),
    ("unreachable 10000", "No answer from QuickBooks", NOBODY, Button.RETRY,
     "QuickBooks gave no usable answer.",
     "Finmo tries again by itself. Press Retry to try now."),
    ("throttled 3001", "QuickBooks is busy", NOBODY, Button.RETRY,
     "QuickBooks received more requests than it accepts at a time.",
     "Finmo goes on by itself in a few minutes. Press Retry to try now."),
    ("different_company", "Another QuickBooks company", MERCHANT, Button.OPEN_SETTING,
     "Your records belong to another QuickBooks company than the one you connected.",
     "Connect the first company again, or decide in the settings what happens to the records."),
    ("already_linked", "Linked already", MERCHANT, Button.NONE,
     "This record is linked to another record in QuickBooks.",
     "Unlink it first, then link it to the right one."),
    ("link_taken", "Linked to another record", MERCHANT, Button.LINK,
     "That record of QuickBooks is linked to another record here, and it can belong to one only.",
     "Choose another one in QuickBooks, or unlink the other record first."),
    ("link_target_gone", "Not there to be linked", MERCHANT, Button.LINK,
     "QuickBooks has no such record, or has none any more.",
     "Search again and choose another one."),
    ("in_flight", "On its way to QuickBooks", NOBODY, Button.NONE,
     "This record is on its way to QuickBooks.",
     "Wait until that is done, then try again."),
    ("deleted_record", "Deleted in QuickBooks", MERCHANT, Button.OPEN_RECORD,
     "This record was deleted in QuickBooks, so it can no longer be changed or synced.",
     "Create a new one if you still need it."),
)

_QUICKBOOKS = (
    ("120", "No rights in QuickBooks", MERCHANT, Button.RECONNECT,
     "The person who connected QuickBooks no longer has the rights for this in the company.",
     "Let an administrator of the QuickBooks company press Reconnect."),
    ("130 140 150", "QuickBooks company is not available", NOBODY, Button.RETRY,
     "QuickBooks has locked the company for a while, mostly for maintenance.",
     "Finmo tries again by itself. Press Retry to try now."),
    ("403", "QuickBooks denied access", STAFF, Button.RETRY,
     "QuickBooks denied access without giving a reason.",
     _ASK_FINMO),
    ("500", "Request is not supported", STAFF, Button.NONE,
     "QuickBooks does not support what Finmo asked for.",
     _ASK_FINMO),
    ("600", "Request was already received", NOBODY, Button.RETRY,
     "QuickBooks has already received this request and may still be working on it.",
     "Press Retry in a few minutes. Nothing is created twice."),
    ("610", "Not found in QuickBooks", MERCHANT, Button.OPEN_QUICKBOOKS,
     "This record, or something that it uses, was deleted or made inactive in QuickBooks.",
     "Make it active again in QuickBooks or choose another one here, then press Retry."),
    ("620", "Linked document cannot be used", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "The document is linked in QuickBooks to another one that is closed or cannot be linked.",
     "Check the linked documents in QuickBooks, then press Retry."),
    ("630", "Already in QuickBooks", MERCHANT, Button.LINK,
     "QuickBooks already has the same record.",
     "Link to it, or change yours and sync it again."),
    ("700 900", "Parent record cannot be used", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "The record that this one is placed under in QuickBooks cannot be used as its parent.",
     "Choose another parent in QuickBooks, then press Retry."),
    ("800", "Still in use in QuickBooks", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "Other records in QuickBooks depend on this one, so it cannot be deleted.",
     "Remove what depends on it in QuickBooks, then press Retry."),
    ("1040 2130", "Request has a wrong form", STAFF, Button.NONE,
     "QuickBooks did not accept the form of Finmo's request.",
     _ASK_FINMO),
    ("2010 2030 2170 4000 4001 4002", "Request was not understood", STAFF, Button.NONE,
     "QuickBooks did not understand Finmo's request.",
     _ASK_FINMO),
    ("2020", "Something is missing", MERCHANT, Button.OPEN_RECORD,
     "QuickBooks needs a value that this record does not have.",
     "Fill in what the details name, and sync the record again."),
    ("2040", "Forbidden characters", MERCHANT, Button.OPEN_RECORD,
     "A text of this record has characters that QuickBooks does not accept.",
     "Remove colons, tabs and unusual signs from it, and sync the record again."),
    ("2050", "Text is too long or too short", MERCHANT, Button.OPEN_RECORD,
     "A text of this record is longer or shorter than QuickBooks accepts.",
     "Change the text that the details name, and sync the record again."),
    ("2060 2070 2080 2090 2100 2110 2140 2160", "Value is not accepted", MERCHANT, Button.OPEN_RECORD,
     "QuickBooks does not accept a date, quantity or amount of this record.",
     "Correct the value that the details name, and sync the record again."),
    ("2210", "E-mail address is not valid", MERCHANT, Button.OPEN_RECORD,
     "QuickBooks does not accept the e-mail address of this record.",
     "Correct the address and sync the record again."),
    ("2220", "Currency is not accepted", ACCOUNTANT, Button.OPEN_RECORD,
     "QuickBooks does not accept the currency of this record.",
     "Choose a currency that is switched on in QuickBooks, and sync the record again."),
    ("2250", "Document has no lines", MERCHANT, Button.OPEN_RECORD,
     "QuickBooks accepts no document without lines.",
     "Add a line and sync the document again."),
    ("2290", "Negative amount", MERCHANT, Button.OPEN_RECORD,
     "QuickBooks does not accept a negative amount on this line.",
     "Correct the amount and sync the document again."),
    ("2410", "Exchange rate is missing", ACCOUNTANT, Button.OPEN_RECORD,
     "QuickBooks needs an exchange rate for a document in a foreign currency.",
     "Enter the exchange rate on the document and sync it again."),
    ("2500", "Reference was not found", MERCHANT, Button.OPEN_RECORD,
     "The record uses an account, item or contact that QuickBooks no longer has or has made inactive.",
     "Pull accounts and items again, choose another one on the record, and sync it again."),
    ("5010", "Changed in QuickBooks meanwhile", NOBODY, Button.RETRY,
     "Someone changed this record in QuickBooks while Finmo was sending yours.",
     "Press Retry: Finmo reads the newer version first, and asks you where both changed the same field."),
    ("5020", "Permission is missing", MERCHANT, Button.RECONNECT,
     "The person who connected QuickBooks may not do this in the company.",
     "Let an administrator of the QuickBooks company press Reconnect."),
    ("5030", "Not part of the QuickBooks plan", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "The company's QuickBooks plan, or its settings, do not include what this record uses.",
     "Switch the feature on in QuickBooks or leave it out here, then press Retry."),
    ("6000", "Refused by a QuickBooks rule", ACCOUNTANT, Button.OPEN_RECORD,
     "A rule of QuickBooks forbids this; its own words are in the details.",
     "Correct what they name, and sync the record again."),
    ("6010", "Account type is missing", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "QuickBooks needs the type of the account.",
     "Set the account's type in QuickBooks, then press Retry."),
    ("6070", "Amounts do not add up", MERCHANT, Button.OPEN_RECORD,
     "The amount of a line is not its quantity times its unit price.",
     "Correct the quantity or the unit price, and sync the document again."),
    ("6080", "Name is missing", MERCHANT, Button.RENAME,
     "QuickBooks accepts no contact without a name.",
     "Enter a name and sync the contact again."),
    ("6090", "Discount is incomplete", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "A discount line has neither an amount nor a percentage.",
     "Correct the discount in QuickBooks, then press Retry."),
    ("6100 6160 6230", "Tax code cannot be used", ACCOUNTANT, Button.CHOOSE_TAX_CODE,
     "QuickBooks does not accept the tax code of a line.",
     "Choose another tax code on the line, and press Retry."),
    ("6140", "Number is taken in QuickBooks", MERCHANT, Button.LINK,
     "QuickBooks already has a document with this number.",
     "Link to it if it is the same document, or give yours another number and sync it again."),
    ("6150 6180", "Place in the list is not valid", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "The record's place under another one is missing in QuickBooks, or more than five levels deep.",
     "Correct its parent in QuickBooks, then press Retry."),
    ("6170", "Tax on a document without tax", ACCOUNTANT, Button.OPEN_RECORD,
     "The document says that no tax applies, but carries tax.",
     "Change its tax treatment or remove its tax codes, and sync it again."),
    ("6200 6210", "Books are closed", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "The document's date is in a period that is closed in QuickBooks.",
     "Reopen the period in QuickBooks or change the date, then press Retry."),
    ("6220 6280", "Contact still has open amounts", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "The contact has an open balance or unbilled charges in QuickBooks, so it cannot be made inactive.",
     "Settle them in QuickBooks, then press Retry."),
    ("6240", "Name is taken in QuickBooks", MERCHANT, Button.LINK,
     "QuickBooks already has another record with this name.",
     "Link to it if it is the same, or rename yours and sync it again."),
    ("6250", "Customer cannot be used", MERCHANT, Button.OPEN_RECORD,
     "The document's customer is missing or inactive in QuickBooks.",
     "Make the customer active again or choose another one, then press Retry."),
    ("6270 6520", "Stock item does not fit", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "A stock item has no quantity, or the document is dated before its stock was first counted.",
     "Correct the item in QuickBooks or the document here, then press Retry."),
    ("6420", "E-mail address is missing", MERCHANT, Button.OPEN_RECORD,
     "QuickBooks is to send this document by e-mail, but has no address for it.",
     "Enter the contact's e-mail address, sync the contact, then press Retry."),
    ("6430", "Account has the wrong type", ACCOUNTANT, Button.CHOOSE_ACCOUNT,
     "QuickBooks does not accept an account of this type here.",
     "Choose an income or expense account, and press Retry."),
    ("6440", "Line needs an item or account", ACCOUNTANT, Button.CHOOSE_ACCOUNT,
     "A line names neither an item nor an account.",
     "Choose one on the line or a default account, and press Retry."),
    ("6450 6480 6540", "Document is settled in QuickBooks", ACCOUNTANT, Button.OPEN_QUICKBOOKS,
     "The document is settled, matched with a bank entry or deposited in QuickBooks and cannot be changed.",
     "Undo that in QuickBooks, then press Retry."),
    ("10100", "Answer would be too large", STAFF, Button.NONE,
     "Finmo asked QuickBooks for more records than fit into one answer.",
     _ASK_FINMO),
    ("10200", "QuickBooks company was reset", MERCHANT, Button.OPEN_SETTING,
     "The QuickBooks company was reset, and its records are gone there.",
     "Decide in the settings what happens to your records here."),
)
# fmt: on

TABLE = {
    code: FaultEntry(code, title, meaning, actor, remedy, button)
    for codes, title, actor, button, meaning, remedy in _OURS + _QUICKBOOKS
    for code in codes.split()
}


def explain(code: str) -> FaultEntry:
    """The entry of a code, with or without leading zeros. An unknown one is for Finmo's staff."""
    known = TABLE.get(code.lstrip("0"))
    return known or FaultEntry(
        code,
        "Unknown error",
        "QuickBooks refused this for a reason that Finmo does not know yet.",
        STAFF,
        _ASK_FINMO,
        Button.NONE,
    )
