"""Background tasks of this app (`record.background`)."""

import logging

from django.db import IntegrityError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from record.background import described, has_worker, start_after_change, task
from search import index
from search.models import Part

logger = logging.getLogger(__name__)
#: From so many changes on, the request of an editor leaves them to the worker. An edited person or work makes a few.
MANY = 200


@described(_("Search index"))
@task
def update_index() -> None:
    """Process all changes, in transactions of some (`index.refresh`)."""
    if index.refresh():
        index.settle()


def after_request() -> None:
    """
    Update the index at the end of a request that may have changed the record. If there is a worker, it processes many
    changes, those of a reveal by time, and those that this request can't process because another process is updating
    the index. Errors are logged, because the changed rows are already committed.
    """
    if not has_worker():
        index.refresh_quietly()
        return
    try:
        if not (_are_many() or _is_revealed()):
            try:
                index.refresh(MANY, index.SECONDS)
                return
            except (OperationalError, IntegrityError):
                logger.warning("The worker updates the search index, because it could not be updated at once")
        start_after_change(update_index)
    except Exception:
        logger.exception("The search index could not be updated: run refresh_search")


def _are_many() -> bool:
    return index.due()[:MANY].count() == MANY


def _is_revealed() -> bool:
    return Part.objects.filter(public_from__lte=timezone.now()).exists()
