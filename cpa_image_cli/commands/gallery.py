"""``cpa-image gallery``: a page of what was made, to look through in a browser, without any server."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cpa_image_cli.adapters.files.private_folder import make_private
from cpa_image_cli.adapters.files.whole_file import whole_file
from cpa_image_cli.adapters.pictures.thumbnails import make, name_of
from cpa_image_cli.commands.dialogue.stdio import write_line
from cpa_image_cli.commands.history.picking import (
    Failed,
    LedgerFile,
    Model,
    Search,
    Since,
    around_of,
    history_of,
    is_missing,
    selection_of,
)
from cpa_image_cli.commands.parsing.manual import ANY_MODEL, told
from cpa_image_cli.core.errors import Code, CpaImageError, ExitStatus, OutputError
from cpa_image_cli.core.ledger.run import Run
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.core.text import one_line
from cpa_image_cli.process.signals import Stopped, code_of
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.ui.gallery.card import card_of
from cpa_image_cli.ui.gallery.page import gallery_page

FOLDER, PAGE, THUMBNAILS = "gallery", "index.html", "thumbnails"


@told(
    Manual(
        examples=(
            Example("cpa-image gallery --open", "everything that was made, in the browser"),
            Example("cpa-image gallery --search 松鼠 -o squirrels", "what a search finds, in a folder of its own"),
            Example("cpa-image gallery --since 7d", "the last week"),
        ),
        statuses=(ExitStatus.OK, ExitStatus.USAGE, ExitStatus.CONFIG, ExitStatus.OUTPUT, ExitStatus.INTERRUPTED),
        defaults={**ANY_MODEL, "--output": "gallery/ in the pictures folder"},
    )
)
def gallery(
    ctx: typer.Context,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Where the page and its small copies go.")
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    search: Search = None,
    failed: Failed = False,
    since: Since = None,
    model: Model = None,
    ledger: LedgerFile = None,
) -> None:
    """
    Write a page of your pictures: searched, filtered and looked at in a browser, with no server and no network.

    The page is private, as history is. Made again, it makes small copies of new pictures only, and forgets what history
    has forgotten.
    """
    around = around_of(ctx, ledger)
    folder = around.at(output) if output else around.directories().pictures / FOLDER
    selection = selection_of(around, search=search, failed=failed, since=since, model=model)
    runs = [*history_of(around).each(selection)][::-1]
    with _told_as_output_errors(folder):
        make_private(folder)
        stop = _make_thumbnails(runs, folder / THUMBNAILS, around)
        _forget_others(runs, folder / THUMBNAILS)
        _write(folder / PAGE, _page(runs, folder))
    write_line(around.stdout, str(folder / PAGE))
    if stop is not None:
        raise CpaImageError("stopped; the page is written, some small copies are still to be made", code=stop)
    if open_it:
        from cpa_image_cli.adapters.programs.viewer import open_in_viewer

        open_in_viewer(folder / PAGE, around.environ)


@contextlib.contextmanager
def _told_as_output_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"{one_line(str(folder))} cannot be written: {reason}", code=Code.OUTPUT_UNWRITABLE
        ) from error


def _make_thumbnails(runs: Sequence[Run], folder: Path, around: Surroundings) -> Code | None:
    """Make the small copies that are missing; return what stopped it, if something did."""
    missing = [run for run in runs if run.output and run.picture and not _thumbnail(run, folder).exists()]
    there = [run for run in missing if not is_missing(run)]
    try:
        with _progress(len(there), around) as advance:
            for run in there:
                assert run.output is not None  # noqa: S101 - picked by that
                make(run.output, _thumbnail(run, folder))
                advance()
    except (KeyboardInterrupt, Stopped) as stop:
        return code_of(stop)
    return None


def _thumbnail(run: Run, folder: Path) -> Path:
    return folder / name_of(run.picture.sha256 if run.picture else "")


@contextlib.contextmanager
def _progress(total: int, around: Surroundings) -> Iterator[Callable[[], None]]:
    """Yield what is called after each small copy; a terminal shows how far it is."""
    if not total or not around.stderr.isatty():
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from cpa_image_cli.ui.console import console_on

    columns = (TextColumn("small copies"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console_on(around.stderr, around.environ), transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.advance(task)


def _forget_others(runs: Sequence[Run], folder: Path) -> None:
    """Remove the small copies of pictures that the page does not show any more."""
    wanted = {_thumbnail(run, folder) for run in runs if run.picture}
    for found in folder.glob("*.webp"):
        if found not in wanted:
            found.unlink()


def _page(runs: Sequence[Run], folder: Path) -> str:
    ids = {run.picture.sha256: run.id for run in reversed(runs) if run.picture}
    cards = (
        card_of(
            run,
            folder=folder,
            when=run.started_at.astimezone(),
            thumbnail=_thumbnail_link(run, folder),
            ids=ids,
        )
        for run in runs
    )
    return gallery_page(list(cards))


def _thumbnail_link(run: Run, folder: Path) -> str:
    path = _thumbnail(run, folder / THUMBNAILS)
    return f"{THUMBNAILS}/{path.name}" if run.picture and path.exists() else ""


def _write(path: Path, page: str) -> None:
    """Put *page* in its place, whole, private, and only if it is another than the one that is there."""
    data = page.encode(errors="replace")
    with contextlib.suppress(OSError):
        if path.read_bytes() == data:
            return
    with whole_file(path) as file:
        file.write(data)
