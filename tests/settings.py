"""The settings for tests: like `local`, but nothing leaves the process."""

import os
from urllib.parse import urlsplit

os.environ["LAUREL_ENV"] = "local"

from portal.settings import *  # noqa: E402, F403
from portal.settings import CACHES, VAR_DIR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = VAR_DIR / "test-media"
SITE_URL = "http://testserver"
# Only the tests of rate limits use them.
API_RATE_LIMIT = PRESS_KIT_RATE_LIMIT = SEARCH_RATE_LIMIT = 0
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False

# Workers share a Redis server, so each uses its own database in it.
if "redis" in CACHES["default"]["BACKEND"]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    CACHES["default"]["LOCATION"] = urlsplit(CACHES["default"]["LOCATION"])._replace(path=f"/{worker}").geturl()
