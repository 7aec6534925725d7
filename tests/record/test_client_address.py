"""The client's IP address is determined in the same way everywhere."""

from ipaddress import ip_address

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory

from record.web import client_address
from tests import factories as make


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:51234", "192.0.2.1"),
        ("192.0.2.1:", "192.0.2.1"),
        ("[192.0.2.1]:80", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:C000:0201", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:443", "192.0.2.1"),
        ("::ffff:192.0.2.1%eth0", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25eth0]:443", "fe80::1"),
    ],
)
def test_an_address_is_read_in_every_way_that_it_is_written(text, address):
    assert client_address.parse(text) == ip_address(address)


@pytest.mark.parametrize(
    "text",
    ["", "unknown", "_hidden", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1:a", "1", "[", "[]:80", "[::1", ":",
     "%", "\x00", "１９２.0.2.1",
     "192.0.2.1, 192.0.2.2", "example.org:80", "9" * 10_000],
)  # fmt: skip
def test_junk_is_no_address(text):
    assert client_address.parse(text) is None


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "group"),
    [
        (0, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
        (-1, "203.0.113.9", "192.0.2.1", "192.0.2.1"),
        (1, "203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (1, "203.0.113.9:51234", "127.0.0.1", "203.0.113.9"),
        (1, "[2001:db8:1:2::9]:443", "127.0.0.1", "2001:db8:1:2::"),
        (1, "made-up, 203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (1, "198.51.100.1,203.0.113.9,", "127.0.0.1", "203.0.113.9"),
        (2, "made-up, 203.0.113.9, 10.0.0.1", "127.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1", "203.0.113.9"),
        (1, "", "127.0.0.1", "127.0.0.1"),
        (1, " , ", "127.0.0.1", "127.0.0.1"),
        (1, "nonsense", "127.0.0.1", "127.0.0.1"),
        (2, "nonsense, 10.0.0.1", "127.0.0.1", "127.0.0.1"),
        (0, "", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (0, "", "::ffff:192.0.2.1", "192.0.2.1"),
        (0, "", "::ffff:192.0.2.2", "192.0.2.2"),
        (0, "", "", "unknown"),
    ],
)
def test_a_visitor_cannot_choose_the_address_that_counts(settings, proxies, forwarded, remote, group):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address.group_of(request) == group


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/api/v1/", "/contests/c/press-kit.zip"])
@pytest.mark.parametrize(
    ("proxies", "header", "one", "other"),
    [
        (0, "REMOTE_ADDR", "::ffff:192.0.2.1", "::ffff:192.0.2.2"),
        (1, "HTTP_X_FORWARDED_FOR", "192.0.2.1:51234", "192.0.2.2:51234"),
        (1, "HTTP_X_FORWARDED_FOR", "[2001:db8:1::1]:443", "[2001:db8:2::1]:443"),
    ],
)
def test_each_visitor_has_an_allowance_of_their_own(client, settings, url, proxies, header, one, other):
    settings.TRUSTED_PROXIES, settings.API_RATE_LIMIT, settings.PRESS_KIT_RATE_LIMIT = proxies, 1, 1
    make.ContestFactory(revealed=True, slug="c")
    cache.clear()
    with time_machine.travel(1_800_000_000, tick=False):
        asked = [client.get(url, **{header: address}).status_code for address in (one, one, other)]
    cache.clear()
    assert asked == [200, 429, 200]
