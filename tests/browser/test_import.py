"""Finmo's staff bring contacts in as a spreadsheet."""

import re
from pathlib import Path

from .person import Person


def test_a_spreadsheet_with_two_bad_rows_is_corrected_and_imported(house, person, tmp_path):
    house.acts(("superuser", {"email": "importer@finmo.example"}), ("newcomer", {"slug": "imported"}))
    staff, file = person("importer@finmo.example", at="/admin/"), tmp_path / "customers.csv"
    file.write_text("name,email\nRaffles,r@raffles.example\nBad: Name,\nTanjong,no address\n")
    upload(staff, file)
    staff.sees("Nothing was imported yet")
    staff.sees("QuickBooks accepts no colon, tab or line break in a name. Take it out.")
    staff.sees("This is no e-mail address. Write it like name@example.com.")

    assert found(staff, "Raffles") == 0

    file.write_text("name,email\nRaffles,r@raffles.example\nGood Name,\nTanjong,t@tanjong.example\n")
    upload(staff, file)
    staff.sees("r@raffles.example")
    staff.press("Confirm import")

    staff.sees(re.compile("Import finished: 3 new"))
    staff.sees("t@tanjong.example")
    assert [found(staff, name) for name in ("Raffles", "Good Name", "Tanjong", "Bad")] == [1, 1, 1, 0]


def found(staff: Person, name: str) -> int:
    """How many customers of that name the list has."""
    staff.go(f"/admin/contacts/customer/?q={name}")
    return staff.page.get_by_role("link", name=name, exact=True).count()


def upload(staff: Person, file: Path) -> None:
    staff.go("/admin/contacts/customer/import/")
    staff.page.get_by_label("Organization").select_option(label="Imported")
    staff.page.locator("[name=import_file]").set_input_files(file)
    staff.press("Submit")
