# City pages, chase list
cities-title = Cities
cities-lead = This year's targets of the cities, the farthest from its target first. Open a city for its gap, what may be expected and its chase list.
cities-chart = Completion of the cities' targets; figures in the table below
cities-behind = { $percent }% of the year has passed; { COUNT($count) ->
    [one] { $count } city is behind it
   *[other] { $count } cities are behind it
 }
cities-set-targets = Issue targets
city-no-target = No target has been issued for this year.
city-target-passed = This year's target is reached.
city-gap-sentence = { $gap } hundred million CNY short of the target; at this year's mean of { $average } ten thousand CNY that is about { $count } more { COUNT($count) ->
    [one] contract
   *[other] contracts
 }. Months left: { $months }, each needing { $per_month } hundred million CNY.
city-gap-only = { $gap } hundred million CNY short of the target. Months left: { $months }.
city-target = Annual target
city-completed = Registered since January
city-percent = Completed
city-progress = { $elapsed }% of the year has passed; rank { $rank }
city-gap = Gap
city-chase = Chase list
city-to-targets = Targets
city-object = Raise an objection
city-figures = Month and since January
city-figures-note = Ranks by contract value among divisions of the same level
city-month = Month
city-expected = Expected contracts
city-expected-note = Defined as: a seller and a buyer who registered a contract last year and none together this year. A clue from the records, not a forecast; contracts of natural persons are left out.
city-expected-due = Due by last year's months and not renewed: { COUNT($partners) ->
    [one] { $partners } pair
   *[other] { $partners } pairs
 }, { COUNT($count) ->
    [one] { $count } contract
   *[other] { $count } contracts
 } last year, { $value } hundred million CNY.
city-expected-coming = Registered later last year, not yet this year: { COUNT($partners) ->
    [one] { $partners } pair
   *[other] { $partners } pairs
 }, { COUNT($count) ->
    [one] { $count } contract
   *[other] { $count } contracts
 } last year, { $value } hundred million CNY.
city-counties = Counties
city-unmatched = Buyers not settled
city-unmatched-note = Contracts of this year whose buyer's place is the province only or missing, while the name or address names this place or the seller lies here; whose buyer's place is the city without a county; or whose buyer here has no credit code. Ask, then have the record mended or raise an objection.
city-unmatched-none = Every buyer is settled.
city-unmatched-no-place = Place not known
city-unmatched-no-county = City only
city-unmatched-no-code = No credit code
city-buyer = Buyer
city-seller = Seller
city-why = Why
city-person = (natural person)
city-corrections = Corrections pending
city-corrections-note = These published figures have changed since and wait for the province's correction:
city-corrections-none = The figures of this place in this year's bulletins have not changed.
city-objections = Open objections
city-objections-none = No open objection concerns this place.
chase-title = { $name } chase list
chase-until = Figures for { $months }
chase-personal = Names and telephone numbers are personal data, for this purpose only. Each view is logged, without what was seen.
chase-no-contacts = This role may not see names and telephone numbers; the list names organisations only.
chase-none = The list is empty: all of last year's partners have renewed, and every buyer is settled.
chase-organisation = Organisation
chase-contact = Contact
chase-telephone = Telephone
chase-last-contract = Last contract
chase-notes = Notes
chase-left-out = { COUNT($count) ->
    [one] { $count } smaller entry is left out.
   *[other] { $count } smaller entries are left out.
 }
city-corrections-county = Bulletins list cities only, so no published figure of a county waits for correction; what changes here shows in the figures of its city.
city-corrections-of-city = See the city's pending corrections
