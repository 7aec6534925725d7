"""What the tables of people know about an account that is erased."""

from accounts.models import User
from people.models import Person


def forget_account(account: User) -> None:
    """
    Remove the link between `account` and its person. Without history, because the link is what is forgotten; no page
    shows it.
    """
    Person._base_manager.filter(user=account).update(user=None)
    Person.history.filter(user=account).update(user=None)
