"""Trains iris 1, a linear model, and iris 2, a forest, and writes them as OUT/iris/1 and OUT/iris/2.

    pip install -r requirements.txt
    python train.py OUT
"""

import json
import sys
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.base import ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

CANDIDATES = {
    "1": LogisticRegression(max_iter=1000),
    "2": RandomForestClassifier(n_estimators=30, max_depth=5, random_state=0),
}


def tensor(array: np.ndarray, datatype: str) -> dict:
    return {"datatype": datatype, "shape": list(array.shape), "data": array.ravel().tolist()}


def golden(classifier: ClassifierMixin, rows: np.ndarray) -> dict:
    """What the model must answer: the server checks it before the version may have traffic."""
    outputs = {
        "label": tensor(classifier.predict(rows), "INT64"),
        "probabilities": tensor(classifier.predict_proba(rows), "FP32"),
    }
    return {"tolerance": 1e-5, "examples": [{"inputs": {"X": tensor(rows, "FP32")}, "outputs": outputs}]}


def write(folder: Path, classifier: ClassifierMixin) -> None:
    data = load_iris()
    train_x, test_x, train_y, test_y = train_test_split(
        data.data.astype(np.float32), data.target, test_size=0.2, random_state=0, stratify=data.target
    )
    classifier.fit(train_x, train_y)
    # Plain tensors in place of a list of maps; rows in any number.
    model = to_onnx(classifier, train_x[:1], name="X", options={id(classifier): {"zipmap": False}})
    accuracy = round(float(classifier.score(test_x, test_y)), 4)
    facts = {
        "description": f"Iris species from four measurements, by {type(classifier).__name__}.",
        "framework": "scikit-learn",
        "modelType": type(classifier).__name__,
        "metrics": {"accuracy": accuracy},
        "golden": golden(classifier, test_x[:4]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    (folder / "model.json").write_text(json.dumps(facts, indent=2) + "\n")
    print(f"{folder.name}: accuracy {accuracy}")


def main(out: Path) -> None:
    for version, classifier in CANDIDATES.items():
        write(out / "iris" / version, classifier)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
