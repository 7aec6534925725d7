"""The settings for tests: like `local`, but without connections to other computers."""

import os
from datetime import timedelta
from urllib.parse import urlsplit

os.environ["LAUREL_ENV"] = "local"
# Tests have no worker, unless they are about it.
os.environ["TASKS"] = ""

from portal.settings import *  # noqa: E402, F403
from portal.settings import CACHES, DATABASES, VAR_DIR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = VAR_DIR / "test-media"
# Files of replaced images are deleted at once, except in the tests of the time that they stay.
MEDIA_GRACE = timedelta(0)
SITE_URL = "http://testserver"
# Turn off rate limits, except in the tests of rate limits.
API_RATE_LIMIT = PRESS_KIT_RATE_LIMIT = SEARCH_RATE_LIMIT = 0
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False

# Test workers share a Redis server, and each uses its own database in it.
if "redis" in CACHES["default"]["BACKEND"]:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    CACHES["default"]["LOCATION"] = urlsplit(CACHES["default"]["LOCATION"])._replace(path=f"/{worker}").geturl()

# pytest-django knows only Django's own backend for SQLite. For ours, it would make a file for each test worker.
if DATABASES["default"]["ENGINE"] == "portal.databases.sqlite":
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}

# A statement that takes this long has a bad plan or waits for a lock that nobody releases. Let its test fail by name.
if DATABASES["default"]["ENGINE"] == "portal.databases.postgresql":
    DATABASES["default"]["OPTIONS"]["options"] += " -c statement_timeout=120s"
