"""What an attacker might send: values for parameters, form fields, URLs and headers, as hypothesis strategies."""

import os

from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

#: The number of examples of each property, from the environment. CI runs few examples, always the same ones.
EXAMPLES = int(os.environ.get("LAUREL_EXAMPLES", "0"))

# Values that have broken web applications: PostgreSQL refuses NUL, integers end, calendars end, `int()` reads digits of
# all scripts and underscores, and "²" is a digit that `int()` does not read.
KNOWN = (
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\u200b",
        "\u202eabc",
        "\ufeff",
        "\ufffd",
        "\ud800",
        "\U0001f3ac",
        "e\u0301",
        "İ",
        "ß",
        "ﬁ",
    ),
    *("0", "-0", "-1", "1", "9" * 10, "9" * 19, "9" * 30, "9" * 5000, "9223372036854775807", "-9223372036854775809"),
    *("٣", "²", "1_0", "+1", "0x10", "1e309", "-1e309", "nan", "inf", "1.5", "1,5", "१२", "½", "Ⅷ"),
    *("0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13", "2026", "0000", "-2026"),
    *("23:59:60", "24:00", "2026-02-29T25:00", "2026-11-30T10:00:00+99:99", "9999-12-31T23:59:59-14:00"),
    *("true", "None", "null", "[]", "{}", '{"a": 1}', "[" * 2000, '"\\ud800"', '{"id": null}', '{"id": [], "type": 5}'),
    *("'", '"', "''", "' OR 1=1 --", "%", "_", "\\", "%00", "%ff", "%s", "{0}", "{{ 7*7 }}", "${x}", "$", "|", ";"),
    *(
        "<script>",
        "</textarea>",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://",
        "http://[",
        "http://[::1",
        "//x",
    ),
    *("http://a:b@c:99999/", "https://exa mple.org", "https://" + "a" * 300, "mailto:", "a@b", "a@b.c\r\nBcc: d@e.f"),
    *("../../etc/passwd", "..\\..\\x", "/etc/passwd", "C:\\", ".", "..", "a/b", "a/" * 300, "con", "\n", "\r\n", "\t"),
    *(
        '"',
        '"a',
        "a*",
        "*",
        "(",
        ")",
        "NEAR(",
        "AND",
        "OR NOT",
        "^a",
        "-",
        "a:b",
        "a & b",
        "!",
        "<->",
        ":*",
        "a" * 3000,
    ),
    *("=1+1", "@SUM(1)", "=cmd|' /C calc'!A0", "a" * 100_000, "é" * 5000, "a " * 3000, "__all__", "pk", "-pk", "id"),
    *(
        "Europe/Warsaw",
        "Etc/GMT+14",
        "xx",
        "en",
        "zh-hans",
        "PL",
        "XX",
        "1.2.-3",
        "--1",
        "last",
        "list",
        "-title",
        "name",
    ),
)
texts = st.one_of(
    st.sampled_from(KNOWN),
    st.text(max_size=20),
    st.text(st.characters(categories=["Nd", "No", "Nl", "Cf", "Mn", "Co", "Cn", "Zs"]), max_size=6),
    st.integers().map(str),
    st.dates().map(str),
    st.floats().map(str),
    st.lists(st.sampled_from(KNOWN), min_size=2, max_size=3).map(lambda parts: "".join(parts)[:5000]),
)
#: Values of headers. WSGI servers pass them on as Latin-1.
headers = st.dictionaries(
    st.sampled_from(
        [
            *("accept-language", "cookie", "if-none-match", "if-modified-since", "if-unmodified-since", "range"),
            *("referer", "origin", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "accept", "user-agent"),
            *("accept-encoding", "x-requested-with", "x-http-method-override", "hx-request", "content-type"),
        ]
    ),
    st.one_of(
        st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30),
        st.sampled_from(["language=\x00", "language=xx; a=b", "sessionid=x", "*", '"', 'W/"', "bytes=9-1", "a" * 9000]),
        st.sampled_from(
            ["Thu, 99 Foo 9999 25:61:61 GMT", "Sun, 06 Nov 0000 08:49:37 GMT", "gzip;q=x", "de;q=٣", "[::1"]
        ).map(lambda value: value.encode().decode("latin-1")),
    ),
    max_size=2,
)
#: Uploads: empty, no picture, cut short, something else than the name says.
files = st.builds(
    SimpleUploadedFile,
    st.sampled_from(
        ["a.png", "a.csv", "a.xlsx", "a.zip", "a.json", "a.svg", "../a", "a" * 300 + ".png", "\u202e.png", "a\x00.png"]
    ),
    st.one_of(
        st.binary(max_size=200),
        st.sampled_from(
            [b"Name\nAnn\n", b"Name,Name,\x00\n\xff", b"PK\x03\x04", b"GIF89a\xff\xff\xff\xff", b"\x89PNG\r\n\x1a\n"]
        ),
        st.sampled_from(
            [b"<svg/>", b"{}", b"[" * 5000, b"\xff\xfea", b'{"laurel": "\\ud800"}', b"BM\xff\xff\xff\xff\x00"]
        ),
    ),
    st.sampled_from(["image/png", "text/csv", "text/html", "application/zip", ""]),
)


def property_test(few: int, share: float = 1):
    """
    Return hypothesis's settings for a property that runs `few` examples in CI, or `share` of `LAUREL_EXAMPLES`. In CI
    the examples are always the same, so that a change fails only for what it changes.
    """
    many = round(EXAMPLES * share)
    return settings(
        max_examples=many or few,
        derandomize=not many,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
