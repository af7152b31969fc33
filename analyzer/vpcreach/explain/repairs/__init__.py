"""From blockers to fixes: `Search` finds edits that make a question reachable, and tries them before it offers them."""

from vpcreach.explain.repairs.search import Fix, Search

__all__ = ["Fix", "Search"]
