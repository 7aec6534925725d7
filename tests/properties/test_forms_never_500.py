"""No content of a form makes an error of the portal: forms of visitors, of accounts and of the admin."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.url_patterns import addresses

from .hostile import files, property_test, texts
from .page_forms import Form
from .rows import is_answered, post, question, undone


def changed(data, form: Form) -> list[tuple[str, object]]:
    """Draw what an attacker sends instead of the content of `form`: some values replaced, left out or sent twice."""
    pairs: list[tuple[str, object]] = list(form.values)
    if form.buttons:
        pairs.append(data.draw(st.sampled_from(form.buttons), "button"))
    names = [name for name, _value in [*form.values, *form.choices]]
    for _number in range(data.draw(st.integers(1, 3))):
        kind = data.draw(st.sampled_from(["value", "value", "value", "choice", "file", "without", "twice", "unknown"]))
        name = data.draw(st.sampled_from(names), "field") if names else "x"
        if kind == "choice" and form.choices:
            name, value = data.draw(st.sampled_from(form.choices))
            pairs = [pair for pair in pairs if pair[0] != name] + [(name, value)]
        elif kind == "file":
            name = data.draw(st.sampled_from(form.files)) if form.files else name
            pairs.append((name, data.draw(files)))
        elif kind == "without":
            pairs = [pair for pair in pairs if pair[0] != name]
        elif kind == "twice":
            pairs.append((name, data.draw(texts, "second value")))
        elif kind == "unknown":
            pairs.append((data.draw(texts, "name"), data.draw(texts, "value")))
        else:
            value = data.draw(texts, "value")
            pairs = [(other, value if other == name else old) for other, old in pairs]
            if not any(other == name for other, _value in pairs):
                pairs.append((name, value))
    return pairs


def send(portal, who: str, form: Form, data) -> None:
    with undone():
        pairs = changed(data, form)
        if form.method == "get":
            texts_only = [(name, value) for name, value in pairs if isinstance(value, str)]
            response = portal.client(who).get(f"{form.action.partition('?')[0]}?{question(texts_only)}")
        else:
            response = post(portal.client(who), form.action, pairs, multipart=data.draw(st.booleans()))
        is_answered(response)


ACCOUNT = [
    address
    for address in addresses({}, [], otherwise=["1"])
    if address.startswith("/account/") and not address.endswith("/sign-out/")
]


@property_test(few=80, share=0.15)
@given(data=st.data())
def test_no_form_of_an_account_makes_an_error(portal, data):
    who = data.draw(st.sampled_from(["nobody", "own", "code"]))
    address = data.draw(st.sampled_from([*ACCOUNT, f"/account/invitation/{portal.token}/"]))
    forms = [form for form in portal.forms(who, address) if form.action != "/language/"]
    assume(forms)
    send(portal, who, data.draw(st.sampled_from(forms)), data)


@property_test(few=40, share=0.05)
@given(data=st.data())
def test_no_form_of_a_public_page_makes_an_error(portal, data):
    forms = portal.forms("nobody", data.draw(st.sampled_from(["/", "/search/", "/people/", "/winners/", "/verify/"])))
    send(portal, "nobody", data.draw(st.sampled_from(forms)), data)


@property_test(few=80, share=0.15)
@given(data=st.data())
def test_no_form_of_the_admin_makes_an_error(portal, data):
    forms = portal.forms("chief", data.draw(st.sampled_from(portal.admin), "address"))
    assume(forms)
    send(portal, "chief", data.draw(st.sampled_from(forms)), data)


# Python has encodings that decode nothing, or no text.
ENCODINGS = [
    "utf-16",
    "undefined",
    "idna",
    "hex",
    "rot13",
    "punycode",
    "unicode_escape",
    "utf-7",
    "nonsense",
    "\xff",
    "'",
]
CONTENT_TYPES = [
    *("application/json", "text/plain", "", "multipart/form-data", "multipart/form-data; boundary=\xff"),
    *(f"multipart/form-data; boundary=x; charset={name}" for name in ENCODINGS),
    *(f"application/x-www-form-urlencoded; charset={name}" for name in ENCODINGS),
]


@property_test(few=60, share=0.05)
@given(data=st.data())
def test_no_body_makes_an_error(portal, data):
    """Bodies that no browser sends: another content type, broken parts, another encoding."""
    address = data.draw(st.sampled_from(["/language/", "/search/", "/people/", *ACCOUNT, *portal.admin]), "address")
    content_type = data.draw(st.sampled_from(CONTENT_TYPES), "content type")
    body = data.draw(
        st.binary(max_size=60)
        | st.sampled_from(
            [
                b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\xff\r\n--x--\r\n",
                b"--x\r\nContent-Disposition: form-data\r\n\r\n",
                b'--x\r\nContent-Disposition: form-data; name="f"; filename="\xff/../a"\r\nContent-Type: '
                b"multipart/mixed; boundary=y\r\n\r\n--y\r\n",
                b"--x\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\n=\r\n--x--",
                b"a=%ff&%00=%ed%a0%80&a[]=1&;=",
                b"&" * 500,
                b"[" * 5000,
            ]
        )
    )
    who = data.draw(st.sampled_from(["nobody", "chief", "own", "code"]))
    method = data.draw(st.sampled_from(["POST", "POST", "GET", "PUT", "PATCH", "DELETE", "PROPFIND"]))
    if method == "GET":
        address += "?q=a%C3%A9&page=2"
    with undone():
        is_answered(portal.client(who).generic(method, address, body, content_type=content_type))


@pytest.mark.parametrize("who", ["nobody", "own", "code", "chief"])
def test_forms_are_found(portal, who):
    asked = {"chief": ["/admin/people/person/add/"]}.get(who, ["/account/sign-in/", "/account/second-factor/code/"])
    asked += ["/account/email/"]
    assert any(form.values for address in asked for form in portal.forms(who, address) if form.action != "/language/")
