"""What a sweep shows while it runs: drawn on a recorded console, or told in lines."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable

import pytest
from rich.cells import cell_len
from rich.console import Console

from checkers.base import Pace
from checkers.loading import Catalogue
from commands import progress as shown
from commands.live import MOST_HOSTS, lasting, line, table
from registry.messages import set_language
from registry.vocab import Lang, Reason
from sweeps.gauge import HostStanding, Standing
from sweeps.lanes.lane import Stop
from sweeps.lanes.lanes import Lanes
from sweeps.run import Progress
from tests.conftest import NOW
from tests.sweeps.play import FakeClock


def host(name: str, **figures: object) -> HostStanding:
    values: dict[str, object] = {
        "done": 12,
        "waiting": 30,
        "per_minute": 2.0,
        "cooling": 0.0,
        "stopped": None,
        "seconds_left": 900.0,
    }
    return HostStanding(name, **{**values, **figures})  # type: ignore[arg-type]


def drawn(standing: Standing, width: int = 100) -> str:
    """The table as a terminal of so many columns shows it."""
    console = Console(file=io.StringIO(), width=width, force_terminal=True, record=True)
    console.print(table(standing, NOW, width))
    return console.export_text()


def test_each_host_has_its_row_under_the_printed_titles() -> None:
    text = drawn(Standing(200, 50, (host("m.weibo.cn"), host("b.example", seconds_left=0.0))))
    titles, _rule, weibo, other, caption = text.strip().splitlines()
    assert titles.split() == ["站点", "已完成", "等待", "每分钟", "状态", "至少还需"]
    assert weibo.split() == ["m.weibo.cn", "12", "30", "2", "15:00"]
    assert other.split() == ["b.example", "12", "30", "2"]
    assert caption.strip() == "巡查：200 项检查已完成 50 项（25%），至少还需 15:00"


def test_a_slow_host_and_one_whose_address_is_refused_say_so() -> None:
    refused = host("10.20.0.5", refused=3, done=0)
    text = drawn(Standing(200, 50, (host("a.example", overdue=2), refused)))
    _titles, _rule, slow, private = text.strip().splitlines()[:4]
    assert "慢，2 次超时" in slow and "拒绝访问 3 次（内网地址）" in private
    told = line(Standing(200, 50, (refused,)), NOW)
    assert told.endswith("至少还需 15:00，另有 3 次因内网地址拒绝访问")


def test_where_no_pace_tells_how_long_it_takes_nothing_is_said_of_it() -> None:
    standing = Standing(8, 2, (host("b.example", seconds_left=0.3),))
    assert line(standing, NOW).endswith("巡查：8 项检查已完成 2 项（25%）")
    assert "0:00" not in drawn(standing)


def test_cooling_is_told_by_the_clock_on_the_wall_and_stops_by_their_reason() -> None:
    text = drawn(
        Standing(
            9,
            0,
            (
                host("e.example", stopped=Stop(Reason.OWN_LIMIT, "daily", 40)),
                host("f.example", stopped=Stop(Reason.RATE_LIMITED, rest=7200.0)),
                host("a.example", cooling=300.0),
                host("b.example", stopped=Stop(Reason.CAPTCHA)),
                host("c.example", stopped=Stop(Reason.RATE_LIMITED)),
                host(
                    "d.example",
                    stopped=Stop(Reason.OWN_LIMIT, "per_run", 40),
                ),
            ),
        )
    )
    assert "暂停到 09:05:00" in text
    assert "已停：出现验证码" in text
    assert "已停：访问过于频繁被限制" in text
    assert "已停：本次限量已用完，下次接着查" in text
    assert "已停：今天的限量已用完，明天接着查" in text
    assert "已停：要求暂停 2 小时，之后再查" in text


LONG = "wsbs.zwfw.qingshi-government-service-center.yunchuan.gov.cn"
CHINESE = "青石县政务服务中心网上办事大厅.政务.中国"


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("width", [60, 80, 120])
def test_each_host_has_one_line_however_narrow_the_terminal_is(width: int, lang: Lang) -> None:
    set_language(lang)
    hosts = (
        host(LONG, stopped=Stop(Reason.RATE_LIMITED)),
        host(CHINESE, cooling=300.0, done=123456),
        host("m.weibo.cn", stopped=Stop(Reason.OWN_LIMIT), seconds_left=86_400.0),
    )
    lines = drawn(Standing(9, 0, hosts), width).strip("\n").splitlines()
    rule = next(n for n, text in enumerate(lines) if set(text.strip()) == {"─"})
    rows = lines[rule + 1 : rule + 4]
    assert [row[:2] for row in rows] == ["ws", "青石", "m."]
    assert all(cell_len(text.rstrip()) <= width for text in lines)
    if width <= 80:
        assert "gov.cn" in rows[0] and "中国" in rows[1] and rows[0].count("…") >= 1


def test_a_narrow_terminal_leaves_the_rate_out() -> None:
    assert "每分钟" in drawn(Standing(9, 0, (host("m.weibo.cn"),)), 72)
    assert "每分钟" not in drawn(Standing(9, 0, (host("m.weibo.cn"),)), 71)


def test_only_the_first_fifteen_have_rows_of_their_own() -> None:
    many = [host(f"h{n:02}.example", done=n) for n in range(20)]
    lines = drawn(Standing(9, 0, tuple(many))).strip().splitlines()
    assert len(lines) == 2 + MOST_HOSTS + 2
    assert lines[-2].split() == [
        "其余",
        "5",
        "个站点",
        str(15 + 16 + 17 + 18 + 19),
        "150",
        "10",
        "15:00",
    ]


def test_a_hostile_host_name_is_text() -> None:
    text = drawn(Standing(9, 0, (host("[red]x[/red]\x1b[2J\u202eevil.example"),)))
    assert "[red]x[/red]" in text
    assert "\x1b[2J" not in text and "\u202e" not in text


def test_it_speaks_english_too() -> None:
    set_language(Lang.EN)
    text = drawn(Standing(2, 1, (host("a.example", cooling=60.0),)))
    assert "Left, at least" in text and "cooling until 09:01:00" in text
    assert "Sweep: 1 of 2 checks (50%), at least 15:00 more" in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0:00"), (59.6, "1:00"), (754.0, "12:34"), (7500.0, "2:05:00")]
)
def test_lengths_read_like_a_clock(seconds: float, text: str) -> None:
    assert lasting(seconds) == text


def test_a_line_says_when_how_far_and_how_long() -> None:
    said = line(Standing(200, 50, (host("m.weibo.cn"),)), NOW)
    assert said == "2026-11-22 09:00 巡查：200 项检查已完成 50 项（25%），至少还需 15:00"


Show = Callable[[Progress], None]


def under_way() -> Progress:
    lanes = Lanes({"m.weibo.cn": Pace(30.0)})
    lanes.add(1, "m.weibo.cn")
    return Progress(4, 1, Counter(), lanes)


def test_without_a_terminal_there_is_a_line_a_minute(capsys: pytest.CaptureFixture[str]) -> None:
    clock = FakeClock()
    with shown.sweep_progress(clock, Catalogue({}, {})) as show:
        for _turn in range(1000):
            show(under_way())
            clock.wait(0.2)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        f"2026-11-22 09:0{minute} 巡查：4 项检查已完成 1 项（25%），至少还需 0:30"
        for minute in (1, 2, 3)
    ]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_is_drawn_four_times_a_second_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawings: list[float] = []
    clock, screen = FakeClock(), _Terminal()
    real = table

    def counted(standing: Standing, now: object, width: int) -> object:
        drawings.append(clock.monotonic())
        return real(standing, now, width)  # type: ignore[arg-type]

    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(shown, "table", counted)
    with shown.sweep_progress(clock, Catalogue({}, {})) as show:
        for _turn in range(300):
            show(under_way())
            clock.wait(0.01)
    assert "m.weibo.cn" in screen.getvalue()
    assert len(drawings) == 11
    assert all(later - earlier >= 0.25 for earlier, later in zip(drawings, drawings[1:]))
