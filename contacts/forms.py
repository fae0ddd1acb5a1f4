from django import forms

from integrations.forms import RecordForm

from .models import Beneficiary, Customer

FIELDS = (
    "name",
    "company_name",
    "email",
    "phone",
    "currency",
    "tax_number",
    "address_line1",
    "address_line2",
    "address_city",
    "address_state",
    "address_postal_code",
    "address_country",
    "is_active",
)


class ContactForm(RecordForm):
    compared = FIELDS

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget = forms.TextInput(attrs={"autocomplete": "off"})
        self.fields["email"].label = "E-mail"
        self.fields["name"].help_text = "As it is to stand in QuickBooks. No colon, tab or line break."
        self.fields[
            "currency"
        ].help_text = "Three letters, such as SGD. All documents with this contact use it."
        if not self.instance.pk:
            del self.fields["is_active"]
        if self.instance.linked:
            self.fields["currency"].disabled = True
            self.fields[
                "currency"
            ].help_text = "QuickBooks keeps a contact in the currency that it was created with."

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()


class CustomerForm(ContactForm):
    class Meta:
        model = Customer
        fields = FIELDS


class BeneficiaryForm(ContactForm):
    class Meta:
        model = Beneficiary
        fields = FIELDS
