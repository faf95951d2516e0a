"""Makes the history of somebody who has drawn for years: one real row, and as many copies of it as are wanted."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.ledger.run import NewRun, RunState, folded

SUBJECTS = ("松鼠", "a lighthouse at dusk", "城市夜景", "an old bicycle", "雪山", "three lemons on a plate")
RARE = "一只可爱的松鼠在第七棵树上"
"""The prompt of the oldest row alone: who searches for it looks at all of them."""


def make_history(file: Path, *, rows: int) -> None:
    """Write a history of *rows* finished runs to *file*, whose folder need not exist."""
    run = NewRun(
        prompt=RARE,
        model="gpt-5.4",
        gateway="https://gateway.example",
        parameters={},
        started_at=datetime(2025, 6, 1, tzinfo=UTC),
    )
    History(file).begin(run)
    with sqlite3.connect(file) as connection:
        connection.row_factory = sqlite3.Row
        first = dict(connection.execute("SELECT * FROM run").fetchone())
        columns = [name for name in first if name != "seq"]
        places = ", ".join(f":{name}" for name in columns)
        connection.executemany(
            f"INSERT INTO run ({', '.join(columns)}) VALUES ({places})",
            (first | _changes(number, first["started_at"]) for number in range(rows - 1)),
        )
        connection.execute("UPDATE run SET state = ?", [RunState.DONE.value])
    connection.close()


def _changes(number: int, begun: float) -> dict[str, object]:
    prompt = f"{SUBJECTS[number % len(SUBJECTS)]}, number {number}"
    return {"id": f"z{number:07}", "prompt": prompt, "folded": folded(prompt), "started_at": begun + 60 * number}
