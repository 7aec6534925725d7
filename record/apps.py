from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class RecordConfig(AppConfig):
    name = "record"
    verbose_name = _("Sources and clean-up")

    def ready(self):
        from django.db.backends.signals import connection_created
        from django.db.models.signals import post_save
        from django.urls import register_converter
        from django_tasks.signals import task_finished, task_started
        from simple_history.signals import pre_create_historical_record

        from . import among, background, history, public_version, request_id, text_folding, unnamed_rows
        from .images import unused_files
        from .importing.kinds import register
        from .importing.sources import SourceKind
        from .merging import merges
        from .models import Source
        from .slugs import SlugConverter

        among.register()
        public_version.TRIGGERS.connect(self)
        # In URL patterns, `<name:slug>` matches a slug in any script.
        register_converter(SlugConverter, "name")
        unnamed_rows.name_rows(apps.get_models(include_auto_created=True))
        unused_files.hold(merges.holds)
        merges.allow(Source)
        register(SourceKind())
        post_save.connect(history.leave_no_trace)
        connection_created.connect(text_folding.keep_function)
        pre_create_historical_record.connect(history.keep_reason)
        task_finished.connect(background.try_again)
        task_started.connect(request_id.begin_task)
        task_finished.connect(request_id.end_task)
