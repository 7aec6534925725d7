from django.conf import settings
from django.db import migrations, models


def account(verbose_name, on_delete=models.SET_NULL, **options):
    options = {"blank": True, "related_name": "+"} | options
    return models.ForeignKey(
        editable=False,
        null=True,
        on_delete=on_delete,
        to=settings.AUTH_USER_MODEL,
        verbose_name=verbose_name,
        **options,
    )


def kept(verbose_name):
    return account(verbose_name, models.DO_NOTHING, db_constraint=False)


def moment():
    return models.DateTimeField(blank=True, editable=False, null=True, verbose_name="confirmed as another person")


def who_invited_whom(apps, schema_editor):
    """Of what is there already: who made each invitation, and who invited, or else added, each account."""
    User = apps.get_model("people", "User")
    Invitation = apps.get_model("people", "Invitation")

    def added_by(history):
        added = history.objects.filter(history_type="+", history_user__isnull=False)
        return dict(added.order_by("-history_id").values_list("id", "history_user_id"))

    made_by = added_by(apps.get_model("people", "HistoricalInvitation"))
    invited_by = added_by(apps.get_model("people", "HistoricalUser"))
    for row in Invitation.objects.all():
        row.made_by_id = made_by.get(row.pk, row.invited_by_id)
        row.save(update_fields=["made_by"])
        if row.account_id and row.made_by_id:
            invited_by[row.account_id] = row.made_by_id
    there = set(User.objects.values_list("pk", flat=True))
    for pk in there & set(invited_by):
        if invited_by[pk] in there - {pk}:
            User.objects.filter(pk=pk).update(invited_by=invited_by[pk])


class Migration(migrations.Migration):
    dependencies = [("people", "0012_languages_and_currencies_by_name")]

    operations = [
        migrations.AddField("historicalinvitation", "made_by", kept("made by")),
        migrations.AddField("historicaluser", "confirmed_at", moment()),
        migrations.AddField("historicaluser", "confirmed_by", kept("confirmed by")),
        migrations.AddField("historicaluser", "invited_by", kept("invited by")),
        migrations.AddField("invitation", "made_by", account("made by", blank=False)),
        migrations.AddField("user", "confirmed_at", moment()),
        migrations.AddField("user", "confirmed_by", account("confirmed by")),
        migrations.AddField("user", "invited_by", account("invited by", models.PROTECT, related_name="invited")),
        migrations.RunPython(who_invited_whom, migrations.RunPython.noop, elidable=True),
    ]
