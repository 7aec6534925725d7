"""What a visitor reads, for the tests of pages."""


def body(client, address, status=200):
    """The page at `address`, which has to answer with `status`."""
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def shown(client, address):
    """The FilteredList that the page at `address` shows."""
    return client.get(address).context["list"]
