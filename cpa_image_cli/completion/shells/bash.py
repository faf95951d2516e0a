"""Writes the script for bash 3.2 (macOS) and later: tables of what may stand where, and a function to read them."""

from collections.abc import Iterable, Iterator

from cpa_image_cli.completion.offers import Kind, Offer
from cpa_image_cli.completion.tree import Command

_SCRIPT = r"""
# Sets what may follow the command $1: its commands, its options, and those options that take a value.
_cpa_image_command() {
    commands='' options='' valued=''
    case $1 in
@COMMANDS@
    esac
}

# Sets what may stand at $1: a command, and one of its options or the number of a place.
_cpa_image_offer() {
    case $1 in
@OFFERS@
    esac
}

# Sets words to what the program answers to the question $1.
_cpa_image_ask() {
    local value rest program=${COMP_WORDS[0]}
    while IFS=$'\t' read -r value rest; do
        # Quotes that were opened protect the value; without them, readline takes it as it stands.
        [[ -z $quote ]] && printf -v value '%q' "$value"
        [[ -n $value && $value != "''" ]] && COMPREPLY[${#COMPREPLY[@]}]=$prefix${value#"$cut"}
    done <<< "$("${program/#\~/$HOME}" __complete "$1" "$current" "${COMP_WORDS[@]:0:end}" 2>/dev/null)"
}

# Tells readline not to offer files; bash 3.2 cannot be told.
_cpa_image_without_files() {
    [[ ${BASH_VERSINFO[0]} -ge 4 ]] && compopt +o default +o bashdefault "$@" 2>/dev/null
}

_cpa_image() {
    local IFS=$' \t\n' current=${COMP_WORDS[COMP_CWORD]} end=$COMP_CWORD
    local path='' place=0 ended='' option='' prefix='' cut='' quote='' index word
    local commands options valued words='' files='' folders='' question=''
    COMPREPLY=()

    # bash cuts words at colons, and a model's name may hold one.
    while (( end > 1 )) && [[ $current == :* || ${COMP_WORDS[end - 1]} == *: ]]; do
        (( end-- ))
        current=${COMP_WORDS[end]}$current
        cut=${current%"${current##*:}"}
    done

    _cpa_image_command ''
    for (( index = 1; index < end; index++ )); do
        word=${COMP_WORDS[index]}
        if [[ -n $option ]]; then
            # --size=auto arrives as three words.
            [[ $word == = ]] || option=''
        elif [[ -n $ended ]]; then
            (( place++ ))
        elif [[ $word == -- ]]; then
            ended=1
        elif [[ $word == -* ]]; then
            [[ " $valued " == *" $word "* ]] && option=$word
        elif [[ " $commands " == *" $word "* ]]; then
            path=${path:+$path }$word
            _cpa_image_command "$path"
        else
            (( place++ ))
        fi
    done

    [[ -n $option && $current == = ]] && current=''
    case $current in [\'\"]*) quote=${current:0:1} current=${current:1} ;; esac
    if [[ -z $ended && -z $option && $current == --*=* ]]; then
        # Only where COMP_WORDBREAKS was told to leave the equals sign alone.
        option=${current%%=*} prefix=${current%%=*}= current=${current#*=}
    fi

    if [[ -n $option ]]; then
        _cpa_image_offer "$path $option"
    elif [[ -z $ended && $current == -* ]]; then
        words=$options
    elif [[ -n $commands ]]; then
        (( place == 0 )) && words=$commands
    else
        _cpa_image_offer "$path $place"
    fi

    if [[ -n $files ]]; then
        return
    elif [[ -n $folders ]]; then
        _cpa_image_without_files -o dirnames
    elif [[ -n $question ]]; then
        _cpa_image_without_files
        _cpa_image_ask "$question"
    else
        _cpa_image_without_files
        COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "$current"))
    fi
}

complete -o bashdefault -o default -o nosort -F _cpa_image cpa-image 2>/dev/null ||
    complete -o bashdefault -o default -F _cpa_image cpa-image
"""


def script(root: Command) -> str:
    """Return the script for the tree below *root*."""
    commands = "\n".join(_command_row(command) for command in root.walk())
    offers = "\n".join(row for command in root.walk() for row in _offer_rows(command))
    return _SCRIPT.lstrip("\n").replace("@COMMANDS@", commands).replace("@OFFERS@", offers)


def _command_row(command: Command) -> str:
    row = {
        "commands": [child.name for child in command.commands],
        "options": [name for option in command.options for name in option.names],
        "valued": [name for option in command.options if option.value is not None for name in option.names],
    }
    sets = " ".join(f"{variable}={_quoted(words)}" for variable, words in row.items() if words)
    return f"        {_quoted([command.path])}) {sets} ;;"


def _offer_rows(command: Command) -> Iterator[str]:
    for option in command.options:
        if option.value is not None and option.value.kind is not Kind.NOTHING:
            yield _offer_row((f"{command.path} {name}" for name in option.names), option.value)
    for place, argument in enumerate(command.arguments):
        if argument.value.kind is not Kind.NOTHING:
            yield _offer_row([f"{command.path} {place}"], argument.value, more=argument.is_repeatable)


def _offer_row(places: Iterable[str], offer: Offer, *, more: bool = False) -> str:
    patterns = "|".join(_quoted([place]) for place in places)
    if more:
        # Any later place as well: the pattern is the command and whatever digits.
        patterns = f"{_quoted([patterns.strip(chr(39)).rpartition(' ')[0] + ' '])}[0-9]*"
    return f"        {patterns}) {_sets(offer)} ;;"


def _sets(offer: Offer) -> str:
    match offer.kind:
        case Kind.FILES:
            return "files=1"
        case Kind.FOLDERS:
            return "folders=1"
        case Kind.ASKED:
            return f"question={offer.question}"
        case Kind.WORDS | Kind.NOTHING:
            return f"words={_quoted(word.value for word in offer.words)}"


def _quoted(words: Iterable[str]) -> str:
    return "'" + " ".join(words) + "'"
