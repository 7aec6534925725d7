"""Reads environment variables, and refuses wrong ones at the start, with one sentence each."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = ("1", "true", "yes", "on", "y", "ok"), ("0", "false", "no", "off", "n")


class Environment(environ.Env):
    """The environment. A variable that is set to nothing counts as not set."""

    def int(self, var: str, default: Any = environ.Env.NOTSET) -> int:
        given = self.str(var, default="").strip()
        if not given:
            return int(default)
        if not given.isascii() or not given.isdigit():
            raise ImproperlyConfigured(f"{var} is {given!r}; it has to be a whole number, such as {default}.")
        return int(given)

    def bool(self, var: str, default: Any = environ.Env.NOTSET) -> bool:
        given = self.str(var, default="").strip().lower()
        if not given:
            return bool(default)
        if given not in TRUE + FALSE:
            raise ImproperlyConfigured(f"{var} is {given!r}; it can be 'true' or 'false'.")
        return given in TRUE

    def email_url(self, var: str = "EMAIL_URL", default: Any = environ.Env.NOTSET, backend: Any = None) -> Any:
        try:
            return super().email_url(var, default=default, backend=backend)
        except Exception as error:
            # The URL may have a password, so don't repeat it.
            raise ImproperlyConfigured(f"{var} has to be like smtp+tls://user:password@host:587.") from error
