"""
Preview links, with which people without an account see a contest as if it were revealed. The record itself does not
change: `request.viewpoint` of such a request names the contest as its `preview` (`record.viewpoint`).
"""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from contests.models import Contest, PreviewLink
from record.models.record import new_key

LONGEST = timedelta(days=60)
PERMISSION = "contests.preview_results"
#: The part of the path before the token.
FOLDER = "preview"
_SIGNER = {"salt": "contests.preview", "sep": "."}


@transaction.atomic
def make(contest: Contest, *, actor: User, note: str, expires_at: datetime) -> PreviewLink:
    """
    Create a link to `contest` for the people that `note` names. Raise `ValidationError` if it would have expired
    already or be valid for longer than `LONGEST`.
    """
    now = timezone.now()
    if not now < expires_at <= now + LONGEST:
        raise ValidationError(
            {"expires_at": _("Choose a time within the next %(days)d days.") % {"days": LONGEST.days}}
        )
    # Give the link the key prefix of a synthetic contest, so that it is removed together with it.
    belongs = contest.key.rpartition(":")[0] + ":" if contest.is_synthetic else ""
    link = PreviewLink(
        key=f"{belongs}{new_key()}", contest=contest, note=note.strip(), expires_at=expires_at, made_by=actor
    )
    return _save(link, actor, "Made")


@transaction.atomic
def withdraw(link: PreviewLink, *, actor: User | None) -> PreviewLink:
    """End a link at once, before it expires. Raise `ValidationError` if it has already ended."""
    link = PreviewLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if not is_valid(link, timezone.now()):
        raise ValidationError(_("The link for %(note)s has ended already.") % {"note": link.note})
    link.withdrawn_at = timezone.now()
    return _save(link, actor, "Withdrawn")


def is_valid(link: PreviewLink, at: datetime) -> bool:
    """Whether `link` is valid at `at`. It ends early if its creator loses the permission for preview links."""
    return link.withdrawn_at is None and at < link.expires_at and _maker_may(link)


def with_makers(links: QuerySet[PreviewLink]) -> QuerySet[PreviewLink]:
    """Add to `links` what `is_valid` needs to know about their creators, in one statement."""
    return links.annotate(maker_may=Exists(User.objects.who_may(PERMISSION).filter(pk=OuterRef("made_by"))))


def _maker_may(link: PreviewLink) -> bool:
    if not hasattr(link, "maker_may"):
        link.maker_may = with_makers(PreviewLink.objects.filter(pk=link.pk)).values_list("maker_may", flat=True).get()
    return link.maker_may


def prefix_of(token: str) -> str:
    """Return the path prefix of all pages seen through the link with this token."""
    return f"{get_script_prefix()}{FOLDER}/{token}/"


def url_of(link: PreviewLink) -> str:
    """Return the path of the link: the page of its contest, with the prefix."""
    token = Signer(**_SIGNER).sign(link.secret)
    page = reverse("contest", args=[link.contest.slug])
    return prefix_of(token) + page.removeprefix(get_script_prefix())


def link_of(token: str, at: datetime) -> PreviewLink | None:
    """Return the link that is valid under `token` at `at`, or None if the token is forged or the link has ended."""
    try:
        secret = Signer(**_SIGNER).unsign(token)
    except BadSignature:
        return None
    link = with_makers(PreviewLink.objects.select_related("contest__series").filter(secret=secret)).first()
    return link if link is not None and is_valid(link, at) else None


def _save(link: PreviewLink, actor: User | None, reason: str) -> PreviewLink:
    with override("en"):
        link._history_user = actor
        link._change_reason = reason
        link.save()
    return link
