from datetime import date

import pytest
from rich.cells import cell_len

from cpa_image_cli.core.ledger.statistics import Figures, Statistics
from cpa_image_cli.ui.history.statistics import drawn, plain_lines


def figures(
    done: int,
    failed: int = 0,
    interrupted: int = 0,
    *,
    times: tuple[float, float] | None = (41.4, 80.0),
    tokens: int = 0,
) -> Figures:
    median, p90 = times or (None, None)
    runs = done + failed + interrupted
    return Figures(runs=runs, done=done, failed=failed, interrupted=interrupted, tokens=tokens, median=median, p90=p90)


STATISTICS = Statistics(
    whole=figures(1200, 34, 2, tokens=1_263_111),
    models={
        "gpt-5.4": figures(1000, 4, tokens=1_121_000),
        "org/模型[red]": figures(200, 26, times=(60.0, 160.0), tokens=142_111),
        "gpt-5.5": figures(0, 4, 2, times=None),
    },
    days={
        date(2025, 12, 31): figures(1, tokens=812),
        date(2026, 5, 8): figures(1190, 34, 2, tokens=1_261_000),
        date(2026, 5, 9): figures(9, times=(40.0, 44.0), tokens=1299),
    },
)

DRAWN = {
    40: """\
1,236 runs, 1,263,111 tokens
1,200 done, 34 failed, 2 interrupted
median 0:41, 9 in 10 within 1:20

Model           Runs  Done  Median
gpt-5.4        1,004   99%    0:41
org/模型[red]    226   88%    1:00
gpt-5.5            6    0%

Day          Runs  Done  Median
05-09 Sat       9  100%    0:40
05-08 Fri   1,226   97%    0:41
2025-12-31      1  100%    0:41
""",
    80: """\
1,236 runs, 1,263,111 tokens
1,200 done, 34 failed, 2 interrupted
median 0:41, 9 in 10 within 1:20

Model                     Runs  Done            Median  9 in 10  Tokens
gpt-5.4        ━━━━━━━━  1,004   99%  ━━──        0:41     1:20    1.1M
org/模型[red]  ━━          226   88%  ━━━─────    1:00     2:40    142k
gpt-5.5        ╌             6    0%

Day                    Runs  Done            Median  9 in 10  Tokens
05-09 Sat   ━             9  100%  ━━━━        0:40     0:44      1k
05-08 Fri   ━━━━━━━━  1,226   97%  ━━━━────    0:41     1:20    1.3M
2025-12-31  ━             1  100%  ━━━━────    0:41     1:20     812
""",
}


def lines(width: int, statistics: Statistics = STATISTICS, *, is_coloured: bool = False) -> list[str]:
    return list(drawn(statistics, width=width, is_coloured=is_coloured, this_year=2026))


@pytest.mark.parametrize("width", DRAWN)
def test_figures_are_drawn_as_small_plots(width: int) -> None:
    assert "".join(f"{line}\n" for line in lines(width)) == DRAWN[width]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 119, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(cell_len(line) for line in lines(width)[4:]) <= width


def test_a_wide_terminal_gets_longer_bars() -> None:
    assert ["━" * 16 in "".join(lines(width)) for width in (119, 120)] == [False, True]


def test_only_the_latest_days_are_drawn_and_all_are_told_to_programs() -> None:
    many = Statistics(whole=figures(30), models={}, days={date(2026, 4, 1 + n): figures(1) for n in range(30)})

    shown = [line[:5] for line in lines(80, many)[5:]]
    told = [line.split("\t")[1] for line in plain_lines(many)]

    assert shown == [f"04-{day}" for day in range(30, 16, -1)]
    assert told == ["", *(f"2026-04-{day:02}" for day in range(1, 31))]


def test_programs_get_fields_between_tabs() -> None:
    assert list(plain_lines(STATISTICS)) == [
        "all\t\t1236\t1200\t34\t2\t41.4\t80.0\t1263111",
        "model\tgpt-5.4\t1004\t1000\t4\t0\t41.4\t80.0\t1121000",
        "model\torg/模型[red]\t226\t200\t26\t0\t60.0\t160.0\t142111",
        "model\tgpt-5.5\t6\t0\t4\t2\t\t\t0",
        "day\t2025-12-31\t1\t1\t0\t0\t41.4\t80.0\t812",
        "day\t2026-05-08\t1226\t1190\t34\t2\t41.4\t80.0\t1261000",
        "day\t2026-05-09\t9\t9\t0\t0\t40.0\t44.0\t1299",
    ]


def test_success_is_coloured_by_how_good_it_is() -> None:
    shown = lines(80, is_coloured=True)

    assert [
        "\x1b[1m99%\x1b[0m" in shown[5],
        "\x1b[38;5;130m88%\x1b[0m" in shown[6],
        "\x1b[31m0%\x1b[0m" in shown[7],
    ] == [
        True,
        True,
        True,
    ]


def test_a_single_run_under_way_is_one_run() -> None:
    waiting = Figures(runs=1, done=0, failed=0, interrupted=0, tokens=0, median=None, p90=None)

    assert lines(80, Statistics(whole=waiting, models={"m": waiting}, days={})) == [
        "1 run",
        "",
        "Model            Runs  Done            Median  9 in 10  Tokens",
        "m      ╌╌╌╌╌╌╌╌     1",
    ]
