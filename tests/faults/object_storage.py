"""
A storage that speaks S3, as a process of its own: `python -m tests.faults.object_storage PORT`.

It keeps its objects in memory. So for a failure it must not end: sent "away" on the next port, it closes its port and
all connections; sent "back", it opens it again.
"""

import logging
import socket
import sys

from moto.server import ThreadedMotoServer


def main(port: int) -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    with socket.create_server(("127.0.0.1", port + 1)) as control:
        while True:
            connection, _address = control.accept()
            with connection:
                word = connection.recv(8)
                if word == b"away":
                    server.stop()
                else:
                    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
                    server.start()
                connection.sendall(b"done")


if __name__ == "__main__":
    main(int(sys.argv[1]))
