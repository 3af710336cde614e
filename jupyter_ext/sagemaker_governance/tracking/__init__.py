"""MLflow servers of every kind: found, named, started, and made to show their UI."""
