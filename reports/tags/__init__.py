"""The tree by which a report is read aloud: what each part is, in which order, in which language."""
