// Package offer turns scores into lists that a seller can stand behind: business
// rules that leave titles out, each with a count and switched off by a stated
// reason where its data is absent; series in order; a re-ranking for diversity
// with its price in relevance; and customers held out, so that what the lists
// bring can be measured. It knows no database and no model: scores come in,
// lists go out, the same bytes on any number of cores.
package offer

import (
	"cmp"
	"math"
	"slices"
)

// Titles are what rules ask of titles, one element a title in every slice that is
// not nil. A nil slice switches the rules off that need it.
type Titles struct {
	Work      []int32   // editions of one work share it
	Publisher []int32   // −1 is unknown
	Class     []int32   // main class, for diversity; −1 is unknown
	Subject   []int32   // subject within it; −1 is unknown
	Series    []int32   // −1 for none
	Volume    []int32   // within the series
	Status    []Status  // state of supply
	Free      []float64 // copies in stock that nobody has reserved; NaN is not counted
	Price     []float64 // of a copy, in the currency of budgets; NaN is unknown
	Margin    []float64 // share of the price; NaN is unknown
	Textbook  []bool
	Embargo   []int32 // day before which it must not be offered, 0 for none
	Barred    [][]int32
	// Barred are the territories in which a title must not be sold, ascending.
}

// Status is the state of supply of a title.
type Status int8

// States of supply.
const (
	Unknown Status = iota
	InPrint
	Forthcoming
	OutOfPrint
	Cancelled
)

// Customers are what rules ask of customers, one element a customer.
type Customers struct {
	Owned     [][]int32 // titles bought or on order, ascending, returned ones included
	Works     [][]int32 // works bought in editions that are not among the titles; nil for none
	Group     []int32   // branches of one library share it; −1 for none
	Left      []float64 // of the budget; NaN is unknown
	Territory []int32   // −1 is unknown
}

// Options of lists. The zero value means the documented defaults.
type Options struct {
	N             int     // length of a list; 0 means 20
	Day           int32   // the day of the offer, on the scale of Embargo
	MinMargin     float64 // least share of the price
	TextbooksNow  bool    // textbooks are ordered at this time of the year
	TextbookKnown bool    // whether TextbooksNow is known
	TitleCap      int     // customers a title is offered to at most; 0 means no cap
	PublisherCap  float64 // share of a list from one publisher at most; 0 means .4
	SeriesShare   float64 // share of a list for next volumes at most; 0 means .5
	Diversity     float64 // weight of diversity against relevance, 0 to 1
}

func (o Options) filled() Options {
	o.N = cmp.Or(o.N, 20)
	o.PublisherCap = cmp.Or(o.PublisherCap, .4)
	o.SeriesShare = cmp.Or(o.SeriesShare, .5)
	return o
}

// Candidate is a title that a model proposes.
type Candidate struct {
	Title int32
	Score float64
	Next  bool // next volume of a series the customer follows
}

// Offer is one line of a list.
type Offer struct {
	Title int32
	Score float64
	Next  bool
}

// Set is the rules over titles and customers.
type Set struct {
	t       Titles
	c       Customers
	o       Options
	static  []bool // titles left out for everybody
	rules   []Rule
	holders map[int32][]int32 // group → customers
	works   [][]int32         // works each customer owns, ascending
	volumes []map[volume]bool // (series, volume) each customer owns; nil without series
	exists  map[volume]bool
}

type volume struct{ series, no int32 }

// New prepares the rules for titles and customers, and applies to every title
// those that do not depend on the customer.
func New(t Titles, c Customers, o Options) *Set {
	s := &Set{t: t, c: c, o: o.filled(), holders: map[int32][]int32{}}
	s.rules = s.describe()
	s.static = make([]bool, len(t.Work))
	for i := range s.static {
		if no := s.leftOut(int32(i)); no >= 0 {
			s.static[i] = true
			s.rules[no].Titles++
		}
	}
	if t.Series != nil {
		s.exists = map[volume]bool{}
		for i, no := range t.Series {
			if no >= 0 {
				s.exists[volume{no, t.Volume[i]}] = true
			}
		}
	}
	s.works, s.volumes = make([][]int32, len(c.Owned)), make([]map[volume]bool, len(c.Owned))
	for u, owned := range c.Owned {
		if c.Group != nil && c.Group[u] >= 0 {
			s.holders[c.Group[u]] = append(s.holders[c.Group[u]], int32(u))
		}
		for _, i := range owned {
			s.works[u] = append(s.works[u], t.Work[i])
			if t.Series != nil && t.Series[i] >= 0 {
				if s.volumes[u] == nil {
					s.volumes[u] = map[volume]bool{}
				}
				s.volumes[u][volume{t.Series[i], t.Volume[i]}] = true
			}
		}
		if c.Works != nil {
			s.works[u] = append(s.works[u], c.Works[u]...)
		}
		slices.Sort(s.works[u])
		s.works[u] = slices.Compact(s.works[u])
	}
	return s
}

// Offered says whether a title may be offered to anybody at all.
func (s *Set) Offered(title int32) bool { return !s.static[title] }

// Owns says whether a customer has a title in any edition.
func (s *Set) Owns(customer int, title int32) bool {
	_, found := slices.BinarySearch(s.works[customer], s.t.Work[title])
	return found
}

// Choice is the lists of all customers and what each rule left out of them.
type Choice struct {
	Lists  [][]Offer
	Rules  []Rule
	Before Trade // of the lists by score alone, after the rules
	After  Trade // of the lists as they are
}

// Choose makes lists of candidates, each customer's in order of score, best
// first. Next volumes stand first, in order of score; the rest is re-ranked for
// diversity. When a title has a cap, customers that it ranks highest for get it.
func (s *Set) Choose(candidates [][]Candidate) *Choice {
	out := &Choice{Rules: slices.Clone(s.rules)}
	kept := make([][]Candidate, len(candidates))
	counts := make([][]int, len(candidates))
	each(len(candidates), func(u int) { kept[u], counts[u] = s.pass(u, candidates[u]) })
	for _, c := range counts {
		for no, n := range c {
			out.Rules[no].Pairs += n
		}
	}
	if s.o.TitleCap > 0 {
		capped := s.cap(kept)
		out.Rules[len(out.Rules)-2].Pairs += capped
	}
	out.Lists = make([][]Offer, len(kept))
	spread := make([]int, len(kept))
	plain := make([][]Offer, len(kept))
	each(len(kept), func(u int) {
		out.Lists[u], spread[u] = s.rank(kept[u])
		plain[u] = byScore(kept[u], s.o.N)
	})
	for _, n := range spread {
		out.Rules[len(out.Rules)-1].Pairs += n
	}
	out.Before, out.After = s.measure(plain, kept), s.measure(out.Lists, kept)
	return out
}

// pass applies the rules of a customer to his candidates, in order; a candidate
// counts for the first rule that leaves it out. Of two editions of a work the
// better one stays.
func (s *Set) pass(u int, candidates []Candidate) ([]Candidate, []int) {
	counts := make([]int, len(s.rules))
	var kept []Candidate
	works := map[int32]bool{}
	for _, c := range candidates {
		no := s.refuses(u, c)
		if no < 0 && works[s.t.Work[c.Title]] {
			no = s.named("edition")
		}
		if no >= 0 {
			counts[no]++
			continue
		}
		works[s.t.Work[c.Title]] = true
		kept = append(kept, c)
	}
	return kept, counts
}

// cap keeps every title within TitleCap customers. Places are dealt out by rank:
// first choices first, among them the higher score, then the lower customer.
func (s *Set) cap(kept [][]Candidate) int {
	deepest := 0
	for _, list := range kept {
		deepest = max(deepest, len(list))
	}
	taken := make([]int, len(s.t.Work))
	refused, placed := 0, make([]int, len(kept))
	type claim struct {
		customer int32
		Candidate
	}
	next := make([][]Candidate, len(kept))
	for rank := range deepest {
		var claims []claim
		for u, list := range kept {
			if rank < len(list) && placed[u] < 3*s.o.N {
				claims = append(claims, claim{int32(u), list[rank]})
			}
		}
		slices.SortFunc(claims, func(a, b claim) int {
			return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.customer, b.customer))
		})
		for _, c := range claims {
			if taken[c.Title] >= s.o.TitleCap && !c.Next {
				refused++
				continue
			}
			taken[c.Title]++
			placed[c.customer]++
			next[c.customer] = append(next[c.customer], c.Candidate)
		}
	}
	copy(kept, next)
	return refused
}

// byScore is the first n candidates as they are.
func byScore(kept []Candidate, n int) []Offer {
	var list []Offer
	for _, c := range kept[:min(n, len(kept))] {
		list = append(list, Offer(c))
	}
	return list
}

// Hold says whether a customer is held out: a share of customers, drawn by seed,
// gets no offer, so that what others order more is known to come from the offers.
// It depends on the seed and the customer's key alone, so a customer stays in or
// out from month to month.
func Hold(key int64, seed int64, share float64) bool {
	x := uint64(key)*0x9e3779b97f4a7c15 + uint64(seed)*0xbf58476d1ce4e5b9 + 0x94d049bb133111eb
	for range 2 { // the finaliser of SplitMix64 (Steele, Lea and Flood 2014)
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
	}
	return float64(x>>11)/float64(1<<53) < share
}

// known says whether a number is one.
func known(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
