"""Why, and what would mend it: causes of a verdict, edits of a snapshot, tried repairs, two snapshots compared."""
