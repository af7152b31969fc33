"""Rule files: what should be reachable and what should not; read with all mistakes, held against answers."""
