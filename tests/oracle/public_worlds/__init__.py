"""Small AWS worlds that others published with expected answers: found beside the repository, never part of it."""
