"""Whether detectors differ beyond chance (Demsar, Statistical comparisons of classifiers over multiple data
sets, Journal of Machine Learning Research 7, 2006)."""
