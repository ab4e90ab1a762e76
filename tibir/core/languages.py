from django.conf import settings
from django.utils import translation


def chosen_language(request):
    """The language button that was pressed on a form, or nothing."""
    code = request.POST.get("_language", "")
    return code if code in dict(settings.LANGUAGES) else ""


def speak(response, language):
    """Remember the language on this device; a page shown next is in it."""
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response


def switch(language):
    if language:
        translation.activate(language)
