import ast
import email
import re
import sys
import tarfile
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from cpa_image_cli import __version__
from tests.packaging.conftest import ROOT, Built

pytestmark = pytest.mark.slow

DIST_INFO = f"cpa_image-{__version__}.dist-info"


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        return email.message_from_bytes(archive.read(f"{DIST_INFO}/METADATA"))


PACKAGES = {
    "PIL": "pillow",
    "backports": "backports-zstd",
    "pillow_heif": "pillow-heif",
    "prompt_toolkit": "prompt-toolkit",
    "pyjson5": "pyjson5",
}
"""What a package is called in an index, where its import is called something else."""


def name_of(requirement: str) -> str:
    """Return the name in *requirement*, as an index spells it."""
    return re.split(r"[<>=!~; \[]", requirement)[0].lower().replace("_", "-")


def imported_packages() -> set[str]:
    """Return the distributions that our own code imports anywhere, however late."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "cpa_image_cli").rglob("*.py"))
    names = {name for tree in trees for node in ast.walk(tree) for name in modules_of(node)}
    # `compression` came to the standard library with 3.14, before which there is its backport.
    ours = {*sys.stdlib_module_names, "compression", "cpa_image_cli"}
    foreign = {name.partition(".")[0] for name in names} - ours
    return {PACKAGES.get(name, name) for name in foreign}


def modules_of(node: ast.AST) -> list[str]:
    """Return the modules that *node* imports."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case _:
            return []


def test_the_metadata_says_what_an_index_and_pip_need(built: Built) -> None:
    told = metadata(built.wheel)

    assert {name: told[name] for name in ("Name", "Version", "Requires-Python", "License-Expression")} == {
        "Name": "cpa-image",
        "Version": __version__,
        "Requires-Python": ">=3.11",
        "License-Expression": "MIT",
    }
    assert told["Summary"].startswith("Make pictures from the terminal")
    assert told["License-File"] == "LICENSE"
    assert "Typing :: Typed" in told.get_all("Classifier", [])
    required = {line for line in told.get_all("Requires-Dist", []) if "extra == 'dev'" not in line.replace('"', "'")}
    assert {name_of(line) for line in required} == imported_packages()
    # A version nobody tried is not promised to work.
    assert not [line for line in required if ">=" not in line]


def test_the_readme_is_the_description_and_rendered_as_markdown(built: Built) -> None:
    told = metadata(built.wheel)

    assert told["Description-Content-Type"] == "text/markdown"
    assert told.get_payload(decode=True).decode().strip() == (ROOT / "README.md").read_text().strip()


def test_the_wheel_holds_the_package_its_types_its_licence_and_all_that_lies_beside_it(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
        scripts = archive.read(f"{DIST_INFO}/entry_points.txt").decode()

    shared = f"cpa_image-{__version__}.data/data/share"
    assert names >= {
        "cpa_image_cli/py.typed",
        f"{DIST_INFO}/licenses/LICENSE",
        f"{shared}/bash-completion/completions/cpa-image",
        f"{shared}/zsh/site-functions/_cpa-image",
        f"{shared}/fish/vendor_completions.d/cpa-image.fish",
        f"{shared}/cpa-image/completions/cpa-image.ps1",
        f"{shared}/man/man1/cpa-image.1",
        f"{shared}/cpa-image/AGENTS.md",
        "cpa_image_cli/schemas/result.json",
        "cpa_image_cli/skill/cpa-image/SKILL.md",
    }
    assert "cpa-image = cpa_image_cli.__main__:main" in scripts
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "cpa_image_cli").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules


def test_the_sdist_holds_what_it_takes_to_test_and_build(built: Built) -> None:
    top = f"cpa_image-{__version__}"
    with tarfile.open(built.sdist) as archive:
        names = {name.removeprefix(f"{top}/") for name in archive.getnames()}

    assert names >= {
        "PKG-INFO",
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "cpa_image_cli/__main__.py",
        "completions/_cpa-image",
        "completions/cpa-image.1",
        "tests/packaging/test_release.py",
    }
    assert not [name for name in names if name.endswith(".pyc")]
