"""What AWS said, verbatim; what it did not say (gaps); reading and writing both as a folder or a zip."""
