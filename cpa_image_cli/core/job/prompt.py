"""What a prompt may be."""

from cpa_image_cli.core.errors import UsageError

MAX_PROMPT = 32_000
"""Characters. The limit of the image models' own prompt."""


def checked_prompt(text: str) -> str:
    """
    Return *text* as it will be sent, without surrounding blank lines.

    Raises: UsageError for an empty or overlong prompt, or one that is not text.
    """
    prompt = text.strip()
    if not prompt:
        raise UsageError("the prompt is empty", hint='Say what to draw: cpa-image generate "a red squirrel"')
    if len(prompt) > MAX_PROMPT:
        raise UsageError(f"the prompt has {len(prompt):,} characters; the limit is {MAX_PROMPT:,}")
    try:
        prompt.encode()
    except UnicodeEncodeError:
        raise UsageError("the prompt is not valid UTF-8", hint="Check the encoding of the terminal or file.") from None
    return prompt
