import pytest
from rich.style import Style


@pytest.fixture(autouse=True)
def _each_console_with_its_own_colours() -> None:
    """
    Forget the styles that Rich has parsed.

    A style keeps the escape it was first written with, however many colours the next console has. A process has one
    terminal; tests have several, and would depend on their order.
    """
    Style.parse.cache_clear()
    Style._add.cache_clear()  # noqa: SLF001 - sums of styles are kept, too
