"""The revisions of a signed report: fields, a signature for each role, evidence, stamps; and how they are repeated."""
