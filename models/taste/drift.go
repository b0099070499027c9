package taste

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Visit is one day on which a customer bought: the members bought, each once
// however many lines it has, for lines of one order go together.
type Visit struct {
	Day     int // any count of days
	Members []int32
}

// DriftOptions of a test. The zero value means the defaults.
type DriftOptions struct {
	Least  int     // members bought before and after, at least (default 8)
	Level  float64 // rate of false alarms (default .01)
	Trials int     // permutations (default 399)
}

func (o DriftOptions) filled() DriftOptions {
	if o.Least <= 0 {
		o.Least = 8
	}
	if o.Level <= 0 || o.Level >= 1 {
		o.Level = .01
	}
	if o.Trials <= 0 {
		o.Trials = 399
	}
	return o
}

// Change is the result of a test.
type Change struct {
	Tested   bool // whether there are enough purchases on both sides of any day
	Found    bool
	Day      int     // first visit after the change
	P        float64 // chance of as large a change when the visits come in any order
	Strength float64 // likelihood ratio G of the two sides
	From, To int32   // members that lost and gained most; -1 where none did
}

// Drift tests whether a customer's members changed, and when: the largest
// likelihood ratio G of two multinomials over all days that part his visits,
// against the same of the visits in random order. The order of visits is what
// is shuffled, not lines, so that what was bought on one day stays together. As
// the actual order counts among the trials, a customer without change is found
// with a chance of at most Level, whatever his taste. Visits are taken in order
// of day. Members that everyone moves to are to be left out by the caller: they
// are no change of his.
func Drift(visits []Visit, o DriftOptions, rng *rand.Rand) Change {
	o = o.filled()
	sorted := slices.Clone(visits)
	slices.SortStableFunc(sorted, func(a, b Visit) int { return a.Day - b.Day })
	s := newScan(sorted, o.Least)
	g, at := s.largest(sorted)
	c := Change{P: 1, From: -1, To: -1}
	if at < 0 {
		return c
	}
	c.Tested, c.Strength, c.Day = true, g, sorted[at].Day
	c.From, c.To = s.moved(sorted, at)
	shuffled := slices.Clone(sorted)
	as := 1
	// Beyond so many trials as large as the actual one it is no longer found.
	enough := int(o.Level*float64(o.Trials+1)) + 1
	trials := 0
	for trials < o.Trials && (as <= enough || trials < 99) {
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i].Members, shuffled[j].Members = shuffled[j].Members, shuffled[i].Members })
		if t, _ := s.largest(shuffled); t >= g-1e-9 {
			as++
		}
		trials++
	}
	c.P = float64(as) / float64(trials+1)
	c.Found = c.P <= o.Level
	return c
}

// scan is the place of a test: counts of members before and after.
type scan struct {
	total, before []float64
	all           float64
	least         float64
	place         map[int32]int
}

func newScan(visits []Visit, least int) *scan {
	s := &scan{place: map[int32]int{}, least: float64(least)}
	for _, v := range visits {
		for _, m := range v.Members {
			if _, known := s.place[m]; !known {
				s.place[m] = len(s.total)
				s.total = append(s.total, 0)
			}
			s.total[s.place[m]]++
			s.all++
		}
	}
	s.before = make([]float64, len(s.total))
	return s
}

func xlogx(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x * math.Log(x)
}

// largest is the largest G and the visit that the second side begins with; -1
// where no day parts enough on both sides. Visits of one day stay on one side.
func (s *scan) largest(visits []Visit) (best float64, at int) {
	clear(s.before)
	at = -1
	n := 0.
	left, right, whole := 0., 0., 0.
	for _, t := range s.total {
		right += xlogx(t)
		whole += xlogx(t)
	}
	for i, v := range visits {
		if i > 0 && v.Day != visits[i-1].Day && n >= s.least && s.all-n >= s.least {
			g := 2 * (left - xlogx(n) + right - xlogx(s.all-n) - whole + xlogx(s.all))
			if g > best+1e-9 {
				best, at = g, i
			}
		}
		for _, m := range v.Members {
			k := s.place[m]
			b, t := s.before[k], s.total[k]
			left += xlogx(b+1) - xlogx(b)
			right += xlogx(t-b-1) - xlogx(t-b)
			s.before[k]++
			n++
		}
	}
	return best, at
}

// moved are the members whose share fell and rose most at a visit; equal ones
// by number.
func (s *scan) moved(visits []Visit, at int) (from, to int32) {
	before, n := map[int32]float64{}, 0.
	for _, v := range visits[:at] {
		for _, m := range v.Members {
			before[m]++
			n++
		}
	}
	members := make([]int32, 0, len(s.place))
	for m := range s.place {
		members = append(members, m)
	}
	slices.Sort(members)
	from, to = -1, -1
	lost, won := 0., 0.
	for _, m := range members {
		d := (s.total[s.place[m]]-before[m])/(s.all-n) - before[m]/n
		if d < lost-1e-12 {
			lost, from = d, m
		}
		if d > won+1e-12 {
			won, to = d, m
		}
	}
	return from, to
}
