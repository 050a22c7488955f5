# The words of outpace's report, in English.
#
# Another language is a file like this one, in the syntax of Project Fluent: the same messages, each
# with the same things in braces. Copy it (`outpace report --print-language` prints it), translate
# what stands right of each `=`, and name the file in targets.toml:
#
#     [report]
#     language = "de.ftl"
#
# `outpace doctor` then says what is missing or left out. `{ $n }` is a number: it may choose a
# variant by its plural category (`[one]`, `*[other]`, and what else the language has). Figures come
# with their units. A word of comparison stands in no other variant than that of its relation:
# [faster] and [slower] are proven differences, [level] is none, [unknown] cannot be told.

## The language itself

# BCP 47: it chooses the plural rules and is told to screen readers.
language = en
# Between whole and tenths, and between thousands.
decimal = .
group = ,

## Figures, dates and lists

number-word =
    { $n ->
        [0] no
        [1] one
        [2] two
        [3] three
        [4] four
        [5] five
        [6] six
        [7] seven
        [8] eight
        [9] nine
        [10] ten
        [11] eleven
        [12] twelve
       *[other] { $n }
    }
ordinal =
    { NUMBER($n, type: "ordinal") ->
        [one] { $n }st
        [two] { $n }nd
        [few] { $n }rd
       *[other] { $n }th
    }
rank-either = { $lo } or { $hi }
rank-range = { $lo } to { $hi }
# Two ends of an interval.
between = { $lower } to { $upper }
list-last = { $list } and { $last }
list-next = { $list }, { $next }
month =
    { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    }
month-short =
    { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    }
date-whole = { $day } { month } { $year }
date-day = { $day } { month }
date-day-short = { $day } { month-short }
date-month-year = { month } { $year }
period-night = night of { $night }
period-span = { $first } to { $last }
period-nights-before = the { $n } nights before

## Page kinds and markets

# A page kind that is called so, or ends so, is left alone.
page = page
page-kind = { $kind } page
# By code (ISO 3166-1 alpha-2); others are printed as they are written. A language may have more.
market-AE = United Arab Emirates
market-AR = Argentina
market-AT = Austria
market-AU = Australia
market-BE = Belgium
market-BR = Brazil
market-CA = Canada
market-CH = Switzerland
market-CL = Chile
market-CN = China
market-CZ = Czechia
market-DE = Germany
market-DK = Denmark
market-EE = Estonia
market-ES = Spain
market-FI = Finland
market-FR = France
market-GB = United Kingdom
market-GR = Greece
market-HK = Hong Kong
market-HU = Hungary
market-ID = Indonesia
market-IE = Ireland
market-IL = Israel
market-IN = India
market-IT = Italy
market-JP = Japan
market-KR = South Korea
market-MX = Mexico
market-MY = Malaysia
market-NL = Netherlands
market-NO = Norway
market-NZ = New Zealand
market-PH = Philippines
market-PL = Poland
market-PT = Portugal
market-RO = Romania
market-SA = Saudi Arabia
market-SE = Sweden
market-SG = Singapore
market-TH = Thailand
market-TR = Türkiye
market-TW = Taiwan
market-UA = Ukraine
market-UK = United Kingdom
market-US = United States
market-VN = Vietnam
market-ZA = South Africa

## Metrics

metric-ttfb = server reply (TTFB)
metric-redirect = redirects
metric-dns = name look-up
metric-connect = connection
metric-tls = TLS handshake
metric-wait = server wait
metric-download = document download
metric-fcp = first content (FCP)
metric-lcp = main content shown (LCP)
metric-lcp-ttfb = main content: server reply
metric-lcp-load-delay = main content: load delay
metric-lcp-load-time = main content: load time
metric-lcp-render-delay = main content: render delay
metric-cls = layout jumps (CLS)
metric-tbt = busy time (TBT)
metric-inp = reaction to input (INP)
metric-speed-index = visual speed (Speed Index)
metric-visual-complete = visually complete
metric-dom-content-loaded = document ready
metric-load = page load
metric-fully-loaded = fully loaded
metric-requests = requests
metric-failed-requests = failed requests
metric-transfer-bytes = bytes
metric-js-bytes = script bytes
metric-css-bytes = style bytes
metric-image-bytes = image bytes
metric-font-bytes = font bytes
metric-third-party-requests = third-party requests
metric-third-party-bytes = third-party bytes
metric-js-errors = script errors
metric-console-errors = console errors

## Why there is no figure

not-ranked-nights = { $nights } of the { $needed } nights needed
not-ranked-visits = { $valid } of the { $needed } valid visits needed
not-ranked-lost = { $lost } of { $attempted } visits blocked or failed
not-ranked-no-data = nothing measured
not-ranked-alone = no other site has this page
not-ranked-no-other = no other site has data enough
not-ranked-short-few = few
not-ranked-short-lost = lost
not-ranked-short-alone = alone
lost-state =
    { $state ->
        [blocked] blocked
        [failed] failed
       *[missed] not made
    }
lost-all =
    { $n ->
        [1] { lost-state } on the only visit
        [2] { lost-state } on both visits
       *[other] { lost-state } on all { $n } visits
    }
lost-some = { lost-state } on { $n } of { $attempted }
lost-no-value = no visit gave a value
lost-no-value-of =
    { $n ->
        [one] { $n } visit is valid and has no such value
       *[other] { $n } visits are valid and none has such a value
    }

## Page 1: the answer

headline-nothing = There is nothing to compare yet.
headline-unmeasured-month = Nothing could be measured in { $period }.
headline-unmeasured-night = Nothing could be measured in the { $period }.
headline-unmeasured-span = Nothing could be measured in the period { $period }.
headline-ours-unmeasured = Our { $page } could not be measured
headline-ours-lcp = Our { $page } shows its main content in { $figure }
headline-ours-lcp-night = Our { $page } showed its main content in { $figure }
headline-ours-other = Our { $page }: { $metric } { $figure }
headline-alone = { $ours }. No overseas site to set beside it.
headline-end = { $ours }.
headline-so-far = { $ours }. The best overseas so far: { $figure }.
headline-level = { $ours }, level with the overseas benchmark at { $figure }.
headline-faster = { $ours }, faster than the overseas benchmark at { $figure }.
headline-benchmark = { $ours }. The overseas benchmark takes { $figure }.
headline-best = { $ours }. The best overseas site takes { $figure }.
lede-ours =
    { $device ->
        [phone] On a phone
        [desktop] On a desktop
        [tablet] On a tablet
        [own] On a device of our own
       *[browser] On a browser
    } seen from { $regions }, half of our visits took no more than { $median } and three quarters no more than { $p75 }.
lede-no-overseas-value = No overseas site could be measured on this page.
lede-no-overseas = No overseas site is among the targets, so there is no benchmark.
# Before one of the next, where the site that would be the benchmark was not measured well enough.
# $why: `blocked on all 62 visits`, or for [some] `32 of 62 visits blocked or failed`.
lede-gone =
    { $lost ->
        [all] could not be measured ({ $why })
       *[some] was measured too seldom ({ $why })
    }
lede-reference-gone = The settings name { $gone } as the benchmark, but it { lede-gone }.
lede-chosen-gone = By the nights before, { $gone } would be the benchmark, but it { lede-gone }.
# Within the next: [instead] after one of the two above.
lede-stands =
    { $stands ->
        [instead] stands in for it
       *[first] is the benchmark
    }
lede-benchmark-reference = { $site } ({ $market }) { lede-stands }, as the settings name it.
lede-benchmark-before = { $site } ({ $market }) { lede-stands }, chosen on the data of { $before }.
lede-benchmark-month-before = { $site } ({ $market }) { lede-stands }, chosen on the nights before.
lede-benchmark-halves = { $site } ({ $market }) { lede-stands }, chosen on the nights of this period, each half of them by itself.
lede-benchmark-so-far =
    { $stands ->
        [instead] { $site } ({ $market }) stands in for it as the best overseas so far; to be sure of it takes more nights.
       *[first] { $site } ({ $market }) is the best overseas so far; to be sure of it takes more nights.
    }
lede-ties-so-far =
    { $n ->
        [one] { $sites } is not ruled out as the best.
       *[other] { $sites } are not ruled out as the best.
    }
lede-ties =
    { $n ->
        [one] { $sites } may be the best as well.
       *[other] { $sites } may each be the best as well.
    }
# After the benchmark, of which it says that it is not the best. [yes]: one site is left to be it.
lede-ruled-out =
    { $sure ->
        [yes] By the data of this period it is not the best overseas: { $sites } is.
       *[no] { $n ->
            [one] By the data of this period it is not the best overseas: { $sites } may be.
           *[other] By the data of this period it is not the best overseas: each of { $sites } may be.
        }
    }
lede-unmeasured =
    { $n ->
        [one] { $sites } was not measured, so nothing rules it out as the best.
       *[other] { $sites } were not measured, so nothing rules them out as the best.
    }
lede-place = Among the { $sites } sites ranked we are { $place }.
lede-not-ranked = We are not ranked yet: { $why }.
lab =
    { $n ->
        [one] { $regions } is a lab: the distance to each market is simulated, not travelled.
       *[other] { $regions } are labs: the distance to each market is simulated, not travelled.
    }
lede-other-settings = All of these nights were measured under other settings than today’s, which this report tells.

## Charts: words in them, and what they say to whoever cannot see them

# After our own name, in brackets, and beside our own bar.
us = us
faster = faster
slower = slower
available = available
unknown = unknown
not-measured = not measured
site-not-measured = { $site } not measured
# Figures of a chart, with "; " between them.
chart-told = { $told }.
axis-line-who =
    { $line ->
        [leaders] leaders
       *[expectation] people expect
    }
axis-line-metric = { axis-line-who }: main content in { $size }
axis-line = { axis-line-who }: { $size }
strip-title = Medians of { $metric } on one scale
strip-told = From the lowest to the highest: { $sites }.
dots-not-measured = not measured: { $why }
dots-title = { $metric } by site
dumbbell-us = us { $figure }
dumbbell-and = and { $site }
dumbbell-no-overseas = no overseas site
dumbbell-told = { $page }: us { $ours }, { $best }
dumbbell-title = Us and the overseas benchmark by page kind
# At a line where the instrument changed; as short as it can be.
panels-method = method
panels-failed = visits failed
# Over releases too close to be named singly. $days: `2–24 Oct`.
panels-releases = { $n } releases, { $days }
panels-days = { $first }–{ $last }
panels-told = { $site } { $first } in the first week and { $last } in the last
panels-title = { $metric } by week, a panel a site
bump-title = Order of the sites by month
bump-not-ranked = We were not ranked.
bump-told = Our place: { $places }.
# Under a month in which fewer sites could be ranked than in others.
bump-of = of { $n }
# At the end of a line that ends before the last month. $month: the month after its last dot.
bump-ended =
    { $why ->
        [blocked] { $site }, blocked in { $month }
        [lost] { $site }, lost in { $month }
       *[none] { $site }, not ranked in { $month }
    }
nights-told = { $site }: { $failed } failed, { $blocked } blocked, { $missed } not made of { $attempted }
nights-title = What became of the visits, night by night
pairs-main-content = Main content time, part by part
pairs-server = Server and main thread
pairs-weight = Weight
pairs-requests = Requests
pairs-told = { $part } { $ours } against { $best }
pairs-title = Ours beside { $site }, metric by metric
# Of the shade around zero.
effects-band = Shaded: under { $size }, never called faster or slower
effects-title = { $metric } after each release less that before

## Words of several pages

best-word =
    { $best ->
        [so-far] best overseas so far
       *[benchmark] benchmark
    }
metric-of-page = { $metric }, { $page }
n-of = { $n } of { $of }
site = Site

## Page 1: captions

restated-title = Restated
# Then by what it differs, a sentence each. { $kept } is the name of its file.
restated = An earlier report of these nights is kept in the archive ({ $kept }).
restated-data = It counted otherwise: { $what }.
restated-same-counts = the same counts, other values
restated-months = It looked back on other visits of { $months }.
restated-releases = It knew other releases.
restated-settings = It had other settings in targets.toml: { $parts }.
restated-version = Version { $version } of outpace made other figures of the same data.
restated-count =
    { $state ->
        [valid] valid { $before }, now { $now }
        [failed] failed { $before }, now { $now }
        [blocked] blocked { $before }, now { $now }
       *[missed] not made { $before }, now { $now }
    }
restated-site = { $site }: { $counts }.
restated-more =
    { $n ->
        [one] At one more site the counts are others.
       *[other] At { $n } more sites the counts are others.
    }
restated-others =
    { $n ->
        [one] One more report in the archive differs from this one.
       *[other] { $n } more reports in the archive differ from this one.
    }
answer-caption = { $metric }, { $page }: median of all visits of the period.
answer-caption-night = { $metric }, { $page }: median of that night’s visits.
# $sites: a list of names.
answer-absent = Not on the scale: { $sites } ({ $why }).

## Page 2: where we stand

standing-nothing = There is nothing to compare yet
standing-nothing-why = No page kind has been visited in this period.

## Page 3: the gap, page by page

gap-subtitle = { $metric } by kind of page, medians: us, and the { best-word } (ringed).
gap-no-such-page = no such page

## Page 4: what a customer sees

film-link = What a customer sees
film-external = Left out of what may leave the house: the pictures show other people’s pages and marks.
film-none = No visit of this period was filmed, so there is nothing to show.
film-subtitle = Each row is one real visit, the filmed one nearest the site’s median; a picture every { $step }.
# $sites: a list of names.
film-missing = Without a filmed visit: { $sites }.
film-title-none = What a customer sees: no pictures
film-title = Two visits side by side: ours shows its main content after { $ours }, { $site } after { $theirs }
film-title-other = What a customer sees while a page loads
film-alt = { $site } after { $time }
film-main = main content
film-first = first content

## Pages 5 to 7: the year, the places, journeys

year-link = Twelve months
year-no-page = No page kind has been visited.
year-too-short = A line over time needs values of two weeks; there are none yet.
year-subtitle = { $metric }, { $page }: median by week, the middle half of visits as a band. Pale, behind the others: ours. The figure at a line’s end is the last week’s.
rank-link = Rank over time
rank-subtitle = Order by median. A full dot is a place that is 95 % sure; a hollow one stands for several, which a bar spans for us and the benchmark. Dashed: the months rank different sites.
rank-too-short = An order over time needs two months in which sites could be ranked (14 nights each).
rank-places = Places
rank-medians = Medians, { $unit }
journeys-link = Journeys
journeys-title = Journeys are not measured
journeys-subtitle = Every figure of this report is the load of one page; no visit walks on to a next step.

## Pages 10 and 11: parts and changes

parts-link = Why they are where they are
parts-none = That takes stored parts of ours and of an overseas site in this period.
parts-subtitle = Medians of the same visits as page 1, { $page }. Parts are medians each for itself, so they need not add up.
parts-words = In words
changed-link = What changed
changed-none = Once releases are marked (outpace release mark), the nights after each are compared with those before.
changed-subtitle = Main content time of the nights after each release less that of the nights before, up to fourteen a side, with 95 % interval. What moved the other sites in the same nights is taken off where at least three tell.
changed-outside = Left out of what may leave the house: what we released, what followed it, and what is to be decided.
changed-releases = Releases
changed-decisions = Decisions asked
moved-visits = Visits, { $month }
moved-title = Every site, this month and the month before: { $page }, medians

## Heads of columns

column-median = Median
column-interval = 95 % interval
column-place = Place
column-available = Available
column-valid = Valid
column-failed = Failed
column-blocked = Blocked
column-missed = Not made
column-tried = Tried
column-lost = Lost
column-region = Region

## Page 8: regions and devices

places-link = Regions and devices
places-none = No site could be measured from any region.
places-subtitle = { $metric }, { $page }: median by site and place. The darker the slower, in steps of the values shown.
places-as = { $page }, as { $device }
places-from = from { $region }
places-blocked = blocked
places-no-value = no value
places-not-made = From { $region } { $missed } of { $tried } visits of this page were not made.
places-lab = In this lab the distance to each market is simulated.
own-market-title = Each site in its own home market
own-market-from = Seen from
own-market-against = Against us
own-market-no-region = no region in { $market }

## Page 9: reliability

reliability-link = Reliability
reliability-none = No visit was planned in this period.
reliability-subtitle = A mark a night: a small dot is a night without loss, a large dark one has failed visits, a ring blocked ones, a stroke visits that were not made.
reliability-by-page = Available, page by page
reliability-share = { $share } ({ $valid } of { $of })
reliability-bad-nights = Nights with failures
reliability-spread = Middle half of visits

## The letter that carries the report: at most 120 words in all

letter-subject = { $project }, { $period }: { $standing }
letter-unmeasured = our page could not be measured
letter-rank-and-gap = { $rank }, { $gap }
letter-rank = { $place } of { $of }
letter-not-ranked = not ranked yet
letter-no-overseas = no overseas site measured
letter-best-so-far = { $site } (best overseas so far)
letter-gap-unknown = gap to { $best } unknown
letter-gap =
    { $relation ->
        [slower] { $size } behind { $best }
        [faster] { $size } ahead of { $best }
        [level] level with { $best }
       *[unknown] gap to { $best } not yet sure
    }
letter-nothing = Nothing could be compared.
letter-page-unmeasured = Our { $page } could not be measured.
letter-first = nothing earlier to compare with
letter-not-before = not measured in { $before }
letter-position = Our { $page }: { $metric } { $figure }, { $rank }; { $gap }; { $change }.
letter-change =
    { $relation ->
        [faster] { $size } faster than { $before }
        [slower] { $size } slower than { $before }
        [level] level with { $before }
       *[unknown] too few nights to compare with { $before }
    }
letter-change-method = { $change } (the instrument changed in between)
letter-not-moved = Nothing became provably better or worse.
# The period as a whole is level with the one before. $effects: a list of `release-moved`.
letter-not-moved-but =
    { $n ->
        [one] As a whole nothing became provably better or worse; one release moved the { $page }: { $effects }.
       *[other] As a whole nothing became provably better or worse; releases moved the { $page }: { $effects }.
    }
# Said of [faster] and [slower] alone.
letter-moved =
    { $relation ->
        [faster] Better: { $page }, { $change }; { $cause }.
       *[slower] Worse: { $page }, { $change }; { $cause }.
    }
letter-cause =
    { $relation ->
        [faster] likely cause: { letter-release }, { $size } faster since
       *[slower] likely cause: { letter-release }, { $size } slower since
    }
letter-release =
    { $n ->
        [one] release { $release }
       *[other] releases { $release }
    }
letter-no-cause = no cause is proven
letter-why-unmeasured = First comes the question why our pages could not be measured.
letter-decide-page = To decide: work on the { $page } first? It is { $size } behind { $site }.
letter-the-best = the best overseas
letter-decide-release = To decide: take back or mend { letter-release }?
letter-decide-mend = To decide: mend the { $page } first? Of { $tried } visits { $failed } failed.
letter-decide-nothing = Nothing is proven that asks for a decision.
letter-measured = Measured { $valid } of { $attempted } planned visits.
letter-measured-lost = Measured { $valid } of { $attempted } planned visits: { $lost }.
letter-lost = { $n } { lost-state }
letter-page = Page: { $link }

## Page 1: what changed

changes-title = What changed
changes-first-night = This is the first night in the data: there is nothing to compare it with yet.
changes-nothing-earlier = There is nothing earlier in the data to compare with.
changes-nothing-before = Nothing was measured in the month before, so there is nothing to compare with.
changes-too-short = Nothing is compared with the nights before: that takes six nights, and as many measured before them.
# $pages: a list of pages; where they moved, each is a `changes-page-by`. $before: `September`.
changes-pages =
    { $relation ->
        [faster] Faster than { $before }: { $pages }.
        [slower] Slower than { $before }: { $pages }.
        [level] Level with { $before }: { $pages }.
       *[unknown] Too few nights to compare with { $before }: { $pages }.
    }
changes-page-by = { $page } by { $size }
changes-gap =
    { $turn ->
        [narrowed] The gap to { $best } on the { $page } narrowed by { $size }.
        [lead-grew] Our lead over { $best } on the { $page } grew by { $size }.
        [lead-shrank] Our lead over { $best } on the { $page } shrank by { $size }.
       *[grew] The gap to { $best } on the { $page } grew by { $size }.
    }
# What moved within a period that is level as a whole. $effects: a list of `release-moved`.
changes-release =
    { $n ->
        [one] Still, one release moved our { $page }: { $effects }.
       *[other] Still, releases moved our { $page }: { $effects }.
    }
# $last: the day on which what measures changed last, within the nights compared.
changes-method =
    { $n ->
        [one] On { $last } the browser or another part of the instrument changed: some of a change may be its own.
       *[other] On { $n } nights, last on { $last }, the browser or another part of the instrument changed: some of a change may be its own.
    }
changes-none = None of our pages was measured both now and in { $before }.

## Page 2: the standing

# Starts a title: its first letter is put in upper case.
standing-title-not-ours =
    { $n ->
        [0] No site could be measured on the { $page }
        [one] { number-word } site could be measured on the { $page }; ours could not
       *[other] { number-word } sites could be measured on the { $page }; ours could not
    }
standing-title-only-ours = On the { $page } only our own site could be measured
standing-title-one-night = One night of data: shown, not ranked
standing-title-not-ranked = Shown, not ranked yet: { $why }
standing-title-ours-not-ranked = The others are ranked, ours is not yet: { $why }
standing-title-cannot-tell = Shown side by side: the data cannot tell how the others stand to ours
# A title is a list of `standing-first` and up to two of `standing-next`, or `standing-all-slower`;
# one of the two below may go round it. Its first letter is put in upper case.
standing-title-doubt = { $told }; of { number-word } we cannot tell
standing-title-on-night = On this night { $told }
standing-all-slower = all { number-word } other sites are slower than ours
standing-first =
    { $relation ->
        [faster] { $n ->
            [one] { number-word } site is faster than ours
           *[other] { number-word } sites are faster than ours
        }
        [level] { $n ->
            [one] { number-word } site is level with ours
           *[other] { number-word } sites are level with ours
        }
        [slower] { $n ->
            [one] { number-word } site is slower than ours
           *[other] { number-word } sites are slower than ours
        }
       *[unknown] of { number-word } we cannot tell
    }
standing-next =
    { $relation ->
        [faster] { $n ->
            [one] { number-word } is faster
           *[other] { number-word } are faster
        }
        [level] { $n ->
            [one] { number-word } is level
           *[other] { number-word } are level
        }
        [slower] { $n ->
            [one] { number-word } is slower
           *[other] { number-word } are slower
        }
       *[unknown] of { number-word } we cannot tell
    }
# Another site, against ours.
relation-to-us =
    { $relation ->
        [faster] faster
        [level] level with us
        [slower] slower
       *[unknown] cannot tell
    }
place-not-measured = not measured
place-not-ranked = not ranked
standing-marks-intervals = Stroke: median. Bar: 80 % interval, thin line: 95 %.
standing-marks-visits = Large dot: median. Small dots: every visit. So few nights give no interval.
standing-marks-medians = Dot: median. So few nights give no interval.
standing-nobody-ranked = Nobody is ranked yet: { $why }.
standing-places-hold = Places hold for all sites at once with 95 % confidence.
standing-site-not-ranked = { $site } is not ranked: { $why }.
standing-may-be-first =
    { $n ->
        [one] The first place overseas is open: besides { $best }, { $sites } is not ruled out.
       *[other] The first place overseas is open: besides { $best }, { $sites } are not ruled out.
    }
# Where the benchmark is not the best overseas.
standing-another-is-first = First overseas is { $sites }, not the benchmark { $best }.
standing-others-may-be-first =
    { $n ->
        [one] First overseas may be { $sites }, but not the benchmark { $best }.
       *[other] First overseas may be any of { $sites }, but not the benchmark { $best }.
    }
standing-unmeasured-first =
    { $n ->
        [one] Not measured, { $sites } may be first overseas as well.
       *[other] Not measured, { $sites } may be first overseas as well.
    }

## Page 1: the three figures

figure-ours-lcp = Main content shown, ours
# Its first letter is put in upper case.
figure-ours = { $metric }, ours
no-such-page = we have no such page
interval95 = 95 % interval { $interval }
figure-median-of =
    { $n ->
        [one] of a single visit
       *[other] median of { $n } visits
    }
figure-first-night = first night
figure-no-earlier = no earlier data
figure-not-compared = not compared
# In the place of `September` where the period before has no name.
figure-period-before = the period before
figure-since =
    { $relation ->
        [faster] { $size } faster than { $before }
        [slower] { $size } slower than { $before }
        [level] level with { $before }
       *[unknown] too few nights to compare with { $before }
    }
figure-gap-none = To the overseas benchmark
figure-gap-no-overseas = no overseas site among the targets
figure-gap-no-overseas-value = no overseas site could be measured
figure-gap-ours-unmeasured = ours could not be measured
# Over the gap's size.
figure-gap =
    { $relation ->
        [faster] Ahead of { figure-gap-whom }
        [slower] Behind { figure-gap-whom }
        [level] To { figure-gap-whom }
       *[unknown] To { figure-gap-whom }
    }
# [best] where nobody else may be it.
figure-gap-whom =
    { $whom ->
        [so-far] the best overseas so far
        [best] the best overseas
       *[benchmark] the overseas benchmark
    }
figure-gap-level = level
figure-gap-change =
    { $turn ->
        [less] { $size } less than in { $before }
        [more] { $size } more than in { $before }
        [behind] { $size } behind in { $before }
        [ahead] { $size } ahead in { $before }
        [same] level with { $before }
       *[unknown] too few nights to compare with { $before }
    }
figure-gap-pairs =
    { $n ->
        [one] { $n } pair
       *[other] { $n } pairs
    }
# The interval of this one difference says more than all sites at once allow.
figure-open-among-all = not sure among all sites at once
figure-too-few-rounds = too few rounds to tell
figure-too-few-nights = too few nights to tell
figure-place = Our place
# Small, after the place.
figure-place-of = of { $n }
figure-place-sure = 95 % sure, for all sites at once
# Large, in the place of the place.
figure-place-none = Not ranked yet
# Other sites, against ours.
figure-others =
    { $relation ->
        [faster] { $n } faster
        [level] { $n } level with us
        [slower] { $n } slower
       *[unknown] { $n } undecided
    }

## Page 3: the gap

gap-title =
    { $n ->
        [one] The gap is on the { $page }: { $size } behind { $best }
       *[other] The largest gap is on the { $page }: { $size } behind { $best }
    }
gap-title-night =
    { $n ->
        [one] The gap on this night is on the { $page }: { $size } behind { $best }
       *[other] The largest gap on this night is on the { $page }: { $size } behind { $best }
    }
gap-title-not-compared = No page could be compared with an overseas site
gap-title-faster =
    { $n ->
        [one] We are faster than the overseas benchmark on the page compared
       *[other] We are faster than the overseas benchmark on all { number-word } pages
    }
gap-title-faster-night =
    { $n ->
        [one] We are faster than the overseas benchmark on this night on the page compared
       *[other] We are faster than the overseas benchmark on this night on all { number-word } pages
    }
# Its first letter is put in upper case.
gap-title-too-little =
    { $n ->
        [one] { number-word } page beside the { best-word }: too little data to call a gap
       *[other] { number-word } pages beside the { best-word }: too little data to call a gap
    }
gap-title-none-behind = No page is proven to be behind the overseas benchmark
gap-title-none-behind-night = No page is proven to be behind the overseas benchmark on this night
# Ours against the benchmark, in few words; the size that cannot be told from nothing has its sign.
gap-side =
    { $relation ->
        [faster] { $size } ahead
        [slower] { $size } behind
        [level] level
       *[unknown] { $size }
    }
# Why a page is not compared.
no-pair-alone = no comparable page: only one site has it
no-pair-ours-unmeasured = ours: { $why }
no-pair-overseas-unmeasured = no overseas site could be measured here
no-pair-none-overseas = no comparable page overseas

## Page 1: what could not be measured

losses-title = What we could not measure
# $lost: a list of `losses-all` and `losses-some`, each within a `losses-cause` where the cause is
# known.
losses-site-whole = { $site }: { $lost }.
losses-site =
    { $attempted ->
        [one] { $site }: of { $attempted } visit, { $lost }.
       *[other] { $site }: of { $attempted } visits, { $lost }.
    }
losses-all =
    { $n ->
        [1] the only visit { lost-state }
        [2] both visits { lost-state }
       *[other] all { $n } visits { lost-state }
    }
losses-some = { $n } { lost-state }
losses-cause = { $lost } ({ $cause })
losses-cause-most = { $lost } ({ $n } of them { $cause })
losses-more =
    { $sites ->
        [one] { $n } more at { $sites } other site: see the appendix.
       *[other] { $n } more at { $sites } other sites: see the appendix.
    }
losses-blocked-unknown = Blocked is unknown, not a speed.
# Its first letter is put in upper case.
losses-no-counterpart =
    { $n ->
        [one] { $pages } has no counterpart overseas.
       *[other] { $pages } have no counterpart overseas.
    }
losses-none =
    { $n ->
        [0] No visit was made.
        [one] Nothing is missing: the only visit ({ $n }) gave a value.
       *[other] Nothing is missing: each of the { $n } visits gave a value.
    }
# $of: all visits, from everywhere; the first pages are seen from home.
losses-elsewhere = Nothing is missing on pages 1 to 3. Of all { $of } visits, { $n } gave no value: see the appendix.
# A status of HTTP, such as 403.
cause-status = answered with status { $status }
cause-timeout = no load event in time

## Page 5: the year

year-title-nothing = There is no history yet
year-title-nothing-of-ours = There is no history of ours yet
year-title-one-month = One month of our { $page }: the line begins here
year-title = Our { $page } took { $first } in { $first_month } and { $last } in { $last_month }
year-marks-release = Versions stand where our releases were.
year-marks-incident = A cross is a night on which a fifth or more of our visits to this page failed, a bracket several such nights in a row.
year-marks-method = At “method” another browser or another instrument took over: a step there may be its own.
year-simulated =
    { $share ->
        [all] Simulated, not measured: all of this period’s visits.
       *[some] Simulated, not measured: { $n } of this period’s visits.
    }
year-simulated-history =
    { $share ->
        [none] Simulated, not measured: none of this period’s visits, and the history behind them.
        [all] Simulated, not measured: all of this period’s visits, and the history behind them.
       *[some] Simulated, not measured: { $n } of this period’s visits, and the history behind them.
    }

## Page 6: rank over time

# Places are such as `4th or 5th`, the numbers of sites such as `seven`.
rank-title-still = We are { $place } of { $sites }, as in { $month }
rank-title-moved = We were { $first } of { $first_sites } in { $first_month } and are { $last } of { $last_sites } in { $last_month }
rank-title-first = In { $month } we are { $place } of { $sites }: the first month with a place
rank-title-past = We were { $place } of { $sites } in { $month }, the last month with a place for us
rank-title-none = We have no place in any month yet

## Page 8: regions

places-title-nothing = No region has measured yet
places-title-unmeasured = No region could measure our page
places-title-one = Seen from { $region } alone our page takes { $figure }
places-title = Our page takes { $near_figure } seen from { $near } and { $far_figure } from { $far }

## Page 9: reliability

reliability-title-nothing = Nothing was tried, so nothing failed
reliability-title-unknown = Whether our pages were available is not known
# $n: nights with a failed visit.
reliability-title =
    { $n ->
        [0] { $share } of our visits were answered, without a failed one
        [one] { $share } of our visits were answered; { number-word } night had failed ones
       *[other] { $share } of our visits were answered; { number-word } nights had failed ones
    }
reliability-available = Available = valid / (valid + failed), over all pages and regions; blocked and not made are unknown and left out. The middle half of visits is that of page 1: one page, seen from home.
reliability-blocked =
    { $n ->
        [one] { $site } was blocked on { $n } night.
       *[other] { $site } was blocked on { $n } nights.
    }

## Page 10: the parts of the main content time

# Beside a pair of bars; in tables the first letter is put in upper case.
part-first-byte = until the first byte
part-load-delay = until its load begins
part-load-time = its load
part-render-delay = until it is painted
part-wait = server’s thinking
part-busy = busy time
part-bytes = all bytes
part-scripts = scripts
part-images = images
part-fonts = fonts
part-styles = styles
part-third-parties = third parties
part-requests = all requests
part-third-party-requests = to third parties
parts-title-nothing = There is no overseas site to compare the parts with
parts-title = What our page and that of { $best } are made of
parts-title-gains =
    { $part ->
        [reply] { $best } gains most before the first byte: { $size }
        [delay] { $best } gains most before the main content’s load begins: { $size }
        [load] { $best } gains most in loading the main content: { $size }
       *[paint] { $best } gains most between load and paint: { $size }
    }
# $first and $second: a `parts-where` each.
parts-title-gains-two = { $best } gains { $size } { $first } and { $also } { $second }
parts-where =
    { $part ->
        [reply] before the first byte
        [delay] before the main content’s load begins
        [load] in loading it
       *[paint] between load and paint
    }
parts-wait = Our server takes { $own } to answer, the server of { $site } { $best }.
parts-weight = Our page weighs { $own }, { $own_scripts } of it scripts; the page of { $site } weighs { $best }, { $best_scripts } of it scripts.
parts-requests =
    { $own ->
        [one] Our page makes { $own } request
       *[other] Our page makes { $own } requests
    }, { $own_third ->
        [0] none to third parties
       *[other] { $own_third } to third parties
    }; the page of { $site } makes { $best }, { $best_third ->
        [0] none to third parties
       *[other] { $best_third } to third parties
    }.
# What a table of medians is in.
unit-seconds = seconds
unit-bytes = bytes
unit-count = a count
unit-score = a score

## Page 1: what people expect, and what there is to decide

expectation-title = Against what people expect
expectation-ours =
    { $side ->
        [within] Our { $figure } is within the { $expected } that people expect.
        [over] Our { $figure } is over the { $expected } that people expect.
       *[at] Our { $figure } is at the { $expected } that people expect.
    }
# In the place of a number of sites.
expectation-none = none
# $leaders: a time; the others are numbers of sites, such as `two`.
expectation-sites = Within what people expect: { $within } of { $sites } sites measured; within the leaders’ { $leaders }: { $leading }.
outlook-decide = To decide
outlook-more-nights = What more nights will tell
outlook-ours-unmeasured = Nothing on these data. First comes the question why our pages could not be measured.
outlook-nothing = The data ask for no decision: no ranked page is proven to be behind the benchmark.
outlook-mend = Mend first what fails? Of { $tried } visits to our { $page }, { $failed } failed.
# $why: a `not-ranked`.
outlook-not-ranked = We have no place on the { $page } yet ({ $why }); what to work on is asked where places are known.
outlook-work-first =
    { $n ->
        [one] Is the { $page } the one to work on first? It is { $size } behind { $best }.
       *[other] Is the { $page } the one to work on first? It is { $size } behind { $best }, the largest gap of { number-word } pages.
    }
outlook-interval-needs =
    { $n ->
        [one] An interval needs { $interval } nights, a place { $needed }; there is { number-word } night so far.
       *[other] An interval needs { $interval } nights, a place { $needed }; there are { number-word } nights so far.
    }
outlook-place-needs =
    { $n ->
        [one] A place needs { $needed } nights; there is { number-word } night so far.
       *[other] A place needs { $needed } nights; there are { number-word } nights so far.
    }

## Page 8: each site seen from its own market

own-market-one-view = No two sites have a region in their own markets, so there is one view: that of pages 1 to 3.
own-market-same-view = Every site with a region in its own market has the places of pages 1 to 3, so that view is the same.
own-market-no-overseas = No overseas site could be measured from its own market.
own-market-ours-unmeasured = Our own site could not be measured from its own market.
# How both of the next begin.
own-market-view =
    { $role ->
        [reference] For customers at home in each market { $site } is the benchmark that the settings name: { $best } there against { $own } of ours here
        [so-far] For customers at home in each market { $site } is the best overseas so far: { $best } there against { $own } of ours here
        [best] For customers at home in each market { $site } is the best overseas: { $best } there against { $own } of ours here
       *[benchmark] For customers at home in each market { $site } is the overseas benchmark: { $best } there against { $own } of ours here
    }
own-market-alone = { own-market-view }.
own-market-compared =
    { $relation ->
        [faster] { own-market-view }, so we are faster by { $size }.
        [slower] { own-market-view }, so we are slower by { $size }.
        [level] { own-market-view }, which is level.
       *[unknown] { own-market-view }; too little data to call it a difference.
    }
own-market-another = Our own customers would name another: seen from here it is { $site }.
own-market-another-benchmark = Seen from here the benchmark is another: { $site }.

## Page 11: releases and decisions

# What followed a release, against before; the size that cannot be told from nothing has its sign.
release-effect =
    { $relation ->
        [faster] { $size } faster
        [slower] { $size } slower
        [level] level
       *[unknown] cannot tell ({ $size })
    }
changed-title-no-release = No release of ours is marked in this period
changed-title-outside = Our releases and decisions are left out here
# $versions: a list such as `4.3 and 5.0`, whose last may be a `release-more`.
changed-title-one =
    { $n ->
        [one] After release { $versions } our page was { $effect }
       *[other] After releases { $versions } our page was { $effect }
    }
changed-title-not-compared =
    { $n ->
        [one] Our { number-word } release could not be compared: too few nights before or after it
       *[other] None of our { number-word } releases could be compared: too few nights before or after them
    }
# $all: how many there are, in a word.
changed-title-some-compared =
    { $n ->
        [one] Of our { $all } releases { number-word } could be compared: no proven change after it
       *[other] Of our { $all } releases { number-word } could be compared: no proven change after them
    }
changed-title-no-change =
    { $n ->
        [one] No proven change after our { number-word } release
       *[other] No proven change after any of our { number-word } releases
    }
# $effects: a list of `release-moved`.
changed-title-many = Releases that moved our page: { $effects }
release-moved = { $versions } ({ $effect })
release-more = { $n } more
release-dated = { $version } ({ $date })
# $note is what our people wrote.
release-noted = { $version } ({ $date }, { $note })
# How the next three begin. $releases: a list of the two above; several have no night between them.
release =
    { $n ->
        [one] Release { $releases }
       *[other] Releases { $releases } together
    }
release-no-nights = { $release }: no nights on both sides to compare ({ release-visits }).
# $interval: an `interval95`.
release-visits =
    { $before ->
        [one] { $before } visit before, { $after } after
       *[other] { $before } visits before, { $after } after
    }
release-interval = { $release }: { $effect }, { $interval } ({ release-visits }).
release-few-nights =
    { $nights ->
        [one] { $release }: { $effect }; { $nights } night on the shorter side, too few for an interval ({ release-visits }).
       *[other] { $release }: { $effect }; { $nights } nights on the shorter side, too few for an interval ({ release-visits }).
    }
# Follows one of the two above.
release-not-adjusted = Fewer than three other sites tell what moved everybody, so that may be in it.
release-across-method = Another instrument measured part of these nights, which may be in it too.
decisions-work-on = { $page }: { $size } behind the benchmark. Approve work on it?
decisions-look-first =
    { $part ->
        [reply] The first place to look is the server’s reply, { $size } of it.
        [delay] The first place to look is how late the main content is asked for, { $size } of it.
        [load] The first place to look is the main content’s size, { $size } of it.
       *[paint] The first place to look is what holds up its painting, { $size } of it.
    }
decisions-take-back =
    { $n ->
        [one] Take back or mend what slowed us: release { $versions }?
       *[other] Take back or mend what slowed us: releases { $versions }?
    }
decisions-mend = Mend what fails first? Of { $tried } visits to our { $page }, { $failed } failed.
decisions-nothing = Nothing is proven that would ask for a decision.

## Page 12: how we measured

method-title = How we measured
method-outside-head = For readers outside
method-outside = Laboratory measurements of public pages, in the period, from the places and with the instrument described here. Who made them answers at { $contact }. They are no statement on how any site serves its customers elsewhere or at other times. Sites are named to identify them; none has taken part in or endorsed this. Names are their owners’.
method-visit-head = A visit
# $quiet and $timeout: spans such as `2 s`.
method-visit = Each visit starts a fresh browser with an empty profile and loads one page. It ends when, after the load event, nothing has been in flight for { $quiet }, at the latest after { $timeout }.
method-visit-rounds =
    { $rounds ->
        [one] { $rounds } round a night counts; the round before them warms up.
       *[other] { $rounds } rounds a night count; the round before them warms up.
    }
method-comparable-head = Like with like
method-comparable =
    { $paired ->
        [by-round] Each round visits every site and page once in random order, so that drift of host, network and hour hits all alike. Comparisons are paired by round and region. The order can be drawn again from the seeds in the appendix.
       *[by-night] Each round visits every site and page once in random order, so that drift of host, network and hour hits all alike. Comparisons are paired by night. The order can be drawn again from the seeds in the appendix.
    }
method-right-page-head = The right page
method-right-page = A visit is blocked, not measured, when the answer is a refusal (401, 403, 429, 503), a challenge announces itself by its header, the address leaves the page’s own, or what the page must hold is missing. Blocked is unknown: a refusal in 50 ms must not win the table.
method-left-out-head = Left out
# $visits is the sum of the four figures after it.
method-left-out =
    { $visits ->
        [one] Warm-up visits. Of { $visits } visit planned besides, { $valid } valid; { $failed } failed, { $blocked } blocked and { $missed } not made are counted and shown, and never averaged in.
       *[other] Warm-up visits. Of { $visits } visits planned besides, { $valid } valid; { $failed } failed, { $blocked } blocked and { $missed } not made are counted and shown, and never averaged in.
    }
method-left-out-consent =
    { $visits ->
        [one] { $visits } visit with another answer to consent banners than the one below is left out: the two are never mixed.
       *[other] { $visits } visits with another answer to consent banners than the one below are left out: the two are never mixed.
    }
method-left-out-gone =
    { $visits ->
        [one] { $visits } visit is left out: the settings no longer have its site, page, region or profile.
       *[other] { $visits } visits are left out: the settings no longer have their site, page, region or profile.
    }
method-figures-head = Figures
method-figures = Headline: median of cold visits (Harrell-Davis). Second: 75th percentile. Nothing is trimmed. Intervals: leaving out one night at a time, from 6 nights on. Places: signed-rank tests of nightly pairs, corrected for all pairs of sites (Holm), from 14 nights and 30 valid visits on with at most 20 % lost; they hold for all sites at once with 95 %. These are lab figures: they say nothing of Core Web Vitals in the field.
method-comparison-head = Words of comparison
method-comparison = Faster or slower is said only where the 95 % interval of the paired difference excludes zero and the difference is at least 5 % and 100 ms; of two ranked sites, only where their places say so too. Otherwise it is level; where there are too few pairs for an interval, or those places leave it open, we cannot tell.
method-from-where-head = From where
# $regions: names of places, some of them as `method-lab-region` has them, with "; " between them.
method-from-where = { $regions }.
method-view = Pages 1 to 3 show { $regions }, the view of customers at home.
method-view-all = No region is in the home market: pages 1 to 3 take { $regions } together.
# $added: a list such as `JP 120 ms`.
method-lab-region = { $region } (lab; added round-trip time: { $added })
method-as-whom-head = As whom
# $profiles: each a `method-profile` or a `method-profile-made`, with "; " between them.
method-as-whom = { $profiles }.
# $profile: its id in the settings. $described: a list of the messages `profile-…`.
method-profile = { $profile } ({ $described })
# $by: a list of `line-by` and `line-by-in`.
method-profile-made = { $profile } ({ $described }; line made by { $by })
# $scale: pixels of the device for one of the page.
profile-device = { $device }: { $width } x { $height } at { $scale }
profile-touch = touch
profile-cpu = CPU { $factor }x slower
profile-cpu-as-is = CPU as it is
profile-network = network { $network } ({ $line })
profile-network-none = network not shaped
# $down: `9 Mbit/s`. $up: a figure without its unit, which is the same.
profile-line = { $rtt } round trip, { $down } down, { $up } up
# $line: a `profile-line`.
profile-line-lost = { $line }, { $share } lost
line-by =
    { $by ->
        [proxy] our proxy
       *[devtools] DevTools
    }
line-by-in = { line-by } in { $regions }
method-marked-one = Run { $run } is marked: a probe found the line more than 10 % from what was asked ({ $mark }).
# Two or more.
method-marked = { $marked } of { $runs } runs are marked, run { $first } first: a probe found the line more than 10 % from what was asked ({ $mark }).
method-instrument-head = Instrument
method-instrument-none = No run in this period.
# $parts: versions of programs and each `method-host`, with "; " between them.
method-instrument =
    { $runs ->
        [one] { $runs } run: { $parts }.
       *[other] { $runs } runs: { $parts }.
    }
method-host =
    { $cores ->
        [one] { $platform }, { $cores } core
       *[other] { $platform }, { $cores } cores
    }
method-simulated = simulated, without a browser
method-instrument-changed = The instrument changed within the period: differences across the change may be its own.
method-settings-changed =
    { $n ->
        [one] { $n } of { $runs } runs was made under other settings of targets.toml than today’s, which this page tells.
       *[other] { $n } of { $runs } runs were made under other settings of targets.toml than today’s, which this page tells.
    }
method-consent-head = Consent
method-consent =
    { $state ->
        [accepted] Consent banners were accepted before the measured load, where a site has one: each site is met as a visitor who agreed to everything.
        [rejected] Consent banners were rejected before the measured load, where a site has one: each site is met as a visitor who agreed to nothing.
       *[untouched] No consent banner was answered: each site is met as a first-time visitor meets it, untouched.
    }
method-manners-head = Manners
# The address follows.
method-manners = Loads of one rival’s host are at least { $distance } apart, with at most { $views } page views a rival in 24 hours. No disguise: the browser’s name says who measures, and where to ask:

## The glossary: each meaning in a line

glossary-title = Glossary
glossary-lcp = Main content shown (LCP)
glossary-lcp-means = time until the largest image or text in view is painted
glossary-visit = Visit
glossary-visit-means = one load of one page in a fresh browser
glossary-round = Round
glossary-round-means = one visit to every site and page, in random order
glossary-night = Night
glossary-night-means = all rounds begun on one date, in the project’s zone
glossary-region = Region
glossary-region-means = the place from which a browser visits
glossary-profile = Profile
glossary-profile-means = the device and network that a browser stands for
glossary-page-kind = Page kind
glossary-page-kind-means = what is compared like for like: home, product, checkout
glossary-median = Median
glossary-median-means = half of the visits took less, half more
glossary-p75 = p75
glossary-p75-means = three quarters of the visits took less: a slow visit
glossary-interval = 95 % interval
glossary-interval-means = where the true figure lies, wrong one time in twenty
glossary-benchmark = Benchmark
glossary-benchmark-means = the overseas site that we hold ourselves against, chosen by the data or named in the settings
glossary-place = Place
glossary-place-means = a range: all places that the data leave open
glossary-level = Level
glossary-level-means = no difference that is both sure and large enough
glossary-blocked = Blocked
glossary-blocked-means = refused or not the right page: unknown, not a speed

## Devices

# Of a device that is not known the id in the settings is printed.
device =
    { $device ->
        [phone] phone
        [tablet] tablet
       *[desktop] desktop
    }

## Page 11: what it may be worth

worth-title = What it may be worth
worth-not-given = Not said: that takes our own visits, conversion and order value, and a range with its source ([business] in targets.toml). There is no default number.
worth-of-another = Not said: the figures of [business] are those of our own site, and this report is seen with another’s eyes.
worth-no-gap = No gap to the benchmark is proven on this page, so none is priced.
# $currency: such as `AUD`.
worth-money = { $currency } { $amount }
# $gap: seconds. $least, $most and $order: a `worth-money` each. $conversion: a share.
worth-gap =
    { $range ->
        [one] Closing the gap of { $gap } may be worth { $most } a month, on { $visits } visits, { $conversion } conversion and { $order } an order.
       *[two] Closing the gap of { $gap } may be worth { $least } to { $most } a month, on { $visits } visits, { $conversion } conversion and { $order } an order.
    }
worth-gap-capped = No more than { $counted } of it are counted: the range was not measured beyond.
# $least: a percentage without its sign, $most: one with it. $source: where the user has it from.
worth-range = { worth-range-given }, is our own input, from: { $source }. Unless it was measured on our customers, it is about other people’s. To know ours, delay a random half of visitors by a tenth of a second for a fortnight and compare their orders.
worth-range-given =
    { $range ->
        [one] The figure, { $most } of orders a second
       *[two] The range, { $least } to { $most } of orders a second
    }
# $enough: the fewest visits of a share.
worth-failed-too-few = What failed visits may cost is not said: no page of ours has { $enough } visits that could tell.
worth-failed-none = None of our visits failed that could tell, so no failure is priced.
# $share: the failed ones of $visits, such as `3.3 %`. $cost: a `worth-money`.
worth-failed =
    { $visits ->
        [one] Apart from that, and not to be added to it: { $failed } of { $visits } visit to our { $page } failed, { $share }. If as many customers meet that and each is an order lost, it is at most { $cost } a month.
       *[other] Apart from that, and not to be added to it: { $failed } of { $visits } visits to our { $page } failed, { $share }. If as many customers meet that and each is an order lost, it is at most { $cost } a month.
    }
worth-share-under = under { $share }
worth-table = What it may be worth: [business] and what follows from it
worth-column-figure = Figure
worth-column-given = Given
worth-column-least = Least a month
worth-column-most = Most a month
worth-row-visits = Visits a month
worth-row-conversion = Conversion
worth-row-order = An order
worth-row-per-second = Orders won by a second less
worth-row-cap = Measured up to
worth-row-gap = The gap closed
worth-row-failed = Failed visits, { $page }

## Heads of columns in tables of more than one page

column-page = Page
column-its-median = Its median
column-pairs = Pairs
# Of our page, against the benchmark's; a size with `ahead` or `behind` under it.
column-we-are = We are
column-slow-visit = Slow visit (p75)
column-valid-visits = Valid visits
column-seen = Seen from, as
column-ours = Ours
column-benchmark = Benchmark
column-month = Month
column-nights = Nights
column-difference = Difference
column-middle-half = Middle half
column-to-best =
    { $best ->
        [so-far] To best overseas so far
       *[benchmark] To benchmark
    }

## Appendix: the figures of the pages once more

ledger-standing = Where we stand and page by page: { $page }
ledger-own-market = Each site in its own home market: { $page }
# $expectation and $leaders: spans such as `2.5 s`.
ledger-fixed = Fixed figures: intervals 95 % and 80 %; people expect { $expectation }, leaders { $leaders }; worth the words faster and slower from 5 % and 100 ms on; ranked with at most 20 % lost.
ledger-own-change = Ours against the period before
ledger-gap-change = Our gap against the period before
ledger-nights =
    { $n ->
        [one] { $n } night
       *[other] { $n } nights
    }
ledger-months = Twelve months and rank over time: median and n by month
# $year: its last two digits.
ledger-month = { $month } { $year }
ledger-ranks = Rank over time: place by month
# The lines of the year begin and end with these.
ledger-weeks = Twelve months: first and last week of each line
ledger-first-week = First week
ledger-last-week = Last week
ledger-places = Regions and devices: the headline from each
# Over all page kinds, from the regions of pages 1 to 3.
ledger-lost = What we could not measure: visits of pages 1 to 3
ledger-lost-others = those not named on page 1
ledger-regions = Regions and devices: visits from each
ledger-seen = Regions and devices: visits behind each row (n)
ledger-restated = What an earlier report of these nights counted
ledger-all-sites = All sites
ledger-counted =
    { $when ->
        [then] { $site }, then
       *[now] { $site }, now
    }
ledger-simulated = Simulated: { $n } of { $of } visits.
ledger-losses = Reliability: what became of visits
ledger-parts = Why they are where they are: parts
ledger-releases = What changed: releases
ledger-version = Version
# How many visits there are before and after a release.
ledger-n-before = n before
ledger-n-after = n after

## Appendix

appendix-title = Every number, and how to get it again
# $night: a whole date. The words of the sum are heads of columns.
appendix-subtitle = Warm-up visits left out. Tried = valid + failed + blocked + not made. Data up to the night of { $night }.
# How often, and why visits were lost.
appendix-cause = { $n } × { $why }
appendix-nothing = No visit was planned in this period, so there is nothing to list.
# Above the command that makes the report.
appendix-command = The same report again
# Above commands that give them as numbers.
again-standing = Medians, intervals, gaps and places
again-own-market = The same, each site in its own home market
# Above queries in SQL.
appendix-query = Counts and values behind each row
appendix-quantiles = Medians are Harrell-Davis from five values on; p75 likewise from forty on, otherwise interpolated (type 7), as p95 always is.
again-year = Twelve months, rank over time and releases: the values of each night
# $zone: a time zone such as Europe/Paris.
again-year-note = A night is the date on which its run began in { $zone }. Weeks are counted back from the end of the period. A release parts the nights whose runs began before it from those since, fourteen days each and never across another release; releases without a night between them are one. From each night of ours after and before it is taken the median of what the other sites did, at least three: their nightly median as a logarithm, less the mean of its medians on both sides.
again-losses = Reliability: what became of visits, run by run
again-parts = Why they are where they are: the values of both sites
appendix-hashes = Hashes
# Hashes of the data and of the settings that a report rests on.
hash-data = data { $hash }
hash-config = config { $hash }
appendix-runs = Runs
appendix-run = Run
appendix-started = Started
appendix-state = State
appendix-seed = Seed
appendix-visits-made = Visits made
appendix-visits-made-head = Visits made, warm-up included
run-state =
    { $state ->
        [unfinished] unfinished
        [finished] finished
       *[abandoned] abandoned
    }
appendix-switches = Switches of the browser, { $regions }

## Page 3: the table of all sites

gap-sites = Every site, page by page

## The list of contents

contents = Contents
contents-answer = Answer
contents-standing = Where we stand
contents-gap = Page by page
contents-appendix = Every number

## The running footer

footer-page = page { $page } of { $pages }
footer-nights = nights in { $timezone }
footer-lab = { $regions } (lab)
footer-valid = { $valid } of { $attempted } visits valid
simulated-history = history simulated
simulated-all = all data simulated
simulated-some = { $n } of { $of } visits simulated
external-version = external version
