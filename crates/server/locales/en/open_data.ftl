# Open data
open-data-title = Open data
open-data-lead = Everything published, to be fetched in one go. Amounts are exact to the fen in JSON; below city level, cells of too few organisations are left out.
open-data-no-licence = The licence is not decided: the region data state none yet. Please name source, period and log position when you quote.
open-data-none = Once the first bulletin is signed, its datasets stand here.
open-data-series = Series
open-data-series-note = up to the latest bulletin, with published corrections
open-data-bulletins = Bulletins
open-data-columns = What the columns mean
open-data-position = log position { $position }
