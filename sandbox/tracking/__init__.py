"""MLflow as others run and reach it: with a login, by signatures, by AWS's plugin."""
