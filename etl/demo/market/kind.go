package market

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"verso/etl/demo/dice"
)

// CustKind is a type of customer with what DOMAIN-like knowledge says of it.
type CustKind struct {
	Name      string
	n         int     // on the books at scale 1
	Lines     float64 // mean a year
	Shape     float64 // of the gamma over customers
	Copies    float64 // mean of the geometric copies per line
	PayDays   float64 // median; 0 is prepaid
	PaySigma  float64
	Hazard    float64 // of leaving, per year, before what service does to it
	PerOrder  float64 // lines per order
	Discount  float64 // mean, percent
	Shelf     [shelves]float64
	Dearer    float64 // share of titles picked as the dearer (negative: cheaper) of two
	season    [12]float64
	slots     int // at this scale
	FirstSlot int
}

// The positions of types in makeKinds.
const (
	KLibrary = iota
	KUniversity
	KInstitute
	KGovernment
	KEnterprise
	KAgent
	KReader
)

// makeKinds sets up the types and the slots. A slot is a place on the books:
// when its customer leaves, another one takes it, so that the number on the
// books stays the same.
func (w *World) makeKinds() {
	w.Kinds = []CustKind{
		{Name: "library", n: 800, Lines: 26, Shape: .55, Copies: 1.15, PayDays: 45, PaySigma: .5, Hazard: .07, PerOrder: 6.5, Discount: 4,
			Shelf: [3]float64{.86, .12, .02}, season: [12]float64{.5, .5, 1.2, 1.3, 1.3, 1.2, .6, .6, 1.2, 1.2, 1.2, 1.6}},
		{Name: "university", n: 1200, Lines: 16, Shape: .50, Copies: 1.3, PayDays: 60, PaySigma: .5, Hazard: .08, PerOrder: 5.5, Discount: 4,
			Shelf: [3]float64{.88, .05, .07}, season: [12]float64{.5, .5, 1.1, 1.3, 1.4, 1.1, .6, .6, 1.2, 1.2, 1.1, 1.4}},
		{Name: "institute", n: 700, Lines: 11, Shape: .60, Copies: 1.1, PayDays: 50, PaySigma: .5, Hazard: .09, PerOrder: 4.5, Discount: 3,
			Shelf: [3]float64{.96, .02, .02}, Dearer: .6, season: [12]float64{.7, .6, 1.1, 1.1, 1.1, 1.1, .8, .8, 1.1, 1.1, 1.1, 1.5}},
		{Name: "government", n: 300, Lines: 5, Shape: .60, Copies: 1.2, PayDays: 60, PaySigma: .4, Hazard: .07, PerOrder: 3.5, Discount: 2,
			Shelf: [3]float64{.85, .14, .01}, season: [12]float64{.6, .6, 1, 1, 1, 1, .8, .8, 1, 1.1, 1.3, 1.8}},
		{Name: "enterprise", n: 1000, Lines: 3.5, Shape: .50, Copies: 1.3, PayDays: 35, PaySigma: .5, Hazard: .13, PerOrder: 2.5, Discount: 3,
			Shelf: [3]float64{.93, .06, .01}, Dearer: .3, season: [12]float64{.9, .7, 1.1, 1, 1, 1, .9, .9, 1.1, 1, 1.2, 1.2}},
		{Name: "agent", n: 60, Lines: 260, Shape: 1.2, Copies: 3.0, PayDays: 95, PaySigma: .4, Hazard: .06, PerOrder: 12, Discount: 15,
			Shelf: [3]float64{.68, .30, .02}, season: [12]float64{.7, .6, 1.2, 1.1, 1.2, 1.1, .8, 1, 1.2, 1.1, 1.1, .9}},
		{Name: "individual", n: 6000, Lines: .9, Shape: .50, Copies: 1.05, Hazard: .06, PerOrder: 1.15, Discount: 1,
			Shelf: [3]float64{.27, .73, 0}, Dearer: -.1, season: [12]float64{.9, .7, 1, 1, 1, 1, 1, 1, 1, 1, 1.7, .9}},
	}
	for i := range w.Kinds {
		k := &w.Kinds[i]
		k.slots = int(math.Round(float64(k.n) * w.O.Scale))
		if i == KAgent {
			k.slots = max(k.slots, 3)
		}
		k.FirstSlot = w.slots
		w.slots += k.slots
		sum := 0.0
		for _, v := range k.season {
			sum += v
		}
		for m := range k.season {
			k.season[m] *= 12 / sum
		}
	}
	w.Shards = max(4, (w.slots+159)/160)
}

// Stratum draws the lines a year of one of few customers that weigh much: from
// its own slice of the gamma distribution, so that all of them together have
// its mean.
func (k *CustKind) Stratum(d *dice.Dice, i int) float64 {
	n := k.slots
	if n%37 != 0 {
		i = i * 37 % n
	}
	u := (float64(i) + d.Float64()) / float64(n)
	return distuv.Gamma{Alpha: k.Shape, Beta: k.Shape / k.Lines}.Quantile(min(u, .9995))
}

// Season is the weight of a month for a type; the Spring Festival moves
// between January and February.
func (w *World) Season(k *CustKind, year, month int) float64 {
	s := k.season[month-1]
	if month > 2 {
		return s
	}
	festival := 2
	if d, ok := w.Cal.Spring[year]; ok && d.Month() == 1 && d.Time().Day() < 29 {
		festival = 1
	}
	if month == festival {
		return s * .75
	}
	return s * 1.25
}

// SlotOf is a place on the books: its number and type.
type SlotOf struct{ Number, Kind int }

// ShardSlots are the slots of one shard: an even share of every type, so that
// shards are alike in work.
func (w *World) ShardSlots(shard int) []SlotOf {
	var out []SlotOf
	for k := range w.Kinds {
		n := w.Kinds[k].slots
		for i := n * shard / w.Shards; i < n*(shard+1)/w.Shards; i++ {
			out = append(out, SlotOf{w.Kinds[k].FirstSlot + i, k})
		}
	}
	return out
}

// plant is the fate of a chosen slot.
type plant struct {
	Name   string // silent, halved, complained, wallet, owner_x, owner_y, owner_y_fades, agent_unsold
	Lambda float64
}

// plantPlan is how many slots of which type share a fate, at scale 1 and above.
type plantPlan struct {
	name     string
	kinds    []int
	count    int
	min, max float64 // lines a year
}

// makePlants chooses the slots with a planted fate; below scale 1 their number
// shrinks with the company.
func (w *World) makePlants() {
	w.Plants = map[int]plant{}
	if !w.Effects {
		return
	}
	d := dice.New(w.O.Seed, dice.StreamPlan)
	big := []int{KLibrary, KUniversity}
	for _, p := range []plantPlan{
		{"silent", big, 5, 200, 250}, {"halved", big, 7, 200, 250}, {"complained", big, 4, 200, 250},
		{"wallet", []int{KLibrary}, 30, 15, 45},
		{"owner_x", big, 40, 80, 125},
		{"owner_x", []int{KAgent}, 4, 300, 380},
		{"owner_y_fades", []int{KLibrary, KUniversity, KInstitute}, 8, 15, 40},
		{"owner_y", []int{KLibrary, KUniversity, KInstitute}, 32, 10, 40},
		{"agent_unsold", []int{KAgent}, 2, 300, 380},
	} {
		n := max(1, int(math.Round(float64(p.count)*math.Min(w.O.Scale, 1))))
		for range n {
			for range 50 {
				k := &w.Kinds[p.kinds[d.IntN(len(p.kinds))]]
				slot := k.FirstSlot + d.IntN(max(k.slots, 1))
				if _, taken := w.Plants[slot]; taken || k.slots == 0 {
					continue
				}
				w.Plants[slot] = plant{p.name, d.Uniform(p.min, p.max)}
				break
			}
		}
	}
}

// Duplicated says whether the first customer of a slot is recorded twice: one
// in fifty is.
func (w *World) Duplicated(slot int) bool {
	return w.Effects && dice.Mix(uint64(slot)^w.O.Seed<<7)%50 == 0
}

// chooseMerges picks the three duplicates that were found and merged.
func (w *World) chooseMerges() {
	w.Merges = map[int]bool{}
	for slot := range w.Kinds[KReader].FirstSlot {
		if _, planted := w.Plants[slot]; !planted && w.Duplicated(slot) && len(w.Merges) < 3 {
			w.Merges[slot] = true
		}
	}
}
