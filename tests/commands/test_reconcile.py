import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("2026-02-30", "“2026-02-30” is no day. Write the day like 2026-10-31."),
        ("soon", "“soon” is no day. Write the day like 2026-10-31."),
        ("0001-01-01", "The year 1 cannot be meant. Write a day from 1990 to 2100."),
    ],
)
def test_what_is_no_day_is_refused_in_a_sentence(organization, sent, told):
    with pytest.raises(CommandError) as refusal:
        call_command("reconcile", "acme", "--as-of", sent)
    assert told in str(refusal.value)
