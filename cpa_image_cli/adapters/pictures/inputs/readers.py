"""Decides which formats that no gateway takes can be read here: that depends on what is installed."""


def reads(kind: str) -> bool:
    """Whether a reader for *kind* is installed; if so, Pillow knows it from now on."""
    return kind in _READERS and _READERS[kind]()


def _heic() -> bool:
    try:
        import pillow_heif
    except ImportError:
        return False
    pillow_heif.register_heif_opener()
    return True


def _avif() -> bool:
    from PIL import features

    return bool(features.check("avif"))


_READERS = {"heic": _heic, "avif": _avif}
