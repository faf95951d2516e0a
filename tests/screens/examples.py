"""What happens on the screens that are drawn: a run and its end, earlier runs, what was found wrong."""

from datetime import timedelta
from pathlib import Path

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.failures.hints import GENERAL
from cpa_image_cli.core.findings import Verdict, failed, passed, skipped, warned
from cpa_image_cli.core.job.events import Accepted, AttemptStarted, Generating, JobEvent, JobStarted, RequestSent
from cpa_image_cli.core.job.outcome import Outcome, Trouble
from cpa_image_cli.core.ledger.estimate import Estimate
from cpa_image_cli.core.ledger.run import NewRun
from cpa_image_cli.core.pictures.picture import Picture
from tests.screens.stage import AT

PROMPT = "画一只可爱的松鼠，坐在秋天的树枝上，抱着一颗比自己还大的橡果，水彩风格"
ENGLISH = "a lighthouse at dusk, in watercolour"
GATEWAY = "https://gateway.example/v1"
CONFIGURED = {"IMAGE_GEN_BASE_URL": GATEWAY, "IMAGE_GEN_KEY": "sk-0123456789abcdef"}

STARTED = JobStarted(
    prompt=PROMPT,
    model="gpt-5.4",
    model_source="default",
    gateway=GATEWAY,
    gateway_source="IMAGE_GEN_BASE_URL",
    stream=True,
    requested={"size": "1536x1024", "quality": "high", "format": "png"},
    attempts_allowed=5,
)
UNDER_WAY: tuple[tuple[float, JobEvent], ...] = (
    (0.0, STARTED),
    (0.0, AttemptStarted(attempt=1, of=5)),
    (0.6, RequestSent(bytes=900)),
    (1.4, Accepted(response_id="resp_1", model="gpt-5.4", tools=("image_generation",))),
    (3.0, Generating()),
)
USUAL = Estimate(median=62.0, p90=95.0, runs=24)


def outcome(path: Path, *, prompt: str, size: tuple[int, int], seconds: float = 58.4) -> Outcome:
    """Return the end of a run whose picture is at *path*."""
    width, height = size
    return Outcome(
        model="gpt-5.4",
        requested={"size": f"{width}x{height}", "quality": "high", "format": "png"},
        attempts=1,
        elapsed_s=seconds,
        output=path,
        picture=Picture(format="png", width=width, height=height, bytes=2_314_880, sha256="0" * 64),
        delivered={"size": f"{width}x{height}", "quality": "medium", "format": "png"},
        usage={"tool_usage": {"image_gen": {"total_tokens": 4205, "input_tokens": 61, "output_tokens": 4144}}},
        revised_prompt=prompt,
    )


EARLIER: tuple[tuple[int, str, str, float, Code | None], ...] = (
    (3, PROMPT, "gpt-5.4", 58.4, None),
    (41, "a lighthouse at dusk, in watercolour", "gpt-5.4", 61.2, None),
    (95, "杭州西湖，晨雾中的断桥，水墨风格", "gpt-5.4", 3.9, Code.RATE_LIMITED),
    (98, "杭州西湖，晨雾中的断桥，水墨风格", "gpt-5.4", 49.0, None),
    (1500, "poster for a jazz night, bold shapes, three colours", "gpt-5.4-mini", 38.5, None),
    (1530, "一张火锅店的菜单封面", "gpt-5.4-mini", 41.1, None),
    (2980, "an isometric map of a small harbour", "gpt-5.4", 12.0, Code.INTERRUPTED),
    (3010, "an isometric map of a small harbour", "gpt-5.4", 73.9, None),
    (4400, "a paper-cut dragon, red on white", "gpt-5.4", 66.0, None),
    (4500, "一只在雪地里的小狐狸", "gpt-5.4", 52.8, None),
    (4520, "a red bicycle", "gpt-5.4", 44.3, None),
    (5900, "the same bicycle in the rain", "gpt-5.4-mini", 35.2, None),
    (5960, "秋天的故宫，航拍", "gpt-5.4-mini", 2.2, Code.OVERLOADED),
)
"""Runs, newest first: minutes ago, prompt, model, seconds, and why there is no picture."""


def remember(folder: Path) -> None:
    """Record `EARLIER`."""
    draws = (share / 16 for share in range(1, 16))
    history = History(folder / ".local" / "share" / "cpa-image" / "history.sqlite3", draw=lambda: next(draws))
    for minutes, prompt, model, seconds, code in reversed(EARLIER):
        started = AT - timedelta(minutes=minutes)
        new = NewRun(prompt=prompt, model=model, gateway=GATEWAY, parameters={}, started_at=started)
        path = folder / "picture.png"
        path.touch()
        ended = outcome(path, prompt=prompt, size=(1024, 1024), seconds=seconds)
        if code is not None:
            trouble = Trouble(code=code, message=code.meaning)
            ended = Outcome(model=model, requested={}, attempts=1, elapsed_s=seconds, trouble=trouble)
        history.finish(history.begin(new), ended, at=started + timedelta(seconds=seconds), timings={})


EXAMINATION: tuple[tuple[str, Verdict], ...] = (
    ("config_file", passed("/home/you/.config/cpa-image/config.toml: 3 values")),
    ("base_url", passed(f"{GATEWAY} (from IMAGE_GEN_BASE_URL)")),
    ("api_key", passed("sk-…cdef (from IMAGE_GEN_KEY)")),
    ("model", passed("gpt-5.4 (the default)")),
    ("url_shape", passed(f"requests go to {GATEWAY}/responses")),
    ("tcp", passed("port 443 of gateway.example answers in 21 ms")),
    ("tls", passed("TLS 1.3, certificate by Let's Encrypt, good until 2026-12-19")),
    ("healthz", passed("alive (HTTP 200)")),
    (
        "models",
        failed("HTTP 401: Invalid API key", GENERAL[Code.KEY_REJECTED], Code.KEY_REJECTED),
    ),
    ("model_listed", skipped("needs “/v1/models” to be right")),
    (
        "clock",
        warned(
            "this machine's clock is 3 minutes behind the gateway's",
            "Set the clock (timedatectl, or the system's settings): waits and certificates depend on it.",
        ),
    ),
    ("round_trip", passed("34 ms for a small answer")),
)
"""Some of what is examined, where the key is the wrong one."""
