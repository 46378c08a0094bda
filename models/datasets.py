"""The data behind the example models: all of it ships with scikit-learn, cut into training and held-out rows."""

import hashlib
from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.model_selection import train_test_split
from sklearn.utils import Bunch


@dataclass(frozen=True)
class Split:
    """A data set cut in two, with what model.json says of it."""

    train_x: np.ndarray
    test_x: np.ndarray
    train_y: np.ndarray
    test_y: np.ndarray
    source: str
    rows: int
    digest: str


def iris_split() -> Split:
    data = load_iris()
    return _split("sklearn.datasets.load_iris", data, data.data.astype(np.float32), data.target)


def digits_split() -> Split:
    data = load_digits()
    return _split("sklearn.datasets.load_digits", data, (data.data / 16).astype(np.float32), data.target)


def wine_split() -> Split:
    """The wine data with two columns made coarse: color intensity into named bands, ash into quintiles."""
    data = load_wine()
    column = {name: data.data[:, position] for position, name in enumerate(data.feature_names)}
    color = column["color_intensity"]
    color_band = np.array(["pale", "medium", "deep"], object)[np.digitize(color, np.quantile(color, [1 / 3, 2 / 3]))]
    ash = column["ash"]
    ash_grade = np.digitize(ash, np.quantile(ash, [0.2, 0.4, 0.6, 0.8])) + 1
    alcohol, flavanoids = column["alcohol"].astype(np.float32), column["flavanoids"].astype(np.float32)
    table = np.empty((len(color), 4), object)
    table[:, 0], table[:, 1], table[:, 2], table[:, 3] = color_band, alcohol, flavanoids, ash_grade
    cultivar = np.array([f"cultivar_{number}" for number in data.target], object)
    return _split("sklearn.datasets.load_wine", data, table, cultivar)


def _split(source: str, data: Bunch, x: np.ndarray, y: np.ndarray) -> Split:
    train_x, test_x, train_y, test_y = train_test_split(x, y, test_size=0.2, random_state=0, stratify=y)
    # Of the data as loaded, before any column is cast or derived.
    digest = hashlib.sha256(data.data.tobytes() + data.target.tobytes()).hexdigest()
    return Split(train_x, test_x, train_y, test_y, source, len(x), f"sha256:{digest}")
