"""The encoding of a CSV file: found by its byte order mark, by UTF-8's own rules, or by what its letters would be."""

import codecs
import io
import re
from itertools import islice

import charset_normalizer
from django.utils.translation import gettext

from record.importing.errors import UnreadableFile
from record.importing.letter_likeness import likeness

#: Byte order marks. UTF-32 comes first, as the mark of UTF-16 is the beginning of the mark of UTF-32.
_MARKS = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
#: The encodings that are tried for bytes that are not UTF-8, with the names that editors know.
NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp932": "Shift_JIS",
    "gb18030": "GB18030",
    "cp949": "EUC-KR",
    "big5": "Big5",
    "euc_jp": "EUC-JP",
}
_OLD = ["cp1252", "cp1250", "cp1251", "cp932", "gb18030", "cp949", "big5", "euc_jp"]
_OTHER_NAMES = {"shift_jis": "cp932", "euc_kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "latin_1": "cp1252"}
#: The bytes that are enough to find an encoding.
_MOST_SAMPLED = 60_000


def decoded(content: bytes, encoding: str = "") -> tuple[str, str]:
    """
    Return the text of `content`, without byte order mark and NUL characters, and the name of its encoding.

    `encoding` is a name of an encoding that the editor chose, or "" to find it. Raise `UnreadableFile` if the content
    has another encoding, or none that is known.
    """
    mark, marked = next(((mark, name) for mark, name in _MARKS if content.startswith(mark)), (b"", ""))
    if encoding and not marked:
        return _strictly(content, _codec(encoding))
    if marked:
        return _strictly(content[len(mark) :], marked)
    if wide := _wide(content):
        return _strictly(content, wide)
    try:
        return _strictly(content, "utf-8")
    except UnreadableFile:
        if _is_nearly_utf_8(content):
            raise
    for name in _likely(content):
        try:
            return _strictly(content, name)
        except UnreadableFile:
            continue
    raise UnreadableFile(gettext("The encoding of the file is not known. Save it as “CSV UTF-8” and try again."))


def _codec(encoding: str) -> str:
    """Return the name of Python's codec for a name of an encoding. Raise `UnreadableFile` if it is not known."""
    known = {name: codec for codec, name in reversed(NAMES.items())}
    try:
        found = codecs.lookup(known.get(encoding, encoding))
    except (LookupError, ValueError):
        found = None
    # "rot13", "zip" and the like are no encodings of texts, and "idna" and "punycode" take minutes for a large file.
    name = found.name.replace("_", "-") if found else ""
    codec = _OTHER_NAMES.get(name.replace("-", "_"), name)
    if not found or not re.fullmatch(r"(utf-|cp\d|windows|iso8859|koi8|mac|gb|big5|euc|shift|latin|ascii|hz).*", name):
        message = gettext("“%(encoding)s” is not a known encoding. Examples are UTF-8 and Windows-1252.")
        raise UnreadableFile(message % {"encoding": encoding[:40]})
    return codec


def _strictly(content: bytes, codec: str) -> tuple[str, str]:
    name = NAMES.get(codec, codec)
    try:
        text = content.decode(codec)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        message = gettext("Line %(row)s of the file is not valid in %(encoding)s. Save the file as “CSV UTF-8”.")
        raise UnreadableFile(message % {"row": row, "encoding": name}) from None
    return text.replace("\x00", "").removeprefix("\ufeff"), name


def _wide(content: bytes) -> str:
    """Return the codec if the content is UTF-16 without a byte order mark: commas and line ends have a NUL in them."""
    sample = content[:_MOST_SAMPLED]
    if b"\x00" not in sample or len(content) % 2:
        return ""
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if min(odd, even) * 20 > max(odd, even) or max(odd, even) * 40 < len(sample):
        return ""
    codec = "utf-16-le" if odd > even else "utf-16-be"
    if not any(end.encode(codec) in sample for end in "\r\n"):
        return ""
    try:
        content.decode(codec)
    except UnicodeDecodeError:
        return ""
    return codec


def _is_nearly_utf_8(content: bytes) -> bool:
    """Return whether the content was UTF-8 but has a few bytes that are not, such as a cut or damaged file."""
    text = _sample(content).decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for c in text if c > "\x7f") - bad
    return good >= 20 * bad


def _sample(content: bytes) -> bytes:
    """Return the first lines with other bytes than ASCII."""
    lines = (line for line in io.BytesIO(content.replace(b"\r", b"\n")) if not line.isascii())
    return b"".join(islice(lines, 2_000))[:_MOST_SAMPLED]


def _likely(content: bytes) -> list[str]:
    """
    Return the codecs of the encodings that the content may have, the most likely one first. Where the letters don't
    decide, charset_normalizer does.
    """
    sample = _sample(content)
    scores = {codec: likeness(sample, codec) for codec in _OLD}
    ordered = sorted(_OLD, key=lambda codec: -scores[codec])  # the order of `_OLD` where the scores are the same
    close = [codec for codec in ordered if scores[codec] >= scores[ordered[0]] - 0.05]
    # Western and Central European texts share many letters. Without a letter that only one has, it is Western.
    if not set(close) <= {"cp1252", "cp1250"}:
        found = charset_normalizer.from_bytes(sample, cp_isolation=close, threshold=0.6)
        ranks = {match.encoding: rank for rank, match in enumerate(found)}
        close.sort(key=lambda codec: ranks.get(codec, len(_OLD)))
    return list(dict.fromkeys([*close, *ordered]))
