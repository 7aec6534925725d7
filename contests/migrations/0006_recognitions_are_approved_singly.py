from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def approve_with_their_contest(apps, schema_editor):
    """What was approved with its contest stays approved."""
    Contest = apps.get_model("contests", "Contest")
    Recognition = apps.get_model("contests", "Recognition")
    contest = Contest.objects.filter(awards=OuterRef("award"))
    Recognition.objects.filter(approved_at=None, award__contest__approved_at__isnull=False).update(
        approved_at=Subquery(contest.values("approved_at")[:1]),
        approved_by=Subquery(contest.values("approved_by")[:1]),
    )


class Migration(migrations.Migration):
    dependencies = [("contests", "0005_single_recognitions")]

    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=Q(("reveal_at__isnull", False)), fields=["reveal_at"], name="submission_shown_early"
            ),
        ),
        migrations.AddIndex(
            model_name="recognition",
            index=models.Index(condition=Q(("approved_at__isnull", True)), fields=["award"], name="recognition_waiting"),
        ),
        migrations.RunPython(approve_with_their_contest, migrations.RunPython.noop, elidable=True),
    ]
