"""
Writes the script for PowerShell 5.1 and later: three tables, and one block that reads them.

The tables are rows, not hashtables, whose keys are the same in any case: ``-v`` and ``-V`` would be one.
"""

import re
from collections.abc import Iterator

from cpa_image_cli.completion.offers import Kind, Offer
from cpa_image_cli.completion.tree import Command

_SCRIPT = r"""
Register-ArgumentCompleter -Native -CommandName 'cpa-image' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # Command, description.
    $commands = @(
@COMMANDS@
    )

    # Command, spellings, description, what its value is ('' for a switch), words or question.
    $options = @(
@OPTIONS@
    )

    # Command, number of the place, whether any later one is the same, what it is, words or question.
    $places = @(
@PLACES@
    )

    $elements = @($commandAst.CommandElements)
    $before = @($elements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })

    $path = ''
    $place = 0
    $ended = $false
    $option = $null
    foreach ($word in $before) {
        if ($null -ne $option) {
            $option = $null
        } elseif ($ended) {
            $place++
        } elseif ($word -ceq '--') {
            $ended = $true
        } elseif ($word.StartsWith('-')) {
            $option = $options | Where-Object { $_[0] -ceq $path -and $_[1] -ccontains $word -and $_[3] -cne '' } |
                Select-Object -First 1
        } else {
            $below = "$path $word".Trim()
            if ($commands | Where-Object { $_[0] -ceq $below }) {
                $path = $below
            } else {
                $place++
            }
        }
    }

    $current = $wordToComplete
    $prefix = ''
    if ($null -eq $option -and -not $ended -and $current -cmatch '^(--[^=]+)=(.*)$') {
        $spelling = $Matches[1]
        $option = $options | Where-Object { $_[0] -ceq $path -and $_[1] -ccontains $spelling -and $_[3] -cne '' } |
            Select-Object -First 1
        $prefix = "$spelling="
        $current = $Matches[2]
    }

    # Each offer is a text, a description, and whether it must be quoted.
    $offers = @()
    $kind = ''
    $values = ''
    if ($null -ne $option) {
        $kind = $option[3]
        $values = $option[4]
    } elseif (-not $ended -and $current.StartsWith('-')) {
        foreach ($row in $options | Where-Object { $_[0] -ceq $path }) {
            foreach ($spelling in $row[1]) {
                $offers += , @($spelling, $row[2])
            }
        }
    } elseif ($commands | Where-Object { $_[0].StartsWith("$path ".TrimStart()) -and $_[0] -cne $path }) {
        foreach ($row in $commands) {
            $cut = $row[0].LastIndexOf(' ')
            $parent = if ($cut -lt 0) { '' } else { $row[0].Substring(0, $cut) }
            $name = $row[0].Substring($cut + 1)
            if ($parent -ceq $path -and $place -eq 0) {
                $offers += , @($name, $row[1])
            }
        }
    } else {
        $row = $places | Where-Object { $_[0] -ceq $path -and ($_[1] -eq $place -or ($_[2] -and $_[1] -lt $place)) } |
            Select-Object -First 1
        if ($null -ne $row) {
            $kind = $row[3]
            $values = $row[4]
        }
    }

    if ($kind -ceq 'words') {
        foreach ($value in $values) {
            $offers += , @($value, $value)
        }
    } elseif ($kind -ceq 'asked') {
        $program = $elements[0].ToString()
        $before = @($elements | ForEach-Object { $_.ToString() })
        foreach ($line in & $program __complete $values $current @before 2>$null) {
            $value, $about = $line -split "`t", 2
            if ($value -cnotmatch '^[\w.~:/+-]+$') {
                $value = "'" + $value.Replace("'", "''") + "'"
            }
            $offers += , @($value, $about)
        }
    }

    # Where nothing is offered, PowerShell offers files by itself.
    foreach ($offer in $offers | Where-Object { $kind -ceq 'asked' -or $_[0].StartsWith($current) }) {
        $about = if ($offer[1]) { $offer[1] } else { $offer[0] }
        [System.Management.Automation.CompletionResult]::new($prefix + $offer[0], $offer[0], 'ParameterValue', $about)
    }
}
"""


def script(root: Command) -> str:
    """Return the script for the tree below *root*."""
    commands = [_row(command.path, command.help) for command in root.walk() if command.path]
    options = [row for command in root.walk() for row in _option_rows(command)]
    places = [row for command in root.walk() for row in _place_rows(command)]
    text = _SCRIPT.lstrip("\n")
    for name, rows in (("@COMMANDS@", commands), ("@OPTIONS@", options), ("@PLACES@", places)):
        text = text.replace(name, "\n".join(rows))
    return text


def _option_rows(command: Command) -> Iterator[str]:
    for option in command.options:
        kind, values = ("", "") if option.value is None else _value(option.value)
        yield _row(command.path, option.names, option.help, kind, values)


def _place_rows(command: Command) -> Iterator[str]:
    for place, argument in enumerate(command.arguments):
        yield _row(command.path, place, argument.is_repeatable, *_value(argument.value))


def _value(offer: Offer) -> tuple[str, str | tuple[str, ...]]:
    match offer.kind:
        case Kind.WORDS:
            return "words", tuple(word.value for word in offer.words)
        case Kind.ASKED:
            return "asked", offer.question
        case Kind.NOTHING | Kind.FILES | Kind.FOLDERS:
            # PowerShell completes files where a completer is silent, and cannot be kept from it.
            return "files", ""


def _row(*cells: object) -> str:
    # The comma keeps a row of a one-row table a row.
    return f"        , @({', '.join(_literal(cell) for cell in cells)})"


def _literal(cell: object) -> str:
    if isinstance(cell, bool):
        return "$true" if cell else "$false"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, tuple):
        return "@(" + ", ".join(_literal(part) for part in cell) + ")"
    # PowerShell takes typographic quotes for straight ones.
    return "'" + re.sub("(['\u2018-\u201b])", r"\1\1", str(cell)) + "'"
