"""A many-to-many field whose target rows can't be deleted while a row refers to them."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    _ManyToManyField = models.ManyToManyField[Any, models.Model]
else:
    _ManyToManyField = models.ManyToManyField


class ProtectedManyToManyField(_ManyToManyField):
    """
    A many-to-many field with `on_delete=PROTECT` for the rows that it refers to. Other many-to-many fields drop the
    link when such a row is deleted.
    """

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False, **kwargs: Any
    ) -> None:
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        through = self.remote_field.through
        if through and not cls._meta.abstract and not isinstance(through, str):
            target = self.remote_field.model
            name = target.rpartition(".")[2].lower() if isinstance(target, str) else str(target._meta.model_name)
            to_target: Any = through._meta.get_field(name)
            to_target.remote_field.on_delete = models.PROTECT
