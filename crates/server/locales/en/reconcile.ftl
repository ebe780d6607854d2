# Reconciling a hand-made sheet; files that are sent
reconcile-lead = Send last month's hand-made sheet: it is compared with our figures cell by cell, each difference with its likely cause and the contracts behind it.
reconcile-file = Hand-made sheet
reconcile-file-hint = XLSX or CSV, 20 MB at the most; only the first sheet is read
reconcile-period-hint = Months of the sheet, such as 2026-05 or 2026-01..2026-05
reconcile-by = Rows of the sheet
reconcile-by-headers = as its headers say
reconcile-button = Compare
reconcile-download = Compare and download the result (XLSX)
reconcile-totals = { COUNT($equal) ->
    [one] { $equal } cell is equal
   *[other] { $equal } cells are equal
 }, { COUNT($differing) ->
    [one] { $differing } differs
   *[other] { $differing } differ
 }
reconcile-cells = { COUNT($count) ->
    [one] { $count } cell
   *[other] { $count } cells
 }
reconcile-not-kept = The file is not kept; after a reload it must be sent again. Print or download the result to keep it.
reconcile-nothing = The sheet has no figures to compare. Check that its headers hold columns such as 项数 and 成交额(亿元) and its rows the names of cities.
reconcile-row = Row
reconcile-column = Column
reconcile-theirs = Theirs
reconcile-ours = Ours
reconcile-cause = Likely cause
reconcile-contracts = Contracts
reconcile-open = Open the contracts
reconcile-aside = Not compared
reconcile-skipped = Column “{ $name }”: { $reason }
reconcile-unknown-row = Row “{ $name }” is not one of ours
reconcile-missing-rows = Rows that the sheet does not have: { $name }
reconcile-unreadable = No number in row “{ $row }”, column “{ $column }”
reconcile-unreadable-file = This file cannot be compared, for these reasons.
reconcile-as-now = as the data are now, public part only
upload-none = Choose a file.
upload-too-large = The file is larger than 20 MB; split it and send the parts.
upload-not-a-form = The file did not arrive whole; choose it again and send it.
