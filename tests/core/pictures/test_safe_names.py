"""What a name may lead to that came from somewhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.pictures.safe_names import safe_name

ROOTS = (Path("/pictures/cpa-image"), Path("/work/项目"))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("squirrel.png", "/pictures/cpa-image/squirrel.png"),
        ("./logos//红松鼠.webp", "/pictures/cpa-image/logos/红松鼠.webp"),
        ("/work/项目/a b/c.png", "/work/项目/a b/c.png"),
        ("/pictures/cpa-image/x", "/pictures/cpa-image/x"),
    ],
)
def test_a_name_is_below_the_first_folder_or_below_the_one_it_begins_with(name: str, path: str) -> None:
    found = safe_name(name, ROOTS)

    assert (str(found.path), found.is_folder) == (path, False)


@pytest.mark.parametrize("name", ["logos/", "/work/项目", "/work/项目/", "."])
def test_a_folder_is_one_by_its_end(name: str) -> None:
    assert safe_name(name, ROOTS).is_folder


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        ("../x.png", "leads upwards"),
        ("a/../../x.png", "leads upwards"),
        ("/work/项目/../x.png", "leads upwards"),
        ("/etc/passwd", "is outside the allowed folders"),
        ("/work/项目2/x.png", "is outside the allowed folders"),
        ("/dev/null", "is outside the allowed folders"),
        ("a\x00.png", "holds a character"),
        ("a\x1b[2J.png", "holds a character"),
        ("..\\x.png", "holds a character"),
        ("a\u202egnp.png", "holds a character"),
        ("a\ud800.png", "holds a character"),
        ("~/x.png", "begins with ~ or -"),
        ("-", "begins with ~ or -"),
        ("C:/x.png", "a colon in it"),
        ("x" * 4096, "is too long"),
        ("x" * 201, "a step that is too long"),
        ("鼠" * 67, "a step that is too long"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        safe_name(name, ROOTS)


@given(st.text(max_size=40))
def test_whatever_is_allowed_is_below_a_folder_that_is_allowed(name: str) -> None:
    try:
        path = safe_name(name, ROOTS).path
    except UsageError:
        return
    assert any(path.is_relative_to(root) for root in ROOTS)
    assert ".." not in path.parts
