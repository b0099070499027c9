package market

import (
	"math"

	"verso/etl/demo/calendar"
	"verso/etl/demo/dice"
)

// level is whom a title is for.
type level uint8

// The levels; the first three are sold to institutions from one shelf.
const (
	academic level = iota
	professional
	reference
	trade
	Textbook
)

// The shelves titles are drawn from.
const (
	ShelfAcademic = iota
	ShelfTrade
	ShelfTextbook
	shelves
)

// shelf is where titles of the level stand.
func (l level) shelf() int {
	switch l {
	case trade:
		return ShelfTrade
	case Textbook:
		return ShelfTextbook
	}
	return ShelfAcademic
}

// Title is one edition, kept small: there may be millions.
type Title struct {
	Listed, Pub calendar.Day
	Price       int64 // list price in ten-thousandths of the supplier's currency
	pop         float32
	Sup         int32
	number      int32 // of the title within its supplier's ISBN registry
	work        int32 // first edition
	series      int32 // 0: none
	Weight      int16 // grams
	Class       uint8
	Level       level
	edition     uint8
	volume      uint8
	Op          bool // goes out of print
	hard        bool
}

// group is the shelf of a class: its titles by month of listing.
type group struct {
	titles []int32
	cum    []float64   // popularity, cumulated over titles
	ends   []int32     // listing month (0 is the backlist) → end in titles
	cohort [][]float64 // month → cumulated weight of the listing months, aged
}

// titleCounts is the size of the universe: the backlist and the titles listed
// each month. Only a share of what a real importer lists is made.
func (w *World) titleCounts() (back, monthly int) {
	f := math.Pow(w.O.Scale, 0.6)
	return max(int(15000*f), 400), max(int(700*f), 20)
}

// makeTitles invents the titles in order of listing.
func (w *World) makeTitles() {
	back, monthly := w.titleCounts()
	startMonth := w.Cal.MonthIndex(w.First)
	months := w.Cal.MonthIndex(w.Last) - startMonth + 1
	n := back + monthly*months
	w.Titles = make([]Title, 0, n)
	w.NextVol = make([]int32, n)
	w.groups = make([]group, len(w.Classes)*shelves)
	m := &titleMaker{w: w, d: dice.New(w.O.Seed, dice.StreamTitles), total: n,
		perSup: make([]int32, len(w.Suppliers)), open: map[uint8]int32{}, works: map[uint8][]int32{}}
	for i := range n {
		w.NextVol[i] = -1
		month := 0
		listed := w.First - calendar.Day(m.d.Between(1, 900))
		if i >= back {
			month = (i-back)/monthly + 1
			listed = w.Cal.MonthStart(startMonth+month-1) + calendar.Day(m.d.IntN(28))
			listed = min(listed, w.Last)
		}
		t := m.make(int32(i), listed)
		w.Titles = append(w.Titles, t)
		m.shelve(int32(i), month)
	}
	for g := range w.groups {
		w.groups[g].age(months, g%shelves, monthly, back)
	}
}

// titleMaker keeps what titles need to know of one another.
type titleMaker struct {
	w      *World
	d      *dice.Dice
	total  int
	perSup []int32
	open   map[uint8]int32   // class → last volume of a running series
	works  map[uint8][]int32 // class → textbooks that may get a new edition
	series int32
}

// make invents title i.
func (m *titleMaker) make(i int32, listed calendar.Day) Title {
	w, d := m.w, m.d
	t := Title{Listed: listed, Class: uint8(d.Pick(w.ClassCum)), Sup: int32(d.Pick(w.supCum)), edition: 1, work: i}
	c, s := &w.Classes[t.Class], &w.Suppliers[t.Sup]
	t.Level = m.level(c)
	t.number = m.perSup[t.Sup]
	m.perSup[t.Sup]++
	t.pop = float32(math.Pow(d.Float64()*float64(m.total)*.35+20, -0.8))
	cny := d.LogNormal(505, .52)
	switch t.Level {
	case professional:
		cny *= 1.2
	case trade:
		cny *= .52
	case Textbook:
		cny *= .45
	case academic, reference:
		cny *= 1.06
	}
	cur := w.Ccy[s.Ccy]
	t.Price = int64(math.Round(math.Max(math.Round(cny/cur.base/cur.step), 1) * cur.step * 1e4))
	t.Pub = listed - calendar.Day(d.Between(0, 60))
	lead, share := 85.0, .62
	if s.Code == "S4" {
		lead, share = 260, .95
	}
	if d.Chance(share) {
		t.Pub = listed + calendar.Day(d.LogNormal(lead, .6))
	}
	t.Weight = int16(min(d.LogNormal(620, .4), 4000))
	t.hard = d.Chance(.55) && t.Level != trade
	t.Op = d.Chance(.3)
	m.relate(i, &t)
	return t
}

// level draws whom a title of the class is for.
func (m *titleMaker) level(c *class) level {
	u := m.d.Float64()
	if c.Trade {
		switch {
		case u < .78:
			return trade
		case u < .82:
			return Textbook
		}
		return academic
	}
	switch {
	case u < .12:
		return Textbook
	case u < .22:
		return trade
	case u < .40:
		return professional
	case u < .44:
		return reference
	}
	return academic
}

// relate puts some titles into series and makes some new editions.
func (m *titleMaker) relate(i int32, t *Title) {
	w, d := m.w, m.d
	if t.Level == Textbook {
		if old := m.works[t.Class]; len(old) > 0 && d.Chance(.45) {
			k := d.IntN(len(old))
			first := &w.Titles[old[k]]
			t.work, t.edition = first.work, first.edition+1
			t.pop = first.pop * 1.3
			old[k] = i
			return
		}
		m.works[t.Class] = append(m.works[t.Class], i)
		return
	}
	if !d.Chance(.14) || t.Level == trade {
		return
	}
	if prev, ok := m.open[t.Class]; ok && d.Chance(.8) {
		p := &w.Titles[prev]
		if p.volume < 40 {
			t.series, t.volume, t.Sup = p.series, p.volume+1, p.Sup
			t.number = m.perSup[t.Sup]
			m.perSup[t.Sup]++
			t.Price = p.Price
			w.NextVol[prev] = i
			m.open[t.Class] = i
			return
		}
	}
	m.series++
	t.series, t.volume = m.series, 1
	m.open[t.Class] = i
}

// shelve puts title i on its shelf.
func (m *titleMaker) shelve(i int32, month int) {
	t := &m.w.Titles[i]
	g := &m.w.groups[int(t.Class)*shelves+t.Level.shelf()]
	for len(g.ends) <= month {
		g.ends = append(g.ends, int32(len(g.titles)))
	}
	last := 0.0
	if len(g.cum) > 0 {
		last = g.cum[len(g.cum)-1]
	}
	g.titles = append(g.titles, i)
	g.cum = append(g.cum, last+float64(t.pop))
	g.ends[month] = int32(len(g.titles))
}

// age tabulates what every listing month is worth in every month of the
// history: demand halves in 9 months (academic) or 4 (trade); textbooks keep
// theirs for three years and then give way to the next edition.
func (g *group) age(months, shelf, monthly, back int) {
	for len(g.ends) <= months {
		g.ends = append(g.ends, int32(len(g.titles)))
	}
	half, floor := 9.0, .035
	if shelf == ShelfTrade {
		half, floor = 4, .02
	}
	g.cohort = make([][]float64, months)
	for t := range months {
		cum := make([]float64, t+2)
		total := 0.0
		for c := range t + 2 {
			age := float64(t - c + 1)
			decay := math.Pow(.5, age/half) + floor
			if c == 0 {
				// The backlist was listed over 30 months before the history.
				decay = math.Pow(.5, (float64(t)+8)/half)*1.2 + floor
			}
			if shelf == ShelfTextbook {
				decay = 1
				if age > 36 {
					decay = .05
				}
			}
			total += g.weight(c) * decay
			cum[c] = total
		}
		g.cohort[t] = cum
	}
}

// weight is the popularity listed in one month.
func (g *group) weight(c int) float64 {
	lo, hi := g.bounds(c)
	if lo == hi {
		return 0
	}
	return g.cum[hi-1] - g.before(lo)
}

// bounds are the positions of the titles listed in one month.
func (g *group) bounds(c int) (lo, hi int) {
	if c > 0 {
		lo = int(g.ends[c-1])
	}
	return lo, int(g.ends[c])
}

// before is the popularity cumulated ahead of a position.
func (g *group) before(i int) float64 {
	if i == 0 {
		return 0
	}
	return g.cum[i-1]
}

// pick draws a title of the shelf in a month of the history, or -1.
func (g *group) pick(d *dice.Dice, month int) int32 {
	cum := g.cohort[month]
	total := cum[len(cum)-1]
	if total <= 0 {
		return -1
	}
	lo, hi := g.bounds(dice.Search(cum, d.Float64()*total))
	if lo == hi {
		return -1
	}
	base := g.before(lo)
	x := base + d.Float64()*(g.cum[hi-1]-base)
	return g.titles[lo+dice.Search(g.cum[lo:hi], x)]
}

// PickTitle draws a title of a class and shelf on a day, not listed later than
// that day; empty shelves give way to the next one.
func (w *World) PickTitle(d *dice.Dice, class, shelf int, on calendar.Day) int32 {
	month := w.Cal.MonthIndex(on) - w.Cal.MonthIndex(w.First)
	for try := range 12 {
		if t := w.groups[class*shelves+shelf].pick(d, month); t >= 0 && w.Titles[t].Listed <= on {
			return t
		}
		if try == 5 {
			shelf = ShelfAcademic
		}
		if try == 8 {
			class = d.Pick(w.ClassCum)
		}
	}
	return 0
}

// PriceOf makes the price of a title on a day for the customer's order: before
// discount, and the quoted rate behind it.
func (w *World) PriceOf(t *Title, on calendar.Day) (unit, quote int64) {
	s := &w.Suppliers[t.Sup]
	quote = w.Fx.quote(s.Ccy, on)
	markup := 1.125
	if w.Classes[t.Class].Low {
		markup = .965
	}
	if w.Effects && on >= w.Ep.MixFrom {
		markup *= 1.026
	}
	cny := float64(t.Price) / 1e4 * float64(quote) / 1e8 * markup
	return int64(math.Max(math.Round(cny*10), 10)) * 1000, quote
}

// GoesWith is the class bought together with a class, or -1.
func (w *World) GoesWith(class int) int {
	with := ""
	switch w.Classes[class].Code {
	case "TP391", "TP18":
		with = "O1"
	case "R73":
		with = "Q7"
	case "F83":
		with = "C8"
	default:
		return -1
	}
	for i := range w.Classes {
		if w.Classes[i].Code == with {
			return i
		}
	}
	return -1
}
