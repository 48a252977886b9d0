"""The analysis plan, pure and known before the first answer: indicators, columns of the design, known totals."""
