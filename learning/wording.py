"""What a ridge over meanings cannot see: single words and phrases, and bends in the surface features. Needs scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from learning.features import Matrix, words
from learning.ridge import Vector

ENOUGH = 2000  # judged ideas from which single words say something; below, they only add noise
PHRASE_PENALTY = 10.0  # of the phrase ridge, in rows of unit length
TREES = 150
LEAVES = 16
IN_A_LEAF = 50  # judged ideas; fewer and a leaf remembers its ideas


@dataclass(frozen=True, slots=True)
class Wording:
    """Phrases and trees, fitted."""

    phrases: Any  #: of texts to sparse rows
    coefficients: Vector  #: of each phrase
    trees: Any  #: over surface and place

    def foretell(self, texts: Sequence[str], near_surface: Matrix) -> Vector:
        """What is to be added to the ridge, shape (len(texts),)."""
        by_phrases = self.phrases.transform(texts) @ self.coefficients
        return np.asarray(by_phrases + self.trees.predict(near_surface), dtype=np.float64)


def fitted(
    texts: Sequence[str], near_surface: Matrix, target: Vector, unexplained: Vector, weight: Vector, *, seed: int
) -> Wording:
    """Phrases fitted to what the ridge leaves `unexplained`, trees to the whole `target`.

    The sum of the two and the ridge ordered unseen topics' ideas better than any of them (docs/lab/ranking.md).
    """
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import Ridge

    phrases = TfidfVectorizer(analyzer=phrases_of, min_df=2, sublinear_tf=True)
    rows = phrases.fit_transform(texts)
    ridge = Ridge(alpha=PHRASE_PENALTY, solver="sparse_cg", tol=1e-3, fit_intercept=False)
    ridge.fit(rows, unexplained, sample_weight=weight)
    trees = HistGradientBoostingRegressor(
        max_iter=TREES,
        learning_rate=0.05,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=IN_A_LEAF,
        l2_regularization=10.0,
        random_state=seed,
    )
    trees.fit(near_surface, target, sample_weight=weight)
    return Wording(phrases, np.asarray(ridge.coef_, dtype=np.float64), trees)


def phrases_of(text: str) -> list[str]:
    """A text's words and pairs of neighbouring words."""
    tokens = words(text)
    return tokens + [f"{one} {two}" for one, two in pairwise(tokens)]
