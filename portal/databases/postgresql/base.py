from typing import Any

import psycopg
from django.db.backends.postgresql import base
from django.utils.functional import cached_property

from portal.databases.circuit import Circuit
from portal.databases.commits import CountedCommits
from portal.databases.postgresql.watched import AWAY, WatchedConnection, circuit_of
from portal.databases.time_limits import WebLimits, at_most

#: How many seconds a connection may take to prove that it still works.
CHECK = 2


class _Psycopg:
    """The module psycopg, whose `connect` makes connections that don't wait for long."""

    connect = WatchedConnection.connect

    def __getattr__(self, name: str) -> Any:
        return getattr(psycopg, name)


class DatabaseWrapper(CountedCommits, base.DatabaseWrapper):
    Database: Any = _Psycopg()

    @cached_property
    def circuit(self) -> Circuit:
        settings = self.settings_dict
        return circuit_of(settings["HOST"], settings["PORT"], settings["OPTIONS"].get("connect_timeout", 3))

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        # A command or a worker has nobody who waits, so it tries each time.
        if WebLimits.is_serving and not self.circuit.may_try():
            raise psycopg.OperationalError(AWAY)
        try:
            with at_most(self.settings_dict["OPTIONS"].get("connect_timeout", 3) + CHECK):
                connection = super().get_new_connection(conn_params)
        except BaseException:
            self.circuit.failed()
            raise
        self.circuit.succeeded()
        return connection

    def is_usable(self) -> bool:
        with at_most(CHECK):
            return super().is_usable()
