from tests.factories import make_customer


def test_a_viewer_reads_and_changes_nothing(as_viewer, organization):
    customer = make_customer(organization)
    assert as_viewer.get(f"customers/{customer.pk}/").status_code == 200
    calls = [
        as_viewer.post("customers/", {"name": "New"}),
        as_viewer.patch(f"customers/{customer.pk}/", {"name": "New"}),
        as_viewer.delete(f"customers/{customer.pk}/"),
        as_viewer.post("customers/sync/", {"ids": [customer.pk]}),
        as_viewer.post("accounts/pull/"),
    ]
    assert {answer.status_code for answer in calls} == {403}
    assert {answer.data["code"] for answer in calls} == {"permission_denied"}


def test_an_accountant_pulls_lists_but_configures_nothing(qbo, api):
    assert api.post("accounts/pull/").status_code == 202
    assert api.get("integrations/quickbooks/").status_code == 200
    calls = [
        api.patch("integrations/quickbooks/", {"contacts_auto_sync": True}),
        api.post("integrations/quickbooks/connect/"),
        api.post("integrations/quickbooks/disconnect/"),
    ]
    assert {answer.status_code for answer in calls} == {403}


def test_an_organization_member_elsewhere_sees_none_of_ours(as_stranger, organization):
    customer = make_customer(organization)
    assert as_stranger.get("customers/").data["count"] == 0
    assert as_stranger.get(f"customers/{customer.pk}/").status_code == 404
    assert as_stranger.patch(f"customers/{customer.pk}/", {"name": "Mine"}).status_code == 404
    assert as_stranger.delete(f"customers/{customer.pk}/").status_code == 404
