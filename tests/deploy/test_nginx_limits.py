"""The limits of deploy/nginx/laurel.conf for each client, in a real nginx in front of a server that answers at once."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections import Counter

import pytest

from tests.deploy.machine import ROOT, free_port

#: Forms of sign-in that one client may send at once: one, and those that `burst` allows. No other one is accepted for 2
#: seconds, which is longer than `MORE` requests take.
AT_ONCE, MORE = 21, 40


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    """Run nginx with the shipped configuration. The header X-Client of a request is the address of the client."""
    if not shutil.which("nginx"):
        subprocess.run([ROOT / "scripts" / "apt-install", "nginx-light"], check=True)
    folder = tmp_path_factory.mktemp("nginx")
    port, plain, inside = free_port(), free_port(), free_port()
    source = ROOT / "deploy" / "nginx"
    (folder / "laurel-proxy.conf").write_text((source / "laurel-proxy.conf").read_text())
    conf = (source / "laurel.conf").read_text()
    conf = re.sub(r"^ *listen \[::\].*\n", "", conf, flags=re.MULTILINE)
    for old, new in (
        (r"\blisten 443\b", f"listen 127.0.0.1:{port}"),
        (r"\blisten 80\b", f"listen 127.0.0.1:{plain}"),
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{inside}"),
        (r"laurel\.example\.org", "localhost"),
        (r"/etc/nginx/tls|/etc/nginx|/var/log/nginx|/var/cache/nginx", str(folder)),
    ):
        conf = re.sub(old, new, conf)
    key = folder / "laurel.key"
    made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"]
    command = ["openssl", "req", "-x509", *made, "-keyout", key, "-out", folder / "laurel.crt"]
    subprocess.run(command, check=True, capture_output=True)
    folders = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid; error_log {folder}/error.log; daemon off; worker_processes 1; events {{}}\n"
        f"http {{ {folders} set_real_ip_from 127.0.0.1; real_ip_header X-Client;\n{conf}\n"
        f"server {{ listen 127.0.0.1:{inside}; return 204; }} }}"
    )
    server = subprocess.Popen(["nginx", "-e", folder / "error.log", "-c", folder / "nginx.conf"])
    end = time.monotonic() + 30
    while not (folder / "pid").exists():
        assert server.poll() is None, (folder / "error.log").read_text()
        assert time.monotonic() < end
        time.sleep(0.05)
    yield port
    server.terminate()
    server.wait(timeout=30)


def statuses(port, clients):
    """Send a form of sign-in from each of `clients` over one connection. Return how often each status came."""
    tls = ssl._create_unverified_context()
    form = "POST /account/sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nX-Client: {}\r\n\r\n"
    with tls.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname="localhost") as sock:
        sock.settimeout(30)
        sock.sendall("".join(map(form.format, clients)).encode())
        received = b""
        while len(found := re.findall(rb"^HTTP/1.1 (\d+)", received, re.MULTILINE)) < len(clients):
            part = sock.recv(65536)
            assert part, received
            received += part
    return Counter(map(int, found))


@pytest.mark.parametrize(
    "clients",
    [["192.0.2.7"] * MORE, ["2001:db8::7"] * MORE, [f"2001:db8:a:b:{number:x}::1" for number in range(MORE)]],
    ids=["address", "IPv6 address", "IPv6 network"],
)
def test_one_client_can_not_send_more_forms_of_sign_in_by_using_more_addresses(nginx, clients):
    counted = statuses(nginx, clients)
    # A slow machine may take so long that one more is accepted.
    assert AT_ONCE <= counted[204] <= AT_ONCE + 2
    assert counted[429] == MORE - counted[204]


@pytest.mark.parametrize("client", ["198.51.100.{}", "2001:db8:c:{}::1", "2001:db8:{}::"], ids=["IPv4", "/64", "/48"])
def test_other_clients_are_counted_apart(nginx, client):
    assert statuses(nginx, [client.format(number) for number in range(1, MORE + 1)]) == {204: MORE}
