import errno
import os
import stat
import threading
import tomllib
from pathlib import Path

import pytest

from cpa_image_cli.adapters.config_file.editing import value_at, with_value, without
from cpa_image_cli.adapters.config_file.writing import change, text_at
from cpa_image_cli.core.errors import ConfigError

needs_permissions = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")

FILE = """\
# 我的设置

model   = 'gpt-5.4'   # the one that draws
retries = 2
instructions = '''
[not.a.table]
画图 = "这不是键"
'''  # done

# the office
[profiles.work]
base_url = "https://gate.example"   # 办公室

# further headers
[headers]
X-Team = "one"

[profiles.'my home']
model = "gpt-5.5"
"""


@pytest.mark.parametrize(
    ("where", "value", "before", "after"),
    [
        (("model",), "gpt-5.5", "model   = 'gpt-5.4'   #", 'model   = "gpt-5.5"   #'),
        (("retries",), 3, "retries = 2", "retries = 3"),
        (("stream",), True, "'''  # done\n", "'''  # done\nstream = true\n"),
        (("profiles", "work", "base_url"), "http://家:1", '"https://gate.example"   # 办', '"http://家:1"   # 办'),
        (("profiles", "work", "model"), "x", "   # 办公室\n", '   # 办公室\nmodel = "x"\n'),
        (("profiles", "my home", "timeout"), 12.5, '"gpt-5.5"\n', '"gpt-5.5"\ntimeout = 12.5\n'),
        (
            ("profiles", "家", "model"),
            "x",
            'model = "gpt-5.5"\n',
            'model = "gpt-5.5"\n\n[profiles."家"]\nmodel = "x"\n',
        ),
        (("headers", "X-Tenant"), "a", 'X-Team = "one"\n', 'X-Team = "one"\nX-Tenant = "a"\n'),
        (
            ("profiles", "work", "headers", "X-Team"),
            "two",
            "   # 办公室\n",
            '   # 办公室\n\n[profiles.work.headers]\nX-Team = "two"\n',
        ),
    ],
)
def test_one_value_changes_and_every_other_byte_stays(
    where: tuple[str, ...], value: object, before: str, after: str
) -> None:
    assert FILE.count(before) == 1

    assert with_value(FILE, where, value) == FILE.replace(before, after)


@pytest.mark.parametrize(
    ("where", "before", "after"),
    [
        (("model",), "model   = 'gpt-5.4'   # the one that draws\n", ""),
        (("profiles", "work", "base_url"), 'base_url = "https://gate.example"   # 办公室\n', ""),
        (("headers", "X-Team"), 'X-Team = "one"\n', ""),
        (("profiles", "my home", "model"), 'model = "gpt-5.5"\n', ""),
    ],
)
def test_one_value_goes_and_every_other_byte_stays(where: tuple[str, ...], before: str, after: str) -> None:
    assert FILE.count(before) == 1

    assert without(FILE, where) == FILE.replace(before, after)


@pytest.mark.parametrize(
    ("text", "where", "expected"),
    [
        ("", ("model",), 'model = "x"\n'),
        ("", ("profiles", "work", "model"), '[profiles.work]\nmodel = "x"\n'),
        ("retries = 2", ("model",), 'retries = 2\nmodel = "x"\n'),
        ("# mine\n", ("model",), '# mine\nmodel = "x"\n'),
        ('# mine\n\n[headers]\nA = "1"\n', ("model",), '# mine\n\nmodel = "x"\n\n[headers]\nA = "1"\n'),
        ('# of headers\n[headers]\nA = "1"\n', ("model",), 'model = "x"\n\n# of headers\n[headers]\nA = "1"\n'),
        (
            "[profiles.work]\n\n[headers]\n",
            ("profiles", "work", "model"),
            '[profiles.work]\nmodel = "x"\n\n[headers]\n',
        ),
        ("profiles.a.retries = 2\n", ("profiles", "a", "model"), 'profiles.a.retries = 2\nprofiles.a.model = "x"\n'),
        ("[profiles]\na.retries = 2\n", ("profiles", "a", "model"), '[profiles]\na.retries = 2\na.model = "x"\n'),
        ('headers = { A = "1" } # c\n', ("headers", "B"), 'headers = { A = "1" , B = "x"} # c\n'),
        ("retries = 2\r\n", ("model",), 'retries = 2\r\nmodel = "x"\r\n'),
        ("retries = 2\r\n", ("headers", "A"), 'retries = 2\r\n\r\n[headers]\r\nA = "x"\r\n'),
        (
            '[profiles."a.b"]\nretries = 2\n',
            ("profiles", "a.b", "model"),
            '[profiles."a.b"]\nretries = 2\nmodel = "x"\n',
        ),
    ],
)
def test_a_new_key_stands_where_a_person_would_write_it(text: str, where: tuple[str, ...], expected: str) -> None:
    changed = with_value(text, where, "x")

    assert "".join(changed.split(" ")) == "".join(expected.split(" "))
    assert value_at(tomllib.loads(changed), where) == "x"


@pytest.mark.parametrize("value", ["画图", 'say "hi"', "C:\\图片", "a\nb", "", "'", "\ttab", "🐿"])
def test_any_text_is_read_back_as_it_was_given(value: str) -> None:
    for text in ("", FILE, 'instructions = "old"\n'):
        assert tomllib.loads(with_value(text, ("instructions",), value))["instructions"] == value


@pytest.mark.parametrize("name", ["家", "my work", "a.b", 'with "quotes"', "-"])
def test_any_name_of_a_profile_is_read_back_as_it_was_given(name: str) -> None:
    changed = with_value(FILE, ("profiles", name, "model"), "x")

    assert value_at(tomllib.loads(changed), ("profiles", name, "model")) == "x"


def test_what_cannot_be_changed_alone_is_not_changed() -> None:
    with pytest.raises(ConfigError) as caught:
        with_value('profiles = { a = { model = "x" } }\n', ("profiles", "b", "model"), "y")

    assert caught.value.hint == "Change it by hand: cpa-image config edit"


def test_a_new_file_is_private_and_so_is_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "cpa-image" / "config.toml"

    assert change(path, lambda text: text + "retries = 2\n") == "retries = 2\n"

    assert path.read_text() == "retries = 2\n"
    if os.name == "posix":
        assert [stat.S_IMODE(where.stat().st_mode) for where in (path, path.parent)] == [0o600, 0o700]


@needs_permissions
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640])
def test_the_mode_of_a_file_stays(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "config.toml"
    path.write_text("")
    path.chmod(mode)

    change(path, lambda _: "retries = 2\n")

    assert stat.S_IMODE(path.stat().st_mode) == mode


@needs_permissions
def test_a_link_stays_a_link_to_the_changed_file(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "config.toml"
    real.parent.mkdir()
    real.write_text("# mine\n")
    link = tmp_path / "config.toml"
    link.symlink_to(Path("dotfiles") / "config.toml")

    change(link, lambda text: text + "retries = 2\n")

    assert link.is_symlink()
    assert real.read_text() == "# mine\nretries = 2\n"


def test_a_byte_order_mark_and_windows_line_ends_stay(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b'\xef\xbb\xbfmodel = "x"\r\n')

    change(path, lambda text: with_value(text, ("retries",), 2))

    assert path.read_bytes() == b'\xef\xbb\xbfmodel = "x"\r\nretries = 2\r\n'


@needs_permissions
def test_a_write_protected_file_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n")
    path.chmod(0o400)

    with pytest.raises(ConfigError, match=r"config\.toml cannot be written: it is write-protected$"):
        change(path, lambda _: "")

    assert path.read_text() == "# mine\n"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match=r"cannot be (read|written): (Not a directory|File exists)"):
        change(tmp_path / "file" / "config.toml", lambda text: text)


def test_a_refused_change_leaves_the_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("retries = 2\n")

    def refuse(text: str) -> str:
        raise ConfigError(f"no: {text}")

    with pytest.raises(ConfigError, match="no: retries = 2"):
        change(path, refuse)

    assert [entry.name for entry in tmp_path.iterdir()] == ["config.toml"]
    assert text_at(path) == "retries = 2\n"


@needs_permissions
def test_what_is_no_plain_file_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.mkdir()

    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        change(path, lambda text: text)


def test_a_file_that_is_no_toml_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("model = gpt\n")

    with pytest.raises(ConfigError, match="line 1: not TOML"):
        change(path, lambda text: with_value(text, ("retries",), 2))

    assert path.read_text() == "model = gpt\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows locks no folders")
def test_of_changes_at_the_same_time_none_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    names = [f"X-{number}" for number in range(24)]
    ready = threading.Barrier(len(names))

    def add(name: str) -> None:
        ready.wait()
        change(path, lambda text: with_value(text, ("headers", name), "1"))

    threads = [threading.Thread(target=add, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tomllib.loads(path.read_text()) == {"headers": dict.fromkeys(names, "1")}
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("number", [errno.EBADF, errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_takes_changes_all_the_same(number: int, tmp_path: Path) -> None:
    def lock(_: int) -> None:
        raise OSError(number, os.strerror(number))

    change(tmp_path / "config.toml", lambda text: text + "retries = 3\n", lock=lock)

    assert text_at(tmp_path / "config.toml") == "retries = 3\n"


def test_a_lock_that_fails_for_another_reason_fails(tmp_path: Path) -> None:
    def lock(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(ConfigError, match="Input/output error"):
        change(tmp_path / "config.toml", lambda text: text + "retries = 3\n", lock=lock)
