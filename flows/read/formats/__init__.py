"""Opens files as sheets, one module per file format."""
