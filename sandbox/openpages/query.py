"""The query language of OpenPages, parsed: text in, :class:`Query` out.

Grammar as the public clients document it::

    SELECT column[, column]... | SELECT COUNT(*)
    FROM [Type] ([LEFT OUTER] JOIN [Type] ON PARENT|CHILD|ANCESTOR|DESCENDANT([Type]))...
    [WHERE condition] [ORDER BY column [ASC|DESC], ...]

A column is ``[Type].[Field]``, or ``[Field]`` where FROM has one type only. A date may be
written ``DATE 'YYYY-MM-DD'``. Aliases, DISTINCT, TOP, LIMIT, OFFSET, UNION, sub-queries and
HAVING are refused, as IBM's client tells its users not to send them. GROUP BY, which IBM's
grammar has, is refused too: nothing here needs it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from .errors import not_sql

Relation = Literal["PARENT", "CHILD", "ANCESTOR", "DESCENDANT"]

_TOKEN = re.compile(
    r"""\s*(?:
    \[(?P<name>[^\]]+)\]
  | '(?P<text>(?:[^']|'')*)'
  | (?P<number>-?\d+(?:\.\d+)?)
  | (?P<word>[A-Za-z_][A-Za-z_0-9]*)
  | (?P<sign><=|>=|<>|!=|[=<>(),.*])
)""",
    re.VERBOSE,
)
_T = TypeVar("_T")


@dataclass(frozen=True)
class Token:
    """A piece of the statement; ``kind`` is the name of the group that matched."""

    kind: str
    value: str


@dataclass(frozen=True)
class Column:
    """``[Type].[Field]``, or ``[Field]``: then ``type`` is None."""

    type: str | None
    field: str


@dataclass(frozen=True)
class Join:
    """``JOIN [type] ON relation([of])``: ``of`` is the PARENT, CHILD ... of ``type``."""

    type: str
    relation: Relation
    of: str
    outer: bool


@dataclass(frozen=True)
class Comparison:
    """``column operator values``; NULL tests have no value."""

    column: Column
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Both:
    """AND, or OR, of two conditions."""

    operator: Literal["AND", "OR"]
    left: Condition
    right: Condition


@dataclass(frozen=True)
class Not:
    """NOT of a condition."""

    condition: Condition


Condition = Comparison | Both | Not


@dataclass(frozen=True)
class Query:
    """A parsed statement. ``columns`` is None for ``COUNT``."""

    columns: tuple[Column, ...] | None
    source: str
    joins: tuple[Join, ...]
    where: Condition | None
    order: tuple[tuple[Column, bool], ...]
    """Columns with True for descending."""


def _tokens(statement: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    end = len(statement.rstrip().rstrip(";"))
    while at < end:
        match = _TOKEN.match(statement, at)
        if not match or match.end() > end:
            raise not_sql(f'unexpected "{statement[at : at + 20].strip()}".')
        kind = str(match.lastgroup)
        value = match[kind]
        if kind == "text":
            value = value.replace("''", "'")
        elif kind == "word":
            value = value.upper()
        found.append(Token(kind, value))
        at = match.end()
    return found


class _Parser:
    def __init__(self, statement: str) -> None:
        self._all = _tokens(statement)
        self._at = 0

    def _peek(self, ahead: int = 0) -> Token:
        at = self._at + ahead
        return self._all[at] if at < len(self._all) else Token("end", "end of statement")

    def _next(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _takes(self, *words: str) -> bool:
        """Take these words or signs if they come next."""
        if all(
            self._peek(i).kind in ("word", "sign") and self._peek(i).value == word
            for i, word in enumerate(words)
        ):
            self._at += len(words)
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._takes(word):
            raise not_sql(f'expected {word} before "{self._peek().value}".')

    def _name(self, what: str) -> str:
        token = self._next()
        if token.kind != "name":
            raise not_sql(f'expected {what} in brackets before "{token.value}".')
        return token.value

    def _column(self) -> Column:
        name = self._name("a field")
        if not self._takes("."):
            return Column(None, name)
        return Column(name, self._name("a field"))

    def _listed(self, one: Callable[[], _T]) -> tuple[_T, ...]:
        found = [one()]
        while self._takes(","):
            found.append(one())
        return tuple(found)

    def parse(self) -> Query:
        self._expect("SELECT")
        if self._peek().value in ("DISTINCT", "TOP"):
            raise not_sql(f"{self._peek().value} is not supported.")
        columns = None if self._peek().value == "COUNT" else self._listed(self._selected)
        if columns is None:
            self._count()
        self._expect("FROM")
        if self._peek().value == "(":
            raise not_sql("sub-queries are not supported.")
        source = self._name("a type")
        self._no_alias()
        joins: list[Join] = []
        while (join := self._join()) is not None:
            joins.append(join)
        where = self._any_of() if self._takes("WHERE") else None
        if self._peek().value in ("GROUP", "HAVING"):
            raise not_sql(f"{self._peek().value} is not supported.")
        order = self._listed(self._ordered) if self._takes("ORDER", "BY") else ()
        if self._peek().value in ("LIMIT", "OFFSET", "UNION"):
            raise not_sql(f"{self._peek().value} is not supported.")
        if self._peek().kind != "end":
            raise not_sql(f'unexpected "{self._peek().value}".')
        return Query(columns, source, tuple(joins), where, order)

    def _selected(self) -> Column:
        column = self._column()
        self._no_alias()
        return column

    def _no_alias(self) -> None:
        token = self._peek()
        if token.kind == "word" and token.value == "AS":
            raise not_sql("aliases (AS) are not supported.")

    def _count(self) -> None:
        self._expect("COUNT")
        self._expect("(")
        if not self._takes("*"):
            self._column()
        self._expect(")")
        self._no_alias()

    def _join(self) -> Join | None:
        outer = self._takes("LEFT", "OUTER", "JOIN") or self._takes("OUTER", "JOIN")
        if not outer and not self._takes("JOIN") and not self._takes("INNER", "JOIN"):
            return None
        type_name = self._name("a type")
        self._no_alias()
        self._expect("ON")
        word = self._next().value
        relations: dict[str, Relation] = {
            "PARENT": "PARENT",
            "CHILD": "CHILD",
            "ANCESTOR": "ANCESTOR",
            "DESCENDANT": "DESCENDANT",
        }
        if word not in relations:
            raise not_sql(f'expected PARENT, CHILD, ANCESTOR or DESCENDANT before "{word}".')
        self._expect("(")
        of = self._name("a type")
        self._expect(")")
        return Join(type_name, relations[word], of, outer)

    def _any_of(self) -> Condition:
        left = self._all_of()
        while self._takes("OR"):
            left = Both("OR", left, self._all_of())
        return left

    def _all_of(self) -> Condition:
        left = self._one_of()
        while self._takes("AND"):
            left = Both("AND", left, self._one_of())
        return left

    def _one_of(self) -> Condition:
        if self._takes("NOT"):
            return Not(self._one_of())
        if self._takes("("):
            if self._peek().value == "SELECT":
                raise not_sql("sub-queries are not supported.")
            inner = self._any_of()
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        column = self._column()
        if self._takes("IS"):
            negated = self._takes("NOT")
            self._expect("NULL")
            test = Comparison(column, "IS NULL")
            return Not(test) if negated else test
        negated = self._takes("NOT")
        found = self._operation(column)
        return Not(found) if negated else found

    def _operation(self, column: Column) -> Comparison:
        token = self._next()
        operator = "<>" if token.value == "!=" else token.value
        if token.kind == "sign" and operator in ("=", "<>", "<", ">", "<=", ">="):
            return Comparison(column, operator, (self._literal(),))
        if token.kind == "word" and operator == "BETWEEN":
            low = self._literal()
            self._expect("AND")
            return Comparison(column, operator, (low, self._literal()))
        if token.kind == "word" and operator in ("LIKE", "CONTAINS", "IN"):
            # LIKE and CONTAINS are documented with and without parentheses.
            if operator == "IN" or self._peek().value == "(":
                self._expect("(")
                if self._peek().value == "SELECT":
                    raise not_sql("sub-queries are not supported.")
                values = self._listed(self._literal)
                self._expect(")")
            else:
                values = (self._literal(),)
            if operator == "LIKE" and len(values) != 1:
                raise not_sql("LIKE takes one pattern.")
            return Comparison(column, operator, values)
        raise not_sql(f'"{token.value}" is not an operator.')

    def _literal(self) -> str:
        if self._peek().value == "DATE" and self._peek(1).kind == "text":
            self._next()
        token = self._next()
        if token.kind not in ("text", "number"):
            raise not_sql(f'expected a value before "{token.value}".')
        return token.value

    def _ordered(self) -> tuple[Column, bool]:
        column = self._column()
        if self._takes("DESC"):
            return column, True
        self._takes("ASC")
        return column, False


def parse(statement: str) -> Query:
    """Parse a statement.

    Raises OpenPagesError (400, ``OP-60002``) with what was not understood.
    """
    return _Parser(statement).parse()
