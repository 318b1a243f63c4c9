"""Load tests. `./run bench` prints each figure with its limit and exits 1 over one.

Figures are counts, sizes and ratios: absolute times belong to the machine they were taken on.
"""
