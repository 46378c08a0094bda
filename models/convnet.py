"""A small convolutional network for 8x8 images, trained by plain numpy, exported as ONNX."""

from dataclasses import dataclass

import numpy as np
import onnx
from onnx import numpy_helper, parser

Weights = dict[str, np.ndarray]

GRAPH = """
<ir_version: 8, opset_import: ["" : 18]>
digits_convnet (float[batch,64] pixels) => (int64[batch] label, float[batch,10] probabilities) {
  image_shape = Constant <value = int64[4] {-1, 1, 8, 8}> ()
  image = Reshape (pixels, image_shape)
  conv1 = Conv <pads = [1, 1, 1, 1]> (image, kernels1, bias1)
  relu1 = Relu (conv1)
  pool1 = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (relu1)
  conv2 = Conv <pads = [1, 1, 1, 1]> (pool1, kernels2, bias2)
  relu2 = Relu (conv2)
  pool2 = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (relu2)
  features = Flatten (pool2)
  scores = Gemm (features, dense, bias3)
  probabilities = Softmax <axis = 1> (scores)
  label = ArgMax <axis = 1, keepdims = 0> (scores)
}
"""


@dataclass(frozen=True)
class ConvnetParameters:
    """Hyperparameters of training: Adam on shuffled minibatches of cross-entropy."""

    kernels1: int = 12
    kernels2: int = 24
    epochs: int = 40
    batch_size: int = 32
    learning_rate: float = 0.002
    seed: int = 0


def train(pixels: np.ndarray, labels: np.ndarray, parameters: ConvnetParameters) -> Weights:
    """Fits the network to float32 pixels [rows, 64] between 0 and 1."""
    rng = np.random.default_rng(parameters.seed)
    weights = _initial_weights(rng, parameters)
    mean = {name: np.zeros_like(value) for name, value in weights.items()}
    variance = {name: np.zeros_like(value) for name, value in weights.items()}
    step = 0
    for _ in range(parameters.epochs):
        order = rng.permutation(len(pixels))
        for start in range(0, len(order), parameters.batch_size):
            rows = order[start : start + parameters.batch_size]
            gradients = _gradients(weights, pixels[rows], labels[rows])
            step += 1
            for name, gradient in gradients.items():
                mean[name] += 0.1 * (gradient - mean[name])
                variance[name] += 0.001 * (gradient**2 - variance[name])
                direction = mean[name] / (1 - 0.9**step)
                scale = np.sqrt(variance[name] / (1 - 0.999**step)) + 1e-8
                weights[name] -= (parameters.learning_rate * direction / scale).astype(np.float32)
    return weights


def predict(weights: Weights, pixels: np.ndarray) -> np.ndarray:
    """Probabilities [rows, 10]."""
    return _forward(weights, pixels)[0]


def to_onnx(weights: Weights) -> onnx.ModelProto:
    model = parser.parse_model(GRAPH)
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in weights.items())
    return model


def _initial_weights(rng: np.random.Generator, parameters: ConvnetParameters) -> Weights:
    first, second = parameters.kernels1, parameters.kernels2

    def he(*shape: int, inputs: int) -> np.ndarray:
        return (rng.standard_normal(shape) * np.sqrt(2 / inputs)).astype(np.float32)

    return {
        "kernels1": he(first, 1, 3, 3, inputs=9),
        "bias1": np.zeros(first, np.float32),
        "kernels2": he(second, first, 3, 3, inputs=9 * first),
        "bias2": np.zeros(second, np.float32),
        "dense": he(4 * second, 10, inputs=4 * second),
        "bias3": np.zeros(10, np.float32),
    }


def _forward(weights: Weights, pixels: np.ndarray) -> tuple[np.ndarray, tuple]:
    image = pixels.reshape(-1, 1, 8, 8)
    patches1, relu1 = _convolve(image, weights["kernels1"], weights["bias1"])
    pool1, winners1 = _pool(relu1)
    patches2, relu2 = _convolve(pool1, weights["kernels2"], weights["bias2"])
    pool2, winners2 = _pool(relu2)
    features = pool2.reshape(len(pixels), -1)
    scores = features @ weights["dense"] + weights["bias3"]
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = exponents / exponents.sum(axis=1, keepdims=True)
    return probabilities, (patches1, relu1, winners1, patches2, relu2, winners2, pool2.shape, features)


def _gradients(weights: Weights, pixels: np.ndarray, labels: np.ndarray) -> Weights:
    probabilities, kept = _forward(weights, pixels)
    patches1, relu1, winners1, patches2, relu2, winners2, pooled_shape, features = kept
    # The gradient of cross-entropy after softmax is what was said minus what is true.
    scores = (probabilities - np.eye(10, dtype=np.float32)[labels]) / np.float32(len(labels))
    pool2 = (scores @ weights["dense"].T).reshape(pooled_shape)
    conv2 = _unpool(pool2, winners2) * (relu2 > 0)
    conv1 = _unpool(_convolve_back(conv2, weights["kernels2"]), winners1) * (relu1 > 0)
    return {
        "kernels1": np.einsum("nkhw,nchwij->kcij", conv1, patches1, optimize=True),
        "bias1": conv1.sum(axis=(0, 2, 3)),
        "kernels2": np.einsum("nkhw,nchwij->kcij", conv2, patches2, optimize=True),
        "bias2": conv2.sum(axis=(0, 2, 3)),
        "dense": features.T @ scores,
        "bias3": scores.sum(axis=0),
    }


def _patches(images: np.ndarray) -> np.ndarray:
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)))
    return np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))


def _convolve(images: np.ndarray, kernels: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    patches = _patches(images)
    sums = np.einsum("nchwij,kcij->nkhw", patches, kernels, optimize=True)
    return patches, np.maximum(sums + bias[:, None, None], 0)


def _convolve_back(gradient: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    turned = kernels[:, :, ::-1, ::-1]
    return np.einsum("nkhwij,kcij->nchw", _patches(gradient), turned, optimize=True)


def _pool(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows, channels, height, width = images.shape
    squares = images.reshape(rows, channels, height // 2, 2, width // 2, 2)
    largest = squares.max(axis=(3, 5))
    # A tie has several winners; each gets the gradient, which is zero wherever relu made the tie.
    return largest, squares == largest[:, :, :, None, :, None]


def _unpool(gradient: np.ndarray, winners: np.ndarray) -> np.ndarray:
    squares = gradient[:, :, :, None, :, None] * winners
    rows, channels, height, _, width, _ = squares.shape
    return squares.reshape(rows, channels, height * 2, width * 2)
