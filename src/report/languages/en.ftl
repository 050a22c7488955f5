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
    } seen from { $regions }, half of our visits took at most { $median } and three quarters at most { $p75 }.
lede-no-overseas-value = No overseas site could be measured on this page.
lede-no-overseas = No overseas site is among the targets, so there is no benchmark.
lede-benchmark-reference = { $site } ({ $market }) is the benchmark, as the settings name it.
lede-benchmark-before = { $site } ({ $market }) is the benchmark, chosen on the data of { $before }.
lede-benchmark-month-before = { $site } ({ $market }) is the benchmark, chosen on the month before.
lede-benchmark-first = { $site } ({ $market }) is the benchmark in this first month.
lede-benchmark-so-far = { $site } ({ $market }) is the best overseas so far; to be sure of it takes more nights.
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
lede-place = Among the { $sites } sites ranked we are { $place }.
lede-not-ranked = We are not ranked yet: { $why }.
lab =
    { $n ->
        [one] { $regions } is a lab: the distance to each market is simulated, not travelled.
       *[other] { $regions } are labs: the distance to each market is simulated, not travelled.
    }

## Page 1: what changed

changes-title = What changed
changes-first-night = This is the first night in the data: there is nothing to compare it with yet.
changes-nothing-earlier = There is nothing earlier in the data to compare with.
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
       *[grew] The gap to { $best } on the { $page } grew by { $size }.
    }
changes-none = None of our pages was measured both now and in { $before }.
