"""Mail, SMS and logins elsewhere: whoever has no certificate that we trust is told nothing."""

import contextlib
import datetime
import queue
import ssl
import threading
from socket import create_server
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.mail import get_connection

from tibir.notifications import sms
from tibir.staff import oidc
from tibir.staff.providers import Provider

NAME = "localhost"


def certificate(folder, name):
    """A file with a key and a certificate for that name, which only those who are told trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
    )
    file = folder / f"{name}.pem"
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


class Listener:
    """Speaks TLS and notes what it was told; whoever says nothing has not trusted it."""

    def __init__(self, file):
        self.heard = queue.Queue()  # for each that came: what it said, or nothing
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(file)
        self._socket = create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                plain, _address = self._socket.accept()
            except OSError:
                return
            plain.settimeout(5)
            try:
                with self._context.wrap_socket(plain, server_side=True) as client:
                    client.sendall(b"220 here\r\n")
                    self.heard.put(client.recv(1000))
            except OSError:
                self.heard.put(b"")

    def stop(self):
        self._socket.close()


def by_mail(port, settings):
    backend = "django.core.mail.backends.smtp.EmailBackend"
    connection = get_connection(backend, host=NAME, port=port, use_ssl=True, timeout=5)
    connection.open()
    connection.close()


def by_sms(port, settings):
    settings.SMS_URL = f"https://{NAME}:{port}/"
    sms.send("+4799000001", "Du har en ny beskjed", message_id="1")


def by_login(port, settings):
    provider = Provider("there", "There", f"https://{NAME}:{port}", "tibir", "x", ("high",))
    oidc._client.cache_clear()
    oidc.start(SimpleNamespace(session={}), provider, "https://tibir.example/svar/")


@pytest.fixture
def listening(tmp_path, monkeypatch):
    """A listener with a certificate for that name, which is trusted or not."""
    started = []

    def listening(name, *, is_trusted):
        file = certificate(tmp_path, name)
        if is_trusted:
            for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
                monkeypatch.setenv(variable, str(file))
        started.append(Listener(file))
        return started[-1]

    yield listening
    for each in started:
        each.stop()


@pytest.mark.parametrize("speak", [by_mail, by_sms, by_login])
@pytest.mark.parametrize(
    ("name", "is_trusted", "is_told"),
    [(NAME, True, True), (NAME, False, False), ("ond.example", True, False)],
    ids=["trusted", "unknown", "of another"],
)
def test_nothing_is_told_to_whom_we_cannot_know(
    listening, settings, speak, name, is_trusted, is_told
):
    there = listening(name, is_trusted=is_trusted)
    with contextlib.suppress(Exception):  # it answers nobody properly
        speak(there.port, settings)
    assert bool(there.heard.get(timeout=30)) == is_told
