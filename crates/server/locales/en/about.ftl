# About
about-title = Where the figures come from
about-lead = Every figure here is made of single registered contracts; it opens, and it can be checked.
about-money = Three amounts
about-money-text = Contract value is the whole sum agreed. Technology value is its technical part, without equipment and materials, and never exceeds it. Technical income is what was really received. The three stand apart and are never added.
about-direction = Registered, output, absorbed, internal
about-direction-text = Registered counts by registrar. Output means that the seller is in the region, absorbed that the buyer is, internal that both are. Output plus absorbed would count internal contracts twice, so no such total is given.
about-exchange = Exchange data until
about-exchange-text = A contract between a buyer here and a seller elsewhere is registered elsewhere and counts as absorbed only after the national exchange. Every table prints the day until which exchange data are in; a missing month is marked incomplete and is never shown as zero.
about-growth = Growth, share and rank
about-growth-text = All are computed from exact amounts in fen and rounded once, when printed, so they may differ a little from what the printed figures would give by hand.
about-correction = Corrections
about-correction-text = Signing freezes a bulletin. When a contract is changed, cancelled or attributed elsewhere afterwards, an officer decides whether the current cumulative figures take it in or a numbered correction is issued.
about-check = How to check
about-check-text = Every change is recorded in a log that only grows, and a bulletin prints the log's tree head of its signing. Download the audit file and check it on your own machine with the public key and an earlier tree head that you kept:
about-check-limits = Without the key and an earlier tree head, the file can only be shown to be consistent in itself, not to be the one published then.
about-reading = Reading and access
about-reading-text = All pages work without scripts and by keyboard; every picture stands beside its table; everything prints.
