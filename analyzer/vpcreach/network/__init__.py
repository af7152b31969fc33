"""From a snapshot to a networkx graph of components, and what the walk asks of it."""
