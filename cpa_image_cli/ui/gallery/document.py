"""
Decides how a page is put together so that nothing in it can do harm, and nothing leaves it.

Styles and scripts are written into the page and allowed by their hash; nothing else may run, and nothing is fetched
but pictures beside the page (or within it). Data lies in a JSON block, in which no character can end the block.
Styles and scripts are files beside this module, so that they can be read, linted and tried as what they are.
"""

import base64
import hashlib
import html
import json
from importlib import resources


def document(*, title: str, body: str, style: str, script: str, data: object = None) -> str:
    """
    Return a whole page; *style* and *script* are names of files beside this module, *body* is HTML of ours.

    *data* is what the script reads from the element ``data``.
    """
    css, js = _file(style), _file(script)
    policy = (
        f"default-src 'none'; img-src 'self' file: data:; style-src '{_hash(css)}'; script-src '{_hash(js)}';"
        " base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{html.escape(title)}</title>\n<style>{css}</style>\n</head>\n<body>\n{body}\n"
        f'<script type="application/json" id="data">{embedded_json(data)}</script>\n'
        f"<script>{js}</script>\n</body>\n</html>\n"
    )


def embedded_json(data: object) -> str:
    """Return *data* as JSON that cannot end the script element it stands in, nor begin a comment there."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
