"""The walk out, the walk back, and the verdict of every function for every destination."""
