import pytest

from cpa_image_cli.core.terminal.notification import notification


@pytest.mark.parametrize(
    ("environ", "written"),
    [
        ({"TERM": "xterm-kitty"}, "\x1b]99;;cpa-image: done, a cat\x1b\\"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, "\x1b]9;cpa-image: done, a cat\x07"),
        ({"WT_SESSION": "1"}, "\x1b]9;cpa-image: done, a cat\x07"),
        ({"TERM": "foot"}, "\x1b]777;notify;cpa-image;done, a cat\x07"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "\x1b]777;notify;cpa-image;done, a cat\x07"),
        ({"TERM": "xterm"}, "\x07"),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "iTerm.app", "TMUX": "x"}, "\x07"),
    ],
)
def test_each_terminal_is_told_in_its_own_way_and_others_ring(environ: dict[str, str], written: str) -> None:
    assert notification(environ, "done; a\x1b[31m cat") == written
