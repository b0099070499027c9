package demo

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// custKind is a type of customer with what DOMAIN-like knowledge says of it.
type custKind struct {
	name      string
	n         int     // on the books at scale 1
	lines     float64 // mean a year
	shape     float64 // of the gamma over customers
	copies    float64 // mean of the geometric copies per line
	payDays   float64 // median; 0 is prepaid
	paySigma  float64
	hazard    float64 // of leaving, per year, before what service does to it
	perOrder  float64 // lines per order
	discount  float64 // mean, percent
	shelf     [shelves]float64
	dearer    float64 // share of titles picked as the dearer (negative: cheaper) of two
	season    [12]float64
	slots     int // at this scale
	firstSlot int
}

// The positions of types in makeKinds.
const (
	kLibrary = iota
	kUniversity
	kInstitute
	kGovernment
	kEnterprise
	kAgent
	kReader
)

// makeKinds sets up the types and the slots. A slot is a place on the books:
// when its customer leaves, another one takes it, so that the number on the
// books stays the same.
func (w *world) makeKinds() {
	w.kinds = []custKind{
		{name: "library", n: 800, lines: 26, shape: .55, copies: 1.15, payDays: 45, paySigma: .5, hazard: .07, perOrder: 6.5, discount: 4,
			shelf: [3]float64{.86, .12, .02}, season: [12]float64{.5, .5, 1.2, 1.3, 1.3, 1.2, .6, .6, 1.2, 1.2, 1.2, 1.6}},
		{name: "university", n: 1200, lines: 16, shape: .50, copies: 1.3, payDays: 60, paySigma: .5, hazard: .08, perOrder: 5.5, discount: 4,
			shelf: [3]float64{.88, .05, .07}, season: [12]float64{.5, .5, 1.1, 1.3, 1.4, 1.1, .6, .6, 1.2, 1.2, 1.1, 1.4}},
		{name: "institute", n: 700, lines: 11, shape: .60, copies: 1.1, payDays: 50, paySigma: .5, hazard: .09, perOrder: 4.5, discount: 3,
			shelf: [3]float64{.96, .02, .02}, dearer: .6, season: [12]float64{.7, .6, 1.1, 1.1, 1.1, 1.1, .8, .8, 1.1, 1.1, 1.1, 1.5}},
		{name: "government", n: 300, lines: 5, shape: .60, copies: 1.2, payDays: 60, paySigma: .4, hazard: .07, perOrder: 3.5, discount: 2,
			shelf: [3]float64{.85, .14, .01}, season: [12]float64{.6, .6, 1, 1, 1, 1, .8, .8, 1, 1.1, 1.3, 1.8}},
		{name: "enterprise", n: 1000, lines: 3.5, shape: .50, copies: 1.3, payDays: 35, paySigma: .5, hazard: .13, perOrder: 2.5, discount: 3,
			shelf: [3]float64{.93, .06, .01}, dearer: .3, season: [12]float64{.9, .7, 1.1, 1, 1, 1, .9, .9, 1.1, 1, 1.2, 1.2}},
		{name: "agent", n: 60, lines: 260, shape: 1.2, copies: 3.0, payDays: 95, paySigma: .4, hazard: .06, perOrder: 12, discount: 15,
			shelf: [3]float64{.68, .30, .02}, season: [12]float64{.7, .6, 1.2, 1.1, 1.2, 1.1, .8, 1, 1.2, 1.1, 1.1, .9}},
		{name: "individual", n: 6000, lines: .9, shape: .50, copies: 1.05, hazard: .06, perOrder: 1.15, discount: 1,
			shelf: [3]float64{.27, .73, 0}, dearer: -.1, season: [12]float64{.9, .7, 1, 1, 1, 1, 1, 1, 1, 1, 1.7, .9}},
	}
	for i := range w.kinds {
		k := &w.kinds[i]
		k.slots = int(math.Round(float64(k.n) * w.o.Scale))
		if i == kAgent {
			k.slots = max(k.slots, 3)
		}
		k.firstSlot = w.slots
		w.slots += k.slots
		sum := 0.0
		for _, v := range k.season {
			sum += v
		}
		for m := range k.season {
			k.season[m] *= 12 / sum
		}
	}
	w.shards = max(4, (w.slots+159)/160)
}

// stratum draws the lines a year of one of few customers that weigh much: from
// its own slice of the gamma distribution, so that all of them together have
// its mean.
func (k *custKind) stratum(d *dice, i int) float64 {
	n := k.slots
	if n%37 != 0 {
		i = i * 37 % n
	}
	u := (float64(i) + d.Float64()) / float64(n)
	return distuv.Gamma{Alpha: k.shape, Beta: k.shape / k.lines}.Quantile(min(u, .9995))
}

// season is the weight of a month for a type; the Spring Festival moves
// between January and February.
func (w *world) season(k *custKind, year, month int) float64 {
	s := k.season[month-1]
	if month > 2 {
		return s
	}
	festival := 2
	if d, ok := w.cal.spring[year]; ok && d.month() == 1 && d.time().Day() < 29 {
		festival = 1
	}
	if month == festival {
		return s * .75
	}
	return s * 1.25
}

// slotOf is a place on the books: its number and type.
type slotOf struct{ number, kind int }

// shardSlots are the slots of one shard: an even share of every type, so that
// shards are alike in work.
func (w *world) shardSlots(shard int) []slotOf {
	var out []slotOf
	for k := range w.kinds {
		n := w.kinds[k].slots
		for i := n * shard / w.shards; i < n*(shard+1)/w.shards; i++ {
			out = append(out, slotOf{w.kinds[k].firstSlot + i, k})
		}
	}
	return out
}

// plant is the fate of a chosen slot.
type plant struct {
	name   string // silent, halved, complained, wallet, owner_x, owner_y, owner_y_fades, agent_unsold
	lambda float64
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
func (w *world) makePlants() {
	w.plants = map[int]plant{}
	if !w.effects {
		return
	}
	d := newDice(w.o.Seed, streamPlan)
	big := []int{kLibrary, kUniversity}
	for _, p := range []plantPlan{
		{"silent", big, 5, 200, 250}, {"halved", big, 7, 200, 250}, {"complained", big, 4, 200, 250},
		{"wallet", []int{kLibrary}, 30, 15, 45},
		{"owner_x", big, 40, 80, 125},
		{"owner_x", []int{kAgent}, 4, 300, 380},
		{"owner_y_fades", []int{kLibrary, kUniversity, kInstitute}, 8, 15, 40},
		{"owner_y", []int{kLibrary, kUniversity, kInstitute}, 32, 10, 40},
		{"agent_unsold", []int{kAgent}, 2, 300, 380},
	} {
		n := max(1, int(math.Round(float64(p.count)*math.Min(w.o.Scale, 1))))
		for range n {
			for range 50 {
				k := &w.kinds[p.kinds[d.IntN(len(p.kinds))]]
				slot := k.firstSlot + d.IntN(max(k.slots, 1))
				if _, taken := w.plants[slot]; taken || k.slots == 0 {
					continue
				}
				w.plants[slot] = plant{p.name, d.uniform(p.min, p.max)}
				break
			}
		}
	}
}

// duplicated says whether the first customer of a slot is recorded twice: one
// in fifty is.
func (w *world) duplicated(slot int) bool {
	return w.effects && mix(uint64(slot)^w.o.Seed<<7)%50 == 0
}

// chooseMerges picks the three duplicates that were found and merged.
func (w *world) chooseMerges() {
	w.merges = map[int]bool{}
	for slot := range w.kinds[kReader].firstSlot {
		if _, planted := w.plants[slot]; !planted && w.duplicated(slot) && len(w.merges) < 3 {
			w.merges[slot] = true
		}
	}
}
