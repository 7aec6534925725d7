"""Reads environment variables, and refuses wrong ones at the start, with one sentence each."""

import re
from typing import Any, TypeAlias

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = ("1", "true", "yes", "on", "y", "ok"), ("0", "false", "no", "off", "n")
#: The largest number that makes sense anywhere: a billion.
MOST = 10**9
#: A host name, a pattern for all names below one, or an IP address in brackets, as a browser sends it.
HOST = r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\])"

#: The class has methods of the names `str`, `int` and `list`, which hide the types.
Text: TypeAlias = str
Number: TypeAlias = int
Texts: TypeAlias = list[str]


class Environment(environ.Env):
    """
    The environment. Spaces around a value don't count, and a variable that is set to nothing counts as not set.
    """

    def str(self, var: Text, default: Any = environ.Env.NOTSET, multiline: Any = False, choices: Any = None) -> Text:
        # Not by the library, which takes a value that begins with "$" for the name of another variable. A secret key
        # may begin so.
        given: Text = self.ENVIRON.get(var, "").strip()
        if not given and default is self.NOTSET:
            raise ImproperlyConfigured(f"Set {var} in the environment.")
        return given or default

    def list(self, var: Text, cast: Any = None, default: Any = environ.Env.NOTSET) -> Texts:
        """Return the parts of a value with commas between them."""
        return [part for part in map(str.strip, self.str(var, default="").split(",")) if part] or default

    def path(self, var: Text, default: Any = environ.Env.NOTSET, **kwargs: Any) -> environ.Path:
        return environ.Path(self.str(var, default=default), **kwargs)

    def get_value(self, var: Text, *args: Any, **kwargs: Any) -> Any:
        """Return a value for the methods of the library that read URLs."""
        found = super().get_value(var, *args, **kwargs)
        return found.strip() if isinstance(found, str) else found

    def int(self, var: Text, default: Any = environ.Env.NOTSET, *, least: Number = 0, most: Number = MOST) -> Number:
        given = self.str(var, default="")
        if not given:
            return int(default)
        if not given.isascii() or not given.isdigit() or len(given) > 18 or not least <= int(given) <= most:
            raise ImproperlyConfigured(
                f"{var} is {given[:80]!r}; it has to be a whole number from {least} to {most}, such as {default}."
            )
        return int(given)

    def one_of(self, var: Text, default: Text, choices: tuple[Text, ...]) -> Text:
        given = self.str(var, default=default)
        if given not in choices:
            named = f"{', '.join(repr(choice) for choice in choices[:-1])} or {choices[-1]!r}"
            raise ImproperlyConfigured(f"{var} is {given!r}; it can be {named}.")
        return given

    def hosts(self, var: Text) -> Texts:
        """Return the host names that a variable has, and patterns for them. Raise ImproperlyConfigured."""
        found = self.list(var, default=[])
        for host in found:
            if host != "*" and not re.fullmatch(rf"\.?{HOST}", host, re.IGNORECASE):
                raise ImproperlyConfigured(
                    f"{var} contains {host!r}; it has to have only names of hosts, with commas between them, without "
                    "https://, port or path, such as laurel.example.org. All names below one: .example.org. "
                    "Names with other letters than a to z are written as browsers send them: xn--..."
                )
        return found

    def origins(self, var: Text) -> Texts:
        """Return the origins (scheme and host) that a variable has. Raise ImproperlyConfigured."""
        found = self.list(var, default=[])
        for origin in found:
            if not re.fullmatch(rf"https?://(\*\.)?{HOST}(:[0-9]{{1,5}})?", origin, re.IGNORECASE):
                raise ImproperlyConfigured(f"{var} contains {origin!r}; it has to be like https://other.example.org.")
        return found

    def bool(self, var: Text, default: Any = environ.Env.NOTSET) -> bool:
        given = self.str(var, default="").strip().lower()
        if not given:
            return bool(default)
        if given not in TRUE + FALSE:
            raise ImproperlyConfigured(f"{var} is {given!r}; it can be 'true' or 'false'.")
        return given in TRUE

    def email_url(self, var: Text = "EMAIL_URL", default: Any = environ.Env.NOTSET, backend: Any = None) -> Any:
        try:
            return super().email_url(var, default=default, backend=backend)
        except Exception as error:
            # The URL may have a password, so don't repeat it.
            raise ImproperlyConfigured(f"{var} has to be like smtp+tls://user:password@host:587.") from error
