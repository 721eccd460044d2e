"""Certificates for servers and clients of tests and the demo: an authority that nobody else trusts, and what
it signs."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FROM, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)
KEY_USE = x509.KeyUsage(True, False, False, False, False, True, True, False, False)


@dataclass
class Signed:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> str:
        """Both, as one text."""
        private = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return (self.certificate.public_bytes(serialization.Encoding.PEM) + private).decode()


class Authority:
    """`file`: its own certificate, for whoever is to trust it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._own = self._sign("Fake authority", None)
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._own.certificate.public_bytes(serialization.Encoding.PEM))

    def sign(self, name: str) -> Signed:
        """For a server on this machine, or for a client."""
        return self._sign(name, self._own)

    def server(self, *, asks_for_certificate: bool = False) -> ssl.SSLContext:
        """For a server on this machine."""
        path = self._folder / "server.pem"
        path.write_text(self.sign("server").pem)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=self.file)
        context.load_cert_chain(path)
        context.verify_mode = ssl.CERT_REQUIRED if asks_for_certificate else ssl.CERT_NONE
        return context

    @staticmethod
    def _sign(name: str, by: Signed | None) -> Signed:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        signer = by.key if by else key
        made = (
            x509.CertificateBuilder(by.certificate.subject if by else subject, subject, key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(FROM)
            .not_valid_after(UNTIL)
            .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
        )
        made = made.add_extension(names, critical=False) if by else made.add_extension(KEY_USE, critical=True)
        return Signed(made.sign(signer, hashes.SHA256()), key)
