"""An outsider's check: recompute a signed report from files alone, without a database."""
