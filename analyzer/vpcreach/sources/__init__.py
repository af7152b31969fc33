"""Where facts come from: each file reads one kind of place and returns a Snapshot."""
