"""
Decides where each shell looks for completions, and what its user must still do.

Their own files (``.bashrc``, ``.zshrc``, ``$PROFILE``) are read at most, and never changed.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from cpa_image_cli.process.surroundings import Surroundings


def _data_home(around: Surroundings) -> Path:
    return Path(around.environ.get("XDG_DATA_HOME") or around.home / ".local/share")


def _bash(around: Surroundings) -> Path:
    # bash-completion's README; since 2.12 the variable may list several folders.
    own = (around.environ.get("BASH_COMPLETION_USER_DIR") or "").partition(":")[0]
    return Path(own or _data_home(around) / "bash-completion") / "completions/cpa-image"


def _zsh(around: Surroundings) -> Path:
    # zsh has no folder of the user's own; this is the common one's counterpart below the home directory.
    return _data_home(around) / "zsh/site-functions/_cpa-image"


def _fish(around: Surroundings) -> Path:
    return Path(around.environ.get("XDG_CONFIG_HOME") or around.home / ".config") / "fish/completions/cpa-image.fish"


def _powershell(around: Surroundings) -> Path:
    # PowerShell looks nowhere by itself.
    return around.directories().data / "completions/cpa-image.ps1"


PLACES: Mapping[str, Callable[[Surroundings], Path]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
    "powershell": _powershell,
}


def place_of(shell: str, around: Surroundings) -> Path:
    """Return the file that completes for the user's *shell*."""
    return PLACES[shell](around)


def still_to_do(shell: str, path: Path, around: Surroundings) -> tuple[str, ...]:
    """Return lines that tell the user what it still takes for the script at *path* to be found."""
    match shell:
        case "bash":
            return (
                "New shells complete cpa-image, if the bash-completion package is there.",
                f"If it is not, add this line to ~/.bashrc: source {_quoted(path)}",
            )
        case "zsh" if not _zsh_looks_in(path.parent, around):
            return (
                "zsh does not look there yet. Add this line to ~/.zshrc, above the line that runs compinit:",
                f"  fpath=({_quoted(path.parent)} $fpath)",
                "If no line runs compinit, add this one below it:",
                "  autoload -Uz compinit && compinit",
            )
        case "zsh":
            return ("New shells complete cpa-image.",)
        case "fish":
            return ("fish completes cpa-image from now on.",)
        case _:
            return (
                "PowerShell looks nowhere by itself. Add this line to the file that $PROFILE names:",
                f"  . '{str(path).replace(chr(39), chr(39) * 2)}'",
            )


def _zsh_looks_in(folder: Path, around: Surroundings) -> bool:
    """Whether *folder* stands in an exported FPATH or is named in a start-up file."""
    if str(folder) in around.environ.get("FPATH", "").split(":"):
        return True
    dot_folder = Path(around.environ.get("ZDOTDIR") or around.home)
    spellings = (str(folder), str(folder).replace(str(around.home), "~", 1), "zsh/site-functions")
    for name in (".zshenv", ".zshrc"):
        try:
            text = (dot_folder / name).read_text("utf-8", "replace")
        except OSError:
            continue
        lines = (line.partition("#")[0] for line in text.splitlines())
        if any("fpath" in line.lower() and any(spelling in line for spelling in spellings) for line in lines):
            return True
    return False


def _quoted(path: Path) -> str:
    import shlex

    return shlex.quote(str(path))
