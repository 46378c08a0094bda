"""Builds the test models beside this file, checks them in onnxruntime, and writes their table in README.md.

    pip install -r models/requirements.txt
    python test/models/make.py
"""

import sys

# This folder is a model repository: a __pycache__ in it would look like a model.
sys.dont_write_bytecode = True

from pathlib import Path

import onnx
import skl2onnx
from onnx import parser
from skl2onnx.common.data_types import FloatTensorType
from sklearn.linear_model import LogisticRegression

REPOSITORY = Path(__file__).parent
sys.path.insert(0, str(REPOSITORY.parents[1] / "models"))

import golden
from canary import CANARY
from datasets import iris_split
from graphs import FIXTURES, HEADER, Fixture

TOLERANCE = 1e-6
ZIPMAP_PURPOSE = "skl2onnx's default: an output that is a sequence of maps, no tensor; it is skipped, and said so."

README = """# Test models

Small ONNX models, each for one behaviour of the server. `make.py` builds them from `graphs.py` and `canary.py`;
both this table and the files are its output. Models with golden examples have a `model.json`.

**Do not run `endless_loop`, `hungry` or `hungry_slowly` outside a process with a time and memory limit.**

| Model | For |
| --- | --- |
"""


def write(fixture: Fixture) -> None:
    """Writes the version's files; a truthful golden example is then checked against them."""
    folder = REPOSITORY / fixture.name / fixture.version
    model = parser.parse_model(HEADER + fixture.graph)
    save(folder, model)
    for name, content in fixture.files:
        (folder / name).write_bytes(content)
    if fixture.examples:
        facts = {"description": fixture.purpose, "golden": golden.describe(fixture.examples, TOLERANCE)}
        golden.write_json(folder / "model.json", facts)
    if fixture.examples and fixture.truthful:
        golden.check(folder / "model.onnx", fixture.examples, TOLERANCE)


def save(folder: Path, model: onnx.ModelProto) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))


def write_with_zipmap() -> None:
    split = iris_split()
    classifier = LogisticRegression(max_iter=1000).fit(split.train_x, split.train_y)
    model = skl2onnx.to_onnx(
        classifier, initial_types=[("X", FloatTensorType([None, 4]))], target_opset={"": 18, "ai.onnx.ml": 3}
    )
    save(REPOSITORY / "with_zipmap" / "1", model)


def main() -> None:
    for fixture in (*FIXTURES, *CANARY):
        write(fixture)
    write_with_zipmap()
    rows = [f"| `{fixture.name}` {fixture.version} | {fixture.purpose} |\n" for fixture in (*FIXTURES, *CANARY)]
    rows.append(f"| `with_zipmap` 1 | {ZIPMAP_PURPOSE} |\n")
    (REPOSITORY / "README.md").write_text(README + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
