"""Helpers for tests that read public pages."""


def body(client, address, status=200):
    """Return the page at `address`, which must have the HTTP status `status`."""
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def shown(client, address):
    """Return the FilteredList in the template context of the page at `address`."""
    return client.get(address).context["list"]
