"""Background tasks of this app (`record.background`)."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Self

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext_lazy as _

from contests.models import Contest, Submission
from publishing import press_kit
from publishing.press_kit import kept
from record.background import FOR_VISITORS, described, task
from record.viewpoint import Request, Viewpoint
from record.web import site_url


@dataclass(frozen=True)
class Wanted:
    """Everything besides the record on which the content of a press kit depends."""

    #: "contest" or "work", and its primary key.
    of: str
    pk: int
    language: str
    #: The folder of the portal, with which the paths of all URLs begin.
    prefix: str

    @classmethod
    def now(cls, of: str, row: Contest | Submission) -> Self:
        return cls(of, row.pk, translation.get_language() or "", get_script_prefix())

    @property
    def key(self) -> str:
        return "\n".join(map(str, (settings.SITE_URL, *astuple(self))))


@described(_("Press kit"))
@task(priority=FOR_VISITORS)
def make_press_kit(*, of: str, pk: int, language: str, prefix: str) -> None:
    """Make and keep the press kit that `Wanted` describes. If it is no longer public, do nothing."""
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        with translation.override(language):
            kept.make(Wanted(of, pk, language, prefix).key, lambda state: _parts(of, pk, state))
    except (Contest.DoesNotExist, Submission.DoesNotExist):
        return
    finally:
        set_script_prefix(before)


def _parts(of: str, pk: int, state: kept.State) -> Iterable[bytes]:
    request = _Request(Viewpoint(state.began))
    if of == "contest":
        contests = Contest.objects.public(request.viewpoint).for_page().with_counts(request.viewpoint)
        members = press_kit.of_contest(contests.get(pk=pk), request)
    else:
        works = Submission.objects.public(request.viewpoint).for_page(request.viewpoint)
        members = press_kit.of_work(works.get(pk=pk), request)
    return press_kit.stream(members, state.began)


class _Request(Request):
    """
    A request without a visitor. It has only what a press kit needs: the viewpoint, and the URL of the portal. That is
    `SITE_URL`, because visitors can invent as many `Host` headers as they like, and each would need a kit of its own.
    """

    def __init__(self, viewpoint: Viewpoint):
        HttpRequest.__init__(self)
        self.viewpoint = viewpoint

    def build_absolute_uri(self, location: str | None = None) -> str:
        return iri_to_uri(site_url.absolute(location or "/")) or ""
