"""What ``help --json`` prints: a page, or the table of a topic. What there is nothing to say about is left out."""

from typing import Annotated, Literal, NotRequired, TypedDict


class OptionObject(TypedDict):
    """An option or an argument."""

    names: Annotated[list[str], "Its spellings, short before long; of an argument the one name."]
    value: NotRequired[Annotated[str, "What its value is called; without one it is a switch."]]
    help: NotRequired[str]
    default: NotRequired[Annotated[str, "What holds without it, in words."]]
    values: NotRequired[Annotated[list[str], "Words that are known to be right; a gateway may know more."]]
    required: NotRequired[bool]
    repeatable: NotRequired[bool]


class SubcommandObject(TypedDict):
    """A command of a group."""

    name: str
    summary: str


class ExampleObject(TypedDict):
    """A command line that runs as it is written."""

    command: str
    about: str


class RemarkObject(TypedDict):
    """Something else that is worth knowing."""

    title: str
    text: str


class StatusObject(TypedDict):
    """An exit status."""

    exit_status: int
    meaning: str
    hint: NotRequired[Annotated[str, "What to do next."]]
    codes: NotRequired[Annotated[list[str], "The code words that lead to it."]]


class FailureObject(TypedDict):
    """A way to fail."""

    code: str
    exit_status: int
    meaning: str
    may_have_billed: Annotated[bool, "A picture may have been made, and paid for, though none arrived."]
    worth_retrying: Annotated[bool, "The same request may bring a picture the next time."]
    repeated: Annotated[str, "Whether this program tries again by itself: yes, no, or with the option that lets it."]
    hint: NotRequired[Annotated[str, "What to do in general."]]


class VariableObject(TypedDict):
    """An environment variable."""

    name: str
    meaning: str
    setting: NotRequired[Annotated[str, "The setting that it gives."]]


class SettingObject(TypedDict):
    """A key of the configuration file."""

    key: str
    value: Annotated[str, "What is expected, in words."]
    help: str
    default: object
    sources: Annotated[list[str], "Where it is looked for, in this order."]


class NameFieldObject(TypedDict):
    """A field of a template for file names."""

    field: str
    meaning: str


class HelpObject(TypedDict):
    """A page of help, with `command`, or a table, with `topic`."""

    schema: Literal["cpa-image/help/1"]
    command: NotRequired[Annotated[str, "How it is called after the program's name; empty for the program itself."]]
    usage: NotRequired[str]
    summary: NotRequired[str]
    description: NotRequired[list[str]]
    arguments: NotRequired[list[OptionObject]]
    options: NotRequired[list[OptionObject]]
    commands: NotRequired[list[SubcommandObject]]
    examples: NotRequired[list[ExampleObject]]
    remarks: NotRequired[list[RemarkObject]]
    exit_statuses: NotRequired[list[StatusObject]]
    environment: NotRequired[list[VariableObject]]
    topic: NotRequired[str]
    exit_codes: NotRequired[list[StatusObject]]
    errors: NotRequired[list[FailureObject]]
    settings: NotRequired[list[SettingObject]]
    names: NotRequired[list[NameFieldObject]]
