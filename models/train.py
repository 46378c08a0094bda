"""Trains the example models from data that ships with scikit-learn, and writes them beside this file.

    pip install -r models/requirements.txt
    python models/train.py                # all of them, in a few seconds
    python models/train.py --only wine

Each version becomes <name>/<version>/model.onnx and model.json. The golden examples in model.json are
held-out rows with the answers of the library that trained the model; onnxruntime must give the same ones
before anything is written. Seeds are fixed: the same library versions give the same files.
"""

import sys

# This folder is a model repository: a __pycache__ in it would look like a model.
sys.dont_write_bytecode = True

import argparse
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import onnx
import skl2onnx
import sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

import convnet
import golden
from datasets import Split, digits_split, iris_split, wine_split

REPOSITORY = Path(__file__).parent
CREATED_AT = "2026-11-23T00:00:00Z"
TOLERANCE = 1e-5
OPSETS = {"": 18, "ai.onnx.ml": 3}


@dataclass(frozen=True)
class Trained:
    """A model version ready to be checked and written."""

    description: str
    framework: str
    model_type: str
    parameters: dict
    split: Split
    model: onnx.ModelProto
    test_answers: golden.Tensors
    test_inputs: golden.Tensors


def iris_logistic() -> Trained:
    parameters = {"C": 1.0, "max_iter": 1000, "random_state": 0}
    return _iris("Linear baseline: iris species from four flower measurements.", LogisticRegression, parameters)


def iris_forest() -> Trained:
    parameters = {"n_estimators": 30, "max_depth": 5, "random_state": 0}
    return _iris("Random forest: iris species from four flower measurements.", RandomForestClassifier, parameters)


def digits_mlp() -> Trained:
    split = digits_split()
    parameters = {"hidden_layer_sizes": [48], "alpha": 0.001, "max_iter": 600, "random_state": 0}
    classifier = MLPClassifier(**parameters).fit(split.train_x, split.train_y)
    return Trained(
        description="Multilayer perceptron: handwritten digit from 8x8 pixels, each between 0 (paper) and 1 (ink).",
        framework="scikit-learn",
        model_type="MLPClassifier",
        parameters=parameters,
        split=split,
        model=_convert(classifier, [("pixels", FloatTensorType([None, 64]))]),
        test_inputs={"pixels": split.test_x},
        test_answers=_answers(classifier, split.test_x),
    )


def digits_convnet() -> Trained:
    split = digits_split()
    parameters = convnet.ConvnetParameters()
    weights = convnet.train(split.train_x, split.train_y, parameters)
    probabilities = convnet.predict(weights, split.test_x)
    return Trained(
        description="Convolutional network: handwritten digit from 8x8 pixels, each between 0 (paper) and 1 (ink).",
        framework="numpy",
        model_type="Convnet",
        parameters=asdict(parameters),
        split=split,
        model=convnet.to_onnx(weights),
        test_inputs={"pixels": split.test_x},
        test_answers={"label": probabilities.argmax(axis=1), "probabilities": probabilities},
    )


def wine_cultivar() -> Trained:
    split = wine_split()
    columns = ColumnTransformer(
        [
            ("color_band", OneHotEncoder(handle_unknown="ignore"), [0]),
            ("measured", StandardScaler(), [1, 2]),
            ("ash_grade", StandardScaler(), [3]),
        ]
    )
    parameters = {"C": 1.0, "max_iter": 1000, "random_state": 0}
    pipeline = Pipeline([("columns", columns), ("classifier", LogisticRegression(**parameters))])
    pipeline.fit(split.train_x, split.train_y)
    inputs = [
        ("color_band", StringTensorType([None, 1])),
        ("alcohol", FloatTensorType([None, 1])),
        ("flavanoids", FloatTensorType([None, 1])),
        ("ash_grade", Int64TensorType([None, 1])),
    ]
    dtypes = [object, np.float32, np.float32, np.int64]
    return Trained(
        description="Cultivar of a wine from its color band (pale, medium, deep), alcohol in percent by volume, "
        "flavanoids, and ash in quintiles (1 to 5).",
        framework="scikit-learn",
        model_type="LogisticRegression",
        parameters=parameters,
        split=split,
        model=_convert(pipeline, inputs),
        test_inputs={
            name: split.test_x[:, [column]].astype(dtype)
            for column, ((name, _), dtype) in enumerate(zip(inputs, dtypes, strict=True))
        },
        test_answers=_answers(pipeline, split.test_x),
    )


MODELS: dict[tuple[str, str], Callable[[], Trained]] = {
    ("iris", "1"): iris_logistic,
    ("iris", "2"): iris_forest,
    ("digits", "1"): digits_mlp,
    ("digits", "2"): digits_convnet,
    ("wine", "1"): wine_cultivar,
}

CONFIGS = {"digits": {"maxBatchRows": 64}}


def _iris(description: str, model_type: type[BaseEstimator], parameters: dict) -> Trained:
    split = iris_split()
    classifier = model_type(**parameters).fit(split.train_x, split.train_y)
    return Trained(
        description=description,
        framework="scikit-learn",
        model_type=model_type.__name__,
        parameters=parameters,
        split=split,
        model=_convert(classifier, [("X", FloatTensorType([None, 4]))]),
        test_inputs={"X": split.test_x},
        test_answers=_answers(classifier, split.test_x),
    )


def _answers(classifier: BaseEstimator, x: np.ndarray) -> golden.Tensors:
    probabilities = classifier.predict_proba(x).astype(np.float32)
    return {"label": classifier.predict(x), "probabilities": probabilities}


def _convert(classifier: BaseEstimator, inputs: list) -> onnx.ModelProto:
    """To ONNX with plain tensors out (no ZipMap), the first dimension of all named, each opset said once."""
    model = skl2onnx.to_onnx(
        classifier, initial_types=inputs, options={id(classifier): {"zipmap": False}}, target_opset=OPSETS
    )
    for value in [*model.graph.input, *model.graph.output]:
        value.type.tensor_type.shape.dim[0].dim_param = "batch"
    del model.opset_import[:]
    model.opset_import.extend(onnx.helper.make_opsetid(domain, version) for domain, version in OPSETS.items())
    return model


def _examples(trained: Trained) -> list[golden.Example]:
    """Three single rows of the held-out split, then four rows at once."""
    spans = [slice(0, 1), slice(1, 2), slice(2, 3), slice(3, 7)]
    return [
        (
            {name: tensor[span] for name, tensor in trained.test_inputs.items()},
            {name: tensor[span] for name, tensor in trained.test_answers.items()},
        )
        for span in spans
    ]


def _facts(trained: Trained, examples: list[golden.Example]) -> dict:
    split = trained.split
    accuracy = accuracy_score(split.test_y, trained.test_answers["label"])
    libraries = {"scikit-learn": sklearn, "skl2onnx": skl2onnx, "onnx": onnx, "numpy": np}
    return {
        "description": trained.description,
        "framework": trained.framework,
        "modelType": trained.model_type,
        "createdAt": CREATED_AT,
        "metrics": {"accuracy": round(accuracy, 4)},
        "parameters": trained.parameters,
        "trainingData": {"source": split.source, "rows": split.rows, "digest": split.digest},
        "libraries": {name: library.__version__ for name, library in libraries.items()},
        "golden": golden.describe(examples, TOLERANCE),
    }


def write(name: str, version: str, trained: Trained) -> None:
    """Checks the version against its golden examples and the whole held-out split, then writes it."""
    onnx.checker.check_model(trained.model, full_check=True)
    model = trained.model.SerializeToString(deterministic=True)
    examples = _examples(trained)
    golden.check(model, [*examples, (trained.test_inputs, trained.test_answers)], TOLERANCE)
    folder = REPOSITORY / name / version
    facts = _facts(trained, examples)
    golden.write_json(folder / "model.json", facts)
    (folder / "model.onnx").write_bytes(model)
    if name in CONFIGS:
        golden.write_json(REPOSITORY / name / "config.json", CONFIGS[name])
    print(f"{name} {version}: {len(model)} bytes, accuracy {facts['metrics']['accuracy']}")


def main() -> None:
    arguments = argparse.ArgumentParser(description="Trains the example models.")
    arguments.add_argument("--only", choices=sorted({name for name, _ in MODELS}), help="train this model alone")
    only = arguments.parse_args().only
    # More threads add the same numbers in another order, and so train other weights.
    with threadpool_limits(1):
        for (name, version), train in MODELS.items():
            if only in (None, name):
                write(name, version, train())


if __name__ == "__main__":
    main()
