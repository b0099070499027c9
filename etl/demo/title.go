package demo

import "math"

// level is whom a title is for.
type level uint8

// The levels; the first three are sold to institutions from one shelf.
const (
	academic level = iota
	professional
	reference
	trade
	textbook
)

// The shelves titles are drawn from.
const (
	shelfAcademic = iota
	shelfTrade
	shelfTextbook
	shelves
)

// shelf is where titles of the level stand.
func (l level) shelf() int {
	switch l {
	case trade:
		return shelfTrade
	case textbook:
		return shelfTextbook
	}
	return shelfAcademic
}

// title is one edition, kept small: there may be millions.
type title struct {
	listed, pub day
	price       int64 // list price in ten-thousandths of the supplier's currency
	pop         float32
	sup         int32
	number      int32 // of the title within its supplier's ISBN registry
	work        int32 // first edition
	series      int32 // 0: none
	weight      int16 // grams
	class       uint8
	level       level
	edition     uint8
	volume      uint8
	op          bool // goes out of print
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
func (w *world) titleCounts() (back, monthly int) {
	f := math.Pow(w.o.Scale, 0.6)
	return max(int(15000*f), 400), max(int(700*f), 20)
}

// makeTitles invents the titles in order of listing.
func (w *world) makeTitles() {
	back, monthly := w.titleCounts()
	startMonth := w.cal.monthIndex(w.first)
	months := w.cal.monthIndex(w.last) - startMonth + 1
	n := back + monthly*months
	w.titles = make([]title, 0, n)
	w.nextVol = make([]int32, n)
	w.groups = make([]group, len(w.classes)*shelves)
	m := &titleMaker{w: w, d: newDice(w.o.Seed, streamTitles), total: n,
		perSup: make([]int32, len(w.suppliers)), open: map[uint8]int32{}, works: map[uint8][]int32{}}
	for i := range n {
		w.nextVol[i] = -1
		month := 0
		listed := w.first - day(m.d.between(1, 900))
		if i >= back {
			month = (i-back)/monthly + 1
			listed = w.cal.monthStart(startMonth+month-1) + day(m.d.IntN(28))
			listed = min(listed, w.last)
		}
		t := m.make(int32(i), listed)
		w.titles = append(w.titles, t)
		m.shelve(int32(i), month)
	}
	for g := range w.groups {
		w.groups[g].age(months, g%shelves, monthly, back)
	}
}

// titleMaker keeps what titles need to know of one another.
type titleMaker struct {
	w      *world
	d      *dice
	total  int
	perSup []int32
	open   map[uint8]int32   // class → last volume of a running series
	works  map[uint8][]int32 // class → textbooks that may get a new edition
	series int32
}

// make invents title i.
func (m *titleMaker) make(i int32, listed day) title {
	w, d := m.w, m.d
	t := title{listed: listed, class: uint8(d.pick(w.classCum)), sup: int32(d.pick(w.supCum)), edition: 1, work: i}
	c, s := &w.classes[t.class], &w.suppliers[t.sup]
	t.level = m.level(c)
	t.number = m.perSup[t.sup]
	m.perSup[t.sup]++
	t.pop = float32(math.Pow(d.Float64()*float64(m.total)*.35+20, -0.8))
	cny := d.logNormal(505, .52)
	switch t.level {
	case professional:
		cny *= 1.2
	case trade:
		cny *= .52
	case textbook:
		cny *= .45
	case academic, reference:
		cny *= 1.06
	}
	cur := w.ccy[s.ccy]
	t.price = int64(math.Round(math.Max(math.Round(cny/cur.base/cur.step), 1) * cur.step * 1e4))
	t.pub = listed - day(d.between(0, 60))
	lead, share := 85.0, .62
	if s.code == "S4" {
		lead, share = 260, .95
	}
	if d.chance(share) {
		t.pub = listed + day(d.logNormal(lead, .6))
	}
	t.weight = int16(min(d.logNormal(620, .4), 4000))
	t.hard = d.chance(.55) && t.level != trade
	t.op = d.chance(.3)
	m.relate(i, &t)
	return t
}

// level draws whom a title of the class is for.
func (m *titleMaker) level(c *class) level {
	u := m.d.Float64()
	if c.trade {
		switch {
		case u < .78:
			return trade
		case u < .82:
			return textbook
		}
		return academic
	}
	switch {
	case u < .12:
		return textbook
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
func (m *titleMaker) relate(i int32, t *title) {
	w, d := m.w, m.d
	if t.level == textbook {
		if old := m.works[t.class]; len(old) > 0 && d.chance(.45) {
			k := d.IntN(len(old))
			first := &w.titles[old[k]]
			t.work, t.edition = first.work, first.edition+1
			t.pop = first.pop * 1.3
			old[k] = i
			return
		}
		m.works[t.class] = append(m.works[t.class], i)
		return
	}
	if !d.chance(.14) || t.level == trade {
		return
	}
	if prev, ok := m.open[t.class]; ok && d.chance(.8) {
		p := &w.titles[prev]
		if p.volume < 40 {
			t.series, t.volume, t.sup = p.series, p.volume+1, p.sup
			t.number = m.perSup[t.sup]
			m.perSup[t.sup]++
			t.price = p.price
			w.nextVol[prev] = i
			m.open[t.class] = i
			return
		}
	}
	m.series++
	t.series, t.volume = m.series, 1
	m.open[t.class] = i
}

// shelve puts title i on its shelf.
func (m *titleMaker) shelve(i int32, month int) {
	t := &m.w.titles[i]
	g := &m.w.groups[int(t.class)*shelves+t.level.shelf()]
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
	if shelf == shelfTrade {
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
			if shelf == shelfTextbook {
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
func (g *group) pick(d *dice, month int) int32 {
	cum := g.cohort[month]
	total := cum[len(cum)-1]
	if total <= 0 {
		return -1
	}
	lo, hi := g.bounds(search(cum, d.Float64()*total))
	if lo == hi {
		return -1
	}
	base := g.before(lo)
	x := base + d.Float64()*(g.cum[hi-1]-base)
	return g.titles[lo+search(g.cum[lo:hi], x)]
}

// pickTitle draws a title of a class and shelf on a day, not listed later than
// that day; empty shelves give way to the next one.
func (w *world) pickTitle(d *dice, class, shelf int, on day) int32 {
	month := w.cal.monthIndex(on) - w.cal.monthIndex(w.first)
	for try := range 12 {
		if t := w.groups[class*shelves+shelf].pick(d, month); t >= 0 && w.titles[t].listed <= on {
			return t
		}
		if try == 5 {
			shelf = shelfAcademic
		}
		if try == 8 {
			class = d.pick(w.classCum)
		}
	}
	return 0
}

// priceOf makes the price of a title on a day for the customer's order: before
// discount, and the quoted rate behind it.
func (w *world) priceOf(t *title, on day) (unit, quote int64) {
	s := &w.suppliers[t.sup]
	quote = w.fx.quote(s.ccy, on)
	markup := 1.125
	if w.classes[t.class].low {
		markup = .965
	}
	if w.effects && on >= w.ep.mixFrom {
		markup *= 1.018
	}
	cny := float64(t.price) / 1e4 * float64(quote) / 1e8 * markup
	return int64(math.Max(math.Round(cny*10), 10)) * 1000, quote
}

// goesWith is the class bought together with a class, or -1.
func (w *world) goesWith(class int) int {
	with := ""
	switch w.classes[class].code {
	case "TP391", "TP18":
		with = "O1"
	case "R73":
		with = "Q7"
	case "F83":
		with = "C8"
	default:
		return -1
	}
	for i := range w.classes {
		if w.classes[i].code == with {
			return i
		}
	}
	return -1
}
