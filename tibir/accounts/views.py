from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from tibir.accounts.middleware import SEEN, seconds_left


@require_http_methods(["GET", "POST"])
def logged_in(request):
    """For how long still. A GET only asks; a POST says that somebody is here.

    Whoever has logged in anew in another tab gets the token that the forms of this one need.
    """
    if request.method == "POST":
        request.session[SEEN] = timezone.now().timestamp()
    left, longest = seconds_left(request.session)
    return JsonResponse(
        {"user": request.user.pk, "left": left, "longest": longest, "token": get_token(request)}
    )
