"""The tables of reports, each made from the facts; a text says where it stands."""
