"""Cases of R survey, written as plans and held against R: for the tests and the evidence page."""
