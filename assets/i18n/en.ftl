# English, written and not translated word for word. The no-break spaces before units are real ones.
# Keys are the same as in fr.ftl; a test compares them.

## Numbers, units, dates

unit-metre = m
unit-kilometre = km
unit-square-metre = m²
unit-watt = W
unit-kilowatt = kW
unit-megawatt = MW
unit-kwh = kWh
unit-mwh = MWh
unit-gwh = GWh
unit-kwh-year = kWh a year
unit-mwh-year = MWh a year
unit-gwh-year = GWh a year
unit-watt-per-square-metre = W/m²
unit-volt = V
unit-kilovolt = kV
unit-degree = °
unit-percent = %
unit-year = year
percent-whole = { $percent }%
range-between = between { $low } and { $high }
amount-absent = not recorded
amount-about = about { $value }
speed-seconds = { $amount } s per second
speed-minutes = { $amount } min per second
speed-hours = { $amount } h per second
speed-days = { $amount ->
    [one] { $amount } day per second
   *[other] { $amount } days per second
}
date = { $day } { $month } { $year }
date-month = { $month } { $year }
date-time = { $date }, { $time }
time-of-day = { $hour2 }:{ $minute }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## Where numbers come from

nature-measured = measured
nature-measured-help = Observed on the object itself.
nature-statistical = statistical
nature-statistical-help = An estimate, drawn from many similar objects.
nature-simulated = simulated
nature-simulated-help = An estimate, computed by a model.
nature-declared = declared
nature-declared-help = Stated by the producer of the data or by an authority.
nature-made = schematic
nature-made-help = Drawn by Jumeau where the data say nothing.
source-line = { $title }, { $producer }, { $date }, { $licence }
source-unknown = Source not stated

## Figures

figure-id = Id in the source
figure-rnb = RNB building id
figure-usage = Use
figure-second-usage = Second use
figure-height = Height
figure-ridge-height = Ridge height
figure-storeys = Storeys
figure-dwellings = Dwellings
figure-year = First seen in
figure-footprint = Footprint
figure-floor-area = Floor area
figure-demand-now = Electricity demand at this moment
figure-demand-year = Electricity demand
figure-road-name = Street name
figure-road-width = Width
figure-class = Kind of road
figure-name = Name
figure-utility-class = Kind
figure-utility-kind = How it lies, or what it is
figure-accuracy = Accuracy class
figure-material = Material
figure-depth = Depth
figure-height-above = Height above the ground
figure-diameter = Diameter
figure-voltage = Voltage
figure-area-code = Code
figure-area = Area

usage-residential = Homes
usage-commercial = Shops and services
usage-industrial = Industry
usage-agricultural = Farming
usage-religious = Place of worship
usage-sport = Sport
usage-annex = Outbuilding (garage, shed)
usage-unknown = Not specified
class-major-road = Major road
class-road = Main street or road
class-minor-road = Street
class-path = Path, stairs or cycle track
class-tram = Tramway
class-rail = Railway
utility-kind-ground = On the ground
utility-kind-underground = Underground
utility-kind-overhead = Overhead
utility-kind-tower = Tower
utility-kind-pole = Pole
utility-kind-substation = Substation
utility-kind-plant = Plant
utility-kind-stop = Stop
utility-kind-lamp = Lamp
utility-kind-valve = Valve
utility-kind-pump = Pump
utility-kind-tank = Tank
utility-kind-node = Node
accuracy-A = A (40 cm at most)
accuracy-B = B (1.5 m at most)
accuracy-C = C (over 1.5 m)
accuracy-schematic = schematic
accuracy-unstated = not stated

method-height-other-altitudes = The source has no consistent height: this is the altitude of the roof minus that of the ground.
method-height-storeys = Worked out from the number of storeys.
method-height-neighbours = Taken from the buildings nearby.
method-height-assumed = Nothing is known: a modest height is drawn.
method-footprint = Area of the outline drawn by the source.
method-floor-area = Footprint times the number of storeys, known or estimated from the height.
method-year = The year it first appears in the source’s data, which may be several years after it was built.
method-demand-year = Floor area and dwellings times what such a use typically consumes. No meter is read: this very building may use quite another amount.
method-demand-now = The yearly demand, spread over the hours as is typical of such a use.

## Themes and legend

theme-none = Map only
theme-none-help = No data in colour: just the territory.
theme-demand = Electricity demand
theme-demand-help = What each building draws at the chosen moment, per square metre of floor. An estimate.
theme-construction-year = Year first seen
theme-construction-year-help = Buildings appear in the year the source first mentions them.
theme-series = Series of the territory
theme-series-help = Values of an imported series at the chosen instant.
legend-no-data = no data
legend-at = on { $instant }
legend-in-year = in { $year }
legend-waiting = Values of this instant are on their way…
legend-outside = The series does not reach this instant.
legend-class = { $low } to { $high }
legend-histogram = { $known } objects in view with a value, { $without } without
legend-scale-show = Change the scale
legend-scale-hide = Fold the scale away
legend-palette-cividis = Blue to yellow
legend-palette-blues = Blues
legend-palette-blue-orange = Blue and orange
legend-palette-okabe-ito = Distinct colours
legend-breaks-smooth = Continuous
legend-breaks-smooth-help = Colours run into each other.
legend-breaks-equal = Equal classes
legend-breaks-equal-help = All classes have the same width.
legend-breaks-quantiles = Quantiles
legend-breaks-quantiles-help = All classes have the same number of values.
legend-breaks-jenks = Jenks
legend-breaks-jenks-help = Classes end where values are rare.
legend-breaks-manual = Ends of your choice
legend-breaks-manual-hint = 10; 25.5; 40
legend-classes = { $count } classes
legend-classes-fewer = One class fewer
legend-classes-more = One class more
legend-arrows = Arrows: the way that power runs
legend-outside-band = Black and white bands: outside { $least } to { $most }
legend-beyond = Black and white bands: more than { $most } { $unit }

## Curves

legend-raise = Raise by value
legend-raise-key = Height: 10 m for { $value } { $unit }
gantt-title = What changes here from { $first } to { $last }
gantt-none = Nothing changes here from { $first } to { $last }
gantt-more = and { $count } more changes
gantt-works = works from { $year }
gantt-from = in service in { $year }
gantt-to = removed in { $year }
legend-works = Magenta: under works
accounts-show = Balance of sources and uses
accounts-title = Balance of the territory
accounts-of-selection = Balance of the selection
accounts-none = No series of energy here.
accounts-omitted = Not in the balance, for want of the same steps or of a known side: { $names }
accounts-help = Above the line the sources, below it the uses. Every value is a whole number of watt-hours: at each step the sum of sources is that of uses. Grey passes the border of the territory.
accounts-picture = Balance: sources above, uses below; the table says the same numbers
accounts-sources = Sources
accounts-uses = Uses
accounts-now = At this instant
accounts-all = Over what is drawn
accounts-open = { $count } steps in which a line is absent are not counted in the sums.
accounts-imported = Imported
accounts-exported = Exported
chart-typical-days = Typical days: mean of each hour, by season
chart-typical-nature = statistical: means of the series shown; public holidays count as their day of the week
chart-typical-name = { $season }, { $part } ({ $days } days)
chart-weekday = weekdays
chart-weekend = weekend
season-winter = winter
season-spring = spring
season-summer = summer
season-autumn = autumn
chart-over-mean = Over the looped interval: mean { $value }, { $known } values, { $absent } absent
chart-over-sum = that is { $value }
chart-territory = Curve of the territory
chart-of = Curve: { $title }
chart-none = No data on that day.
chart-typical = typical year: its dates are not those of the measurements
chart-duration = Load-duration curve: share of time with at least this value
chart-counts = { $known } values, { $absent } absent
chart-peak = Highest: { $value }, { $instant }
chart-worst = Worst moments
chart-beyond = { $count } steps out of bounds
chart-peak-help = Go to this instant
chart-total = Sum
chart-more = and { $count } more, not drawn
chart-instant = Instant
chart-table-show = See the numbers
chart-table-hide = Fold the numbers away
chart-csv = Copy as CSV
chart-csv-help = Copy the values drawn, with their source
ruler-day = { $day } { $month }
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec

## The panels

ui-app = Jumeau
ui-language = Language
ui-language-help = Switch to French
ui-language-name-fr = Français
ui-language-name-en = English
ui-theme-light = Light interface
ui-theme-dark = Dark interface
ui-help = Help
ui-help-title = Keyboard shortcuts
ui-help-mouse-title = With the mouse
ui-help-mouse-pan = Drag to move the map
ui-help-mouse-orbit = Drag with the right button to turn
ui-help-mouse-zoom = Turn the wheel to come closer
ui-help-mouse-pick = Click a building to see what is known about it
ui-close = Close
ui-share = Copy link
ui-share-help = Copy a link to this view
ui-share-done = Link copied
ui-home = Whole view
ui-north = North up
ui-zoom-in = Closer
ui-zoom-out = Farther
ui-layers = What to see
ui-layers-hide = Fold this panel
ui-layers-show = Unfold this panel
ui-group-ground = Ground, water and trees
ui-group-built = Buildings
ui-group-networks = Streets and networks
ui-group-imagery = Pictures from above
ui-group-areas = Zones and parcels
ui-layer-help = Show or hide “{ $name }”
ui-colours = What the colours mean
ui-legend = Legend
ui-source = Source: { $source }
ui-nature = Nature: { $nature }
ui-sheet-building = Building
ui-sheet-none = The data say nothing about this object.
ui-sheet-loading = Reading what is known…
ui-why = Where does this come from?
ui-why-of = Where does “{ $name }” come from?
ui-why-method = Method: { $method }
ui-why-uncertainty = Uncertainty: { $uncertainty }
ui-copy = Copy
ui-copy-of = Copy “{ $name }”
ui-copied = Copied
ui-time = Time ruler
ui-time-help = Click to choose the instant, turn the wheel to come closer, double-click to go in, Shift and drag to choose what is played
ui-hour = Time of day
ui-hour-help = Choose the time
ui-year = Year
ui-year-help = Choose the year shown
ui-play = Play
ui-pause = Pause
ui-play-help = Let time run
ui-speed = Speed
ui-speed-help = How fast time runs
ui-hour-earlier = An hour earlier
ui-hour-later = An hour later
ui-day-earlier = A day earlier
ui-day-later = A day later
ui-sunrise = Sunrise
ui-noon = Solar noon
ui-sunset = Sunset
ui-month-earlier = A month earlier
ui-month-later = A month later
ui-year-earlier = A year earlier
ui-year-later = A year later
ui-peak = Peak of the day
ui-date = Date and time
ui-date-hint = 21 June 2026 15:30
ui-date-help = Type a date, then Enter
ui-date-wrong = This date cannot be read: try 21/06/2026 15:30
ui-scope-day = Day
ui-scope-month = Month
ui-scope-year = Year
ui-scope-all = All
ui-scope-help = What the time ruler shows
ui-span-shown = Play what the ruler shows, over and over
ui-span-none = Play all of time
ui-span-help = Choose what is played over and over
ui-series-features = Series of objects
ui-series-territory = Curves of the territory
ui-series-extent = from { $from } to { $to }, in { $unit }
ui-local-time = local time
ui-attribution = Data: { $sources }
ui-progress = { $count ->
    [one] { $count } piece still to load…
   *[other] { $count } pieces still to load…
}
ui-opening = Opening the territory…
ui-fault-more = { $count ->
    [one] and { $count } more message
   *[other] and { $count } more messages
}
ui-fault-hide = Hide this message
ui-tooltip-key = { $text } ({ $key })

## How the picture is drawn

ui-picture = The picture
ui-underground = See under the ground
ui-underground-help = The ground becomes see-through and shows the buried networks
ui-quality = Quality
ui-quality-help = What the picture may cost this machine
quality-auto = Automatic
quality-auto-now = Automatic ({ $now })
quality-mobile = Frugal
quality-laptop = Laptop
quality-desktop = Desktop
quality-presentation = Presentation

## The keyboard

key-pan-left = Move left
key-pan-right = Move right
key-pan-forward = Move forward
key-pan-back = Move back
key-turn-left = Turn left
key-turn-right = Turn right
key-tilt-up = Look up
key-tilt-down = Look down
key-zoom-in = Come closer
key-zoom-out = Go farther
key-home = Back to the whole view
key-north = North up
key-select-centre = Choose what is in the middle of the picture
key-play = Start or stop time
key-faster = Faster
key-slower = Slower
key-hour-later = An hour later
key-hour-earlier = An hour earlier
key-day-later = A day later
key-day-earlier = A day earlier
key-month-later = A month later
key-month-earlier = A month earlier
key-year-later = A year later
key-year-earlier = A year earlier
key-sunrise = Go to sunrise
key-noon = Go to solar noon
key-sunset = Go to sunset
key-peak = Go to the peak of the day
key-series-next = Show the next series
key-series-before = Show the series before
key-span-none = Play all of time
key-decade-later = Ten years later
key-decade-earlier = Ten years earlier
key-theme = Change what the colours mean
key-underground = Look under the ground, or no longer
key-language = Change the language
key-try-again = Ask again for what could not be loaded
key-link = Copy a link to this view
key-search = Search for an address, a street, a place
key-help = Open or close the help
key-help-letter = Open or close the help
key-escape = One step back
key-name-space = Space
key-name-escape = Esc
key-name-enter = Enter
key-name-home = Home
key-name-page-up = Page up
key-name-page-down = Page down
key-name-left = Left arrow
key-name-right = Right arrow
key-name-up = Up arrow
key-name-down = Down arrow

## Links

link-too-long = This link is too long to be one of Jumeau’s. Copy it again from where you found it.
link-unreadable = This link cannot be read: “{ $value }” is no part of one. Copy the whole link again.
link-version = This link was made by a newer Jumeau (version { $value }). Update Jumeau to open it.
link-value = Part of this link makes no sense: “{ $part }” cannot be “{ $value }”. Copy the whole link again.

## Errors: what, why, what now

error-territory-unreachable = The territory does not open: its territory.json is missing or out of reach ({ $value }). Check the path or the connection and try again.
error-manifest-unreadable = The territory does not open: its territory.json is damaged ({ $value }). Import it again.
error-manifest-version = The territory does not open: it was prepared for another version of Jumeau ({ $value }). Import it again with this one.
error-link = The link could not be read, so you see the whole view. Copy the whole link again.
error-link-territory = This link shows another territory, so you see the whole view of this one. Open the other territory to follow it.
error-tile-unreadable = Part of the territory is missing: one of its files is damaged or out of reach ({ $value }). The rest is shown; import the territory again to get it back.
error-tile-part = Something is not shown: { $value } The rest is shown.
error-tileset-unreadable = The tileset does not open ({ $value }). Check the file or the address.
error-tileset-empty = There is nothing to see: “{ $value }” holds nothing that is drawn here.
error-style = Part of the style is not applied ({ $value }).
error-crs-argument = “{ $value }” is no projected system known here. Write for example --crs EPSG:2154.
error-connection = The data do not answer: the picture is incomplete. What is missing is asked for again by itself; the key R asks at once.
error-series-unreachable = The series is not shown: its values are out of reach ({ $value }). Check the connection, then press R.
error-series-too-large = The series is not shown: the series is too large for this graphics card ({ $value }). Import the territory with one series per profile.
error-series-unreadable = The series is not shown: its values are damaged ({ $value }). Import the territory again.
error-imagery-grid = The aerial picture is not shown: its grid of tiles is “{ $value }”. Only Web Mercator’s (EPSG:3857, “PM”) can be laid on the ground.
error-territory-missing = The territory does not open: there is no territory.json in “{ $value }”. Check the path, or import a territory there.
error-no-default-territory = There is no territory to open: Nantes is not in “{ $value }” yet. Run “cargo xtask demo”, or give the path of a territory.
error-no-display = The window does not open: this session has no screen. Run “jumeau serve” and open a browser, or make a picture with “jumeau snapshot”.
error-display-silent = The window does not open: the screen “{ $value }” that this session names (DISPLAY or WAYLAND_DISPLAY) does not answer. Correct the variable, run “jumeau serve” and open a browser, or make a picture with “jumeau snapshot”.
error-graphics-lost = The graphics card has stopped answering: { $value }. If this comes back, renew its driver or ask less of it (--memory 512).
graphics-lost-again = The graphics card has stopped answering; the view opens again at the same place.
error-no-graphics = Nothing can be drawn: no graphics driver was found. Install the one of your card, or a software driver (mesa-vulkan-drivers on Debian and Ubuntu).
error-command = A page asked for something Jumeau does not know ({ $value }). Nothing has changed; update the page.
error-picture-write = The picture was not saved ({ $value }). Check the folder and the space left there.
error-picture-empty = Nothing could be drawn: the territory's files are damaged or out of reach ({ $value }). Check it with “jumeau check”, or import it again.
error-picture-incomplete = The picture is not complete: parts of the territory did not arrive in time. Try again and allow more time.
error-picture-size = The picture was not made: it is larger than the graphics card can draw. Ask for a smaller one.

## Findings that no format explains itself

finding-without-text = Finding “{ $code }”: { $value }
finding-terrain-derived = No relief is given: it is worked out from the altitudes of what stands on the ground.
finding-terrain-flat = No relief is given and nothing has an altitude: the ground is flat.
finding-geoid-approximate = Heights are converted with an approximate value of the geoid.
finding-water-outline-invalid = The outline of the water “{ $object }” crosses itself and is left out.
finding-manifest-unreadable = territory.json is damaged: { $value }
finding-manifest-version = territory.json has an unknown version: { $value }

# Attributes and filters
theme-attribute = Attribute
theme-attribute-help = What the source says of each object.
attribute-usage2 = Second use
attribute-ridge = Height of the ridge
attribute-ridge-stated = Height of the ridge as stated
attribute-roof = Shape of the roof
attribute-roof-method = Origin of the roof
attribute-height-origin = Origin of the height
attribute-class = Kind
ui-attributes = Colours by an attribute
ui-attribute-none = None
ui-filters = Filters
ui-filter-add = Add a filter…
ui-filter-remove = Remove the filter “{ $name }”
ui-filter-from = from
ui-filter-to = to
legend-others = Others

# Curves of the territory and calendar
chart-demand-territory = Electricity demand of the territory, by use
chart-trough = Lowest: { $value }, { $instant }
chart-calendar = The year hour by hour
chart-calendar-of = Calendar: { $title }, day by day and hour by hour, from { $low } to { $high }
chart-hour = { $hour } h
demand-class-residential = Homes
demand-class-services = Shops and services
demand-class-public = Public buildings
demand-class-sport = Sport
demand-class-religious = Places of worship
demand-class-industrial = Industry
demand-class-agricultural = Farming
demand-class-annex = Annexes
demand-class-unknown = Unknown use

# Saved views
ui-views = Saved views
ui-view-name = Name of the view
ui-view-keep = Save this view
ui-view-keep-help = Keeps camera, moment, colours and filters under this name
ui-view-open = Go back to this view
ui-view-remove = Forget the view “{ $name }”

## Search

search-label = Search for an address, a street, a place
search-hint = 12 rue des Lilas
search-open = Search
search-clear = Clear the search
search-waiting = Searching…
search-no-index = This territory has no search index: import it again to search for addresses and streets.
search-nothing = No address and no place “{ $query }” in this territory; try the street without a number, or the name of the commune.
search-partial = A part of the index did not arrive: there may be more answers.
search-local = Nothing you type leaves this device.
search-remark-number-unknown = unknown number, here is the street
search-remark-other-suffix = same number, another suffix
search-kind-address = address
search-kind-commune = commune
search-kind-quarter = quarter or hamlet
search-kind-street = street
search-kind-place = place
search-kind-building = building
search-kind-stop = stop
search-kind-line = line
search-kind-water = water
search-results = { $count ->
    [one] { $count } answer
   *[other] { $count } answers
}
search-tip = Search for an address (/ or Ctrl+K)
error-search = Searching does not work: its index is damaged ({ $value }). Import the territory again.

roof-title = My roof
roof-waiting = The roof is on its way…
roof-absent = This building is not in the territory’s roof book.
roof-empty = No module fits on this roof, or all have been taken out.
roof-failed = The roof could not be worked out: { $value }
roof-meter-unread = The meter’s file is missing or cannot be read; a household’s profile stands in. { $value }
roof-dated = A dated fact is past its validity: to be checked.
roof-months = Production by month, kWh
roof-day = Mean day of { $month }, hour by hour, kW
roof-hours = Hours of the mean day
roof-hour = { $hour } h: production { $made } kW, demand { $drawn } kW
roof-made = production
roof-drawn = demand
roof-load = Consumer
roof-load-household = Household
roof-load-farm = Farm
roof-load-school = School
roof-load-meter = My meter
roof-load-help = The load profile, hour by hour, that the roof meets.
roof-demand = Yearly demand
roof-demand-known = estimated
roof-demand-help = Your demand in kWh a year; otherwise an estimate for this building or a usual value.
roof-battery = battery
roof-battery-help = A lithium battery beside the meter that empties in two hours, 90 % there and back. Its price is not counted.
roof-sell-all = Sell all
roof-meter-drop = Drop your meter’s load curve (CSV) here: it stays on this device.
roof-meter-forget = Forget this file
roof-planes = Planes of the roof
roof-plane = { $light } kWh/m²/year, { $modules } / { $places } modules
roof-plane-help = { $area } m² of which { $usable } m² usable; shade takes { $shade } %; { $sky } % of the sky seen. Simulated values.
roof-key = Colours of the planes: light in a year
roof-key-ends = { $low } – { $high } kWh/m²/year
roof-reset = As proposed
roof-reset-help = Puts back the proposed planes and modules.
roof-figures = Figures and their sources
roof-carbon = CO₂ by three methods
roof-carbon-help = Three ways to count, never one number.
roof-formalities = Formalities ({ $months } months for the decision)
roof-covisible = Seen together with a monument, by the sight lines: the heritage architect has to agree.
roof-not-covisible = Not seen together by the sight lines; the heritage architect judges.
roof-covisible-unknown = Protected monuments: none within 500 m in the data, or not computable; to be checked.
roof-step-needed = to do
roof-step-known = to know
roof-step-to-verify = to verify
roof-facts = Dated facts

# Computed series
series-demand-areas = Demand by district
series-demand-iris = Demand by IRIS
series-demand-of-buildings = Demand of the buildings
series-pv-if-equipped = Solar production, roofs equipped
series-lighting = Street lighting
series-tram = Tramway
series-flow-loading = Loading of the lines
series-flow-voltage = Voltage
series-wind-power = Wind production
series-wind-speed = Wind at the hub
series-wind-direction = Direction of the wind
series-wind-park = Wind park, with and without wakes
series-battery-production = Production of the park
series-battery-export = Fed into the grid
series-battery-curtailed = Curtailed
series-battery-stored = Energy stored
series-battery-charge = State of charge
series-solar-months = Solar production by month
series-solar-hours = Solar production hour by hour
series-loads = Load profiles
