import json
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class ShallowJSONParser(JSONParser):
    """Refuses what is nested deeper than any request of ours, which would exhaust the interpreter's stack.

    And halves of characters, which JSON can write, and neither a database nor an answer.
    """

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict | None = None) -> Any:
        try:
            sent = super().parse(stream, media_type, parser_context)
            json.dumps(sent, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error
        except UnicodeEncodeError as error:
            raise ParseError(
                f"JSON parse error - {error.object[error.start]!a} is half of a character. Send the whole pair."
            ) from error
        return sent
