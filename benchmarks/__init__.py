"""The figures that the project holds itself to, measured as ratios within one run."""
