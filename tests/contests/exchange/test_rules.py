"""What an export leaves out, and what an import must not change."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from accounts.roles import Role
from contests.exchange.errors import ArchiveRefusedError
from contests.exchange.importing import may_approve
from contests.models import Appearance, Award, Contest, Party, Recognition, Submission, Work
from people.models import Organisation, Person
from record.history import FIRST_VERSION
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.contests.exchange import archives
from tests.contests.exchange.archives import may
from tests.contests.exchange.test_round_trip import jpeg
from tests.contests.test_corrections import told as corrections

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    """Create a contest with a winner, a work without an award, a quote and a winner at the ceremony."""
    contest = make.ContestFactory(slug="gala", title="Gala", published=True)
    recognition = make.RecognitionFactory(award__contest=contest, submission__title="Secret", approved_at=None)
    make.PartyFactory(recognition=recognition, person__name="Ada Secret")
    make.SubmissionFactory(contest=contest, title="Other", is_selected=True)
    event = make.EventFactory(contest=contest)
    make.QuoteFactory(event=event, text="I am the secret")
    make.AppearanceFactory(event=event, role=Appearance.Role.WINNER)
    make.AppearanceFactory(event=event)
    return contest


def approve(contest, **values):
    now = timezone.now()
    told = {"approved_at": now - timedelta(days=3), "reveal_at": now - timedelta(days=1)} | values
    Contest.objects.filter(pk=contest.pk).update(**told)
    Recognition.objects.filter(award__contest=contest).update(approved_at=told["approved_at"])


def refusal(content, **options):
    before = archives.state()
    with pytest.raises(ArchiveRefusedError) as caught:
        archives.imported(content, **options)
    assert archives.state() == before
    return " ".join(caught.value.messages)


def test_what_is_not_public_stays_out_of_an_archive(contest):
    approve(contest, reveal_at=timezone.now() + timedelta(days=1))
    content = archives.exported(contest)
    told = archives.manifest(content)
    assert told["sealed"] is False
    assert {told["counts"][name] for name in ("submission", "work", "recognition", "party", "quote")} == {0}
    assert told["counts"]["appearance"] == 1
    assert b"ecret" not in b"".join(archives.members(content).values())
    row = archives.rows(content, "contest")[0]
    assert (row["approved_at"], row["reveal_at"]) == (None, None)


def test_what_is_not_public_leaves_marked_and_comes_back(contest):
    approve(contest, reveal_at=timezone.now() + timedelta(days=1))
    content = archives.exported(contest, with_sealed=True)
    told = archives.manifest(content)
    assert told["sealed"] is True
    assert (told["counts"]["submission"], told["counts"]["recognition"], told["counts"]["quote"]) == (2, 1, 1)
    archives.empty()
    archives.imported(content)
    again = Contest.objects.get()
    assert archives.exported(again, with_sealed=True) == content
    assert not Recognition.objects.public(Viewpoint.now()).exists()
    assert Recognition.objects.get().approved_at is not None


def test_an_archive_of_public_results_is_not_marked(contest):
    approve(contest)
    assert archives.exported(contest, with_sealed=True) == archives.exported(contest)


def test_a_contest_that_is_not_published_marks_the_archive_of_its_series(contest, tmp_path):
    approve(contest)
    series = make.SeriesFactory(slug="galas")
    Contest.objects.filter(pk=contest.pk).update(series=series)
    assert archives.manifest(archives.exported(series))["sealed"] is False
    make.ContestFactory(slug="gala-next-year", series=series)
    content = archives.exported(series)
    assert archives.manifest(content)["sealed"] is True
    assert {row["slug"] for row in archives.rows(content, "contest")} == {"gala", "gala-next-year"}
    out = io.StringIO()
    call_command("export_contest", "galas", "--series", output=str(tmp_path / "a.zip"), stdout=out)
    assert "1 contests that are not published yet" in out.getvalue()
    assert "results" not in out.getvalue()


def test_a_recognition_entered_after_the_reveal_is_sealed(contest):
    approve(contest)
    make.RecognitionFactory(
        award__contest=contest, award__name="Late secret", submission__title="Late", approved_at=None
    )
    content = archives.exported(contest)
    assert archives.manifest(content)["counts"]["recognition"] == 1
    assert archives.manifest(archives.exported(contest, with_sealed=True))["sealed"] is True


def test_the_command_says_what_it_leaves_out(contest, tmp_path):
    out = io.StringIO()
    call_command("export_contest", "gala", output=str(tmp_path / "a.zip"), stdout=out)
    assert "Left out, because they are not public yet: 2 submissions, 1 recognitions" in out.getvalue()
    call_command("export_contest", "gala", "--with-sealed", output=str(tmp_path / "a.zip"), stdout=out)
    assert "contains results that are not public" in out.getvalue()


def test_approved_results_arrive_unapproved_unless_the_user_may_approve(contest):
    approve(contest)
    content = archives.exported(contest)
    archives.empty()
    editor = may(Role.EDITOR)
    archives.imported(content, actor=editor)
    arrived = Contest.objects.get()
    assert (arrived.approved_at, arrived.reveal_at) == (None, None)
    assert arrived.published_at is not None
    assert not Recognition.objects.exclude(approved_at=None).exists()
    assert not Submission.objects.public(Viewpoint.now()).exists()
    archives.empty()
    both = may(Role.EDITOR, Role.PUBLISHER)
    archives.imported(content, actor=both)
    assert Recognition.objects.public(Viewpoint.now()).count() == 1
    assert archives.exported(Contest.objects.get()) == content


def test_every_row_has_a_history_record_with_its_links(contest):
    approve(contest)
    Submission.objects.get(title="Secret").categories.add(make.CategoryFactory(contest=contest))
    content = archives.exported(contest)
    archives.empty()
    editor = may(Role.EDITOR)
    archives.imported(content, actor=editor)
    for model in (Contest, Award, Submission, Work, Recognition, Party, Person, Organisation):
        records = model.history.all()
        assert {record.id for record in records} == set(model.objects.values_list("pk", flat=True))
        assert {(record.history_type, record.history_change_reason, record.history_user) for record in records} == {
            ("+", "Import: file.zip", editor)
        }
    entry = Submission.history.get(title="Secret")
    assert [link.category.name for link in entry.categories.all()] == [
        category.name for category in Submission.objects.get(title="Secret").categories.all()
    ]
    recognition = Recognition.history.get()
    assert (recognition.step, recognition.submissions.count()) == ("", 1)


def test_rows_that_came_with_a_public_contest_are_no_corrections(client, contest):
    approve(contest)
    content = archives.exported(contest)
    archives.empty()
    archives.imported(content, actor=may(Role.EDITOR, Role.PUBLISHER))
    assert corrections(client, Contest.objects.get()) == []
    entry = Submission.objects.get(title="Secret")
    entry.logline = "Another line."
    entry.save()
    assert len(corrections(client, Contest.objects.get())) == 1


def test_the_same_file_again_changes_nothing(contest):
    approve(contest)
    content = archives.exported(contest)
    before = archives.state()
    found = archives.imported(content)
    assert found.does_nothing
    assert archives.state() == before


def test_changed_rows_are_told_field_by_field_and_saved_with_a_reason(contest):
    source = make.SourceFactory(title="A report")
    contest.sources.add(source)
    make.FigureFactory(contest=contest, source=source)
    content = archives.exported(contest, with_sealed=True)
    content = archives.changed(content, "contest", lambda rows: rows[0].update(tagline="New", country="PL", sources=[]))
    trial = archives.imported(content, is_trial=True)
    assert [(column.name, *trial.changes[0].values(column)) for column in trial.changes[0].fields] == [
        ("tagline", "", "New"),
        ("country", "", "PL"),
        ("sources", [source.key], []),
    ]
    assert Contest.objects.get().tagline == ""
    actor = may(Role.EDITOR)
    archives.imported(content, actor=actor, seen=trial.fingerprint())
    changed = Contest.objects.get()
    assert (changed.tagline, changed.country.code, list(changed.sources.all())) == ("New", "PL", [])
    last = Contest.history.filter(tagline="New").first()
    assert (last.history_change_reason, last.history_user) == ("Import: file.zip", actor)


def test_a_row_without_a_history_gets_its_first_version_before_it_changes(nextgen):
    content = archives.exported(Contest.objects.get())
    content = archives.changed(content, "contest", lambda rows: rows[0].update(tagline="New"))
    archives.imported(content)
    reasons = Contest.history.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(reasons) == [FIRST_VERSION, "Import: file.zip"]


def test_rows_that_do_not_belong_to_the_contest_are_refused(contest):
    content = archives.exported(contest, with_sealed=True)
    more = {"key": "zz", "slug": "zz", "name": "Somebody else"}
    stranger = archives.changed(content, "person", lambda rows: rows.append({**rows[0], **more}))
    assert "does not belong to the contest" in refusal(stranger)


def test_a_preview_that_is_out_of_date_is_refused(contest):
    content = archives.exported(contest, with_sealed=True)
    content = archives.changed(content, "contest", lambda rows: rows[0].update(tagline="New"))
    seen = archives.imported(content, is_trial=True).fingerprint()
    Contest.objects.update(tagline="Somebody else’s")
    assert "changed since you saw the preview" in refusal(content, seen=seen)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("award", {"name": "Another"}),
        ("recognition", {"standing": "nominee"}),
        ("recognition", {"submissions": []}),
        ("party", {"part": "Lead"}),
        ("person", {"name": "Another"}),
        ("work", {"title": "Another"}),
        ("submission", {"title": "Another"}),
        ("submission", {"status": "withdrawn"}),
    ],
)
@pytest.mark.parametrize("days", [-1, 1])
def test_an_import_never_changes_what_an_approval_covers(contest, kind, values, days):
    approve(contest, reveal_at=timezone.now() + timedelta(days=days))
    content = archives.exported(contest, with_sealed=True)

    def change(rows):
        for row in rows:
            if "Other" not in row.values():
                row.update(values)

    assert "approved or public result" in refusal(archives.changed(content, kind, change))


def test_an_import_adds_no_recipient_and_no_credit_to_an_approved_result(contest):
    approve(contest)
    content = archives.exported(contest)
    more = {"key": "zz", "order": 99, "part": "Producer"}
    party = archives.changed(content, "party", lambda rows: rows.append({**rows[0], **more}))
    assert "approved or public result" in refusal(party)
    make.CreditFactory(work=Work.objects.get(title="Secret"))
    content = archives.exported(contest)
    more = {"key": "zz", "order": 99, "character": "A ghost"}
    credit = archives.changed(content, "credit", lambda rows: rows.append({**rows[0], **more}))
    assert "approved or public result" in refusal(credit)


def test_an_import_never_approves_what_is_there_already(contest):
    approve(contest)
    content = archives.exported(contest)
    Contest.objects.update(approved_at=None, reveal_at=None)
    Recognition.objects.update(approved_at=None)
    found = archives.imported(content)
    assert found.kept_states == 2
    assert found.does_nothing
    assert Contest.objects.get().approved_at is None


def test_a_new_recognition_of_an_existing_contest_arrives_unapproved(contest):
    approve(contest)
    content = archives.exported(contest)
    content = archives.changed(content, "recognition", lambda rows: rows.append({**rows[0], "key": "zz", "order": 99}))
    archives.imported(content)
    assert Recognition.objects.get(key="zz").approved_at is None


def test_a_new_entry_does_not_become_public_at_once(contest):
    approve(contest)
    Contest.objects.update(public_entries="all")
    content = archives.exported(contest)
    for is_selected, reason in ((True, "The results of this contest are approved"), (False, "public at once")):
        more = {"key": "zz", "slug": "zz", "is_selected": is_selected}
        entered = archives.changed(content, "submission", lambda rows, more=more: rows.append({**rows[0], **more}))
        assert reason in refusal(entered)


def test_the_date_of_a_public_contest_stays(contest):
    approve(contest)
    content = archives.changed(
        archives.exported(contest), "contest", lambda rows: rows[0].update(published_at="2020-01-01T00:00:00Z")
    )
    assert "can’t be changed any more" in refusal(content)


def test_a_value_of_another_row_is_refused_with_both_names(contest):
    content = archives.exported(contest, with_sealed=True)
    archives.empty()
    taken = make.ContestFactory(slug="gala")
    text = refusal(content)
    assert contest.key in text
    assert taken.key in text
    assert "slug" in text


def test_a_position_that_another_row_has_is_refused(contest):
    content = archives.exported(contest, with_sealed=True)
    award = Award.objects.get()
    other = make.AwardFactory(contest=contest, precedence=77)
    changed = archives.changed(content, "award", lambda rows: rows[0].update(precedence=77))
    text = refusal(changed)
    assert award.key in text
    assert other.key in text


def test_an_approval_to_come_survives_the_import_of_its_parts(contest):
    """The rows of another contest, which were there before, don’t let the triggers run after the approval."""
    approve(contest, reveal_at=timezone.now() + timedelta(days=1))
    Recognition.objects.update(approved_as={"work": "Secret", "award": "x"})
    person = Person.objects.get(name="Ada Secret")
    content = archives.exported(contest, with_sealed=True)
    archives.empty()
    Person.objects.create(**{name: getattr(person, name) for name in ("key", "slug", "name")})
    archives.imported(content)
    assert Recognition.objects.get().approved_at is not None
    assert Recognition.objects.get().approved_as == {"award": "x", "work": "Secret"}


def test_nothing_is_left_behind_if_an_import_fails_at_its_end(contest, monkeypatch):
    entry = Submission.objects.first()
    entry.poster.save("a.jpg", ContentFile(jpeg()))
    content = archives.exported(contest, with_sealed=True)
    archives.empty()
    before = archives.state()
    monkeypatch.setattr("contests.exchange.importing.write_history", lambda *arguments, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        archives.imported(content)
    assert archives.state() == before
    # The file of the first entry, whose row is gone, but no new one.
    assert default_storage.listdir("posters")[1] == [entry.poster.name.removeprefix("posters/")]


def test_an_archive_moves_no_row_out_of_another_contest():
    entry = make.SubmissionFactory()
    make.AwardFactory(contest=entry.contest)
    content = archives.exported(entry.contest, with_sealed=True)
    other = make.ContestFactory()
    Submission.objects.filter(pk=entry.pk).update(contest=other)
    with pytest.raises(ArchiveRefusedError, match="belongs to another contest"):
        archives.imported(content)
    entry.refresh_from_db()
    assert entry.contest == other


@pytest.mark.parametrize(("is_single", "expected"), [(True, True), (False, False)])
def test_nobody_approves_what_they_bring_in_unless_there_is_a_single_editor(settings, is_single, expected):
    settings.SINGLE_EDITOR = is_single
    chief = make.UserFactory(is_superuser=True)
    assert may_approve(chief) is expected
    assert may_approve(None)
