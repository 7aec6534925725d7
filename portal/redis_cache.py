"""Django's cache in Redis or Valkey, and in the memory of this process while the server is away."""

import logging
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache as DjangoRedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry

from portal.databases.circuit import Circuit

logger = logging.getLogger(__name__)
#: How many seconds a request waits for the server: for a connection, and for each answer.
CONNECT, ANSWER = 0.5, 1
#: How many seconds the server is left alone after a failure.
PAUSE = 5
#: The number of entries in memory while the server is away, most of them counters of rate limits. Django drops a third
#: of them if there are more.
MOST = 20_000


class RedisCache(DjangoRedisCache):
    """
    A cache that never fails. While the server is away, each process keeps its own values in memory, so rate limits go
    on to count, but separately in each process. What was stored in memory is not copied to the server later.
    """

    def __init__(self, server: str, params: dict[str, Any]):
        options = params.get("OPTIONS") or {}
        limits = {"socket_connect_timeout": CONNECT, "socket_timeout": ANSWER, "retry": Retry(NoBackoff(), 0)}
        super().__init__(server, {**params, "OPTIONS": {**limits, **options}})
        memory = {name: value for name, value in params.items() if name != "OPTIONS"}
        self.memory = LocMemCache(f"while-away-{server}", {**memory, "OPTIONS": {"MAX_ENTRIES": MOST}})
        self.circuit = _circuit(server)

    def _tried(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if self.circuit.may_try():
            try:
                result = getattr(super(), name)(*args, **kwargs)
            except (redis.RedisError, OSError) as error:
                self.circuit.failed()
                logger.warning("The cache can't be reached: %s", error, extra={"outage": "cache"})
            except BaseException:  # For example ValueError of `incr`: the server has answered.
                self.circuit.succeeded()
                raise
            else:
                self.circuit.succeeded()
                return result
        return getattr(self.memory, name)(*args, **kwargs)


_circuits: dict[str, Circuit] = {}


def _circuit(server: str) -> Circuit:
    # Django makes a cache object for each thread. All of them share the circuit.
    return _circuits.setdefault(server, Circuit("The cache", pause=PAUSE, patience=CONNECT))


def _method(name: str) -> Callable[..., Any]:
    def method(self: RedisCache, *args: Any, **kwargs: Any) -> Any:
        return self._tried(name, *args, **kwargs)

    method.__name__ = name
    return method


for _name in (
    *("add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many", "delete_many", "clear"),
):
    setattr(RedisCache, _name, _method(_name))
