"""HTTP handlers, one module per route."""
