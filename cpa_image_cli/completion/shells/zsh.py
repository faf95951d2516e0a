"""Writes the script for zsh: one function of ``_arguments`` for each command, with descriptions."""

from collections.abc import Iterator

from cpa_image_cli.completion.offers import Kind, Offer, Word
from cpa_image_cli.completion.tree import Argument, Command, Option

_BEGINNING = r"""
#compdef cpa-image

# Offers what the program answers to the question $1.
_cpa-image-ask() {
    local -a answers
    local answer
    for answer in ${(f)"$(${~program} __complete $1 "${(Q)PREFIX}" "${(@Q)words[1,CURRENT-1]}" 2>/dev/null)"}; do
        answers+=("${${answer%%$'\t'*}//:/\\:}:${answer#*$'\t'}")
    done
    _describe -V -t $1 $1 answers
}

# Says what is expected. A message keeps zsh from inserting, so there is none where an option is being typed.
_cpa-image-say() {
    [[ $PREFIX == -* ]] || _message -e text $1
}
"""

_ENDING = r"""
_cpa-image() {
    local program=${(Q)words[1]}
    _cpa-image-root
}

if [[ $funcstack[1] == _cpa-image ]]; then
    _cpa-image "$@"
else
    compdef _cpa-image cpa-image
fi
"""


def script(root: Command) -> str:
    """Return the script for the tree below *root*."""
    functions = "\n".join("\n".join(_function(command)) for command in root.walk())
    return f"{_BEGINNING.lstrip()}\n{functions}\n{_ENDING}"


def _function(command: Command) -> Iterator[str]:
    """Yield the lines of the function that completes *command*."""
    specs = [spec for option in command.options for spec in _option_specs(option)]
    if command.commands:
        specs += ["'1: :->command'", "'*:: :->below'"]
    else:
        specs += [_argument_spec(argument) for argument in command.arguments]
    yield f"{_name(command)}() {{"
    if command.commands:
        yield "    local curcontext=$curcontext state line"
        yield "    typeset -A opt_args"
    call = [f"_arguments {'-C ' if command.commands else ''}-s -S :", *specs]
    yield "    " + " \\\n        ".join(call) + (" && return" if command.commands else "")
    yield from _below(command) if command.commands else ()
    yield "}"
    yield ""


def _below(command: Command) -> Iterator[str]:
    yield "    case $state in"
    yield "        command)"
    yield "            local -a commands=("
    yield from (f"                {_described(child.name, child.help)}" for child in command.commands)
    yield "            )"
    yield "            _describe -V -t commands command commands"
    yield "            ;;"
    yield "        below)"
    yield "            case $line[1] in"
    yield from (f"                {child.name}) {_name(child)} ;;" for child in command.commands)
    yield "            esac"
    yield "            ;;"
    yield "    esac"


def _name(command: Command) -> str:
    return f"_cpa-image-{command.path.replace(' ', '-') or 'root'}"


def _option_specs(option: Option) -> Iterator[str]:
    """Yield a spec for each spelling; each shuts out the others, unless the option may be repeated."""
    shut_out = "*" if option.is_repeatable else f"({' '.join((*option.names, *option.excludes))})"
    for name in option.names:
        value = "" if option.value is None else f":{_escaped(option.title)}:{_action(option.value)}"
        # `+` allows -oFILE, `=` allows --output=FILE.
        sign = "" if option.value is None else "=" if name.startswith("--") else "+"
        yield _quoted(f"{shut_out}{name}{sign}[{_escaped(option.help)}]{value}")


def _argument_spec(argument: Argument) -> str:
    place = "*" if argument.is_repeatable else ":"
    free = f"{{_cpa-image-say {_quoted(argument.title)}}}"
    action = free if argument.value.kind is Kind.NOTHING else _action(argument.value)
    return _quoted(f"{place}:{_escaped(argument.title)}:{action}")


def _action(offer: Offer) -> str:
    match offer.kind:
        case Kind.FILES:
            return "_files"
        case Kind.FOLDERS:
            return "_files -/"
        case Kind.ASKED:
            return f"{{_cpa-image-ask {offer.question}}}"
        case Kind.WORDS:
            return _choice(offer.words)
        case Kind.NOTHING:
            return " "


def _choice(words: tuple[Word, ...]) -> str:
    if any(word.help for word in words):
        return "((" + " ".join(f'{word.value}\\:"{_escaped(word.help, also=chr(34))}"' for word in words) + "))"
    # As (a b c), but in the order of the help.
    return "{compadd -V words - " + " ".join(word.value for word in words) + "}"


def _described(value: str, text: str) -> str:
    return _quoted(f"{value}:{text}")


def _escaped(text: str, *, also: str = "") -> str:
    """Return *text* for a place within a spec, where these characters would end it."""
    return "".join(f"\\{character}" if character in f"\\[]:{also}" else character for character in text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
