"""Alembic's steps from schema to schema; run by `python run.py db upgrade`."""
