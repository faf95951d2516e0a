from cpa_image_cli.ui.region import ERASE_BELOW, ERASE_LINE, Region, rewraps

BEGIN, END = "\x1b[?25l\x1b[?2026h", "\x1b[?2026l"


def test_only_the_line_that_changed_is_written_again() -> None:
    region = Region(rewraps=True)
    first = region.redraw(["one", "two  ", "three"], columns=40, rows=24)

    second = region.redraw(["one", "TWO", "three"], columns=40, rows=24)

    assert first == f"{BEGIN}one\r\ntwo\r\nthree\r{END}"
    assert second == f"{BEGIN}\x1b[1A{ERASE_LINE}TWO\r\x1b[1B{END}"
    assert region.redraw(["one", "TWO", "three"], columns=40, rows=24) == ""


def test_after_a_resize_rows_are_counted_as_the_terminal_wrapped_them() -> None:
    """Both lines above the last took 30 columns, the Chinese one counted twice: two rows each at width 20."""
    lines = ["\x1b[1m" + "松" * 15 + "\x1b[0m", "x" * 30, "last"]
    wrapping, cutting = Region(rewraps=True), Region(rewraps=False)
    wrapping.redraw(lines, columns=40, rows=24)
    cutting.redraw(lines, columns=40, rows=24)

    assert wrapping.redraw(["new"], columns=20, rows=24) == f"{BEGIN}\r\x1b[4A{ERASE_BELOW}new\r{END}"
    assert cutting.redraw(["new"], columns=20, rows=24) == f"{BEGIN}\r\x1b[2A{ERASE_BELOW}new\r{END}"


def test_on_a_low_screen_the_last_lines_are_kept() -> None:
    assert Region(rewraps=True).redraw(["a", "b", "c"], columns=40, rows=2) == f"{BEGIN}b\r\nc\r{END}"


def test_erasing_leaves_nothing_and_twice_does_nothing() -> None:
    region = Region(rewraps=True)
    region.redraw(["a", "b"], columns=40, rows=24)

    assert [region.erase(columns=40), region.erase(columns=40)] == [f"\r\x1b[1A{ERASE_BELOW}", ""]


def test_terminals_that_cut_lines_are_known() -> None:
    assert {
        name: rewraps(environ)
        for name, environ in {
            "vte": {"TERM": "xterm-256color"},
            "tmux": {"TERM": "screen-256color", "TMUX": "/tmp/tmux-1/default,1,0"},
            "xterm": {"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(390)"},
            "linux": {"TERM": "linux"},
            "screen": {"TERM": "screen"},
        }.items()
    } == {"vte": True, "tmux": True, "xterm": False, "linux": False, "screen": False}
