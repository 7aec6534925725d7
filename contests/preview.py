"""
Links by which somebody without an account sees a contest as after its reveal. No row of the record changes for it: the
moment of such a request says which contest it may see (`contests.visibility.PreviewMoment`).
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
#: Between the root of the portal and the token.
FOLDER = "preview"
_SIGNER = {"salt": "contests.preview", "sep": "."}


@transaction.atomic
def make(contest: Contest, *, actor: User, note: str, expires_at: datetime) -> PreviewLink:
    """
    Makes a link to `contest` for those whom `note` names. `ValidationError` where it would be over already, or last
    longer than `LONGEST`.
    """
    now = timezone.now()
    if not now < expires_at <= now + LONGEST:
        raise ValidationError(
            {"expires_at": _("Choose a time within the next %(days)d days.") % {"days": LONGEST.days}}
        )
    # A link to a synthetic contest belongs to it, and leaves with it.
    belongs = contest.key.rpartition(":")[0] + ":" if contest.is_synthetic else ""
    link = PreviewLink(
        key=f"{belongs}{new_key()}", contest=contest, note=note.strip(), expires_at=expires_at, made_by=actor
    )
    return _save(link, actor, "Made")


@transaction.atomic
def withdraw(link: PreviewLink, *, actor: User | None) -> PreviewLink:
    """Ends a link before its time, at once. `ValidationError` where it has ended."""
    link = PreviewLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if not is_valid(link, timezone.now()):
        raise ValidationError(_("The link for %(note)s has ended already.") % {"note": link.note})
    link.withdrawn_at = timezone.now()
    return _save(link, actor, "Withdrawn")


def is_valid(link: PreviewLink, at: datetime) -> bool:
    """Whether `link` shows anything at the moment `at`: it ends as soon as its maker may give out no more links."""
    return link.withdrawn_at is None and at < link.expires_at and _maker_may(link)


def with_makers(links: QuerySet[PreviewLink]) -> QuerySet[PreviewLink]:
    """`links` with what `is_valid` asks of their makers, for all of them in one statement."""
    return links.annotate(maker_may=Exists(User.objects.who_may(PERMISSION).filter(pk=OuterRef("made_by"))))


def _maker_may(link: PreviewLink) -> bool:
    if not hasattr(link, "maker_may"):
        link.maker_may = with_makers(PreviewLink.objects.filter(pk=link.pk)).values_list("maker_may", flat=True).get()
    return link.maker_may


def prefix_of(token: str) -> str:
    """Below which path every page is seen through the link with this token."""
    return f"{get_script_prefix()}{FOLDER}/{token}/"


def address_of(link: PreviewLink) -> str:
    """The path at which the link opens: the page of its contest."""
    token = Signer(**_SIGNER).sign(link.secret)
    page = reverse("contest", args=[link.contest.slug])
    return prefix_of(token) + page.removeprefix(get_script_prefix())


def link_of(token: str, at: datetime) -> PreviewLink | None:
    """The link that is valid under `token` at the moment `at`; None where it is forged or has ended."""
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
