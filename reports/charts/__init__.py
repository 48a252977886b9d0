"""Charts as hand-written SVG: one module for each kind, and `draw` for any of them."""
