"""
What it costs to send pictures along, for cpa-image and for what people use instead, side by side in one run.

    python tests/benchmarks/uploads.py [--rounds N] [--quick]

Every client sends the same PNG files to the same server, which reads all of it and answers with the same picture. The
exit status is 1 if our memory grows with what is sent: unlike time, that does not depend on how busy the machine is.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from answers import MODEL, PROMPT
from measured import Cost, Pipeline, become_reaper, cost_of
from run import ANSWERS, replaying

MIB = 1 << 20
MOST_GROWN = 8
"""MiB by which sending pictures may raise our peak."""

OPENAI = """
import base64, json, sys
import openai

url, output, prompt, model, *files = sys.argv[1:]
pictures = []
for name in files:
    with open(name, "rb") as file:
        pictures.append("data:image/png;base64," + base64.b64encode(file.read()).decode())
content = [{"type": "input_text", "text": prompt}] + [{"type": "input_image", "image_url": url} for url in pictures]
client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
answer = client.responses.create(
    model=model, input=[{"role": "user", "content": content}], tools=[{"type": "image_generation"}], store=False
)
for item in answer.output:
    if item.type == "image_generation_call":
        with open(output, "wb") as file:
            file.write(base64.b64decode(item.result))
"""

AS_PARTS = (
    '{type: "input_image", image_url: ("data:image/png;base64," + .)}'
    ' | {model: $model, store: false, tools: [{type: "image_generation"}],'
    ' input: [{role: "user", content: ([{type: "input_text", text: $prompt}] + [.])}]}'
)

OURS, OPENAI_PACKAGE, PIPELINE = "cpa-image", "openai package", "base64 | jq | curl"


def _ours(url: str, output: Path, files: list[Path]) -> Pipeline:
    program = str(Path(sys.executable).with_name("cpa-image"))
    named = ("--base-url", url, "--model", MODEL, "-o", str(output), "--no-stream", "--max-upload", "2000")
    pictures = [word for file in files for word in ("-i", str(file))]
    return [(program, "generate", PROMPT, *named, *pictures)]


def _openai(url: str, output: Path, files: list[Path]) -> Pipeline:
    return [(sys.executable, "-c", OPENAI, url, str(output), PROMPT, MODEL, *map(str, files))]


def _curl(url: str, output: Path, files: list[Path]) -> Pipeline:
    del output
    header = ("-H", "content-type: application/json", "-H", "authorization: Bearer none")
    made = ("jq", "-R", "--arg", "model", MODEL, "--arg", "prompt", PROMPT, AS_PARTS)
    sent = ("curl", "-sSf", f"{url}/responses", *header, "--data-binary", "@-")
    return [("base64", "-w0", str(files[0])), made, sent]


CLIENTS: Mapping[str, Callable[[str, Path, list[Path]], Pipeline]] = {
    OURS: _ours,
    OPENAI_PACKAGE: _openai,
    PIPELINE: _curl,
}
"""The pipeline sends one picture only; what it is given is one file of the whole size."""


def pictures(folder: Path, size: int, *, count: int = 1) -> list[Path]:
    """Return *count* PNG files of *size* MiB in all, of pixels that no compression makes smaller."""
    from PIL import Image

    edge = int((size * MIB / count / 3) ** 0.5)
    path = folder / f"{size}-{count}.png"
    Image.frombytes("RGB", (edge, edge), os.urandom(edge * edge * 3)).save(path, compress_level=0)
    return [path] * count


def measured(rounds: int, *, quick: bool) -> dict[tuple[str, str], list[Cost]]:
    """Return the costs of every client for every load."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loads: dict[str, list[Path]] = {"nothing": [], "1 MiB": pictures(folder, 1), "16 MiB": pictures(folder, 16)}
        if not quick:
            loads["2 x 32 MiB"] = pictures(folder, 64, count=2)
        loads["16 x 20 MiB"] = pictures(folder, 320, count=16)
        subprocess.run([sys.executable, str(ANSWERS), "record", str(folder), "1"], check=True)
        environment = {"HOME": name, "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "IMAGE_GEN_KEY": "none"}
        costs: dict[tuple[str, str], list[Cost]] = {}
        with replaying(folder) as replay:
            for number in range(-1, rounds):
                for load, files in loads.items():
                    for client, command in CLIENTS.items():
                        if client == PIPELINE and len(files) != 1:
                            continue
                        output = folder / "out.png"
                        output.unlink(missing_ok=True)
                        cost = cost_of(command(replay.url(1, "json"), output, files), environment)
                        replay.last_byte_sent_at()
                        if number >= 0:
                            costs.setdefault((load, client), []).append(cost)
    return costs


def main() -> None:
    """Measure everything, and print it."""
    parser = argparse.ArgumentParser(description="Measure what it costs to send pictures along.")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything runs")
    parser.add_argument("--quick", action="store_true", help="one round, and less of it")
    parser.add_argument("--json", action="store_true", help="print what was measured as JSON")
    asked = parser.parse_args()
    become_reaper()
    costs = measured(1 if asked.quick else asked.rounds, quick=asked.quick)
    figures = {
        f"{load}, {client}": {
            "cpu": statistics.median(cost.cpu for cost in of_one),
            "wall": statistics.median(cost.wall for cost in of_one),
            "peak": max(cost.peak for cost in of_one) / MIB,
        }
        for (load, client), of_one in costs.items()
    }
    if asked.json:
        sys.stdout.write(json.dumps(figures, indent=1) + "\n")
    for name, each in figures.items():
        sys.stdout.write(f"{name:36} {each['cpu']:6.2f} s CPU {each['wall']:6.2f} s {each['peak']:8.1f} MiB\n")
    peaks = {name: each["peak"] for name, each in figures.items() if name.endswith(OURS)}
    grown = max(peaks.values()) - peaks[f"nothing, {OURS}"]
    held = grown <= MOST_GROWN
    sys.stdout.write(
        f"{'holds ' if held else 'MISSED'}  peak memory within {MOST_GROWN} MiB of a run without pictures: "
    )
    sys.stdout.write(f"{grown:+.1f} MiB\n")
    sys.exit(not held)


if __name__ == "__main__":
    main()
