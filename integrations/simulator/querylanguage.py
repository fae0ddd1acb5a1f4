"""QuickBooks' query language: text to a `Query`, or the fault that QuickBooks gives.

`SELECT * | COUNT(*) | fields FROM Entity [WHERE c AND c …] [ORDERBY f [ASC|DESC], …] [STARTPOSITION n]
[MAXRESULTS m]`, the last two in either order. Values stand in single quotes, with a backslash before a quote or a
backslash; only booleans and CURRENT_DATE stand bare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import clock
from .faults import Fault, fault

OPERATORS = ("=", "<", ">", "<=", ">=", "IN", "LIKE")
TOKEN = re.compile(
    r"""\s*(?:
      (?P<STRING>'(?:\\.|[^'\\])*')
    | (?P<NUMBER>-?\d+(?:\.\d+)?)
    | (?P<IDENTIFIER>[A-Za-z_][A-Za-z0-9_.]*)
    | (?P<OPERATOR><=|>=|!=|<>|=|<|>)
    | (?P<SIGN>[(),*])
    | (?P<OTHER>\S)
    )""",
    re.VERBOSE | re.DOTALL,
)
DEFAULT_PAGE, MAX_PAGE = 100, 1000


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    column: int


@dataclass(frozen=True)
class Condition:
    """`values` has one value, or for IN any number."""

    name: str
    operator: str
    values: tuple[str, ...]


@dataclass
class Query:
    entity: str = ""
    count: bool = False
    fields: list[str] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    start: int = 1
    limit: int = DEFAULT_PAGE


def parse(text: str, *, clamp: bool = False) -> Query:
    """Raises Fault 4000 where the text does not parse, 4001 for a bad page; `clamp` cuts MAXRESULTS to 1000."""
    return _Parser(text, clamp).query()


def _tokens(text: str) -> list[Token]:
    result = []
    for match in TOKEN.finditer(text):
        kind = match.lastgroup or "OTHER"
        result.append(Token(kind, match[kind], match.start(kind) + 1))
    return [*result, Token("EOF", "", len(text) + 1)]


class _Parser:
    def __init__(self, text: str, clamp: bool) -> None:
        self._tokens = _tokens(text)
        self._position = 0
        self._clamp = clamp

    def query(self) -> Query:
        query = Query()
        self._keyword("SELECT")
        self._selection(query)
        self._keyword("FROM")
        query.entity = self._identifier()
        if self._accept("WHERE"):
            query.conditions.append(self._condition())
            while self._accept("AND"):
                query.conditions.append(self._condition())
        if self._accept("ORDERBY") or (self._accept("ORDER") and self._keyword("BY")):
            query.order.append(self._order())
            while self._accept(","):
                query.order.append(self._order())
        self._page(query)
        if self._next.kind != "EOF":
            raise self._unexpected()
        return query

    # --- clauses ------------------------------------------------------------------------------

    def _selection(self, query: Query) -> None:
        query.fields.append(self._column())
        if query.fields[0].upper() == "COUNT" and self._accept("("):
            self._keyword("*")
            self._keyword(")")
            query.count = True
            return
        while self._accept(","):
            query.fields.append(self._column())

    def _column(self) -> str:
        """A property or `*`, which other properties may follow (`SELECT *, Sku`)."""
        return "*" if self._accept("*") else self._identifier()

    def _condition(self) -> Condition:
        name = self._identifier()
        operator = self._next.text.upper()
        if operator not in OPERATORS:
            raise self._unexpected()
        self._advance()
        if operator != "IN":
            return Condition(name, operator, (self._value(),))
        self._keyword("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._keyword(")")
        return Condition(name, operator, tuple(values))

    def _value(self) -> str:
        token = self._next
        if token.kind == "STRING" and "\0" not in token.text:
            value = re.sub(r"\\(.)", r"\1", token.text[1:-1], flags=re.DOTALL)
        elif token.text.lower() in ("true", "false"):
            value = token.text.lower()
        elif token.text.upper() == "CURRENT_DATE":
            value = clock.today().isoformat()
        else:
            raise self._unexpected()
        self._advance()
        return value

    def _order(self) -> tuple[str, bool]:
        """A property and whether it ascends."""
        name = self._identifier()
        if self._accept("DESC"):
            return name, False
        self._accept("ASC")
        return name, True

    def _page(self, query: Query) -> None:
        for _ in range(2):
            if self._accept("STARTPOSITION"):
                query.start = self._number(minimum=1)
            elif self._accept("MAXRESULTS"):
                query.limit = self._number(minimum=0)
        if query.limit > MAX_PAGE:
            if not self._clamp:
                raise _invalid(f"value {query.limit} is too large. Max allowed value is {MAX_PAGE}")
            query.limit = MAX_PAGE

    def _number(self, minimum: int) -> int:
        token = self._next
        if not re.fullmatch(r"-?\d{1,9}", token.text):
            raise self._unexpected()
        self._advance()
        if int(token.text) < minimum:
            raise _invalid(f"value {token.text} is too small. Min allowed value is {minimum}")
        return int(token.text)

    # --- tokens -------------------------------------------------------------------------------

    @property
    def _next(self) -> Token:
        return self._tokens[self._position]

    def _advance(self) -> None:
        self._position += 1

    def _accept(self, text: str) -> bool:
        if self._next.kind != "STRING" and self._next.text.upper() == text:
            self._advance()
            return True
        return False

    def _keyword(self, text: str) -> bool:
        if not self._accept(text):
            raise self._unexpected()
        return True

    def _identifier(self) -> str:
        token = self._next
        if token.kind != "IDENTIFIER":
            raise self._unexpected()
        self._advance()
        return token.text

    def _unexpected(self) -> Fault:
        """The recorded wording, with the kind of token that was met."""
        token = self._next
        met = "<EOF>" if token.kind == "EOF" else f' <{token.kind}> "{token.text} "'
        return fault("4000", f'QueryParserError: Encountered "{met}" at line 1, column {token.column}.')


def _invalid(detail: str) -> Fault:
    return fault("4001", f"QueryValidationError: {detail}")


def unknown_entity(name: str) -> Fault:
    return _invalid(f"invalid context declaration: {name}")


def unknown_property(name: str, entity: str) -> Fault:
    return _invalid(f"Property {name} not found for Entity {entity}")


def not_queryable(name: str) -> Fault:
    return _invalid(f"property '{name}' is not queryable")


def bad_value(name: str, value: str) -> Fault:
    return _invalid(f"value {value} is not valid for property {name}")
