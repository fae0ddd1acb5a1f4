"""What REST framework says of a value that it does not take, in this project's words: always with what to send."""

from __future__ import annotations

from rest_framework import serializers

_MESSAGES: dict[type[serializers.Field], dict[str, str]] = {
    serializers.Field: {
        "required": "This field is needed. Send it.",
        "null": "This field cannot be null. Send a value.",
    },
    serializers.BooleanField: {"invalid": "Send true or false."},
    serializers.CharField: {
        "invalid": "Send text.",
        "blank": "This field cannot be empty. Send some text.",
        "max_length": "Send at most {max_length} characters.",
        "min_length": "Send at least {min_length} characters.",
    },
    serializers.EmailField: {"invalid": "Send an e-mail address, such as name@example.com."},
    serializers.IntegerField: {
        "invalid": "Send a whole number.",
        "max_value": "Send a number of at most {max_value}.",
        "min_value": "Send a number of at least {min_value}.",
        "max_string_length": "Send a shorter number.",
    },
    serializers.DecimalField: {
        "invalid": "Send a number, such as 12.50.",
        "max_value": "Send a number of at most {max_value}.",
        "min_value": "Send a number of at least {min_value}.",
        "max_digits": "Send a number of at most {max_digits} digits.",
        "max_decimal_places": "Send at most {max_decimal_places} digits behind the point.",
        "max_whole_digits": "Send at most {max_whole_digits} digits before the point.",
        "max_string_length": "Send a shorter number.",
    },
    serializers.DateField: {
        "invalid": "Send the day like 2026-10-31.",
        "datetime": "Send the day alone, without a time, like 2026-10-31.",
    },
    serializers.ChoiceField: {
        "invalid_choice": "“{input}” is none of this field's values. They are listed under /api/docs/."
    },
    serializers.ListField: {
        "not_a_list": "Send a list.",
        "empty": "Send at least one.",
        "max_length": "Send at most {max_length} at a time.",
    },
    serializers.DictField: {"not_a_dict": "Send an object of names and values."},
    serializers.Serializer: {"invalid": "Send an object of names and values."},
}


def set_messages() -> None:
    """Sets them on REST framework's classes, since serializers make fields of those from models by themselves."""
    for field, messages in _MESSAGES.items():
        field.default_error_messages = vars(field)["default_error_messages"] | messages
