"""The colours of all figures: told apart by the colour-blind (Okabe and Ito, 2008)."""

BLUE, ORANGE = "#0072B2", "#D55E00"
