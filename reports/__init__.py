"""Reports: documents, charts, PDF, signatures and their verification."""
