"""Background tasks of this app (`record.background`)."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Self
from urllib.parse import urljoin

from django.http import HttpRequest
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.encoding import iri_to_uri

from contests.models import Contest, Submission
from publishing import press_kit
from publishing.press_kit import kept
from record.background import background
from record.viewpoint import Request, Viewpoint


@dataclass(frozen=True)
class Wanted:
    """Everything besides the record on which the content of a press kit depends."""

    #: "contest" or "work", and its primary key.
    of: str
    pk: int
    language: str
    #: The start of all URLs in the kit: scheme, host, and the folder of the portal.
    site: str
    prefix: str

    @classmethod
    def by(cls, request: Request, of: str, row: Contest | Submission) -> Self:
        site = f"{request.scheme}://{request.get_host()}"
        return cls(of, row.pk, translation.get_language() or "", site, get_script_prefix())

    @property
    def key(self) -> str:
        return "\n".join(map(str, astuple(self)))


@background
def make_press_kit(*, of: str, pk: int, language: str, site: str, prefix: str) -> None:
    """Make and keep the press kit that `Wanted` describes. If it is no longer public, do nothing."""
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        with translation.override(language):
            kept.make(Wanted(of, pk, language, site, prefix).key, lambda state: _parts(of, pk, site, state))
    except (Contest.DoesNotExist, Submission.DoesNotExist):
        return
    finally:
        set_script_prefix(before)


def _parts(of: str, pk: int, site: str, state: kept.State) -> Iterable[bytes]:
    request = _Request(site, Viewpoint(state.began))
    if of == "contest":
        contests = Contest.objects.public(request.viewpoint).for_page().with_counts(request.viewpoint)
        members = press_kit.of_contest(contests.get(pk=pk), request)
    else:
        works = Submission.objects.public(request.viewpoint).for_page(request.viewpoint)
        members = press_kit.of_work(works.get(pk=pk), request)
    return press_kit.stream(members, state.began)


class _Request(Request):
    """A request without a visitor. It has only what a press kit needs: the viewpoint and the host."""

    def __init__(self, site: str, viewpoint: Viewpoint):
        HttpRequest.__init__(self)
        self.viewpoint, self._site = viewpoint, site

    def build_absolute_uri(self, location: str | None = None) -> str:
        return iri_to_uri(urljoin(f"{self._site}/", location or "/")) or ""
