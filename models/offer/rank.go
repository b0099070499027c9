package offer

import (
	"math"
	"runtime"
	"slices"
	"sync"
)

// rank makes the list of one customer: next volumes first, then the rest by
// maximal marginal relevance (Carbonell and Goldstein 1998). The second result
// counts candidates passed over for the spread over publishers.
func (s *Set) rank(kept []Candidate) ([]Offer, int) {
	var list []Offer
	most := max(1, int(s.o.SeriesShare*float64(s.o.N)))
	rest := make([]Candidate, 0, len(kept))
	for _, c := range kept {
		if c.Next && len(list) < most {
			list = append(list, Offer(c))
		} else {
			c.Next = false // beyond the share, it is a title like others
			rest = append(rest, c)
		}
	}
	return s.fill(list, rest)
}

// fill adds to a list what is worth most beside it. Relevance is the score
// between the best and the last of the candidates, from 1 to 0.
func (s *Set) fill(list []Offer, rest []Candidate) ([]Offer, int) {
	if len(rest) == 0 {
		return list, 0
	}
	// A list is chosen from three times its length: what stands below is never
	// worth its distance.
	rest = rest[:min(len(rest), 3*s.o.N)]
	relevance := relevance(rest)
	used := make([]bool, len(rest))
	like := make([]float64, len(rest)) // to the most similar title of the list
	for k, c := range rest {
		for _, o := range list {
			like[k] = max(like[k], s.alike(c.Title, o.Title))
		}
	}
	publishers := map[int32]int{}
	for _, o := range list {
		if s.t.Publisher != nil {
			publishers[s.t.Publisher[o.Title]]++
		}
	}
	most := max(1, int(math.Ceil(s.o.PublisherCap*float64(s.o.N))))
	passed := 0
	for len(list) < s.o.N {
		best, worth := -1, math.Inf(-1)
		for k := range rest {
			if used[k] {
				continue
			}
			if v := (1-s.o.Diversity)*relevance[k] - s.o.Diversity*like[k]; v > worth {
				best, worth = k, v
			}
		}
		if best < 0 {
			break
		}
		used[best] = true
		c := rest[best]
		if s.rules[len(s.rules)-1].Off == "" && s.t.Publisher[c.Title] >= 0 {
			if publishers[s.t.Publisher[c.Title]] >= most {
				passed++
				continue
			}
			publishers[s.t.Publisher[c.Title]]++
		}
		list = append(list, Offer(c))
		for k := range rest {
			if !used[k] {
				like[k] = max(like[k], s.alike(rest[k].Title, c.Title))
			}
		}
	}
	return list, passed
}

// relevance puts scores between 1 and 0.
func relevance(list []Candidate) []float64 {
	high, low := math.Inf(-1), math.Inf(1)
	for _, c := range list {
		high, low = max(high, c.Score), min(low, c.Score)
	}
	out := make([]float64, len(list))
	for k, c := range list {
		out[k] = 1
		if high > low {
			out[k] = (c.Score - low) / (high - low)
		}
	}
	return out
}

// alike is how similar two titles are, 0 to 1: half for the subject, a quarter
// for its main class, an eighth each for publisher and series.
func (s *Set) alike(a, b int32) float64 {
	same := func(list []int32) bool { return list != nil && list[a] >= 0 && list[a] == list[b] }
	like := 0.0
	if same(s.t.Subject) {
		like += .5
	}
	if same(s.t.Class) {
		like += .25
	}
	if same(s.t.Publisher) {
		like += .125
	}
	if same(s.t.Series) {
		like += .125
	}
	return like
}

// Trade is what lists are like: the two sides that diversity trades.
type Trade struct {
	Relevance  float64 // mean relevance of the titles in the lists, of 1
	Diversity  float64 // mean of 1 − likeness over the pairs of a list
	Subjects   float64 // mean number of subjects in a list
	Publishers float64 // effective number of publishers over all lists: 1/Σ share²
	Titles     int     // different titles over all lists
	Lists      int     // lists with a title
}

// measure is the trade of lists; relevance is against the candidates kept.
func (s *Set) measure(lists [][]Offer, kept [][]Candidate) Trade {
	var t Trade
	titles, publishers, lines := make([]bool, len(s.t.Work)), map[int32]float64{}, 0.0
	var subjects []int32
	for u, list := range lists {
		if len(list) == 0 {
			continue
		}
		t.Lists++
		pool := kept[u][:min(len(kept[u]), 3*s.o.N)]
		value := relevance(pool)
		sum, apart, pairs := 0.0, 0.0, 0.0
		subjects = subjects[:0]
		for k, o := range list {
			if at := slices.IndexFunc(pool, func(c Candidate) bool { return c.Title == o.Title }); at >= 0 {
				sum += value[at]
			}
			if !titles[o.Title] {
				titles[o.Title] = true
				t.Titles++
			}
			if s.t.Publisher != nil {
				publishers[s.t.Publisher[o.Title]]++
				lines++
			}
			if s.t.Subject != nil && !slices.Contains(subjects, s.t.Subject[o.Title]) {
				subjects = append(subjects, s.t.Subject[o.Title])
			}
			for _, p := range list[:k] {
				apart += 1 - s.alike(o.Title, p.Title)
				pairs++
			}
		}
		t.Relevance += sum / float64(len(list))
		t.Subjects += float64(len(subjects))
		t.Diversity += apart / max(1, pairs)
	}
	n := float64(max(1, t.Lists))
	t.Relevance, t.Diversity, t.Subjects = t.Relevance/n, t.Diversity/n, t.Subjects/n
	squares, keys := 0.0, make([]int32, 0, len(publishers))
	for p := range publishers {
		keys = append(keys, p)
	}
	slices.Sort(keys)
	for _, p := range keys {
		squares += publishers[p] / lines * publishers[p] / lines
	}
	if squares > 0 {
		t.Publishers = 1 / squares
	}
	return t
}

// Step is one weight of diversity and what it costs.
type Step struct {
	Weight float64
	Trade
}

// Steps are the weights tried for diversity.
func Steps() []float64 { return []float64{0, .05, .1, .2, .3, .5} }

// TradeOff measures the lists of some customers at every weight of diversity.
func (s *Set) TradeOff(candidates [][]Candidate) []Step {
	kept := make([][]Candidate, len(candidates))
	each(len(candidates), func(u int) { kept[u], _ = s.pass(u, candidates[u]) })
	var steps []Step
	for _, weight := range Steps() {
		at := *s
		at.o.Diversity = weight
		lists := make([][]Offer, len(kept))
		each(len(kept), func(u int) { lists[u], _ = at.rank(kept[u]) })
		steps = append(steps, Step{weight, at.measure(lists, kept)})
	}
	return steps
}

// Settle is the largest weight that gives up at most a share of relevance
// against no diversity at all.
func Settle(steps []Step, most float64) float64 {
	weight := 0.0
	for _, s := range steps {
		if len(steps) > 0 && s.Relevance >= steps[0].Relevance*(1-most) {
			weight = max(weight, s.Weight)
		}
	}
	return weight
}

// With is the set with another weight of diversity.
func (s *Set) With(diversity float64) *Set {
	at := *s
	at.o.Diversity = diversity
	return &at
}

// each runs a function for 0 to n−1 on every core; what it writes goes by index.
func each(n int, do func(i int)) {
	step := min(runtime.GOMAXPROCS(0), max(n, 1))
	var wait sync.WaitGroup
	for from := range step {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := from; i < n; i += step {
				do(i)
			}
		}()
	}
	wait.Wait()
}
