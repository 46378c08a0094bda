"""The test models, each in ONNX's text form with the behaviour it exists for and what it must answer.

Over 300 lines because it is a table: a model a row, no code to follow.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "models"))
from golden import Example, Tensors

HEADER = '<ir_version: 9, opset_import: ["" : 18]>'


@dataclass(frozen=True)
class Fixture:
    """A model version, the reason it exists, and its golden examples; no examples, no model.json."""

    name: str
    purpose: str
    graph: str
    examples: tuple[Example, ...] = ()
    version: str = "1"
    # Written beside model.onnx, by name.
    files: tuple[tuple[str, bytes], ...] = ()
    # False where the golden example is wrong on purpose.
    truthful: bool = True


def _fp32(*rows: object) -> np.ndarray:
    return np.array(rows, np.float32)


def _simple_inputs() -> Tensors:
    first = np.arange(32, dtype=np.int32).reshape(2, 16)
    return {"INPUT0": first, "INPUT1": np.full_like(first, 3)}


def _simple_example(sign: int) -> Example:
    inputs = _simple_inputs()
    first, second = inputs["INPUT0"], inputs["INPUT1"]
    return inputs, {"OUTPUT0": first + second, "OUTPUT1": sign * (first - second)}


def _every_type_example() -> Example:
    values = {
        "bool": np.array([[True, False]]),
        "int8": np.array([[-128, 127]], np.int8),
        "uint8": np.array([[0, 255]], np.uint8),
        "int16": np.array([[-32768, 32767]], np.int16),
        "uint16": np.array([[0, 65535]], np.uint16),
        "int32": np.array([[-(2**31), 2**31 - 1]], np.int32),
        "uint32": np.array([[0, 2**32 - 1]], np.uint32),
        # 64-bit values stay within what a JSON number holds exactly.
        "int64": np.array([[-(2**53) + 1, 2**53 - 1]], np.int64),
        "uint64": np.array([[0, 2**53 - 1]], np.uint64),
        "fp16": np.array([[1.5, -0.25]], np.float16),
        "fp32": np.array([[5.1, -3.4e38]], np.float32),
        "fp64": np.array([[0.1, -1.7e308]], np.float64),
        "string": np.array([["", "naïve 水門"]], object),
    }
    inputs = {f"in_{name}": value for name, value in values.items()}
    return inputs, {f"out_{name}": value for name, value in values.items()}


_TEXT_TYPES = {
    "bool": "bool",
    "int8": "int8",
    "uint8": "uint8",
    "int16": "int16",
    "uint16": "uint16",
    "int32": "int32",
    "uint32": "uint32",
    "int64": "int64",
    "uint64": "uint64",
    "fp16": "float16",
    "fp32": "float",
    "fp64": "double",
    "string": "string",
}


def _every_type_graph() -> str:
    inputs = ", ".join(f"{text}[batch,2] in_{name}" for name, text in _TEXT_TYPES.items())
    outputs = ", ".join(f"{text}[batch,2] out_{name}" for name, text in _TEXT_TYPES.items())
    nodes = "\n".join(f"out_{name} = Identity (in_{name})" for name in _TEXT_TYPES)
    return f"every_type ({inputs}) => ({outputs}) {{\n{nodes}\n}}"


_POISON_TABLE = np.arange(0, 100, 10, dtype=np.float32)
_EXTERNAL_WEIGHTS = np.arange(16, dtype=np.float32).reshape(4, 4)
_STRINGS = np.array([["sluice", "", "a\nb"], ["水門", "🚪", '["x"]']], object)
_SMALL = _fp32([1.5, -2.25], [0.0, 3.75])
_SQUARE = np.arange(32, dtype=np.float32).reshape(8, 4)
_EIGHT = np.arange(16, dtype=np.float32).reshape(2, 8)

FIXTURES = (
    Fixture(
        name="simple",
        purpose="Triton's first example: two inputs, two outputs; OUTPUT1 is the difference.",
        graph="""
        simple (int32[batch,16] INPUT0, int32[batch,16] INPUT1) => (int32[batch,16] OUTPUT0, int32[batch,16] OUTPUT1) {
          OUTPUT0 = Add (INPUT0, INPUT1)
          OUTPUT1 = Sub (INPUT0, INPUT1)
        }""",
        examples=(_simple_example(1),),
    ),
    Fixture(
        name="simple",
        version="2",
        purpose="The same signature, but OUTPUT1 is the negated difference: an answer tells its version.",
        graph="""
        simple (int32[batch,16] INPUT0, int32[batch,16] INPUT1) => (int32[batch,16] OUTPUT0, int32[batch,16] OUTPUT1) {
          OUTPUT0 = Add (INPUT0, INPUT1)
          OUTPUT1 = Sub (INPUT1, INPUT0)
        }""",
        examples=(_simple_example(-1),),
    ),
    Fixture(
        name="every_type",
        purpose="One identity per tensor type: a codec carries every type both ways.",
        graph=_every_type_graph(),
        examples=(_every_type_example(),),
    ),
    Fixture(
        name="string_identity",
        purpose="Strings through a shape with two open dimensions.",
        graph="""
        string_identity (string[batch,width] text) => (string[batch,width] echo) {
          echo = Identity (text)
        }""",
        examples=(({"text": _STRINGS}, {"echo": _STRINGS}),),
    ),
    Fixture(
        name="ragged",
        purpose="An open second dimension: only requests of the same length may share a batch.",
        graph="""
        ragged (float[batch,length] x) => (float[batch,length] y, float[batch] total) {
          two = Constant <value = float {2.0}> ()
          last = Constant <value = int64[1] {1}> ()
          y = Mul (x, two)
          total = ReduceSum <keepdims = 0> (x, last)
        }""",
        examples=(
            ({"x": _fp32([1, 2, 3])}, {"y": _fp32([2, 4, 6]), "total": _fp32(6)}),
            ({"x": _fp32([1], [2])}, {"y": _fp32([2], [4]), "total": _fp32(1, 2)}),
        ),
    ),
    Fixture(
        name="mixes_rows",
        purpose="Looks as if it could be batched, but every row's answer depends on the rows beside it.",
        graph="""
        mixes_rows (float[batch,3] x) => (float[batch,3] y) {
          rows = Constant <value = int64[1] {0}> ()
          mean = ReduceMean <keepdims = 1> (x, rows)
          y = Sub (x, mean)
        }""",
        examples=(({"x": _fp32([1, 2, 3], [3, 6, 9])}, {"y": _fp32([-1, -2, -3], [1, 2, 3])}),),
    ),
    Fixture(
        name="batch_axis_second",
        purpose="The batch is the second axis: must not be joined along the first.",
        graph="""
        batch_axis_second (float[4,batch] x) => (float[4,batch] y) {
          one = Constant <value = float {1.0}> ()
          y = Add (x, one)
        }""",
        examples=(({"x": _SQUARE[:4, :2]}, {"y": _SQUARE[:4, :2] + 1}),),
    ),
    Fixture(
        name="fixed_shape",
        purpose="Exactly one row a run: no batching.",
        graph="""
        fixed_shape (float[1,4] x) => (float[1,4] y) {
          two = Constant <value = float {2.0}> ()
          y = Mul (x, two)
        }""",
        examples=(({"x": _fp32([1, 2, 3, 4])}, {"y": _fp32([2, 4, 6, 8])}),),
    ),
    Fixture(
        name="deep_batch8",
        purpose="Exactly eight rows a run: the fixed batch is the client's, never joined further.",
        graph="""
        deep_batch8 (float[8,4] x) => (float[8,4] y) {
          two = Constant <value = float {2.0}> ()
          y = Mul (x, two)
        }""",
        examples=(({"x": _SQUARE}, {"y": _SQUARE * 2}),),
    ),
    Fixture(
        name="whole_mean",
        purpose="An output without a batch dimension: cannot be split back, so must not be batched.",
        graph="""
        whole_mean (float[batch,4] x) => (float[1] mean) {
          flat = Constant <value = int64[1] {-1}> ()
          all = Reshape (x, flat)
          mean = ReduceMean <keepdims = 1> (all)
        }""",
        examples=(({"x": _fp32([1, 2, 3, 4], [5, 6, 7, 8])}, {"mean": _fp32(4.5)}),),
    ),
    Fixture(
        name="scalar_input",
        purpose="An input without a batch dimension: rows with different scales must not share a batch.",
        graph="""
        scalar_input (float[batch,2] x, float scale) => (float[batch,2] y) {
          y = Mul (x, scale)
        }""",
        examples=(({"x": _SMALL, "scale": np.array(2, np.float32)}, {"y": _SMALL * 2}),),
    ),
    Fixture(
        name="two_batch_inputs",
        purpose="Several inputs of different types and ranks, joined and split together.",
        graph="""
        two_batch_inputs (float[batch,2] a, int64[batch] b, string[batch] c)
            => (float[batch,2] a2, int64[batch] b2, string[batch] c2) {
          two = Constant <value = float {2.0}> ()
          one = Constant <value = int64 {1}> ()
          a2 = Mul (a, two)
          b2 = Add (b, one)
          c2 = Identity (c)
        }""",
        examples=(
            (
                {"a": _SMALL, "b": np.array([7, -1]), "c": np.array(["left", "right"], object)},
                {"a2": _SMALL * 2, "b2": np.array([8, 0]), "c2": np.array(["left", "right"], object)},
            ),
        ),
    ),
    Fixture(
        name="endless_loop",
        purpose="Loads well, but a run never ends: the server must give up and replace the worker.",
        graph="""
        endless_loop (float[batch,2] x) => (float[batch,2] y) {
          yes = Constant <value = bool {1}> ()
          y = Loop <body = for_ever (int64 turn, bool go_on, float[batch,2] before)
              => (bool still, float[batch,2] after) {
            still = Identity (go_on)
            after = Neg (before)
          }> ("", yes, x)
        }""",
    ),
    Fixture(
        name="slow_on_demand",
        purpose="y = x, after as many turns of work as the largest x[:,0] says: instant at 0, hours at 1e9.",
        graph="""
        slow_on_demand (float[batch,2] x) => (float[batch,2] y) {
          column = Constant <value = int64[1] {0}> ()
          first = Gather <axis = 1> (x, column)
          most = ReduceMax <keepdims = 0> (first)
          turns = Cast <to = 7> (most)
          yes = Constant <value = bool {1}> ()
          zero = Constant <value = float {0.0}> ()
          side = Constant <value = int64[2] {64, 64}> ()
          ones = ConstantOfShape <value = float[1] {1.0}> (side)
          identity = EyeLike (ones)
          end = Loop <body = work (int64 turn, bool go_on, float[64,64] before)
              => (bool still, float[64,64] after) {
            still = Identity (go_on)
            after = MatMul (before, identity)
          }> (turns, yes, ones)
          least = ReduceMin <keepdims = 0> (end)
          done = Greater (least, zero)
          y = Where (done, x, zero)
        }""",
        examples=(({"x": _SMALL}, {"y": _SMALL}),),
    ),
    Fixture(
        name="steady_work",
        purpose="y = x + 1 at a constant cost per row, about 2 ms of one core: overload without luck.",
        graph="""
        steady_work (float[batch,8] x) => (float[batch,8] y) {
          rows = Shape <start = 0, end = 1> (x)
          side = Constant <value = int64[2] {64, 64}> ()
          shape = Concat <axis = 0> (rows, side)
          one = Constant <value = float {1.0}> ()
          zero = Constant <value = float {0.0}> ()
          start = Expand (one, shape)
          square = ConstantOfShape <value = float[1] {1.0}> (side)
          identity = EyeLike (square)
          turns = Constant <value = int64 {400}> ()
          yes = Constant <value = bool {1}> ()
          end = Loop <body = work (int64 turn, bool go_on, float[batch,64,64] before)
              => (bool still, float[batch,64,64] after) {
            still = Identity (go_on)
            after = MatMul (before, identity)
          }> (turns, yes, start)
          least = ReduceMin <keepdims = 0> (end)
          done = Greater (least, zero)
          more = Add (x, one)
          y = Where (done, more, zero)
        }""",
        examples=(({"x": _EIGHT}, {"y": _EIGHT + 1}),),
    ),
    Fixture(
        name="poison_row",
        purpose="An index outside -10..9 fails the whole run: one client's row must not fail the others.",
        graph="""
        poison_row (int64[batch,1] index) => (float[batch,1] value)
        <float[10] table = {0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0}> {
          value = Gather (table, index)
        }""",
        examples=(({"index": np.array([[3], [9]])}, {"value": _POISON_TABLE[[[3], [9]]]}),),
    ),
    Fixture(
        name="hungry",
        purpose="Asks for 400 GB a row at once: the run fails or the process dies.",
        graph="""
        hungry (float[batch,1] x) => (float[batch,1] y) {
          rows = Shape <start = 0, end = 1> (x)
          many = Constant <value = int64[1] {100000000000}> ()
          size = Mul (rows, many)
          huge = ConstantOfShape <value = float[1] {1.0}> (size)
          most = ReduceMax <keepdims = 0> (huge)
          y = Mul (x, most)
        }""",
    ),
    Fixture(
        name="hungry_slowly",
        purpose="Grows by 64 MiB a turn up to 30 GiB: a memory limit must stop it before the machine does.",
        graph="""
        hungry_slowly (float[batch,1] x) => (float[batch,1] y) {
          rows = Shape <start = 0, end = 1> (x)
          many = Constant <value = int64[1] {480}> ()
          turns = Max (rows, many)
          yes = Constant <value = bool {1}> ()
          zero = Constant <value = float {0.0}> ()
          size = Constant <value = int64[1] {16777216}> ()
          hoard = Loop <body = hoard_more (int64 turn, bool go_on) => (bool still, float[16777216] chunk) {
            still = Identity (go_on)
            number = Cast <to = 1> (turn)
            chunk = Expand (number, size)
          }> (turns, yes)
          least = ReduceMin <keepdims = 0> (hoard)
          wrong = Less (least, zero)
          y = Where (wrong, zero, x)
        }""",
    ),
    Fixture(
        name="external",
        purpose="Weights in a file beside the model: a version is a folder, not one file.",
        graph="""
        external (float[batch,4] x) => (float[batch,4] y)
        <float[4,4] weights = ["location": "weights.bin", "offset": "0", "length": "64"]> {
          y = MatMul (x, weights)
        }""",
        files=(("weights.bin", _EXTERNAL_WEIGHTS.tobytes()),),
        examples=(({"x": np.eye(4, dtype=np.float32)[:2]}, {"y": _EXTERNAL_WEIGHTS[:2]}),),
    ),
    Fixture(
        name="external_escape",
        purpose="Weights outside the version's folder: must be refused.",
        graph="""
        external_escape (float[batch,4] x) => (float[batch,4] y)
        <float[4,4] weights = ["location": "../../simple/1/model.onnx", "offset": "0", "length": "64"]> {
          y = MatMul (x, weights)
        }""",
    ),
    Fixture(
        name="nan_ok",
        purpose="NaN in, zero and NaN out: values that are not finite pass the wire unchanged.",
        graph="""
        nan_ok (float[batch,2] x) => (float[batch,2] y, float[batch,2] echo) {
          zero = Constant <value = float {0.0}> ()
          missing = IsNaN (x)
          y = Where (missing, zero, x)
          echo = Identity (x)
        }""",
        examples=(({"x": _SMALL}, {"y": _SMALL, "echo": _SMALL}),),
    ),
    Fixture(
        name="random_output",
        purpose="Never the same answer twice: a comparison of versions must not call it broken for that alone.",
        graph="""
        random_output (float[batch,2] x) => (float[batch,2] y) {
          noise = RandomNormalLike (x)
          y = Add (x, noise)
        }""",
    ),
    Fixture(
        name="wrong_golden",
        purpose="Its golden example is wrong: it must not become ready.",
        graph="""
        wrong_golden (float[batch,2] x) => (float[batch,2] y) {
          y = Identity (x)
        }""",
        examples=(({"x": _SMALL}, {"y": _SMALL + 1}),),
        truthful=False,
    ),
)
