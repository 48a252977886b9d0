"""Documents, charts, PDF and signatures."""
