"""A server of the S3 protocol on loopback (moto), for the tests of the storage for uploads."""

import logging
import socket

import boto3
import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from portal import media_settings

BUCKET, KEYS = "uploads", {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@pytest.fixture(scope="session")
def s3_server():
    """Start the server at the first test that needs it, and yield its URL."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_client(s3_server):
    """Return a client with an empty bucket."""
    client = boto3.client(
        "s3",
        endpoint_url=s3_server,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106
    )
    client.create_bucket(Bucket=BUCKET)
    yield client
    for name in names_in(client):
        client.delete_object(Bucket=BUCKET, Key=name)
    client.delete_bucket(Bucket=BUCKET)
    client.close()


def names_in(client):
    """Return the names of all objects in the bucket."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    return sorted(entry["Key"] for page in pages for entry in page.get("Contents", ()))


def use(settings, monkeypatch, address):
    """Store uploads in the bucket at `address`, a value of `MEDIA_STORAGE`. Return the storage."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = {**settings.STORAGES, "default": media_settings.storage(address)}
    # `default_storage` follows the setting, now and when the test ends.
    return storages["default"]


@pytest.fixture
def bucket(s3_client, s3_server, settings, monkeypatch, tmp_path):
    """Store uploads in a bucket, with a prefix. Nothing may be written to MEDIA_ROOT but unfinished press kits."""
    storage = use(settings, monkeypatch, f"s3://{BUCKET}/laurel?endpoint={s3_server}")
    yield storage
    storage.connection.meta.client.close()


@pytest.fixture
def bucket_away(settings, monkeypatch):
    """A storage that does not respond: nobody listens at its port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield use(settings, monkeypatch, f"s3://{BUCKET}?endpoint=http://127.0.0.1:{taken.getsockname()[1]}")
