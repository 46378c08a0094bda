"""Golden examples: what a model was given, what it must answer, and the proof that it does.

An example is a pair of dictionaries (inputs, outputs) from tensor name to numpy array. In model.json
a tensor is written in the terms of the KServe v2 protocol: datatype, shape, and data in row-major order.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnxruntime

Tensors = dict[str, np.ndarray]
Example = tuple[Tensors, Tensors]

DATATYPES = {
    "bool": "BOOL",
    "uint8": "UINT8",
    "uint16": "UINT16",
    "uint32": "UINT32",
    "uint64": "UINT64",
    "int8": "INT8",
    "int16": "INT16",
    "int32": "INT32",
    "int64": "INT64",
    "float16": "FP16",
    "float32": "FP32",
    "float64": "FP64",
    "object": "BYTES",
}


def describe(examples: Iterable[Example], tolerance: float) -> dict:
    """The `golden` part of model.json."""
    return {
        "tolerance": tolerance,
        "examples": [
            {"inputs": _describe_tensors(inputs), "outputs": _describe_tensors(outputs)}
            for inputs, outputs in examples
        ],
    }


def check(model: bytes | Path, examples: Iterable[Example], tolerance: float) -> None:
    """Runs each example in onnxruntime; raises ValueError at the first answer that is not the expected one."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    source = str(model) if isinstance(model, Path) else model
    session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    for inputs, outputs in examples:
        answers = session.run(list(outputs), inputs)
        for (name, expected), actual in zip(outputs.items(), answers, strict=True):
            _check_tensor(name, expected, actual, tolerance)


def write_json(path: Path, value: dict) -> None:
    """Writes JSON with an indent of two and every list of plain values on one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_to_json(value, "") + "\n", encoding="utf-8")


def _check_tensor(name: str, expected: np.ndarray, actual: np.ndarray, tolerance: float) -> None:
    if actual.dtype != expected.dtype or actual.shape != expected.shape:
        raise ValueError(
            f"output {name}: expected {expected.dtype}{expected.shape}, got {actual.dtype}{actual.shape}"
        )
    if expected.dtype.kind == "f":
        same = np.allclose(actual, expected, rtol=0, atol=tolerance, equal_nan=True)
    else:
        same = np.array_equal(actual, expected)
    if not same:
        raise ValueError(f"output {name}: expected {expected.tolist()}, got {actual.tolist()}")


def _describe_tensors(tensors: Tensors) -> dict:
    return {
        name: {"datatype": DATATYPES[tensor.dtype.name], "shape": list(tensor.shape), "data": _describe_data(tensor)}
        for name, tensor in tensors.items()
    }


def _describe_data(tensor: np.ndarray) -> list:
    flat = tensor.reshape(-1)
    if tensor.dtype.kind == "f":
        # str() gives the shortest digits that read back as this value: 5.1, not 5.099999904632568.
        return [float(str(value)) for value in flat]
    return flat.tolist()


def _to_json(value: object, indent: str) -> str:
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        lines = [f"{deeper}{json.dumps(key)}: {_to_json(item, deeper)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        lines = [deeper + _to_json(item, deeper) for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
