"""Files that staff read in and take out: sent, confirmed, and what the preview says of them."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

# The formats as the forms number them.
XLSX, CSV = "0", "1"


def address(kind: str, page: str) -> str:
    return reverse(f"admin:{kind}_{page}")


def upload(client, kind: str, organization, content: str | bytes, form: str = CSV):
    data = content.encode() if isinstance(content, str) else content
    name = "file.csv" if form == CSV else "file.xlsx"
    return client.post(
        address(kind, "import"),
        {"organization": organization.pk, "format": form, "import_file": SimpleUploadedFile(name, data)},
    )


def confirm(client, kind: str, preview, **options):
    return client.post(address(kind, "process_import"), preview.context["confirm_form"].initial, **options)


def carry_out(client, kind: str, organization, content, form: str = CSV, **options):
    preview = upload(client, kind, organization, content, form)
    assert "confirm_form" in preview.context, problems(preview)
    return confirm(client, kind, preview, **options)


def problems(preview) -> dict[str, list[str]]:
    """{the row in the file: what is said of it}; of the file as a whole under ""."""
    result = preview.context["result"]
    found = {"": [str(error.error) for error in result.base_errors]} if result.base_errors else {}
    for row in result.invalid_rows:
        of_fields = [error for errors in row.field_specific_errors.values() for error in errors]
        said = [*of_fields, *row.non_field_specific_errors]
        found[row.values[0]] = said
    return found


def exported(client, kind: str, form: str = CSV):
    page = address(kind, "export")
    return client.post(page, {"format": form, "resource": "0"})
