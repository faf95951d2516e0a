"""Small real pictures of every format, and files signed by a certificate of the tests' own."""

import io
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from PIL import Image, PngImagePlugin

FORMATS = ("png", "jpeg", "lossy.webp", "lossless.webp", "alpha.webp", "gif")


def picture(*, alpha: bool = False) -> Image.Image:
    """A picture of 37 by 21 pixels, so that every length that can be odd is odd."""
    image = Image.new("RGBA" if alpha else "RGB", (37, 21), (30, 120, 200, 128) if alpha else (30, 120, 200))
    for x in range(37):
        image.putpixel((x, x % 21), (x * 6, 255 - x * 6, 40, 255)[: 4 if alpha else 3])
    return image


def written(folder: Path, kind: str) -> Path:
    """Return a file of *kind*, one of `FORMATS`, without any metadata."""
    path = folder / f"picture.{kind}"
    match kind:
        case "lossless.webp":
            picture().save(path, lossless=True)
        case "alpha.webp":
            picture(alpha=True).save(path, lossless=True)
        case "lossy.webp":
            picture().save(path, quality=80)
        case "gif":
            picture().convert("P").save(path)
        case _:
            picture().save(path)
    return path


def pixels(path: Path) -> bytes:
    """Return what is seen of the picture at *path*."""
    with Image.open(path) as image:
        return image.convert("RGBA").tobytes()


def png_with(folder: Path, texts: dict[str, str], *, exif: bytes = b"") -> Path:
    """Return a PNG that carries *texts* by keyword."""
    info = PngImagePlugin.PngInfo()
    for keyword, text in texts.items():
        info.add_text(keyword, text)
    path = folder / "texts.png"
    picture().save(path, pnginfo=info, exif=exif)
    return path


@cache
def _identity() -> tuple[str, bytes]:
    """Return a chain of certificates and a key, in PEM, made for content credentials."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = datetime.now(UTC)

    def name(common: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{common} Organisation"),
                x509.NameAttribute(NameOID.COMMON_NAME, common),
            ]
        )

    def certificate(subject: str, issuer: str, key: ec.EllipticCurvePublicKey, by: ec.EllipticCurvePrivateKey) -> bytes:
        is_ca = subject == issuer
        usage = x509.KeyUsage(not is_ca, False, False, False, False, is_ca, is_ca, False, False)
        built = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name(issuer))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        )
        if not is_ca:
            purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            built = built.add_extension(purposes, critical=True)
        return built.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    chain = certificate("Signer", "Authority", leaf.public_key(), root)
    chain += certificate("Authority", "Authority", root.public_key(), root)
    key = leaf.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return chain.decode(), key


MANIFEST = {
    "claim_generator_info": [{"name": "Test Media Service", "version": "1.0"}],
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "softwareAgent": {"name": "gpt-image", "version": "2.0"},
                        "digitalSourceType": ("http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"),
                        "when": "2026-11-20T10:00:00Z",
                    }
                ]
            },
        }
    ],
}


def signed(path: Path, destination: Path) -> Path:
    """Return *destination*: the picture at *path* with content credentials."""
    import json

    import c2pa
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    chain, pem = _identity()
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)

    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32) + s.to_bytes(32)

    kind = {".png": "image/png", ".webp": "image/webp"}.get(path.suffix, "image/jpeg")
    with c2pa.Signer.from_callback(sign, c2pa.C2paSigningAlg.ES256, chain, None) as signer:
        result = io.BytesIO()
        with c2pa.Builder(json.dumps(MANIFEST)) as builder, path.open("rb") as source:
            builder.sign(signer, kind, source, result)
    destination.write_bytes(result.getvalue())
    return destination


def complaints(path: Path) -> set[str]:
    """Return what c2pa's own reader finds wrong with the binding of the credentials in *path*."""
    import json

    import c2pa

    with c2pa.Reader(str(path)) as reader:
        told = json.loads(reader.json())
    return {row["code"] for row in told.get("validation_status", []) if "Hash" in row["code"]}
