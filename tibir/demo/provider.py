"""The process that stands in for Ansattporten in the demo. Whoever comes chooses who they are.

Run as «python -m tibir.demo.provider», with what `tibir.demo.trial.command` gives it. Django is
not here: it is somebody else's server, and knows nothing of us but the people of the demo.
"""

import json
import logging
import os
import sys
from pathlib import Path

import oidc_provider_mock
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.serving import make_server

# The mock's other pages fetch their looks from the net, and a demo asks nobody.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def application(people, level):
    """People are {who they are here: what the page says}; all of them on that level."""
    known = [
        oidc_provider_mock.User(
            sub=email, claims={"acr": level, "email": email, "email_verified": True}
        )
        for email in people
    ]
    app = oidc_provider_mock.app(user_claims=known, require_nonce=True, issue_refresh_token=False)
    pages = FileSystemLoader(Path(__file__).parent / "pages")
    app.jinja_loader = ChoiceLoader([pages, app.jinja_loader])
    app.jinja_env.globals["people"] = people

    @app.after_request
    def ask_nobody(response):
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


def main():
    given = json.loads(sys.argv[1])
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # to the mock: loopback needs no HTTPS
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its lines would hold the codes
    app = application(given["people"], given["level"])
    # The port is the socket's: the supervisor has it, and lends it to us.
    make_server("127.0.0.1", 0, app, threaded=True, fd=given["socket"]).serve_forever()


if __name__ == "__main__":
    main()
