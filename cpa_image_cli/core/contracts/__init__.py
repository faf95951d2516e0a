"""
What programs are shown, as types: every ``--json`` object and every part of one.

The functions that write an object return its type, so the type checker holds them to it; the JSON Schemas in the
wheel are made of the same types by ``tests/contracts/generate.py``. Keys are added, never renamed or removed. A key
may have a word of explanation, as ``Annotated[type, "what it says"]``; a `Literal` is closed, an enum may be added to.
"""
