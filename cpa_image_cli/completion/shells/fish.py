"""Writes the script for fish 3.1 and later: one ``complete`` line for each command and option, with descriptions."""

from collections.abc import Iterator

from cpa_image_cli.completion.offers import Kind, Offer, Word
from cpa_image_cli.completion.tree import Command, Option

_BEGINNING = r"""
# Succeeds when the words before the cursor name the command $argv[1], and $argv[2], if given, is the number of the
# place that the cursor is at, or `more` than that.
function __cpa_image_at
    set -l words (commandline -opc)
    set -l path
    set -l place 0
    set -l ended
    set -l skip
    for word in $words[2..-1]
        if test -n "$skip"
            set skip
        else if test -z "$ended"; and test "$word" = --
            set ended 1
        else if test -z "$ended"; and string match -q -- '-*' $word
            contains -- "$path $word" $__cpa_image_valued; and set skip 1
        else if test -z "$ended"; and contains -- (string trim -- "$path $word") $__cpa_image_commands
            set path (string trim -- "$path $word")
        else
            set place (math $place + 1)
        end
    end
    test "$path" = "$argv[1]"; or return 1
    test (count $argv) -lt 2; and return 0
    test -n "$argv[3]"; and test $place -ge $argv[2]; and return 0
    test $place -eq $argv[2]
end

# Prints what the program answers to a question.
function __cpa_image_ask
    set -l words (commandline -opc)
    set -l current (commandline -ct | string replace -r -- '^--[^=]*=' '' | string unescape)
    eval $words[1] __complete $argv[1] (string escape -- "$current") (string escape -- $words) 2>/dev/null
end
"""


def script(root: Command) -> str:
    """Return the script for the tree below *root*."""
    valued = [
        f"{command.path} {name}"
        for command in root.walk()
        for option in command.options
        if option.value is not None
        for name in option.names
    ]
    paths = [command.path for command in root.walk() if command.path]
    lines = [
        _BEGINNING.strip("\n"),
        "",
        f"set -g __cpa_image_commands {' '.join(_quoted(path) for path in paths)}",
        f"set -g __cpa_image_valued {' '.join(_quoted(place) for place in valued)}",
        "",
        "complete -c cpa-image -e",
        "complete -c cpa-image -f",
        *(line for command in root.walk() for line in _lines(command)),
    ]
    return "\n".join(lines) + "\n"


def _lines(command: Command) -> Iterator[str]:
    yield ""
    if command.commands:
        names = Offer(
            kind=Kind.WORDS, words=tuple(Word(value=child.name, help=child.help) for child in command.commands)
        )
        yield f"{_at(command.path, 0)} {_values(names)}"
    for option in command.options:
        yield f"{_at(command.path)} {_option(option)}{_about(option.help)}"
    for place, argument in enumerate(command.arguments):
        if argument.value.kind is not Kind.NOTHING:
            yield f"{_at(command.path, place, more=argument.is_repeatable)} {_values(argument.value)}"


def _at(path: str, place: int | None = None, *, more: bool = False) -> str:
    words = [_quoted(path), *([str(place)] if place is not None else ()), *(["more"] if more else ())]
    return f'complete -c cpa-image -n "__cpa_image_at {" ".join(words)}"'


def _option(option: Option) -> str:
    spellings = " ".join(
        [*(f"-l {name[2:]}" for name in option.long), *(f"-s {name[1:]}" for name in option.short)],
    )
    return spellings if option.value is None else f"{spellings} -r {_values(option.value)}"


def _values(offer: Offer) -> str:
    match offer.kind:
        case Kind.FILES:
            return "-F"
        case Kind.FOLDERS:
            return "-f -a '(__fish_complete_directories)'"
        case Kind.ASKED:
            return f"-f -k -a '(__cpa_image_ask {offer.question})'"
        case Kind.WORDS:
            return f"-f -k -a {_quoted(_choice(offer))}"
        case Kind.NOTHING:
            return "-f"


def _choice(offer: Offer) -> str:
    # What follows a tab is the description; an empty one, lest each value repeats what was said of its option.
    return " ".join(f"{word.value}\\t{_quoted(word.help)}" for word in offer.words)


def _about(text: str) -> str:
    return f" -d {_quoted(text)}" if text else ""


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
