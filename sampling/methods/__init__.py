"""Methods of selection for one group of units: whom they take, how likely units and pairs are."""
