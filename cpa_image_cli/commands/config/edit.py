"""``config edit``: the config file in the user's editor, and afterwards what is wrong with it."""

import typer

from cpa_image_cli.adapters import config_file
from cpa_image_cli.commands.dialogue.questions import can_ask, confirmed
from cpa_image_cli.commands.dialogue.stdio import tell_error, write_line
from cpa_image_cli.commands.parsing.manual import OF_FILES, told
from cpa_image_cli.core.errors import ConfigError
from cpa_image_cli.core.manual.page import Example, Manual
from cpa_image_cli.process.surroundings import Surroundings


@told(
    Manual(
        examples=(
            Example("cpa-image config edit", "in the editor that VISUAL or EDITOR names"),
            Example("EDITOR=nano cpa-image config edit", "in another"),
        ),
        statuses=OF_FILES,
        variables=("VISUAL", "EDITOR"),
    )
)
def edit(ctx: typer.Context) -> None:
    """
    Open the config file in your editor; say what is wrong with it afterwards.

    The editor is $VISUAL, $EDITOR, or one that is there. A file that does not exist yet lists every key as a comment.
    """
    from cpa_image_cli.adapters.config_file.writing import change
    from cpa_image_cli.adapters.programs import text_editor
    from cpa_image_cli.core.settings.config_template import template

    around: Surroundings = ctx.obj
    path = around.directories().config_file
    if not path.exists():
        change(path, lambda text: text or template())
    while True:
        text_editor.edit(path, environ=around.environ)
        try:
            config_file.read(path)
        except ConfigError as error:
            if not can_ask(around):
                raise
            tell_error(error, around)
            if not confirmed("Edit it again?", around, default=True):
                raise typer.Exit(error.exit_status) from error
        else:
            write_line(around.stderr, f"{path} is in order.")
            return
