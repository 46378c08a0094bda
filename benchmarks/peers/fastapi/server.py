"""FastAPI as the tutorials have it: a pydantic body, a `def` endpoint (run in FastAPI's thread pool), a dict back.

server.py PORT,... name=path...
"""

import sys
from typing import Any

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

ports, *models = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
sessions = {
    name: onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    for name, path in (model.split("=", 1) for model in models)
}
app = FastAPI()


class Rows(BaseModel):
    inputs: list[list[float]] | list[Any]


@app.post("/predict/{model}")
def predict(model: str, rows: Rows) -> dict[str, Any]:
    session = sessions.get(model)
    if session is None:
        raise HTTPException(404, f"unknown model {model}")
    outputs = session.run(None, {session.get_inputs()[0].name: np.array(rows.inputs, dtype=np.float32)})
    return {output.name: value.tolist() for output, value in zip(session.get_outputs(), outputs, strict=True)}


uvicorn.run(app, host="127.0.0.1", port=int(ports.split(",")[0]))
