import stat
from pathlib import Path

import pytest

from cpa_image_cli.adapters.provenance.sidecar import ForeignSidecar, Sidecar, path_of, read_sidecar, write_sidecar
from cpa_image_cli.core.provenance.packet import packet_of
from cpa_image_cli.core.provenance.record import Record
from tests.adapters.provenance.samples import written

RECORD = Record(prompt="一只猫", coded_sha256="b" * 64)
PACKET = packet_of(RECORD, creator="cpa-image")
HASH = "a" * 64


def test_a_sidecar_comes_back_with_both_hashes(tmp_path: Path) -> None:
    path = written(tmp_path, "png")

    beside = write_sidecar(path, PACKET, file_sha256=HASH)

    assert beside == tmp_path / "picture.png.xmp"
    assert read_sidecar(path) == Sidecar(record=RECORD, file_sha256=HASH)


def test_a_sidecar_is_as_private_as_its_picture(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    path.chmod(0o640)

    beside = write_sidecar(path, PACKET, file_sha256=HASH)

    assert stat.S_IMODE(beside.stat().st_mode) == 0o640


def test_one_of_ours_is_written_anew(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    write_sidecar(path, packet_of(Record(prompt="older"), creator="x"), file_sha256=HASH)

    write_sidecar(path, PACKET, file_sha256=HASH)

    assert read_sidecar(path) == Sidecar(record=RECORD, file_sha256=HASH)


def test_somebody_elses_is_never_written_over(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    path_of(path).write_text("<x:xmpmeta/>")

    with pytest.raises(ForeignSidecar):
        write_sidecar(path, PACKET, file_sha256=HASH)

    assert path_of(path).read_text() == "<x:xmpmeta/>"


def test_nor_is_what_a_link_leads_to(tmp_path: Path) -> None:
    path = written(tmp_path, "png")
    write_sidecar(path, PACKET, file_sha256=HASH).rename(tmp_path / "elsewhere")
    path_of(path).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ForeignSidecar):
        write_sidecar(path, PACKET, file_sha256=HASH)


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_sidecar(tmp_path / "absent.png", PACKET, file_sha256=HASH)

    assert list(tmp_path.iterdir()) == []


def test_without_one_nothing_is_read(tmp_path: Path) -> None:
    assert read_sidecar(tmp_path / "absent.png") is None
