"""
The WSGI application of the workers in tests/browser/stack.py: the portal with the settings of the current test, without
anything that a worker remembers of the test before.
"""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Lock
from typing import Any

# This import sets Django up, which all others need.
from portal.wsgi import application as portal  # isort: skip

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.signals import setting_changed
from django.utils.translation import trans_real

from contests import formatting
from portal.freshness import Freshness
from record import prepared_queries
from tests import pseudo_language


class FollowedPortal:
    """Compares the state of the test with the last one before each request."""

    def __init__(self, state: Path) -> None:
        self._state, self._lock, self._seen, self._changed = state, Lock(), "", dict[str, Any]()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self._lock:
            if (text := self._state.read_text()) != self._seen:
                self._seen = text
                self._follow(json.loads(text))
        return portal(environ, start_response)

    def _follow(self, state: dict[str, Any]) -> None:
        self._set(state["settings"])
        _show_pseudo_language(state["is_pseudo"])
        # The rows of the test before are gone, and with them the ids of content types.
        ContentType.objects.clear_cache()
        prepared_queries.forget()
        formatting._country_name.cache_clear()
        # A test sees its own changes at once; visitors may see them up to a second later.
        portal.freshness = Freshness(every=0)  # type: ignore[attr-defined]

    def _set(self, changed: dict[str, Any]) -> None:
        for name in self._changed.keys() - changed.keys():
            setattr(settings, name, self._changed.pop(name))
            setting_changed.send(type(self), setting=name, value=getattr(settings, name), enter=False)
        for name, value in changed.items():
            self._changed.setdefault(name, getattr(settings, name))
            setattr(settings, name, value)
            setting_changed.send(type(self), setting=name, value=value, enter=True)


def _show_pseudo_language(is_wanted: bool) -> None:
    language = pseudo_language.LANGUAGE
    shown = isinstance(trans_real.translation(language), pseudo_language.Catalog)
    if is_wanted and not shown:
        trans_real._translations[language] = pseudo_language.Catalog()  # type: ignore[attr-defined]
    elif shown and not is_wanted:
        del trans_real._translations[language]  # type: ignore[attr-defined]


application = FollowedPortal(Path(os.environ["LAUREL_STACK"]))
