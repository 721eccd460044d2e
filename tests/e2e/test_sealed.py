"""Files that come and leave sealed: zips under a passphrase, OpenPGP messages. What the partner did not seal
is refused, and nothing of it is taken."""

from __future__ import annotations

import io
import zipfile

import pysequoia
import pytest

from hub.formats import aes_zip
from tests.aes_zip_oracle import opened
from tests.world import START, World

GOOD = b"ABC001+0001000\nABC002-0000200\n"
PASSPHRASE = "a passphrase that is fake"
COUNCIL, PARTNER, STRANGER = (pysequoia.Tsk.generate(name) for name in ("Council", "Partner", "Stranger"))
ROUTES = """
partner: Little
routes:
  payments:
    feeds: [little.payments]
    from: {{endpoint: in, pattern: "*", unpack: {unpack}}}
    to: [{{output: payments, endpoint: out, pack: {pack}}}]
    mode: live
    owner: tests
"""
ZIP = ("{type: zip, passphrase: file:zip}", "{type: aes_zip, passphrase: file:zip}")
PGP = (
    "{type: pgp, key: file:own_key, signed_by: file:partner}",
    "{type: pgp, to: file:partner, key: file:own_key}",
)


def taking(folder, unpack, pack):
    world = World(folder)
    world.write("config/routes/little.yaml", ROUTES.format(unpack=unpack, pack=pack))
    (folder / "config/credentials").mkdir(mode=0o700)
    secrets = {"zip": PASSPHRASE, "own_key": str(COUNCIL), "partner": str(PARTNER.extract_certificate())}
    for name, text in secrets.items():
        world.write(f"config/credentials/{name}", text)
        (folder / "config/credentials" / name).chmod(0o600)
    return world


def zipped(passphrase, data=GOOD):
    pieces = aes_zip.packed("a.txt", [data], passphrase, salt=bytes(range(16)), at=START)
    return b"".join(pieces)


def message(data=GOOD, by=PARTNER, to=COUNCIL):
    signer = by.signer() if by else None
    return pysequoia.encrypt(data, recipients=[to.extract_certificate()], signer=signer, armor=False)


def ran(world):
    with world.hub() as hub:
        report = hub.run("payments")
        with hub.look() as look:
            found = [one.message for row in look.transfers() for one in look.findings(row.id)]
    return {one.name: one.state for one in report.transfers}, found


def test_a_zip_under_the_passphrase_is_opened_and_one_leaves(tmp_path):
    world = taking(tmp_path, *ZIP)
    world.arrive("a.zip", zipped(PASSPHRASE))
    assert ran(world)[0] == {"a.zip": "APPLIED", "a.txt": "SENT"}
    ((name, data),) = world.delivered().items()
    assert name.endswith(".zip")
    (plain,) = opened(data, PASSPHRASE).values()
    assert sorted(plain.split()) == sorted(GOOD.split())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (zipped("another one, as fake"), "under another passphrase"),
        (zipped(PASSPHRASE)[:70] + b"!" + zipped(PASSPHRASE)[71:], "cannot be unpacked"),
        (zipped(PASSPHRASE, b"0" * 40_000_000), "grows beyond measure"),
    ],
)
def test_a_zip_that_does_not_open_is_refused_whole(tmp_path, data, said):
    world = taking(tmp_path, *ZIP)
    world.arrive("a.zip", data)
    states, found = ran(world)
    assert states == {"a.zip": "REJECTED"}
    assert said in found[0]
    assert world.delivered() == {}


def test_every_strength_and_a_stored_member_are_read():
    """As other programs write them: here with the parts of the format by hand."""
    import hashlib
    import hmac
    import struct

    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    for strength in (1, 2, 3):
        key, salt = 8 + 8 * strength, bytes(range(4 + 4 * strength))
        made = hashlib.pbkdf2_hmac("sha1", PASSPHRASE.encode(), salt, 1000, 2 * key + 2)
        pad = Cipher(algorithms.AES(made[:key]), modes.ECB()).encryptor()  # noqa: S305 - one block
        pads = b"".join(pad.update(n.to_bytes(16, "little")) for n in (1, 2))
        sealed = bytes(a ^ b for a, b in zip(GOOD, pads, strict=False))
        code = hmac.digest(made[key : 2 * key], sealed, "sha1")[:10]
        body = salt + made[2 * key :] + sealed + code
        extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", strength, 0)
        sizes = (0, len(body), len(GOOD), 5, len(extra))
        local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 51, 1, 99, 0, 33, *sizes) + b"a.txt" + extra
        entry = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\1\2", 51, 51, 1, 99, 0, 33, *sizes, 0, 0, 0, 0, 0)
        entry += b"a.txt" + extra
        end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local) + len(body), 0)
        stream = io.BytesIO(local + body + entry + end)
        (info,) = zipfile.ZipFile(stream).infolist()
        assert b"".join(aes_zip.opened(stream, info, PASSPHRASE)) == GOOD


def test_a_message_of_the_partners_is_opened_and_one_leaves_for_them(tmp_path):
    world = taking(tmp_path, *PGP)
    world.arrive("a.txt.pgp", message())
    assert ran(world)[0] == {"a.txt.pgp": "APPLIED", "a.txt": "SENT"}
    ((name, data),) = world.delivered().items()
    assert name.endswith(".pgp")
    assert GOOD.split()[0] not in data
    told = pysequoia.decrypt(
        data, decryptor=PARTNER.decryptor(), store=lambda asked: [COUNCIL.extract_certificate()]
    )
    assert sorted(told.bytes.split()) == sorted(GOOD.split())
    assert [one.certificate for one in told.valid_sigs] == [COUNCIL.extract_certificate().fingerprint]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (message(by=STRANGER), "did not sign it"),
        (message(by=None), "did not sign it"),
        (message(to=STRANGER), "our key does not open it"),
        (message()[:-30], "was damaged"),
        (GOOD, "no OpenPGP message"),
    ],
    ids=["stranger", "unsigned", "not for us", "cut", "plain"],
)
def test_what_the_partner_did_not_seal_for_us_is_refused(tmp_path, data, said):
    world = taking(tmp_path, *PGP)
    world.arrive("a.txt.pgp", data)
    states, found = ran(world)
    assert states == {"a.txt.pgp": "REJECTED"}
    assert said in found[0]
    assert world.delivered() == {}
