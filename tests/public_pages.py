"""Helpers for reading public pages in tests."""


def body(client, address, status=200):
    """Return the page at `address`, which must have the status `status`."""
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def shown(client, address):
    """Return the FilteredList of the page at `address`."""
    return client.get(address).context["list"]
