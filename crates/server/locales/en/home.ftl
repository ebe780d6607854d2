# Home
home-latest = Latest bulletin
home-read = Read the bulletin
home-by-city = By city
home-trend = Recent months
home-trend-note = Contract value by month of registration
home-types = By contract type
home-fields = By technical field
place-lead = Technology contracts of { $place }, { $period }, as of the same moment and on the same basis as the bulletin:
place-by-county = By county
place-counties-now = Figures by county are those of today and may differ from the bulletin; * hides what would tell of single organisations.
place-no-counties = The region data do not say how many organisations a published cell needs, so counties are not listed.
place-more = More
place-statistics = Other groupings of this city
place-others = All cities
home-open-city = Open a city, in the table or on the map, to see its counties.
home-flows-more = other periods
figure-basis-city-registered = by the province's registrars, seller in the city
figure-basis-city-output = seller in the city
figure-basis-city-absorbed = buyer in the city
figure-basis-city-internal = both in the city
map-label-city = Map of the counties of { $city }: { $direction }, { $measure }; the figures stand in the table beside it
unit-hundred-million = × 100 m CNY
unit-ten-thousand = × 10,000 CNY
unit-contracts = { COUNT($count) ->
    [one] contract
   *[other] contracts
 }
figure-count = { COUNT($count) ->
    [one] { $count } contract
   *[other] { $count } contracts
 }
figure-technology-value = of which technology value { $value }
figure-up = up { $percent }% on the year
figure-down = down { $percent }% on the year
figure-level = unchanged on the year
figure-no-base = no base for growth
figure-basis-registered = by the province's registrars
figure-basis-output = seller in the province
figure-basis-absorbed = buyer in the province
figure-basis-internal = both in the province
direction-registered = Registered
direction-output = Output
direction-absorbed = Absorbed
direction-internal = Internal
measure-count = Contracts
measure-contract-value = Contract value
measure-technology-value = Technology value
choose-direction = Direction
choose-measure = Measure
choose-period = Period
map-label = Map of the cities of { $region }: { $direction }, { $measure }; the figures stand in the table beside it
map-approval = Map approval number { $number }.
map-sketch = Sketch map, not a statement of borders.
empty-title = There are no data yet
empty-lead = Once a registrar's sheet of contracts has been imported, the latest bulletin, the map and the trend appear here.
empty-step-region = Import the region's data (divisions, parks, map):
empty-step-import = Import the sheet of registered contracts:
empty-step-bulletin = Make the month's table of cities, check it, sign it:
empty-demo = Only want to see what it looks like? Run
