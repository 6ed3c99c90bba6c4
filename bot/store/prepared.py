"""Statements that run for every event, compiled once: on SQLite, SQLAlchemy's way costs ten times the work itself."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Connection
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator

Values = Mapping[str, Any]
Process = Callable[[Any], Any] | None


class Prepared:
    """A Core statement. On PostgreSQL SQLAlchemy runs it, on SQLite the driver: the same names and values.

    Lists are `among`, not `in_`: the words of the statement must not depend on the values.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._in_sqlite: _Driven | None = None

    def rows(self, connection: Connection, values: Values) -> Sequence[Any]:
        """What is found, or returned of what was changed."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self._statement, values).all()
        return self._driven(connection).rows(connection, values)

    def run(self, connection: Connection, many: Sequence[Values]) -> int:
        """Change something for each of `many`; how many rows changed."""
        if connection.dialect.name != "sqlite":
            return int(connection.execute(self._statement, many).rowcount)
        return self._driven(connection).run(connection, many)

    def _driven(self, connection: Connection) -> _Driven:
        if self._in_sqlite is None:
            self._in_sqlite = _Driven(self._statement, connection.dialect)
        return self._in_sqlite


class _Driven:
    """A statement in SQLite's words, and how its values go in and come out."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        fixed = compiled.params | {
            column.key: column.default.arg for column in compiled.insert_prefetch
        }
        self._sql = str(compiled)
        self._binds = []
        for name in compiled.positiontup:
            bind = compiled.binds[name]
            process: Process = bind.type.dialect_impl(dialect).bind_processor(dialect)
            always = None if bind.required else _through(process, fixed[name])
            self._binds.append((name, process, bind.required, always))
        columns = list(getattr(statement, "exported_columns", ()))
        self._make = namedtuple("Found", [column.name for column in columns], rename=True)  # type: ignore[misc]
        self._results: list[Process] = [
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns
        ]
        self._wrong = dialect.dbapi.Error if dialect.dbapi else Exception

    def rows(self, connection: Connection, values: Values) -> Sequence[Any]:
        found = self._said(connection, "execute", self._bound(values)).fetchall()
        return [self._make(*map(_through, self._results, row)) for row in found]

    def run(self, connection: Connection, many: Sequence[Values]) -> int:
        rows = [self._bound(values) for values in many]
        return int(self._said(connection, "executemany", rows).rowcount)

    def _bound(self, values: Values) -> list[Any]:
        return [
            _through(process, values[name]) if name in values else always
            for name, process, _, always in self._binds
        ]

    def _said(self, connection: Connection, how: str, values: Iterable[Any]) -> Any:
        raw: Any = connection.connection.driver_connection
        try:
            return getattr(raw, how)(self._sql, values)
        except self._wrong as error:
            raise DBAPIError.instance(self._sql, None, error, self._wrong, True) from error


def _through(process: Process, value: Any) -> Any:
    return process(value) if process else value


class Many(TypeDecorator[Sequence[Any]]):
    """All of a list as one value, so that a statement is the same for three people and for thirty."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return JSON() if dialect.name == "sqlite" else NullType()


class among(FunctionElement[Any]):
    """Whether a column is one of a list: `among(inbox.c.id, bindparam("ids", type_=Many))`."""

    name = "among"
    inherit_cache = True


@compiles(among, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    column, values = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608


@compiles(among, "postgresql")
def _in_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    column, values = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} = ANY({values})"
