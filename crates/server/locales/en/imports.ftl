# Imports
imports-title = Import contracts
imports-lead = Put in the tables as the registration system and the national system export them; their headers need no change. Every row is checked before anything is imported, and what is wrong is named with its row and with what to do.
imports-files = Choose files
imports-files-hint = XLSX or CSV, up to { $files } at once, each up to { $megabytes } MB. Split larger ones by month, or have the administrator import them on the server's command line.
imports-drop-hint = Files can also be dropped here.
imports-too-large = larger than { $megabytes } MB, split it by month
imports-send = Upload and read
imports-no-file = No file was chosen. Choose at least one XLSX or CSV file.
imports-empty-file = The file is empty and was not taken. Check that the export finished.
imports-too-many = Up to { $files } at once; this one was not taken. Upload it separately.
imports-form-too-large = The files are too large together, and none was taken. Upload up to { $files } at once, each up to 20 MB; split larger ones by month, or have the administrator run xiaoxiang import contracts FILE on the server.
imports-open = Under way
imports-ended = Files read lately
imports-ended-note = Dry runs and refused files too
imports-history = Imports on record
imports-history-note = Each stands in the operation log and can be verified
imports-none = Nothing has been imported yet. Begin with the registry's data, then import the exchange's.
import-source = Source
import-source-by-file = As file name and titles say
import-source-registry = Registry data (registered by the province's registrars)
import-source-exchange = Exchange data (other provinces, from the national system)
import-source-unknown = Source to be confirmed
import-source-recognised = { $source }, because of “{ $words }”
import-source-hint = Recognised where the file name or a title says 登记 (registry), 省外 or 交换 (exchange); otherwise you are asked.
import-options = How to import
import-option-dry-run = Dry run
import-option-dry-run-hint = Check and compare only; nothing is written.
import-option-accept-changes = Accept changes
import-option-accept-changes-hint = Contracts that differ from the record are updated from the file. Otherwise the differences are listed first, for you to decide.
import-option-keep-valid = Keep valid rows
import-option-keep-valid-hint = Rows with problems are listed, the others are imported. Otherwise one bad row keeps the whole file out.
import-option-none = Import only if every row is right; list differences first
import-option-separator = ,{" "}
import-state-queued = Waiting
import-state-asking = Source to be confirmed
import-state-reading = Being read
import-state-finished = Finished
import-state-refused = Not imported
import-state-failed = Broken off
import-rows-read = { COUNT($rows) ->
    [one] { $rows } row read
   *[other] { $rows } rows read
 }
import-reload = Reload
import-next-wait = The file is being read; this page updates itself. You may leave and come back through Imports.
import-next-source = Neither file name nor titles say whose contracts these are. Please choose:
import-next-import = The dry run is finished and nothing was written. This is what an import would change.
import-next-consent = { COUNT($count) ->
    [one] { $count } contract differs from the record and was not updated. Look at the difference below and decide whether the file is right.
   *[other] { $count } contracts differ from the record and were not updated. Look at the differences below and decide whether the file is right.
 }
import-next-correct = { COUNT($count) ->
    [one] { $count } row has problems, so nothing of the file was imported. Correct it and upload the file again, or import the other rows only.
   *[other] { $count } rows have problems, so nothing of the file was imported. Correct them and upload the file again, or import the other rows only.
 }
import-next-figures = Imported. Current figures have followed; bulletins already published do not change by themselves, and list the difference as a correction to decide on.
import-next-nothing = Nothing has changed: every contract in the file is on record with the same content.
import-do-import = Import now
import-do-accept = Accept changes and import
import-do-keep-valid = Import valid rows only
import-do-again = Try again
import-see-figures = See the figures
import-another = Import other files
import-differences-xlsx = Download the differences
import-problems-xlsx = Download the problems
import-count-rows = Rows read
import-count-new = New
import-count-changed = Updated
import-count-unchanged = Unchanged
import-count-awaiting = To be confirmed
import-count-kept = Registry kept
import-count-refused = Rows with problems
import-count-repeated = Repeated in the file
import-count-skipped = Totals and notes skipped
import-ignored-sheets = Sheets not read (hidden, or without a column of registration numbers): { $sheets }
import-ignored-columns = Columns not used: { $columns }
import-about = This file
import-file = File
import-time = Time
import-who = Imported by
import-hash = File hash (SHA-256)
import-position = Log position
import-kept-days = the file is deleted after { COUNT($days) ->
    [one] { $days } day
   *[other] { $days } days
 }, its hash stays
import-discarded = the file was deleted after its time, its hash stays
import-problems = Problems
import-warnings = Warnings
import-warnings-note = Imported, but worth a look
import-place = Where
import-place-row = row { $row }
import-place-column = column { $letter } { $header }
import-place-file = the whole file
import-says = What it says
import-problem = Problem
import-what-to-do = What to do
import-lines-shown = The first { $shown } of { $all }; the download holds all of them.
import-differences = Differences from the record
import-registration-number = Registration number
import-row = Row
import-outcome = Outcome
import-outcome-listed = To be confirmed
import-outcome-applied = Updated
import-outcome-replaced = Registry took the exchange's place
import-outcome-kept = Registry kept
import-field = Field
import-before = On record
import-after = In the file
import-value-yuan = { $yuan } yuan
