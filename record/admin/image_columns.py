"""
The admin pages of models with images. They offer the uploaded original as a download, keep the uploads of an invalid
form, and delete replaced files.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, SuspiciousFileOperation, ValidationError
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.forms import ModelForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from record.images import CleanedImage, ImageField, StoredImage, pending_uploads, unused_files
from record.images.sanitizing import clean_once, forget_cleaned
from record.media import StorageAwayError, why_not_stored

from .base import RecordAdmin


def pictured(image: str) -> list[Any]:
    """
    Return the names of the form fields of the image field `image`, in the order of the form.
    """
    return [
        image,
        (f"{image}_focus_x", f"{image}_focus_y"),
        f"{image}_alt",
        f"{image}_credit",
        f"{image}_licence",
    ]


def thumbnail(image: Any) -> SafeString | str:
    """Return an `<img>` tag for a stored image, or an empty string if there is no image. admin.css sets the size."""
    if not image:
        return ""
    return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy" decoding="async">', image.url)


class PicturesAdmin(RecordAdmin):
    """The base class of the admin pages for models with image fields."""

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view(self.original_view), f"{self.opts.app_label}_{self.opts.model_name}"
        return [path("<path:object_id>/original/<slug:image>/", view, name=f"{name}_original"), *super().get_urls()]

    def original_view(self, request: HttpRequest, object_id: str, image: str) -> HttpResponseBase:
        """
        Return the uploaded original of the image field `image` as a download, byte for byte. Raise Http404 if there is
        none.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        row = self.get_object(request, unquote(object_id))
        if row is None or image not in {field.name for field in unused_files.image_fields(self.model)}:
            raise Http404
        stored = getattr(row, image)
        if not stored or not stored.original or not self.has_view_permission(request, row):
            raise Http404
        try:
            file = stored.storage.open(stored.original)
        except StorageAwayError:
            raise
        except (OSError, SuspiciousFileOperation) as error:
            raise Http404 from error
        name = f"{row.slug}-{image}{PurePosixPath(stored.original).suffix}"
        response = FileResponse(file, as_attachment=True, filename=name)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(db_field, ImageField):
            field.widget.owner = str(request.user.pk)
        return field

    @contextmanager
    def prepared(self, request: HttpRequest, object_id: str | None) -> Iterator[None]:
        uploads = []
        with super().prepared(request, object_id):
            try:
                if request.method == "POST" and self._may_write(request, object_id):
                    for field in unused_files.image_fields(self.model):
                        if upload := self._upload_for(request, field):
                            uploads.append(upload)
                            self._store(field, upload)
                yield
            finally:
                for upload in uploads:
                    forget_cleaned(upload)

    def _may_write(self, request: HttpRequest, object_id: str | None) -> bool:
        return self.has_add_permission(request) if object_id is None else self.has_change_permission(request)

    @staticmethod
    def _upload_for(request: HttpRequest, field: ImageField) -> Any:
        """Return the upload for the image field `field`, or an earlier one that was kept for this form, or None."""
        token = request.POST.get(f"{field.name}-waiting")
        if field.name in request.FILES or not token or f"{field.name}-clear" in request.POST:
            return request.FILES.get(field.name)
        try:
            upload: Any = pending_uploads.take(default_storage, str(request.user.pk), token)
        except StorageAwayError as error:
            upload = pending_uploads.unread(token, why_not_stored(error))
        if upload is not None:
            request.FILES[field.name] = upload
        return upload

    @staticmethod
    def _store(field: ImageField, upload: Any) -> None:
        """
        Clean and store an image before the transaction, which holds locks. If the form turns out to be invalid,
        `nothing_left_behind` deletes the files. The form shows why an image could not be stored.
        """
        try:
            if upload.size and not hasattr(upload, "waiting"):
                upload.refused = ""
                image = clean_once(upload)
                image.stored = field.store(image)
        except ValidationError:  # The form shows it.
            pass
        except OSError as error:
            upload.refused = why_not_stored(error)

    def before_rendering(self, request: HttpRequest, form: Any) -> None:
        """
        Keep the uploads of an invalid form for the next attempt, because browsers don't let a page fill in a file
        input.
        """
        super().before_rendering(request, form)
        for name, value in getattr(form, "cleaned_data", {}).items():
            if isinstance(value, CleanedImage):
                try:
                    waiting = pending_uploads.keep(default_storage, str(request.user.pk), value)
                except OSError as error:
                    form.add_error(None, why_not_stored(error))
                else:
                    form.fields[name].widget.waiting = waiting
        for name, upload in request.FILES.items():
            if name in form.fields and hasattr(upload, "waiting"):
                form.fields[name].widget.waiting = upload.waiting

    def prepare_version(self, request: HttpRequest, version: models.Model) -> None:
        super().prepare_version(request, version)
        self._keep_present_pictures(request, version)

    def _keep_present_pictures(self, request: HttpRequest, version: models.Model) -> None:
        """
        Set the images of an old version to the current images of the row, because replaced image files have been
        deleted. If the row itself has been deleted, clear the images.
        """
        for field in unused_files.image_fields(self.model):
            columns = unused_files.columns_of(field)
            today = self.model._base_manager.filter(pk=version.pk).values(*columns).first()
            if today is None:  # the row has been deleted together with its images
                for column in (field.name, field.original_field):
                    setattr(version, column, "")
                continue
            if today[field.name] == getattr(version, field.name):
                continue
            for column in columns:
                setattr(version, column, today[column])
            if request.method == "GET":
                kept = _(
                    "The %(image)s of the old version was not kept. The current image stays, with its alternative "
                    "text, credit and licence."
                )
                messages.info(request, kept % {"image": field.verbose_name})

    def after_save(self, request: HttpRequest, obj: models.Model, form: ModelForm, stored: models.Model | None) -> None:
        super().after_save(request, obj, form, stored)
        shown = {picture.name for picture in unused_files.pictures_of([obj])}
        before = unused_files.pictures_of([stored] if stored else [])
        unused_files.release(picture for picture in before if picture.name not in shown)
        for value in form.cleaned_data.values():
            if isinstance(value, CleanedImage):
                transaction.on_commit(partial(pending_uploads.forget, default_storage, value.upload), robust=True)
        for field in unused_files.image_fields(self.model):
            self._say_what_is_missing(request, getattr(obj, field.name))

    def _say_what_is_missing(self, request: HttpRequest, image: StoredImage) -> None:
        missing = []
        if image and not image.alt:
            missing.append(_("The %(image)s has no alternative text. Add one that says what the picture shows."))
        if image and not image.credit:
            missing.append(_("The %(image)s has no credit. Say whose picture it is."))
        for sentence in missing:
            messages.warning(request, sentence % {"image": image.field.verbose_name})

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        pictures = unused_files.pictures_of([obj])
        super().delete_model(request, obj)
        unused_files.release(pictures)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        pictures = unused_files.pictures_of(queryset)
        super().delete_queryset(request, queryset)
        unused_files.release(pictures)
