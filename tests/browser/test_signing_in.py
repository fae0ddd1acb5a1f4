from urllib.parse import urlsplit

from .axe import violations_in_both_schemes


def test_a_wrong_password_is_told_and_the_right_one_opens_the_page_that_was_asked_for(house, person):
    house.acts(("newcomer", {"slug": "signing"}))
    someone = person()
    someone.go("/customers/")
    someone.fill("E-mail", "admin@signing.example")
    someone.fill("Password", "wrong")
    someone.press("Sign in")
    someone.sees("E-mail and password do not match")
    assert violations_in_both_schemes(someone.page) == []

    someone.sign_in("admin@signing.example", at="/customers/")

    someone.sees("No customers yet.")


def test_finmos_staff_sign_in_to_admin(house, person):
    house.acts(("superuser", {}))

    someone = person("staff@finmo.example", at="/admin/")

    someone.sees("Operations")
    assert urlsplit(someone.page.url).path == "/admin/"
