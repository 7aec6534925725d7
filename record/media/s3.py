"""
The storage of uploaded files in a bucket that speaks the protocol of Amazon S3, shared by several machines.

django-storages (BSD-3) brings the settings and most methods. Here, every request is bounded in time, a storage that
does not respond is distinguished from a missing file, and a new file never replaces another one.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from threading import Lock
from time import monotonic
from typing import IO, Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from django.conf import settings
from django.core.files import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from .errors import StorageAwayError
from .functions import StoredFile

#: Seconds to wait for a connection and for each answer, and the number of attempts.
CONNECT, READ, ATTEMPTS = 2, 10, 2
#: For so many seconds after a request without an answer, no other request is sent. So a storage that is away does not
#: occupy every thread.
PAUSE = 5
#: Larger files are sent in parts, smaller ones in one request. Size in bytes.
_IN_PARTS = 64 * 2**20
#: A file up to this size is read into memory, a larger one into a temporary file.
_IN_MEMORY = 16 * 2**20
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}


class S3MediaStorage(S3Storage):
    """
    A private bucket. Visitors get files only from the portal, which checks who may see them. Objects get no access
    control list, because many buckets refuse one: without it, they are private.
    """

    def __init__(self, *, addressing_style: str = "auto", **options: Any):
        config = Config(
            connect_timeout=CONNECT,
            read_timeout=READ,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            s3={"addressing_style": addressing_style},
            # Other makers' storages don't know the checksums that boto3 adds to each request.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, file_overwrite=False, default_acl=None, **options)
        self._lock, self._shared, self._away_until = Lock(), None, 0.0
        self._is_conditional = True

    @property
    def connection(self) -> Any:
        # One for all threads: its client, which sends the requests, may be shared.
        with self._lock:
            if self._shared is None:
                self._shared = self._create_session().resource(
                    "s3",
                    region_name=self.region_name,
                    use_ssl=self.use_ssl,
                    endpoint_url=self.endpoint_url,
                    config=self.client_config,
                    verify=self.verify,
                )
            return self._shared

    @property
    def _client(self) -> Any:
        return self.connection.meta.client

    def _key(self, name: str) -> str:
        return self._normalize_name(clean_name(name))

    @contextmanager
    def _answers(self) -> Iterator[None]:
        """Turn the errors of boto3 into `FileNotFoundError`, `FileExistsError` and `StorageAwayError`."""
        if monotonic() < self._away_until:
            raise StorageAwayError("The storage for uploads did not respond a few seconds ago.")
        try:
            yield
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            code = error.response.get("Error", {}).get("Code", "")
            if code in _TAKEN:
                raise FileExistsError(code) from error
            if status == 404 and code != "NoSuchBucket":
                raise FileNotFoundError(code) from error
            if status >= 500 and code != "NotImplemented":
                self._away_until = monotonic() + PAUSE
            raise StorageAwayError(f"The storage for uploads refused a request: {code or status}.") from error
        except (BotoCoreError, HTTPClientError, Boto3Error) as error:
            self._away_until = monotonic() + PAUSE
            raise StorageAwayError(f"The storage for uploads does not respond: {type(error).__name__}.") from error

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("Files in the storage are only read; `save` writes them.")
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - the caller closes it
        try:
            with self._answers():
                answer = self._client.get_object(Bucket=self.bucket_name, Key=self._key(name))
                with answer["Body"] as body:
                    shutil.copyfileobj(body, file)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return File(file, name)

    def stream(self, name: str) -> IO[bytes]:
        with self._answers():
            answer = self._client.get_object(Bucket=self.bucket_name, Key=self._key(name))
        body: Any = answer["Body"]
        body.size = answer["ContentLength"]
        return body

    def _save(self, name: str, content: Any) -> str:
        # This never replaces a file: if another process has just taken the name, this file gets another one.
        name = clean_name(name)
        while True:
            try:
                self._put(name, content, only_new=True)
            except FileExistsError:
                name = self.get_available_name(name)
            else:
                return name

    def overwrite(self, name: str, content: Any) -> None:
        """Store a file that may already exist."""
        self._put(name, content, only_new=False)

    def _put(self, name: str, content: Any, *, only_new: bool) -> None:
        key = self._key(name)
        parameters = self._get_write_parameters(key, content)
        content.seek(0)
        with self._answers():
            if content.size > _IN_PARTS:  # Its name is random, or it can be made again.
                body = _Unclosed(content)
                self._client.upload_fileobj(body, self.bucket_name, key, parameters, Config=self.transfer_config)
                return
            send = partial(self._client.put_object, Bucket=self.bucket_name, Key=key, Body=content.read(), **parameters)
            if only_new and self._is_conditional:
                try:
                    send(IfNoneMatch="*")
                    return
                except ClientError as error:
                    if error.response.get("Error", {}).get("Code") != "NotImplemented":
                        raise
                    self._is_conditional = False
            send()

    def delete(self, name: str) -> None:
        with self._answers():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with self._answers():
            return super().exists(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with self._answers():
            return super().listdir(name)

    def size(self, name: str) -> int:
        with self._answers():
            return super().size(name)

    def get_modified_time(self, name: str) -> datetime:
        with self._answers():
            return super().get_modified_time(name)

    def files_in(self, folder: str, prefix: str = "") -> list[StoredFile]:
        # The key of the folder, without that of the bucket's own prefix, is the beginning of each name.
        inside = f"{self._key(folder)}/"
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket_name, Prefix=f"{inside}{prefix}", Delimiter="/"
        )
        with self._answers():
            return [
                StoredFile(f"{folder}/{entry['Key'].removeprefix(inside)}", entry["Size"], entry["LastModified"])
                for page in pages
                for entry in page.get("Contents", ())
                if entry["Key"] != inside
            ]

    def url(self, name: str, *_args: Any, **_options: Any) -> str:
        """Return the URL of the portal's own view, which checks who may see the file."""
        return f"{settings.MEDIA_URL}{filepath_to_uri(clean_name(name)).lstrip('/')}"


class _Unclosed:
    """Keeps boto3 from closing the file that it sends."""

    def __init__(self, file: Any):
        self._file = file

    def read(self, *size: int) -> bytes:
        return self._file.read(*size)

    def seek(self, *place: int) -> int:
        return self._file.seek(*place)

    def tell(self) -> int:
        return self._file.tell()
