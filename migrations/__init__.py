"""Migrations of the service's database, installed as evalsvc.migrations."""
