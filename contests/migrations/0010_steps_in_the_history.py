from django.db import migrations, models

COLUMNS = {
    "HistoricalContest": ("approved_at", "reveal_at"),
    "HistoricalRecognition": ("approved_at", "reveal_at", "revoked_on"),
    "HistoricalSubmission": ("reveal_at",),
}


def name_steps(apps, schema_editor):
    """The steps taken so far, told by the columns that only a step changes: a reason may have been typed."""
    for name, columns in COLUMNS.items():
        History = apps.get_model("contests", name)
        before = {}
        found = History.objects.order_by("id", "history_id").values("history_id", "id", "history_type", *columns)
        for entry in found.iterator():
            old, before = before.get(entry["id"], {}), {entry["id"]: entry}
            if old and entry["history_type"] == "~" and (step := step_between(old, entry)):
                History.objects.filter(history_id=entry["history_id"]).update(step=step)


def step_between(old, new):
    def turned(name):
        return (bool(old.get(name)), bool(new.get(name)))

    if turned("approved_at") == (False, True):
        return "approved"
    if turned("revoked_on") == (False, True):
        return "revoked"
    if turned("revoked_on") == (True, False):
        return "restored"
    if turned("approved_at") == (True, False) or turned("reveal_at") == (True, False):
        return "sealed"
    return "reveal_set" if old.get("reveal_at") != new.get("reveal_at") else ""


STEPS = [
    ("approved", "Approved"),
    ("withdrawn", "Approval withdrawn"),
    ("sealed", "Sealed"),
    ("reveal_set", "Reveal set"),
    ("revoked", "Revoked"),
    ("restored", "Restored"),
]


class Migration(migrations.Migration):
    dependencies = [("contests", "0009_desk_indexes")]

    operations = [
        *(
            migrations.AddField(
                model_name=name.lower(),
                name="step",
                field=models.CharField(blank=True, choices=STEPS, default="", editable=False, max_length=12),
            )
            for name in COLUMNS
        ),
        migrations.RunPython(name_steps, migrations.RunPython.noop, elidable=True),
    ]
