"""The account pages on which users download and erase their own data."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import erasure, personal_data
from accounts.current_user import current_user

from .forms import ErasureForm


@require_safe
@login_required
def data(request: HttpRequest) -> HttpResponse:
    """Show what users can do with their own data."""
    is_last = erasure.is_last_administrator(current_user(request))
    return render(request, "account/data.html", {"is_last_administrator": is_last})


@login_required
def export(request: HttpRequest) -> HttpResponseBase:
    """
    Return all data about the user as a JSON file. Only on POST, so that no link of another site can start it. Other
    requests lead to the page with the button: the page that asks for the password stays open while the file comes, and
    when it is sent once more, the browser asks for this URL with GET.
    """
    return _file(request) if request.method == "POST" else redirect("account_data")


@reauthentication_required
def _file(request: HttpRequest) -> StreamingHttpResponse:
    response = StreamingHttpResponse(personal_data.pieces(current_user(request)), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.now():%Y-%m-%d}.json"'
    return response


@login_required
@reauthentication_required
def erase(request: HttpRequest) -> HttpResponse:
    """Show what is erased, with a form; on POST, erase the user's account and sign them out."""
    user = current_user(request)
    if erasure.is_last_administrator(user):
        return redirect("account_data")
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            erasure.erase(user, actor=user)
        except ValidationError as error:
            messages.error(request, error.message)
            return redirect("account_data")
        logout(request)
        return render(request, "account/erased.html")
    return render(request, "account/erase.html", {"form": form})
