import contextlib
import hashlib
import io
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from cpa_image_cli.adapters.output import (
    DeviceTarget,
    FileTarget,
    FolderTarget,
    IfExists,
    Reservation,
    StreamTarget,
    Target,
    reserve,
    target_of,
)
from cpa_image_cli.adapters.output.placing import claim
from cpa_image_cli.core.errors import Code, OutputError
from cpa_image_cli.core.pictures.file_names import GeneratedName
from tests.faults.disks import mounted

AT = datetime(2026, 5, 9, 14, 30, 5)  # noqa: DTZ001 - names carry local time
SQUIRREL = GeneratedName(prompt="画一只松鼠", model="gpt-5.4", at=AT)
NAMED = "画一只松鼠-20260509-143005"
BYTES = b"\x89PNG and so on" * 1000

needs_links_and_owners = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def place(target: Target, tmp_path: Path, if_exists: IfExists = IfExists.ERROR, expected: str = "png") -> Reservation:
    return reserve(
        target, if_exists=if_exists, kept=tmp_path / "data" / "kept", picture_format=expected, temporary=tmp_path
    )


def saved(reservation: Reservation, content: bytes = BYTES, picture_format: str = "png") -> Path | None:
    with reservation:
        blob = reservation.open_blob()
        blob.write(content)
        blob.close()
        return reservation.publish(blob, format=picture_format)


def refusal(target: Target, tmp_path: Path, if_exists: IfExists = IfExists.ERROR) -> OutputError:
    with pytest.raises(OutputError) as raised:
        place(target, tmp_path, if_exists).close()
    return raised.value


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 256 KiB, which only root can make."""
    with mounted(tmp_path / "small", "size=256k") as folder:
        yield folder


# -- what -o means -------------------------------------------------------------------------------------------------


def meaning(output: str | None, tmp_path: Path, stdout: io.BytesIO) -> Target:
    return target_of(
        output, working_directory=tmp_path, folder=tmp_path / "pictures", name=SQUIRREL, stdout=lambda: stdout
    )


def test_output_is_read_as_file_folder_stream_or_device(tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    (tmp_path / "link").symlink_to("album")
    stdout = io.BytesIO()

    assert {output: meaning(output, tmp_path, stdout) for output in (None, "-")} == {
        None: FolderTarget(folder=tmp_path / "pictures", name=SQUIRREL),
        "-": StreamTarget(stream=stdout, name=SQUIRREL),
    }
    assert [meaning(output, tmp_path, stdout) for output in ("pic", "./a/../pic.png", "松鼠.png")] == [
        FileTarget(path=tmp_path / name) for name in ("pic", "pic.png", "松鼠.png")
    ]
    assert [meaning(output, tmp_path, stdout) for output in ("album", "link", "new/", ".")] == [
        FolderTarget(folder=folder, name=SQUIRREL)
        for folder in (tmp_path / "album", tmp_path / "link", tmp_path / "new", tmp_path)
    ]
    assert meaning("/dev/null", tmp_path, stdout) == DeviceTarget(path=Path("/dev/null"))


# -- reserving -----------------------------------------------------------------------------------------------------


def test_parents_are_made_and_a_picture_lands_under_its_name(tmp_path: Path) -> None:
    target = FileTarget(path=tmp_path / "新" / "album" / "squirrel.png")

    assert saved(place(target, tmp_path)) == tmp_path / "新" / "album" / "squirrel.png"

    assert (tmp_path / "新" / "album" / "squirrel.png").read_bytes() == BYTES
    assert names_in(tmp_path / "新" / "album") == ["squirrel.png"]


def test_an_existing_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "pic.png").write_bytes(b"old")

    error = refusal(FileTarget(path=tmp_path / "pic"), tmp_path)

    assert (error.code, error.message) == (Code.OUTPUT_EXISTS, f"{tmp_path}/pic.png exists already")
    assert error.hint == "--force replaces it, --if-exists number chooses another name."
    assert names_in(tmp_path) == ["pic.png"]


def test_a_link_that_points_nowhere_is_a_taken_name(tmp_path: Path) -> None:
    (tmp_path / "pic.png").symlink_to("nowhere")

    assert refusal(FileTarget(path=tmp_path / "pic.png"), tmp_path).code is Code.OUTPUT_EXISTS


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("plain/pic.png", "there is a file where a folder should be"),
        ("plain/below/pic.png", "there is a file where a folder should be"),
        ("n" * 300 + ".png", "the name is too long for the file system"),
        ("nul\x00.png", "the name holds characters that the file system cannot hold"),
    ],
)
def test_a_place_that_cannot_be_is_said_in_one_sentence(tmp_path: Path, path: str, reason: str) -> None:
    (tmp_path / "plain").write_bytes(b"")

    error = refusal(FileTarget(path=tmp_path / path), tmp_path)

    assert (error.code, error.message) == (Code.OUTPUT_UNWRITABLE, f"cannot write {tmp_path / path}: {reason}")
    assert names_in(tmp_path) == ["plain"]


def test_a_folder_in_place_of_the_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "pic.png").mkdir()

    error = refusal(FileTarget(path=tmp_path / "pic"), tmp_path, IfExists.OVERWRITE)

    assert error.message == f"cannot write {tmp_path}/pic.png: it is a folder"


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "album").write_bytes(b"")

    error = refusal(FolderTarget(folder=tmp_path / "album", name=SQUIRREL), tmp_path)

    assert error.message == f"cannot write {tmp_path}/album: there is a file where a folder should be"


def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o555)
    if os.access(tmp_path / "closed", os.W_OK):
        pytest.skip("root may write anywhere")

    error = refusal(FileTarget(path=tmp_path / "closed" / "pic.png"), tmp_path)

    assert error.message == f"cannot write {tmp_path}/closed/pic.png: you may not write there"


def test_a_reservation_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    reservation = place(FileTarget(path=tmp_path / "pic.png"), tmp_path)
    for _ in range(3):
        reservation.open_blob().write(BYTES)
    assert len(names_in(tmp_path)) == 3

    reservation.close()
    reservation.close()

    assert names_in(tmp_path) == []


def test_temporary_files_are_hidden(tmp_path: Path) -> None:
    with place(FileTarget(path=tmp_path / "pic.png"), tmp_path):
        assert [name[:11] + name[-5:] for name in names_in(tmp_path)] == [".cpa-image-.part"]


# -- publishing ----------------------------------------------------------------------------------------------------


def test_a_blob_knows_its_size_and_digest(tmp_path: Path) -> None:
    with place(FileTarget(path=tmp_path / "pic.png"), tmp_path) as reservation:
        blob = reservation.open_blob()
        for piece in (BYTES[:7], b"", BYTES[7:]):
            blob.write(piece)
        blob.close()

        assert (blob.size, blob.sha256) == (len(BYTES), hashlib.sha256(BYTES).hexdigest())
        assert blob.path.read_bytes() == BYTES


@pytest.mark.parametrize(
    ("asked", "came", "name"),
    [
        ("pic", "webp", "pic.webp"),
        ("pic.png", "jpeg", "pic.jpg"),
        ("pic.jpeg", "jpeg", "pic.jpeg"),
        ("Pic.PNG", "png", "Pic.PNG"),
    ],
)
def test_the_extension_follows_the_real_format(tmp_path: Path, asked: str, came: str, name: str) -> None:
    assert saved(place(FileTarget(path=tmp_path / asked), tmp_path), picture_format=came) == tmp_path / name


def test_a_changed_extension_that_is_taken_is_an_existing_file_and_the_blob_stays_for_keeping(tmp_path: Path) -> None:
    (tmp_path / "pic.jpg").write_bytes(b"old")
    with place(FileTarget(path=tmp_path / "pic.png"), tmp_path) as reservation:
        blob = reservation.open_blob()
        blob.write(BYTES)

        with pytest.raises(OutputError) as raised:
            reservation.publish(blob, format="jpeg")
        kept = reservation.keep(blob, format="jpeg")

    assert (raised.value.code, raised.value.message) == (Code.OUTPUT_EXISTS, f"{tmp_path}/pic.jpg exists already")
    assert (kept, kept.read_bytes()) == (tmp_path / "data" / "kept" / "pic.jpg", BYTES)
    assert names_in(tmp_path) == ["data", "pic.jpg"]
    assert (tmp_path / "pic.jpg").read_bytes() == b"old"


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    reservation = place(FileTarget(path=tmp_path / "pic.png"), tmp_path)
    (tmp_path / "pic.png").write_bytes(b"somebody else's")

    with pytest.raises(OutputError) as raised:
        saved(reservation)

    assert raised.value.code is Code.OUTPUT_EXISTS
    assert (tmp_path / "pic.png").read_bytes() == b"somebody else's"


def test_overwriting_replaces_the_file(tmp_path: Path) -> None:
    (tmp_path / "pic.png").write_bytes(b"old")

    assert saved(place(FileTarget(path=tmp_path / "pic.png"), tmp_path, IfExists.OVERWRITE)) == tmp_path / "pic.png"

    assert (tmp_path / "pic.png").read_bytes() == BYTES


def test_overwriting_a_link_replaces_the_link_and_not_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.png").write_bytes(b"precious")
    (tmp_path / "pic.png").symlink_to("elsewhere.png")

    saved(place(FileTarget(path=tmp_path / "pic.png"), tmp_path, IfExists.OVERWRITE))

    assert (tmp_path / "elsewhere.png").read_bytes() == b"precious"
    assert (tmp_path / "pic.png").is_symlink() is False
    assert (tmp_path / "pic.png").read_bytes() == BYTES


def test_numbering_takes_the_first_free_name(tmp_path: Path) -> None:
    target = FileTarget(path=tmp_path / "松鼠.png")

    paths = [saved(place(target, tmp_path, IfExists.NUMBER)) for _ in range(3)]

    assert paths == [tmp_path / name for name in ("松鼠.png", "松鼠-2.png", "松鼠-3.png")]


@pytest.mark.parametrize("if_exists", list(IfExists))
def test_generated_names_are_numbered_whatever_the_rule_for_named_files(tmp_path: Path, if_exists: IfExists) -> None:
    target = FolderTarget(folder=tmp_path / "pictures", name=SQUIRREL)

    paths = [saved(place(target, tmp_path, if_exists)) for _ in range(2)]

    assert paths == [tmp_path / "pictures" / f"{NAMED}.png", tmp_path / "pictures" / f"{NAMED}-2.png"]


def test_a_path_through_a_link_is_printed_as_the_user_knows_it(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    assert saved(place(FileTarget(path=tmp_path / "link" / "pic.png"), tmp_path)) == tmp_path / "link" / "pic.png"

    assert names_in(tmp_path / "real") == ["pic.png"]


@needs_links_and_owners
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_the_file_has_the_mode_that_the_umask_gives(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        saved(place(FileTarget(path=tmp_path / "pic.png"), tmp_path))
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "pic.png").stat().st_mode) == mode


def test_the_first_of_two_blobs_can_be_dropped_and_the_second_published(tmp_path: Path) -> None:
    with place(FileTarget(path=tmp_path / "pic.png"), tmp_path) as reservation:
        frame, final = reservation.open_blob(), reservation.open_blob()
        frame.write(b"a preview")
        final.write(BYTES)
        frame.discard()
        frame.discard()

        reservation.publish(final, format="png")

        assert names_in(tmp_path) == ["pic.png"]
    assert (tmp_path / "pic.png").read_bytes() == BYTES


def test_nothing_can_be_done_with_a_closed_reservation(tmp_path: Path) -> None:
    reservation = place(FileTarget(path=tmp_path / "pic.png"), tmp_path)
    blob = reservation.open_blob()
    reservation.close()

    blob.close()
    for action in (
        reservation.open_blob,
        lambda: blob.write(b"late"),
        lambda: reservation.publish(blob, format="png"),
        lambda: reservation.keep(blob, format="png"),
    ):
        with pytest.raises(OutputError, match="the run was stopped"):
            action()

    assert names_in(tmp_path) == []


def test_closing_while_another_thread_writes_leaves_no_file(tmp_path: Path) -> None:
    reservation = place(FileTarget(path=tmp_path / "pic.png"), tmp_path)
    begun = threading.Event()
    refused: list[str] = []

    def write_on() -> None:
        try:
            while True:
                reservation.open_blob().write(BYTES)
                begun.set()
        except OutputError as error:
            refused.append(error.message)

    writer = threading.Thread(target=write_on)
    writer.start()
    begun.wait()

    reservation.close()
    writer.join()

    assert [message.rpartition(": ")[2] for message in refused] == ["the run was stopped"]
    assert names_in(tmp_path) == []


def test_where_there_are_no_links_a_name_is_claimed_first(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(BYTES)
    (tmp_path / "taken.png").write_bytes(b"old")

    with pytest.raises(FileExistsError):
        claim(tmp_path / "part", tmp_path / "taken.png")
    claim(tmp_path / "part", tmp_path / "free.png")
    with pytest.raises(FileNotFoundError):
        claim(tmp_path / "part", tmp_path / "other.png")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"free.png": BYTES, "taken.png": b"old"}


# -- streams and devices -------------------------------------------------------------------------------------------


def test_a_stream_gets_the_bytes_and_the_temporary_folder_nothing(tmp_path: Path) -> None:
    stdout = io.BytesIO()

    assert saved(place(StreamTarget(stream=stdout, name=SQUIRREL), tmp_path)) is None

    assert stdout.getvalue() == BYTES
    assert names_in(tmp_path) == []


def test_a_closed_pipe_is_an_output_problem_and_the_picture_can_be_kept(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb", buffering=0) as pipe:
        reservation = place(StreamTarget(stream=pipe, name=SQUIRREL), tmp_path)
        blob = reservation.open_blob()
        blob.write(BYTES)
        with pytest.raises(OutputError) as raised:
            reservation.publish(blob, format="png")
    kept = reservation.keep(blob, format="png")
    reservation.close()

    assert raised.value.message == "cannot write standard output: nobody reads it any more"
    assert (kept.name, kept.read_bytes()) == (f"{NAMED}.png", BYTES)
    assert names_in(tmp_path) == ["data"]


def test_dev_null_swallows_the_picture_and_stays_a_device(tmp_path: Path) -> None:
    assert saved(place(DeviceTarget(path=Path("/dev/null")), tmp_path, IfExists.OVERWRITE)) == Path("/dev/null")

    assert Path("/dev/null").is_char_device()
    assert names_in(tmp_path) == []


def test_a_fifo_hands_the_picture_to_its_reader(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    target = target_of("pipe", working_directory=tmp_path, folder=tmp_path, name=SQUIRREL, stdout=io.BytesIO)

    assert saved(place(target, tmp_path)) == tmp_path / "pipe"
    reader.join()

    assert read == [BYTES]


def test_a_socket_is_no_place_for_a_picture(tmp_path: Path) -> None:
    import socket

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))

        error = refusal(DeviceTarget(path=tmp_path / "s"), tmp_path)

    assert error.message == f"cannot write {tmp_path}/s: it is a disk or a socket"


def test_a_terminal_is_no_place_for_a_picture(tmp_path: Path) -> None:
    controller, terminal = os.openpty()
    path = Path(os.ttyname(terminal))

    error = refusal(DeviceTarget(path=path), tmp_path)

    os.close(terminal)
    os.close(controller)
    assert error.message == f"cannot write {path}: it is a terminal"


@contextlib.contextmanager
def without_privileges() -> Iterator[None]:
    """Let the system answer as it does to somebody who is not root, as which the tests may run."""
    if os.getuid() != 0:
        yield
        return
    os.setreuid(65534, -1)
    try:
        yield
    finally:
        os.setreuid(0, -1)


@needs_links_and_owners
def test_a_device_that_may_not_be_written_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o400)

    with without_privileges():
        error = refusal(DeviceTarget(path=tmp_path / "pipe"), tmp_path)

    assert error.message == f"cannot write {tmp_path}/pipe: you may not write there"


# -- when the place fails ------------------------------------------------------------------------------------------


def test_keeping_never_overwrites(tmp_path: Path) -> None:
    kept = []
    for _ in range(2):
        with place(FileTarget(path=tmp_path / "松鼠.png"), tmp_path) as reservation:
            blob = reservation.open_blob()
            blob.write(BYTES)
            kept.append(reservation.keep(blob, format="png"))

    folder = tmp_path / "data" / "kept"
    assert kept == [folder / "松鼠.png", folder / "松鼠-2.png"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder.parent, folder)] == [0o700, 0o700]
    assert names_in(folder) == ["松鼠-2.png", "松鼠.png"]


@pytest.mark.parametrize(
    ("stem", "kept_as"),
    [
        ("x" * 251, "x" * 120),
        ("松" * 83 + "aa", "松" * 40),
        (os.fsdecode(b"\xff" * 251), "\ufffd" * 40),
        ("e" + "\u0301" * 125, "image"),
    ],
    ids=["letters", "Chinese", "no UTF-8", "one character"],
)
def test_a_name_that_its_real_extension_makes_too_long_does_not_cost_the_picture(
    tmp_path: Path, stem: str, kept_as: str
) -> None:
    with place(FileTarget(path=tmp_path / f"{stem}.png"), tmp_path) as reservation:
        blob = reservation.open_blob()
        blob.write(BYTES)

        with pytest.raises(OutputError) as raised:
            reservation.publish(blob, format="webp")
        kept = reservation.keep(blob, format="webp")

    assert raised.value.message == f"cannot write {tmp_path}/{stem}.webp: the name is too long for the file system"
    assert (kept, kept.read_bytes()) == (tmp_path / "data" / "kept" / f"{kept_as}.webp", BYTES)


def test_a_folder_that_vanishes_before_the_second_picture_is_told(tmp_path: Path) -> None:
    album = tmp_path / "album"
    with place(FileTarget(path=album / "pic.png"), tmp_path) as reservation:
        reservation.open_blob().discard()
        album.rmdir()

        with pytest.raises(OutputError) as raised:
            reservation.open_blob()

    assert raised.value.message == f"cannot write {album}/pic.png: its folder is gone"


def test_a_kept_folder_that_cannot_be_made_either_is_told_with_both_reasons(tmp_path: Path) -> None:
    album = tmp_path / "album"
    (tmp_path / "data").write_bytes(b"in the way")
    with place(FileTarget(path=album / "pic.png"), tmp_path) as reservation:
        blob = reservation.open_blob()
        blob.write(BYTES)
        blob.path.unlink()

        with pytest.raises(OutputError) as raised:
            blob.close()

    kept = tmp_path / "data" / "kept"
    assert raised.value.message == (
        f"cannot write {album}: its folder is gone; nor to {kept}: there is a file where a folder should be"
    )
    assert (tmp_path / "data").read_bytes() == b"in the way"


@needs_links_and_owners
def test_a_temporary_file_that_somebody_cut_short_is_no_picture(tmp_path: Path) -> None:
    album = tmp_path / "album"
    with place(FileTarget(path=album / "pic.png"), tmp_path) as reservation:
        blob = reservation.open_blob()
        blob.write(BYTES)
        os.truncate(blob.path, 10)
        blob.path.unlink()

        with pytest.raises(OutputError) as raised:
            blob.close()

    kept = tmp_path / "data" / "kept"
    assert raised.value.message == (
        f"cannot write {album}: its folder is gone; nor to {kept}: the temporary file is shorter than what was written"
    )
    assert names_in(kept) == []


@pytest.mark.parametrize("moment", ["while writing", "before publishing"])
def test_a_folder_that_vanishes_does_not_take_the_picture_with_it(tmp_path: Path, moment: str) -> None:
    album = tmp_path / "album"
    with place(FileTarget(path=album / "pic.png"), tmp_path) as reservation:
        blob = reservation.open_blob()
        blob.write(BYTES[:5000])
        if moment == "while writing":
            blob.path.unlink()
            album.rmdir()
        blob.write(BYTES[5000:])
        blob.close()
        if moment == "before publishing":
            blob.path.unlink()
            album.rmdir()
        else:
            assert blob.path.read_bytes() == BYTES

        with pytest.raises(OutputError) as raised:
            reservation.publish(blob, format="png")
        kept = reservation.keep(blob, format="png")

    assert raised.value.message == f"cannot write {album}/pic.png: its folder is gone"
    assert kept.read_bytes() == BYTES
    assert names_in(tmp_path / "data" / "kept") == ["pic.png"]
    assert album.exists() is False


def test_a_disk_that_fills_up_sends_the_rest_to_the_kept_folder(tmp_path: Path, small_disk: Path) -> None:
    content = os.urandom(600_000)
    with place(FileTarget(path=small_disk / "pic.png"), tmp_path) as reservation:
        blob = reservation.open_blob()
        for start in range(0, len(content), 50_000):
            blob.write(content[start : start + 50_000])
        blob.close()
        assert (blob.size, blob.sha256) == (len(content), hashlib.sha256(content).hexdigest())

        with pytest.raises(OutputError) as raised:
            reservation.publish(blob, format="png")
        kept = reservation.keep(blob, format="png")

    assert (raised.value.code, raised.value.message) == (
        Code.OUTPUT_UNWRITABLE,
        f"cannot write {small_disk}/pic.png: the disk is full",
    )
    assert kept == tmp_path / "data" / "kept" / "pic.png"
    assert kept.read_bytes() == content
    assert names_in(small_disk) == []


def test_two_full_disks_are_an_output_problem_without_leftovers(small_disk: Path) -> None:
    target = FileTarget(path=small_disk / "pic.png")
    reservation = reserve(target, if_exists=IfExists.ERROR, kept=small_disk / "kept")
    blob = reservation.open_blob()

    with pytest.raises(OutputError) as raised:
        blob.write(bytes(600_000))
    reservation.close()

    assert raised.value.message == (
        f"cannot write {small_disk}: the disk is full; nor to {small_disk}/kept: the disk is full"
    )
    assert [path for path in small_disk.rglob("*") if path.is_file()] == []


def test_a_disk_that_fills_up_after_the_other_one_is_told(tmp_path: Path, small_disk: Path) -> None:
    album = tmp_path / "album"
    reservation = reserve(FileTarget(path=album / "pic.png"), if_exists=IfExists.ERROR, kept=small_disk / "kept")
    blob = reservation.open_blob()
    blob.write(BYTES)
    blob.path.unlink()
    blob.close()

    with pytest.raises(OutputError) as raised:
        blob.write(bytes(600_000))
    reservation.close()

    assert raised.value.message == f"cannot write {small_disk}/kept: the disk is full"
    assert [path for path in small_disk.rglob("*") if path.is_file()] == []


def test_a_kept_folder_without_room_for_one_more_name_is_told_and_left_clean(tmp_path: Path) -> None:
    # The folder itself and one file, on a file system that counts a link as a file.
    with mounted(tmp_path / "kept", "nr_inodes=2") as kept:
        reservation = reserve(FileTarget(path=tmp_path / "pic.png"), if_exists=IfExists.ERROR, kept=kept)
        blob = reservation.open_blob()
        blob.write(BYTES)

        with pytest.raises(OutputError) as raised:
            reservation.keep(blob, format="png")
        reservation.close()

        assert raised.value.message == f"cannot write {kept}: the disk is full"
        assert names_in(kept) == []


def test_a_picture_on_another_file_system_is_copied_when_it_is_kept(tmp_path: Path, small_disk: Path) -> None:
    with place(FileTarget(path=small_disk / "pic.png"), tmp_path) as reservation:
        blob = reservation.open_blob()
        blob.write(BYTES)

        assert reservation.keep(blob, format="png").read_bytes() == BYTES

    assert names_in(small_disk) == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
from cpa_image_cli.adapters.output import FileTarget, IfExists, reserve
from cpa_image_cli.core.errors import OutputError
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
folder = Path(sys.argv[1])
reservation = reserve(FileTarget(path=folder / "pic.png"), if_exists=IfExists.ERROR, kept=folder / "kept")
try:
    reservation.open_blob().write(bytes(300_000))
except OutputError as error:
    print(error.code.word, error.message)
reservation.close()
"""


def test_a_size_limit_on_files_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", LIMITED, tmp_path], capture_output=True, text=True, check=True)

    assert run.stdout == (f"output_unwritable cannot write {tmp_path / 'kept'}: the file would exceed the size limit\n")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


# -- killed runs ---------------------------------------------------------------------------------------------------

ABANDONING = """
import sys
from pathlib import Path
from cpa_image_cli.adapters.output import FileTarget, IfExists, reserve
folder = Path(sys.argv[1])
reservation = reserve(FileTarget(path=folder / "other.png"), if_exists=IfExists.ERROR, kept=folder / "kept")
reservation.open_blob().write(b"half a picture")
print("writing", flush=True)
sys.stdin.read()
"""


def test_the_next_run_removes_what_a_killed_one_left_and_nothing_else(tmp_path: Path) -> None:
    run = [sys.executable, "-c", ABANDONING, tmp_path]
    alive = subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    killed = subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for process in (alive, killed):
        assert process.stdout is not None
        assert process.stdout.readline() == b"writing\n"
    killed.kill()
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    (tmp_path / ".cpa-image-notes.txt").write_bytes(b"a user's own file")
    os.mkfifo(tmp_path / ".cpa-image-fifo.part")
    assert len(names_in(tmp_path)) == 4

    place(FileTarget(path=tmp_path / "pic.png"), tmp_path).close()
    left = names_in(tmp_path)
    alive.communicate(b"")

    assert len([name for name in left if name.endswith(".part") and "fifo" not in name]) == 1
    assert {".cpa-image-notes.txt", ".cpa-image-fifo.part"} < set(left)


UNLOCKABLE = """
import errno, sys
from pathlib import Path
from cpa_image_cli.adapters.output import FileTarget, IfExists, reserve

def without_locks(event, arguments):
    if event == "fcntl.flock":
        raise OSError(errno.ENOLCK, "No locks available")

sys.addaudithook(without_locks)
folder = Path(sys.argv[1])
with reserve(FileTarget(path=folder / "pic.png"), if_exists=IfExists.ERROR, kept=folder / "kept") as place:
    blob = place.open_blob()
    blob.write(b"a picture")
    place.publish(blob, format="png")
"""


@needs_links_and_owners
def test_where_a_file_system_has_no_locks_a_picture_is_saved_and_nothing_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".cpa-image-0123456789abcdef.part").write_bytes(b"somebody may be writing this")

    subprocess.run([sys.executable, "-c", UNLOCKABLE, tmp_path], check=True)

    assert names_in(tmp_path) == [".cpa-image-0123456789abcdef.part", "pic.png"]


CLEARED_AWAY = """
import os, sys
from pathlib import Path
from cpa_image_cli.adapters.output import FileTarget, IfExists, reserve

folder, cleared = Path(sys.argv[1]), []

def clear_away(event, arguments):
    if event == "fcntl.flock" and not cleared:
        [part] = folder.iterdir()
        cleared.append(part)
        part.unlink()

sys.addaudithook(clear_away)
with reserve(FileTarget(path=folder / "pic.png"), if_exists=IfExists.ERROR, kept=folder / "kept") as place:
    blob = place.open_blob()
    blob.write(b"a picture")
    print(blob.path != cleared[0], place.publish(blob, format="png"))
"""


@needs_links_and_owners
def test_a_temporary_file_that_another_run_took_for_abandoned_is_made_anew(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", CLEARED_AWAY, tmp_path], capture_output=True, text=True, check=True)

    assert run.stdout == f"True {tmp_path / 'pic.png'}\n"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"pic.png": b"a picture"}


RACING = """
import sys
from pathlib import Path
from cpa_image_cli.adapters.output import FileTarget, IfExists, reserve
folder = Path(sys.argv[1])
for number in range(10):
    with reserve(FileTarget(path=folder / "pic.png"), if_exists=IfExists.NUMBER, kept=folder / "kept") as place:
        blob = place.open_blob()
        blob.write(f"{sys.argv[2]}-{number}".encode() * 1000)
        print(place.publish(blob, format="png"))
"""


def test_processes_that_race_for_one_name_lose_no_picture(tmp_path: Path) -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", RACING, tmp_path, str(n)], stdout=subprocess.PIPE, text=True)
        for n in range(6)
    ]
    said = [path for run in runs for path in run.communicate()[0].split()]

    assert [run.returncode for run in runs] == [0] * 6
    assert sorted(said) == sorted(str(path) for path in tmp_path.iterdir())
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {
        f"{process}-{number}".encode() * 1000 for process in range(6) for number in range(10)
    }


def test_file_descriptors_are_given_back(tmp_path: Path) -> None:
    before = len(names_in(Path("/dev/fd")))

    for _ in range(5):
        saved(place(FileTarget(path=tmp_path / "pic.png"), tmp_path, IfExists.OVERWRITE))
        place(FileTarget(path=tmp_path / "pic.png"), tmp_path, IfExists.NUMBER).close()

    assert len(names_in(Path("/dev/fd"))) == before
