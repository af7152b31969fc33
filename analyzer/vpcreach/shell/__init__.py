"""Questions asked one after another on a loaded snapshot: `words` reads a line, `session` answers it, `prompt` asks."""
