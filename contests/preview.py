"""
Preview links, with which people without an account see a contest as if its results were public. A link changes no data
of the contest: in a request through the link, `request.viewpoint.preview` is the primary key of the contest.
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

#: The longest time for which a new link may be valid.
LONGEST = timedelta(days=60)
PERMISSION = "contests.preview_results"
#: The part of the URL path before the token, as in /preview/<token>/.
FOLDER = "preview"


def _signer() -> Signer:
    return Signer(salt="contests.preview", sep=".")


@transaction.atomic
def make(contest: Contest, *, actor: User, note: str, expires_at: datetime) -> PreviewLink:
    """
    Create a preview link to `contest`. `note` says for whom it is. Raise `ValidationError` if `expires_at` has passed
    or is more than `LONGEST` from now.
    """
    now = timezone.now()
    if not now < expires_at <= now + LONGEST:
        raise ValidationError(
            {"expires_at": _("Choose a time within the next %(days)d days.") % {"days": LONGEST.days}}
        )
    # The link to a synthetic contest gets the key prefix of that contest, so that both are removed together.
    belongs = contest.key.rpartition(":")[0] + ":" if contest.is_synthetic else ""
    link = PreviewLink(
        key=f"{belongs}{new_key()}", contest=contest, note=note.strip(), expires_at=expires_at, made_by=actor
    )
    return _save(link, actor, "Made")


@transaction.atomic
def withdraw(link: PreviewLink, *, actor: User | None) -> PreviewLink:
    """Make a preview link invalid at once. Raise `ValidationError` if it is invalid already."""
    link = PreviewLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if not is_valid(link, timezone.now()):
        raise ValidationError(_("The link for %(note)s is no longer valid.") % {"note": link.note})
    link.withdrawn_at = timezone.now()
    return _save(link, actor, "Withdrawn")


def is_valid(link: PreviewLink, at: datetime) -> bool:
    """
    Return whether `link` is valid at the time `at`: not expired, not withdrawn, and its creator still has the
    permission for preview links.
    """
    return link.withdrawn_at is None and at < link.expires_at and _maker_may(link)


def with_makers(links: QuerySet[PreviewLink]) -> QuerySet[PreviewLink]:
    """
    Annotate `links` with `maker_may`: whether the creator of the link still has the permission for preview links.
    `is_valid` reads this annotation. Without it, `is_valid` needs an SQL statement for each link.
    """
    return links.annotate(maker_may=Exists(User.objects.who_may(PERMISSION).filter(pk=OuterRef("made_by"))))


def _maker_may(link: PreviewLink) -> bool:
    known = vars(link)
    if "maker_may" not in known:
        known["maker_may"] = vars(with_makers(PreviewLink.objects.filter(pk=link.pk)).get())["maker_may"]
    return known["maker_may"]


def prefix_of(token: str) -> str:
    """Return the prefix /preview/<token>/. The URL paths of all pages in the preview with this token start with it."""
    return f"{get_script_prefix()}{FOLDER}/{token}/"


def url_of(link: PreviewLink) -> str:
    """
    Return the URL path of a preview link: the prefix that `prefix_of` returns, then the path of the contest's page.
    """
    token = _signer().sign(link.secret)
    page = reverse("contest", args=[link.contest.slug])
    return prefix_of(token) + page.removeprefix(get_script_prefix())


def link_of(token: str, at: datetime) -> PreviewLink | None:
    """
    Return the preview link with this token if it is valid at the time `at`. Return None if the link is invalid or the
    token is forged.
    """
    try:
        secret = _signer().unsign(token)
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
