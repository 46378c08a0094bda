"""The versions of the model `canary`, for rollouts: one that is the same as `base`, one that fails, one that is slow.

All of them answer as a softmax over iris flowers does, with the same signature, so that any may take over from any.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "models"))
from golden import Example
from graphs import Fixture

# Turns of a product of two 64x64 matrices, once a run however many rows it has: about 1 ms of one core.
TURNS = 120
SLOWER = 3
# X[:,0] with a fraction above this fails: of measurements with one decimal those that end in 8 and 9, a fifth.
LARGEST_GOOD_FRACTION = 0.79

# LogisticRegression(max_iter=1000) on iris, rounded.
_WEIGHTS = np.array([[-0.42, 0.53, -0.11], [0.97, -0.25, -0.72], [-2.52, -0.21, 2.72], [-1.08, -0.94, 2.02]], np.float32)
_BIAS = np.array([9.85, 2.24, -12.09], np.float32)
# None of them fails.
_FLOWERS = np.array([[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3], [5.7, 2.6, 3.5, 1.0]], np.float32)


def _example() -> Example:
    scores = _FLOWERS @ _WEIGHTS + _BIAS
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    return {"X": _FLOWERS}, {"label": probabilities.argmax(axis=1), "probabilities": probabilities}


def _numbers(values: np.ndarray) -> str:
    return ", ".join(str(value) for value in values.reshape(-1))


_FAILS_SOMETIMES = f"""
          column = Constant <value = int64 {{0}}> ()
          first = Gather <axis = 1> (X, column)
          whole = Floor (first)
          fraction = Sub (first, whole)
          most = Constant <value = float {{{LARGEST_GOOD_FRACTION}}}> ()
          beyond = Greater (fraction, most)
          index = Cast <to = 7> (beyond)
          table = Constant <value = float[1] {{0.0}}> ()
          nothing = Gather (table, index)
          last = Constant <value = int64[1] {{1}}> ()
          nought = Unsqueeze (nothing, last)
          scores = Add (worked, nought)"""
_NEVER_FAILS = """
          scores = Identity (worked)"""


def _graph(name: str, turns: int, end: str = _NEVER_FAILS) -> str:
    # The turns depend on the input, so that no optimizer reckons them out beforehand.
    return f"""
        {name} (float[batch,4] X) => (int64[batch] label, float[batch,3] probabilities)
        <float[4,3] weights = {{{_numbers(_WEIGHTS)}}}, float[3] bias = {{{_numbers(_BIAS)}}}> {{
          rows = Shape <start = 0, end = 1> (X)
          one = Constant <value = int64[1] {{1}}> ()
          some = Min (rows, one)
          all = Constant <value = int64[1] {{{turns}}}> ()
          turns = Mul (some, all)
          yes = Constant <value = bool {{1}}> ()
          zero = Constant <value = float {{0.0}}> ()
          side = Constant <value = int64[2] {{64, 64}}> ()
          ones = ConstantOfShape <value = float[1] {{1.0}}> (side)
          identity = EyeLike (ones)
          done = Loop <body = work (int64 turn, bool go_on, float[64,64] before)
              => (bool still, float[64,64] after) {{
            still = Identity (go_on)
            after = MatMul (before, identity)
          }}> (turns, yes, ones)
          least = ReduceMin <keepdims = 0> (done)
          worthless = Less (least, zero)
          product = MatMul (X, weights)
          sum = Add (product, bias)
          worked = Where (worthless, zero, sum){end}
          probabilities = Softmax <axis = 1> (scores)
          label = ArgMax <axis = 1, keepdims = 0> (scores)
        }}"""


def _version(version: str, purpose: str, graph: str) -> Fixture:
    return Fixture(name="canary", version=version, purpose=purpose, graph=graph, examples=(_example(),))


CANARY = (
    _version("base", "Iris at about 1 ms a run: the stable version of a rollout.", _graph("base", TURNS)),
    _version("same", "The same weights under another name: what must not be rolled back.", _graph("same", TURNS)),
    _version(
        "flaky",
        "Fails where X[:,0] has a fraction above 0.79, a fifth of all flowers: what must be rolled back.",
        _graph("flaky", TURNS, _FAILS_SOMETIMES),
    ),
    _version(
        "slow",
        "The same answers at three times the run time: what must be rolled back for its latency.",
        _graph("slow", TURNS * SLOWER),
    ),
)
