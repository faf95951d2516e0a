"""
The direction of dependencies, held by reading every import of the package, those for types included.

    commands, mcp, app       doors: the only places that know everybody; Typer stands here and in completion
    doctor, engine           use cases: know core, adapters, settings, process; never ui, never a flag
    settings                 resolves values: knows core, adapters, process
    adapters   ui   sandbox  siblings: know core, never each other
    process                  what is taken from the world
    core                     pure: no clock, disk, environment, network, threads, third-party packages

A new module falls into its layer by where it stands; a new layer is a row in `MAY_IMPORT`.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import cpa_image_cli

PACKAGE = "cpa_image_cli"
ROOT = Path(cpa_image_cli.__file__).parent
FOR_AGENTS = ROOT / "skill"
"""Files that are copied elsewhere and run there: no modules of ours."""

MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if FOR_AGENTS not in path.parents)

ENTRY = ("__init__", "__main__", "app")
MAY_IMPORT = {
    "core": {"core"},
    "process": {"core", "process"},
    "adapters": {"core", "adapters"},
    "ui": {"core", "ui"},
    "sandbox": {"core", "sandbox"},
    "settings": {"core", "adapters", "process", "settings"},
    "engine": {"core", "adapters", "process", "settings", "sandbox", "engine"},
    "doctor": {"core", "adapters", "process", "settings", "engine", "doctor"},
    "mcp": {"core", "adapters", "process", "settings", "engine", "mcp"},
    "completion": {"core", "adapters", "process", "sandbox", "settings", "completion"},
    "commands": {
        "core",
        "adapters",
        "ui",
        "sandbox",
        "process",
        "settings",
        "engine",
        "doctor",
        "completion",
        "mcp",
        "commands",
    },
    "entry": {"core", "adapters", "ui", "process", "settings", "completion", "commands", "entry"},
}

MOST_MODULES = 15
"""In one folder, ``__init__`` not counted; more is a corridor and no room."""

LONGEST_CHAIN = 16
"""Modules that import each other in a row."""

STANDS_IN = "core/dataclass.py"
"""For a module of the standard library: it imports nothing of ours, and whoever reads an import knows what it does."""

SPEAKS_TYPER = {"commands", "completion", "entry"}

VERSION = ("__version__",)
"""``from cpa_image_cli import __version__`` imports a text and nothing that could do anything."""

SHARED_ADAPTERS = {"files"}
"""Every adapter that writes makes its folders private, and there is one right way to do it."""

PURE = {
    "base64",
    "binascii",
    "collections",
    "csv",
    "dataclasses",
    "datetime",
    "email",
    "enum",
    "functools",
    "hashlib",
    "html",
    "http",
    "ipaddress",
    "itertools",
    "json",
    "math",
    "operator",
    "pathlib",
    "re",
    "shlex",
    "string",
    "textwrap",
    "types",
    "typing",
    "unicodedata",
    "urllib",
    "xml",
}
"""Standard modules that core may use: each computes what it is given."""

IMPURE_NAMES = {"open", "print", "input", "exec", "eval", "breakpoint"}
IMPURE_ATTRIBUTES = {
    "now",
    "utcnow",
    "today",
    "cwd",
    "home",
    "expanduser",
    "exists",
    "is_file",
    "is_dir",
    "iterdir",
    "mkdir",
    "read_bytes",
    "read_text",
    "stat",
    "unlink",
    "urlopen",
    "write_bytes",
    "write_text",
}
"""What makes a whitelisted module touch a clock, a disk or a network after all."""

HEAVY = ("httpx", "sqlite3", "PIL", "asyncio", "ssl", "rich.live", "prompt_toolkit")
"""Too slow to import before they are needed; ``cpa-image --version`` needs none of them."""

MAY_BE_HEAVY = {
    "adapters/gateway/client.py": {"httpx"},
    # Imported by it when there is a picture to fetch.
    "adapters/gateway/fetching.py": {"httpx"},
    "adapters/ledger/waiting.py": {"sqlite3"},
    "adapters/terminal/line_editor.py": {"prompt_toolkit"},
}


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, by its full dotted name; *lazily* if that happens inside a function."""

    name: str
    lazily: bool
    for_types: bool


def imports_in(source: str) -> list[Import]:
    return list(_imports(ast.parse(source), lazily=False, for_types=False))


def _imports(node: ast.AST, *, lazily: bool, for_types: bool) -> Iterator[Import]:
    match node:
        case ast.Import(names):
            yield from (Import(alias.name, lazily, for_types) for alias in names)
        case ast.ImportFrom(module=str(module), names=names, level=0):
            # `from package import module` names a module as much as `import package.module` does.
            yield from (Import(f"{module}.{alias.name}", lazily, for_types) for alias in names)
        case ast.ImportFrom():
            raise AssertionError("relative imports hide where they go")
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body):
            for inner in body:
                yield from _imports(inner, lazily=lazily, for_types=True)
        case _:
            inside = lazily or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for inner in ast.iter_child_nodes(node):
                yield from _imports(inner, lazily=inside, for_types=for_types)


def read(module: str) -> str:
    return (ROOT / module).read_text(encoding="utf-8")


def own_imports(module: str) -> list[tuple[str, ...]]:
    """Return what *module* imports of this package, each as the parts of its name after the package's."""
    names = (found.name.split(".") for found in imports_in(read(module)))
    return [tuple(parts[1:]) for parts in names if parts[0] == PACKAGE]


def layer_of(parts: tuple[str, ...]) -> str:
    """Return the layer of the module whose name has *parts*, after the package's."""
    first = parts[0] if parts else "__init__"
    return "entry" if first in ENTRY else first


def parts_of(module: str) -> tuple[str, ...]:
    return tuple(module.removesuffix(".py").removesuffix("/__init__").split("/"))


CORE = [module for module in MODULES if module.startswith("core/")]


# The tests below would pass on a package they cannot see.


def test_the_package_is_seen() -> None:
    assert {"core/wire/blob_lifter.py", "core/errors.py", "adapters/gateway/client.py", "ui/run/renderer.py"} <= set(
        MODULES
    )
    assert ("core", "wire", "blob_lifter", "BlobLifter") in own_imports("core/wire/answer_reader.py")
    assert {layer_of(parts_of(module)) for module in MODULES} == MAY_IMPORT.keys()


def test_imports_are_seen_wherever_they_stand() -> None:
    source = """
import a.b, c
from d import e as f
try:
    import g
except ImportError:
    pass
class C:
    import h
    def m(self):
        from i.j import k
if TYPE_CHECKING:
    import l
"""

    assert imports_in(source) == [
        Import("a.b", lazily=False, for_types=False),
        Import("c", lazily=False, for_types=False),
        Import("d.e", lazily=False, for_types=False),
        Import("g", lazily=False, for_types=False),
        Import("h", lazily=False, for_types=False),
        Import("i.j.k", lazily=True, for_types=False),
        Import("l", lazily=False, for_types=True),
    ]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_layers_it_may_know(module: str) -> None:
    allowed = MAY_IMPORT[layer_of(parts_of(module))]

    assert [parts for parts in own_imports(module) if parts != VERSION and layer_of(parts) not in allowed] == []


@pytest.mark.parametrize("module", [module for module in MODULES if module.startswith("adapters/")])
def test_an_adapter_knows_no_other_adapter(module: str) -> None:
    mine = parts_of(module)[1:2]
    others = {parts[1] for parts in own_imports(module) if parts[0] == "adapters" and parts[1:2] != mine}

    assert others <= SHARED_ADAPTERS


def modules_imported(module: str) -> set[str]:
    """Return the paths of this package's own modules that *module* imports, wherever the import stands."""
    found = set()
    for parts in own_imports(module):
        whole, outer = "/".join(parts), "/".join(parts[:-1])
        candidates = (f"{whole}.py", f"{whole}/__init__.py", f"{outer}.py", f"{outer}/__init__.py")
        found |= {next((path for path in candidates if path in MODULES), "__init__.py")}
    return found - {module, STANDS_IN}


def longest_chains() -> dict[str, tuple[str, ...]]:
    """Return the longest row of imports that begins at each module. Raises: AssertionError for a circle."""
    chains: dict[str, tuple[str, ...]] = {}

    def follow(module: str, above: tuple[str, ...]) -> tuple[str, ...]:
        assert module not in above, " imports ".join((*above[above.index(module) :], module))
        if module not in chains:
            below = (follow(found, (*above, module)) for found in sorted(modules_imported(module)))
            chains[module] = (module, *max(below, key=len, default=()))
        return chains[module]

    for module in MODULES:
        follow(module, ())
    return chains


def test_no_imports_go_in_a_circle_and_no_chain_is_long() -> None:
    longest = max(longest_chains().values(), key=len)

    assert len(longest) <= LONGEST_CHAIN, " → ".join(longest)


@pytest.mark.parametrize("folder", sorted({str(Path(module).parent) for module in MODULES}))
def test_a_folder_can_be_overseen(folder: str) -> None:
    inside = [module for module in MODULES if str(Path(module).parent) == folder and Path(module).name != "__init__.py"]

    assert len(inside) <= MOST_MODULES


@pytest.mark.parametrize("module", MODULES)
def test_only_doors_know_typer(module: str) -> None:
    knows = any(found.name.split(".")[0] == "typer" for found in imports_in(read(module)))

    assert not knows or layer_of(parts_of(module)) in SPEAKS_TYPER


@pytest.mark.parametrize(
    "module", [module for module in MODULES if layer_of(parts_of(module)) not in {"commands", "entry"}]
)
def test_nothing_below_the_doors_prints(module: str) -> None:
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(read(module)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert "print" not in calls


@pytest.mark.parametrize("module", CORE)
def test_core_imports_nothing_but_core_and_what_only_computes(module: str) -> None:
    roots = {found.name.split(".")[0] for found in imports_in(read(module))}

    assert roots <= {PACKAGE, *PURE}


def test_what_only_computes_is_standard() -> None:
    assert sys.stdlib_module_names >= PURE


@pytest.mark.parametrize("module", CORE)
def test_core_touches_no_clock_and_no_disk(module: str) -> None:
    tree = ast.parse(read(module))
    names = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    attributes = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }

    assert names & IMPURE_NAMES == set()
    assert attributes & IMPURE_ATTRIBUTES == set()


@pytest.mark.parametrize("module", MODULES)
def test_heavy_packages_are_imported_only_when_they_are_needed(module: str) -> None:
    at_once = {found.name for found in imports_in(read(module)) if not found.lazily and not found.for_types}
    heavy = {name for name in HEAVY if any(f"{found}.".startswith(f"{name}.") for found in at_once)}

    assert heavy <= MAY_BE_HEAVY.get(module, set())


def test_a_secret_is_revealed_in_one_module_only() -> None:
    revealing = [
        module
        for module in MODULES
        if any(isinstance(node, ast.Attribute) and node.attr == "reveal" for node in ast.walk(ast.parse(read(module))))
    ]

    assert revealing == ["adapters/gateway/client.py"]
