// Package market is the demo company's world without its customers: titles,
// suppliers, rates, staff, campaigns, types of customers and planted fates. It
// also writes these, and what adds up over all customers.
package market

import (
	"math"
	"strconv"
	"sync/atomic"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
	"verso/etl/demo/names"
	"verso/etl/demo/sheet"
)

// epochs are the dates of the planted effects, all relative to the as-of date.
type epochs struct {
	LastYear             int          // the last full year
	shockFrom, shockTo   calendar.Day // EUR +7 %, prices fixed
	ReviewFrom, ReviewTo calendar.Day // customs reviews cluster
	SlowFrom, SlowTo     calendar.Day // inspection +4 days
	S1From               calendar.Day // supplier S1 +18 days
	S2From               calendar.Day // suppliers S2 short, S3 damaged
	LeaveY               calendar.Day // salesperson Y leaves
	Drift                calendar.Day // 8 % of customers change their favourite class
	MixFrom              calendar.Day // low-margin classes gain, every class earns a little more
	AgentsFrom           calendar.Day // two agents order more and return more
	MailA, mailB         calendar.Day // campaigns with planted outcomes
}

// class is one subject the company deals in.
type class struct {
	Code    string
	weight  float64
	Low     bool // low margin
	Trade   bool
	termsEN []string
	termsZH []string
	ja      string
	ru      string
	de      string
}

// place is one region.
type place struct {
	Code, Zh, En, parent string
	level                int
	weight               float64
}

// World is everything the shards share: read-only after it is built, but for
// the counters at its end, which add whole numbers and so come out equal
// whatever the order of work.
type World struct {
	O           Options
	Effects     bool
	First, Last calendar.Day
	Ep          epochs
	Cal         *calendar.Calendar
	days        *calendar.DayNames
	Fx          *rates
	Ccy         []currency
	Classes     []class
	ClassCum    []float64
	LowCum      []float64 // over low-margin classes only
	Places      []place
	CityCum     []float64
	Suppliers   []Supplier
	supCum      []float64
	Titles      []Title
	NextVol     []int32 // title → the next volume of its series, or -1
	groups      []group
	Staff       []employee
	Campaigns   []Campaign
	Kinds       []CustKind
	slots       int
	Shards      int
	Plants      map[int]plant
	bigs        []BigCustomer // largest of the last full year, gathered in the order of shards
	Merges      map[int]bool  // slots whose duplicate record was merged
	Words       *vocabulary
	Tables      []sheet.Table
	StageFrom   calendar.Day // stage events are written for orders from this day on
	MoneyFrom   calendar.Day // invoices are written for deliveries from this day on

	PeriodUsed   []atomic.Bool  // supplier × fortnight: has a purchase order
	PeriodCost   []atomic.Int64 // supplier × fortnight: cost of its purchase lines, ten-thousandths of its currency
	CustomsGrams []atomic.Int64 // week: weight cleared
	CustomsValue []atomic.Int64 // week: value in CNY
	OwnerMonth   []atomic.Int64 // employee × month: net revenue in CNY, hundredths
	ListedSold   []atomic.Int64 // class letter × month: net revenue, hundredths
	demand       []atomic.Int32 // title × counted month: copies ordered and not cancelled
}

// NewWorld builds what is shared. It is quick: the bulk is written by shards.
func NewWorld(o Options) *World {
	w := &World{O: o, Effects: !o.Placebo, Ccy: currencies(), Tables: sheet.Tables(), Words: newVocabulary()}
	asOf := o.AsOf
	w.Last = calendar.DayOf(asOf)
	w.First = calendar.Date(asOf.Year()-o.Years, 1, 1)
	w.Cal = calendar.New(asOf.Year()-o.Years-1, asOf.Year()+2)
	w.days = calendar.NewDayNames(calendar.Date(asOf.Year()-o.Years-30, 1, 1), calendar.Date(asOf.Year()+3, 12, 31))
	w.setEpochs()
	w.Fx = newRates(o.Seed, w.Cal, w.First-184, w.Last, w.Ep.shockFrom, w.Effects)
	w.StageFrom = w.Last - 365
	w.MoneyFrom = calendar.Date(asOf.Year()-3, 1, 1)
	w.readClasses()
	w.readPlaces()
	w.makeSuppliers()
	w.makeTitles()
	w.makeKinds()
	w.makeStaff()
	w.makePlants()
	w.chooseMerges()
	w.makeCampaigns()
	months := len(w.Cal.Months)
	w.PeriodUsed = make([]atomic.Bool, len(w.Suppliers)*w.Periods())
	w.PeriodCost = make([]atomic.Int64, len(w.Suppliers)*w.Periods())
	w.CustomsGrams = make([]atomic.Int64, w.weeks())
	w.CustomsValue = make([]atomic.Int64, w.weeks())
	w.OwnerMonth = make([]atomic.Int64, (len(w.Staff)+1)*months)
	w.ListedSold = make([]atomic.Int64, 26*months)
	w.demand = make([]atomic.Int32, len(w.Titles)*demandMonths)
	return w
}

// setEpochs dates the planted effects.
func (w *World) setEpochs() {
	y := w.O.AsOf.Year()
	ly := y - 1
	m := w.Cal.MonthIndex(w.Last)
	w.Ep = epochs{
		LastYear:  ly,
		shockFrom: calendar.Date(ly, 7, 1), shockTo: calendar.Date(ly, 9, 30),
		ReviewFrom: calendar.Date(ly, 10, 1), ReviewTo: calendar.Date(ly, 11, 30),
		SlowFrom: calendar.Date(y, 1, 1), SlowTo: calendar.Date(y, 3, 31),
		S1From: w.Cal.MonthStart(max(m-4, 0)), S2From: w.Cal.MonthStart(max(m-11, 0)),
		LeaveY: calendar.Date(ly, 10, 31), Drift: calendar.Date(ly, 4, 1), MixFrom: calendar.Date(ly-1, 1, 1),
		AgentsFrom: calendar.Date(ly, 1, 1), MailA: w.Cal.OnWork(calendar.Date(ly, 10, 20)), mailB: w.Cal.OnWork(calendar.Date(ly, 3, 10)),
	}
}

// readClasses reads the subjects.
func (w *World) readClasses() {
	total, low := 0.0, 0.0
	for _, r := range names.Rows("classes.csv") {
		weight, err := strconv.ParseFloat(r[1], 64)
		if err != nil {
			panic("demo: classes.csv: " + err.Error())
		}
		c := class{Code: r[0], weight: weight, Low: r[2] == "l", Trade: r[3] == "t",
			termsEN: split(r[4]), termsZH: split(r[5]), ja: r[6], ru: r[7], de: r[8]}
		w.Classes = append(w.Classes, c)
		total += weight
		w.ClassCum = append(w.ClassCum, total)
		if c.Low {
			low += weight
		}
		w.LowCum = append(w.LowCum, low)
	}
}

// readPlaces reads the regions; customers live in those of level 2 and 3.
func (w *World) readPlaces() {
	total := 0.0
	for _, r := range names.Rows("places.csv") {
		level, _ := strconv.Atoi(r[4])
		weight, _ := strconv.ParseFloat(r[5], 64)
		w.Places = append(w.Places, place{r[0], r[1], r[2], r[3], level, weight})
		if level > 1 || r[0] >= "800000" {
			total += weight
		}
		w.CityCum = append(w.CityCum, total)
	}
}

// Supplier is one publisher or wholesaler.
type Supplier struct {
	name     string
	kind     string
	country  string
	lang     string
	group    string // ISBN group with its EAN prefix
	Ccy      int
	Discount float64 // off list, what the company pays less
	Quoted   int     // days
	payDays  int
	Speed    float64 // factor on its lead times
	registry int     // number of the supplier among those of its ISBN group
	Code     string  // S1 to S4 for the planted ones
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
		{.34, "US", "eng", "9780", CUSD}, {.06, "US", "eng", "9781", CUSD}, {.20, "GB", "eng", "9781", cGBP},
		{.08, "NL", "eng", "9780", cEUR}, {.04, "CH", "eng", "9783", cCHF}, {.08, "DE", "ger", "9783", cEUR},
		{.04, "FR", "fre", "9782", cEUR}, {.08, "JP", "jpn", "9784", cJPY}, {.04, "RU", "rus", "9785", cRUB},
		{.03, "TW", "chi", "978986", cTWD}, {.01, "HK", "chi", "978962", CHKD},
	}
}

// makeSuppliers invents publishers; the big ones come first.
func (w *World) makeSuppliers() {
	n := min(max(int(math.Round(300*math.Sqrt(w.O.Scale))), 24), 1200)
	d := dice.New(w.O.Seed, dice.StreamSupplier)
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
		m := ms[d.Pick(cum)]
		s := Supplier{country: m.country, lang: m.lang, group: m.group, Ccy: m.ccy, kind: "publisher",
			Discount: d.Uniform(.21, .27), Quoted: 14, payDays: 30 * d.Between(1, 3), Speed: math.Exp(.12 * d.NormFloat64())}
		s.name = w.Words.supplier(d, i, n, &s)
		s.registry = inGroup[m.group]
		inGroup[m.group]++
		if i > 20 && i%15 == 4 {
			s.kind = []string{"wholesaler", "aggregator", "agent"}[d.IntN(3)]
		}
		w.Suppliers = append(w.Suppliers, s)
		total += math.Pow(float64(i)+12, -0.9)
		w.supCum = append(w.supCum, total)
	}
	if w.Effects {
		for i, at := range []int{3, 5, 7, 9} {
			w.Suppliers[at].Code = "S" + strconv.Itoa(i+1)
			w.Suppliers[at].Speed = 1
		}
	}
}

// Periods is the number of fortnights that purchase orders are counted in.
func (w *World) Periods() int { return int(w.Last-w.First)/14 + 4 }

// Period is the fortnight of supplier s that ends on or after day d+1, and its
// closing day: orders wait for it, so the wait is even over a fortnight.
func (w *World) Period(s int32, d calendar.Day) (index int, closes calendar.Day) {
	phase := calendar.Day(dice.Mix(uint64(s)+7) % 14)
	k := (d + 1 - w.First + 13 - phase) / 14
	return int(k), w.Cal.OnWork(w.First + k*14 + phase)
}

// weeks is the number of customs batches, one a week.
func (w *World) weeks() int { return int(w.Last-w.First)/7 + 2 }
