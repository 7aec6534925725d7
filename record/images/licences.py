"""The licences that an image can have."""

from django.db import models
from django.utils.translation import gettext_lazy as _

_DEEDS = "https://creativecommons.org/"


class Licence(models.TextChoices):
    """The licence of an image: what others may do with it. Blank means that it is not known yet."""

    __empty__ = _("Not known")

    PERMISSION = "permission", _("All rights reserved, used with permission")
    CC_BY = "cc-by-4.0", "CC BY 4.0"
    CC_BY_SA = "cc-by-sa-4.0", "CC BY-SA 4.0"
    CC_BY_ND = "cc-by-nd-4.0", "CC BY-ND 4.0"
    CC_BY_NC = "cc-by-nc-4.0", "CC BY-NC 4.0"
    CC_BY_NC_SA = "cc-by-nc-sa-4.0", "CC BY-NC-SA 4.0"
    CC_BY_NC_ND = "cc-by-nc-nd-4.0", "CC BY-NC-ND 4.0"
    CC0 = "cc0-1.0", "CC0 1.0"
    PUBLIC_DOMAIN = "public-domain", _("Public domain")

    @property
    def url(self) -> str:
        """The URL of the licence text; empty if there is none."""
        if self is Licence.PERMISSION:
            return ""
        if self is Licence.PUBLIC_DOMAIN:
            return f"{_DEEDS}publicdomain/mark/1.0/"
        kind, _dash, version = self.value.removeprefix("cc-").rpartition("-")
        return f"{_DEEDS}publicdomain/zero/1.0/" if self is Licence.CC0 else f"{_DEEDS}licenses/{kind}/{version}/"
