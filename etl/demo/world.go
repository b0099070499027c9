package demo

import (
	"math"
	"strconv"
	"sync/atomic"

	"verso/etl/demo/names"
)

// epochs are the dates of the planted effects, all relative to the as-of date.
type epochs struct {
	lastYear             int // the last full year
	shockFrom, shockTo   day // EUR +7 %, prices fixed
	reviewFrom, reviewTo day // customs reviews cluster
	slowFrom, slowTo     day // inspection +4 days
	s1From               day // supplier S1 +18 days
	s2From               day // suppliers S2 short, S3 damaged
	leaveY               day // salesperson Y leaves
	drift                day // 8 % of customers change their favourite class
	mixFrom              day // low-margin classes gain, every class earns a little more
	agentsFrom           day // two agents order more and return more
	mailA, mailB         day // campaigns with planted outcomes
}

// class is one subject the company deals in.
type class struct {
	code    string
	weight  float64
	low     bool // low margin
	trade   bool
	termsEN []string
	termsZH []string
	ja      string
	ru      string
	de      string
}

// place is one region.
type place struct {
	code, zh, en, parent string
	level                int
	weight               float64
}

// world is everything the shards share: read-only after it is built, but for
// the counters at its end, which add whole numbers and so come out equal
// whatever the order of work.
type world struct {
	o           Options
	effects     bool
	first, last day
	ep          epochs
	cal         *calendar
	days        *dayNames
	fx          *rates
	ccy         []currency
	classes     []class
	classCum    []float64
	lowCum      []float64 // over low-margin classes only
	places      []place
	cityCum     []float64
	suppliers   []supplier
	supCum      []float64
	titles      []title
	nextVol     []int32 // title → the next volume of its series, or -1
	groups      []group
	staff       []employee
	campaigns   []campaign
	kinds       []custKind
	slots       int
	shards      int
	perShard    int
	plants      map[int]plant
	bigs        []bigCustomer // largest of the last full year, gathered in the order of shards
	merges      map[int]bool  // slots whose duplicate record was merged
	words       *vocabulary
	tables      []table
	stageFrom   day // stage events are written for orders from this day on
	moneyFrom   day // invoices are written for deliveries from this day on

	periodUsed   []atomic.Bool  // supplier × fortnight: has a purchase order
	periodCost   []atomic.Int64 // supplier × fortnight: cost of its purchase lines, ten-thousandths of its currency
	customsGrams []atomic.Int64 // week: weight cleared
	customsValue []atomic.Int64 // week: value in CNY
	ownerMonth   []atomic.Int64 // employee × month: net revenue in CNY, hundredths
	listedSold   []atomic.Int64 // class letter × month: net revenue, hundredths
}

// newWorld builds what is shared. It is quick: the bulk is written by shards.
func newWorld(o Options) *world {
	w := &world{o: o, effects: !o.Placebo, ccy: currencies(), tables: tables(), words: newVocabulary()}
	asOf := o.AsOf
	w.last = dayOf(asOf)
	w.first = date(asOf.Year()-o.Years, 1, 1)
	w.cal = newCalendar(asOf.Year()-o.Years-1, asOf.Year()+2)
	w.days = newDayNames(date(asOf.Year()-o.Years-30, 1, 1), date(asOf.Year()+3, 12, 31))
	w.setEpochs()
	w.fx = newRates(o.Seed, w.cal, w.first-184, w.last, w.ep.shockFrom, w.effects)
	w.stageFrom = w.last - 365
	w.moneyFrom = date(asOf.Year()-3, 1, 1)
	w.readClasses()
	w.readPlaces()
	w.makeSuppliers()
	w.makeTitles()
	w.makeKinds()
	w.makeStaff()
	w.makePlants()
	w.chooseMerges()
	w.makeCampaigns()
	months := len(w.cal.months)
	w.periodUsed = make([]atomic.Bool, len(w.suppliers)*w.periods())
	w.periodCost = make([]atomic.Int64, len(w.suppliers)*w.periods())
	w.customsGrams = make([]atomic.Int64, w.weeks())
	w.customsValue = make([]atomic.Int64, w.weeks())
	w.ownerMonth = make([]atomic.Int64, (len(w.staff)+1)*months)
	w.listedSold = make([]atomic.Int64, 26*months)
	return w
}

// setEpochs dates the planted effects.
func (w *world) setEpochs() {
	y := w.o.AsOf.Year()
	ly := y - 1
	m := w.cal.monthIndex(w.last)
	w.ep = epochs{
		lastYear:  ly,
		shockFrom: date(ly, 7, 1), shockTo: date(ly, 9, 30),
		reviewFrom: date(ly, 10, 1), reviewTo: date(ly, 11, 30),
		slowFrom: date(y, 1, 1), slowTo: date(y, 3, 31),
		s1From: w.cal.monthStart(max(m-4, 0)), s2From: w.cal.monthStart(max(m-11, 0)),
		leaveY: date(ly, 10, 31), drift: date(ly, 4, 1), mixFrom: date(ly-1, 1, 1),
		agentsFrom: date(ly, 1, 1), mailA: w.cal.onWork(date(ly, 10, 20)), mailB: w.cal.onWork(date(ly, 3, 10)),
	}
}

// readClasses reads the subjects.
func (w *world) readClasses() {
	total, low := 0.0, 0.0
	for _, r := range names.Rows("classes.csv") {
		weight, err := strconv.ParseFloat(r[1], 64)
		if err != nil {
			panic("demo: classes.csv: " + err.Error())
		}
		c := class{code: r[0], weight: weight, low: r[2] == "l", trade: r[3] == "t",
			termsEN: split(r[4]), termsZH: split(r[5]), ja: r[6], ru: r[7], de: r[8]}
		w.classes = append(w.classes, c)
		total += weight
		w.classCum = append(w.classCum, total)
		if c.low {
			low += weight
		}
		w.lowCum = append(w.lowCum, low)
	}
}

// readPlaces reads the regions; customers live in those of level 2 and 3.
func (w *world) readPlaces() {
	total := 0.0
	for _, r := range names.Rows("places.csv") {
		level, _ := strconv.Atoi(r[4])
		weight, _ := strconv.ParseFloat(r[5], 64)
		w.places = append(w.places, place{r[0], r[1], r[2], r[3], level, weight})
		if level > 1 || r[0] >= "800000" {
			total += weight
		}
		w.cityCum = append(w.cityCum, total)
	}
}

// supplier is one publisher or wholesaler.
type supplier struct {
	name     string
	kind     string
	country  string
	lang     string
	group    string // ISBN group with its EAN prefix
	ccy      int
	discount float64 // off list, what the company pays less
	quoted   int     // days
	payDays  int
	speed    float64 // factor on its lead times
	registry int     // number of the supplier among those of its ISBN group
	code     string  // S1 to S4 for the planted ones
	prefixes int
}

// market is a country publishers come from.
type market struct {
	share                float64
	country, lang, group string
	ccy                  int
}

// markets are the countries of publishers with their share.
func markets() []market {
	return []market{
		{.34, "US", "eng", "9780", cUSD}, {.06, "US", "eng", "9781", cUSD}, {.20, "GB", "eng", "9781", cGBP},
		{.08, "NL", "eng", "9780", cEUR}, {.04, "CH", "eng", "9783", cCHF}, {.08, "DE", "ger", "9783", cEUR},
		{.04, "FR", "fre", "9782", cEUR}, {.08, "JP", "jpn", "9784", cJPY}, {.04, "RU", "rus", "9785", cRUB},
		{.03, "TW", "chi", "978986", cTWD}, {.01, "HK", "chi", "978962", cHKD},
	}
}

// makeSuppliers invents publishers; the big ones come first.
func (w *world) makeSuppliers() {
	n := min(max(int(math.Round(300*math.Sqrt(w.o.Scale))), 24), 1200)
	d := newDice(w.o.Seed, streamSupplier)
	ms := markets()
	cum := make([]float64, len(ms))
	sum := 0.0
	for i, m := range ms {
		sum += m.share
		cum[i] = sum
	}
	inGroup := map[string]int{}
	total := 0.0
	for i := range n {
		m := ms[d.pick(cum)]
		s := supplier{country: m.country, lang: m.lang, group: m.group, ccy: m.ccy, kind: "publisher",
			discount: d.uniform(.21, .27), quoted: 14, payDays: 30 * d.between(1, 3), speed: math.Exp(.12 * d.NormFloat64())}
		s.name = w.words.supplier(d, i, n, &s)
		s.registry = inGroup[m.group]
		inGroup[m.group]++
		if i > 20 && i%15 == 4 {
			s.kind = []string{"wholesaler", "aggregator", "agent"}[d.IntN(3)]
		}
		w.suppliers = append(w.suppliers, s)
		total += math.Pow(float64(i)+12, -0.9)
		w.supCum = append(w.supCum, total)
	}
	if w.effects {
		for i, at := range []int{3, 5, 7, 9} {
			w.suppliers[at].code = "S" + strconv.Itoa(i+1)
			w.suppliers[at].speed = 1
		}
	}
}

// periods is the number of fortnights that purchase orders are counted in.
func (w *world) periods() int { return int(w.last-w.first)/14 + 4 }

// period is the fortnight of supplier s that ends on or after day d+1, and its
// closing day: orders wait for it, so the wait is even over a fortnight.
func (w *world) period(s int32, d day) (index int, closes day) {
	phase := day(mix(uint64(s)+7) % 14)
	k := (d + 1 - w.first + 13 - phase) / 14
	return int(k), w.cal.onWork(w.first + k*14 + phase)
}

// weeks is the number of customs batches, one a week.
func (w *world) weeks() int { return int(w.last-w.first)/7 + 2 }
