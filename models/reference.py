"""Writes reference.json beside the example models: the rows that qualification sketches for drift reports.

    python models/reference.py            # needs scikit-learn and numpy of requirements.txt

The models themselves are left as they are. The rows of digits are held out, so that the answers to them are those of a
model that has not seen them; iris has too few rows for that and gives all.
"""

import sys

# This folder is a model repository: a __pycache__ in it would look like a model.
sys.dont_write_bytecode = True

import json
from pathlib import Path

import numpy as np

from datasets import digits_split, iris_split

REPOSITORY = Path(__file__).parent


def main() -> None:
    iris = iris_split()
    _write("iris", "X", np.concatenate([iris.train_x, iris.test_x]))
    _write("digits", _digits_input(), digits_split().test_x)


def _digits_input() -> str:
    """The name is that of the golden examples."""
    facts = json.loads((REPOSITORY / "digits" / "1" / "model.json").read_text(encoding="utf-8"))
    (name,) = facts["golden"]["examples"][0]["inputs"]
    return name


def _write(model: str, name: str, rows: np.ndarray) -> None:
    # str() gives the shortest digits that read back as this value.
    lines = [json.dumps([float(str(value)) for value in row]) for row in rows]
    text = '{\n  "inputs": {\n    ' + json.dumps(name) + ": [\n      " + ",\n      ".join(lines) + "\n    ]\n  }\n}\n"
    for version in ("1", "2"):
        (REPOSITORY / model / version / "reference.json").write_text(text, encoding="utf-8")
        print(f"{model} {version}: {len(rows)} rows, {len(text)} bytes")


if __name__ == "__main__":
    main()
