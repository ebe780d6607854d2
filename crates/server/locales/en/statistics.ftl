# Free tables and flows
statistics-title = Tables
statistics-lead = Choose period, direction and grouping; the answer follows the same definitions as the bulletins.
statistics-period = Period
statistics-period-hint = such as 2025, 2026-H1, 2026-10, 2026-01..2026-10
statistics-by = Group by
statistics-and = and by
statistics-within = Within
statistics-compare = Compare with the year before
statistics-chart = Chart of the table below
statistics-bad-period = The period cannot be read: write 2025, 2026-H1, 2026-Q1, 2026-10 or 2026-01..2026-10.
statistics-bad-choice = Direction, grouping or place is wrong: choose from the lists.
flow-title = Flows of technology
flow-lead = From which city technology is sold to which. Rows are the sellers' places, columns the buyers'.
flow-matrix = Flows between cities
flow-shading = Five shades from small to large, with about as many pairs of cities in each.
flow-largest = Largest flows
flow-largest-note = Sellers on the left, buyers on the right; flows within one city left out
