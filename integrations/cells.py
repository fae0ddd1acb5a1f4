"""Text in a spreadsheet's cell, which a spreadsheet program may take for a formula."""

import re

# https://owasp.org/www-community/attacks/CSV_Injection; a number such as +65 (6) 123-4567 is none.
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d\s.()/-]*\Z)")
_GUARDED = re.compile(r"'[=+\-@\t\r]")


def guarded(text: str) -> str:
    """With an apostrophe before what would be a formula; the apostrophe is not shown."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text
