from datetime import timedelta
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.erasure import forget_unused_invitations

INVITATION_DAYS = 90


class Command(BaseCommand):
    help = (
        "Delete personal data that nothing needs any more: expired sessions, the IP addresses and browsers of sessions "
        "that have ended, and the e-mail addresses in invitations that were not used. Run it once a day."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--invitation-days",
            type=int,
            default=INVITATION_DAYS,
            help="how many days after its end an unused invitation keeps its e-mail address (default: %(default)s)",
        )

    def handle(self, *args, **options):
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
        ended = sum(session.purge() for session in UserSession.objects.order_by("pk").iterator(chunk_size=100))
        before = timezone.now() - timedelta(days=max(0, options["invitation_days"]))
        invitations = forget_unused_invitations(before)
        self.stdout.write(f"Forgot {ended} ended sessions and {invitations} unused invitations")
