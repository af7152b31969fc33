"""A small universe of estates in which things collide: few addresses, few ports, every component.

Estates are made as AWS's replies at once, without the builder of tests/estates: thousands of them are drawn. What is
drawn is a set of features, which hypothesis chooses, and all else at random from a seed.
"""

from tests.oracle.universe.drawing import Estate, draw
from tests.oracle.universe.features import FEATURES

__all__ = ["FEATURES", "Estate", "draw"]
