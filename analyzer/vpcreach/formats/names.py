"""The names of the formats. No imports: the command line reads this before anything else is loaded."""

REPORT = ("text", "json", "markdown")
CHECK = ("text", "json")
WHY = ("text", "json")
DIFF = ("text", "json")
WHO_CAN = ("text", "json")
GRAPH = ("mermaid", "dot", "json")
LANGUAGES = ("aws-cli", "terraform", "cloudformation")
