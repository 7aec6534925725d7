"""Where uploads are stored: bad settings are refused with one sentence."""

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import media_settings

GOOD = "s3://uploads/laurel?endpoint=https://storage.example.org&region=eu"


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


def test_a_bucket_has_an_endpoint_a_region_and_a_prefix():
    assert media_settings.storage("") == {"BACKEND": "record.media.local.LocalMediaStorage"}
    told = media_settings.storage(GOOD)
    assert told["BACKEND"] == "record.media.s3.S3MediaStorage"
    assert told["OPTIONS"] == {
        "bucket_name": "uploads",
        "location": "laurel",
        "endpoint_url": "https://storage.example.org",
        "region_name": "eu",
        "addressing_style": "path",
        "access_key": "key",
        "secret_key": "secret",
        "security_token": None,
    }
    assert media_settings.storage("s3://uploads?region=eu")["OPTIONS"]["addressing_style"] == "virtual"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("uploads", "starts with ''"),
        ("https://storage.example.org/uploads", "starts with 'https'"),
        ("s3://?endpoint=https://storage.example.org", "names no bucket"),
        ("s3://key:secret@uploads?region=eu", "has no password"),
        ("s3://uploads", "needs an endpoint, or a region"),
        ("s3://uploads?endpoint=storage.example.org", "endpoint in MEDIA_STORAGE has to be like https://"),
        ("s3://uploads?region=eu&acl=public", "but not acl"),
        ("s3://uploads?region=eu&style=odd", "style in MEDIA_STORAGE is 'odd'"),
        ("s3://uploads?region", "is not a URL"),
    ],
)
def test_a_bad_address_is_refused(address, reason):
    with pytest.raises(ImproperlyConfigured, match=reason) as refused:
        media_settings.storage(address)
    assert "secret@" not in str(refused.value)


def test_credentials_come_from_the_environment(monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ImproperlyConfigured, match="set AWS_SECRET_ACCESS_KEY in the environment"):
        media_settings.storage(GOOD)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setattr(media_settings, "find_spec", lambda name: None)
    with pytest.raises(ImproperlyConfigured, match="needs the packages django-storages and boto3"):
        media_settings.storage(GOOD)


@pytest.mark.parametrize("hours", ["", "day", "-1", "nan", "inf", "9000", "٣", "1_0"])
def test_a_bad_grace_period_is_refused(hours):
    with pytest.raises(ImproperlyConfigured, match="MEDIA_GRACE_HOURS is"):
        media_settings.grace(hours)


def test_a_grace_period_is_in_hours():
    assert media_settings.grace("1.5") == timedelta(minutes=90)
