package recommend

import (
	"errors"
	"slices"

	"verso/models/job"
	"verso/models/offer"
	"verso/models/recommend"
	"verso/models/recommend/cold"
	"verso/models/recommend/dense"
)

// Options choose what lists are like. The zero value means the documented
// defaults.
type Options struct {
	N         int     // titles in a list; 0 means 20, 50 at most
	Held      float64 // share of customers held out to measure what lists bring; 0 means .05, negative none
	MinMargin float64 // least gross margin of a title offered, as a share of its price; 0 means none
	Diversity float64 // weight of diversity; 0 means the largest that gives up 2 % of relevance, negative none
	TitleCap  float64 // share of customers that a title is offered to at most; 0 means .25
}

func (o Options) filled() Options {
	if o.N <= 0 {
		o.N = listLength
	}
	o.N = min(o.N, 50)
	if o.Held == 0 {
		o.Held = .05
	}
	if o.TitleCap <= 0 {
		o.TitleCap = .25
	}
	return o
}

// givenUp is the share of relevance that diversity may cost.
const givenUp = .02

// lists are what was made.
type lists struct {
	c          *catalogue
	f          *fitted
	o          Options
	held       []bool
	fresh      []int32 // titles of the current issues that may be offered
	listed     int     // titles of the current issues
	targets    [][]target
	cold       *cold.Model
	coldReason job.Words
	stock, new made
	base       *base
}

// made is one kind of list with its rules.
type made struct {
	list    string
	entries [][]entry
	models  []string // of each customer
	choice  *offer.Choice
	steps   []offer.Step
	weight  float64 // of diversity
	series  int     // next volumes in lists
	lines   int
	served  int // customers with a list
}

// set prepares the business rules.
func (c *catalogue) set(o Options) *offer.Set {
	class, subject := slices.Clone(c.class1), slices.Clone(c.class)
	for i, none := range c.unclassified {
		if none {
			class[i], subject[i] = -1, -1
		}
	}
	return offer.New(
		offer.Titles{Work: c.work, Publisher: c.publisher, Class: class, Subject: subject, Series: c.series, Volume: c.volume, Status: c.status,
			Free: c.free, Price: c.price, Margin: c.margin, Textbook: c.textbook, Embargo: c.embargo, Barred: c.barred},
		offer.Customers{Owned: c.owned, Works: c.works, Group: c.parent, Left: c.left, Territory: c.territory},
		offer.Options{N: o.N, Day: c.day, MinMargin: o.MinMargin, TextbooksNow: c.term, TextbookKnown: c.termKnown,
			TitleCap: max(20, int(o.TitleCap*float64(len(c.customers))))})
}

// lists ranks for everybody.
func (c *catalogue) lists(f *fitted, o Options, seed int64) (*lists, error) {
	l := &lists{c: c, f: f, o: o, base: c.bases(c.day), stock: made{list: "stock"}, new: made{list: "new"}}
	for _, key := range c.customers {
		l.held = append(l.held, offer.Hold(key, seed, o.Held))
	}
	set := c.set(o)
	r := &ranker{c: c, f: f, set: set, next: c.volumes()}
	var fresh []int32
	r.fresh, fresh = c.isFresh(c.day)
	l.listed = len(fresh)
	for _, i := range fresh {
		if set.Offered(i) {
			l.fresh = append(l.fresh, i)
		}
	}
	if f.x != nil {
		r.ties = recommend.Ties(f.x)
	}
	l.makeStock(r, set)
	return l, l.makeNew(r, set, seed)
}

// makeStock lists titles that are not in the current issues.
func (l *lists) makeStock(r *ranker, set *offer.Set) {
	c := l.c
	var rest []int32 // what those without a history may be offered
	for i := range c.titles {
		if !r.fresh[i] && set.Offered(int32(i)) && l.sells(i) {
			rest = append(rest, int32(i))
		}
	}
	order := l.base.rank(rest, func(u int) bool { return len(c.owned[u]) == 0 || l.f.blend == nil })
	candidates, found := make([][]offer.Candidate, len(c.customers)), make([]ranked, len(c.customers))
	benches := make([]*bench, dense.Workers())
	dense.Each(len(candidates), func(worker, u int) {
		if len(c.owned[u]) == 0 || l.f.blend == nil {
			candidates[u] = l.base.candidates(u, order, l.o.N*2)
			return
		}
		if benches[worker] == nil {
			benches[worker] = r.bench()
		}
		found[u] = r.candidates(u, benches[worker], l.o.N*pool)
		candidates[u] = found[u].list
	})
	l.stock.choose(set, candidates, l.o)
	for k := range l.stock.choice.Rules {
		if l.stock.choice.Rules[k].Name == "owned" {
			for _, of := range found {
				l.stock.choice.Rules[k].Pairs += of.owned
			}
		}
	}
	l.stock.entries, l.stock.models = make([][]entry, len(candidates)), make([]string, len(candidates))
	dense.Each(len(candidates), func(worker, u int) {
		list := entriesOf(l.stock.choice.Lists[u])
		l.stock.entries[u], l.stock.models[u] = list, "blend"
		if len(c.owned[u]) == 0 || l.f.blend == nil {
			l.stock.models[u] = "type"
			for k := range list {
				l.base.explain(u, &list[k])
			}
			return
		}
		if benches[worker] == nil {
			benches[worker] = r.bench()
		}
		r.explain(u, benches[worker], found[u], list)
	})
}

// sells says whether a title was bought in a year by two customers: what others
// without a history may be offered.
func (l *lists) sells(i int) bool { return l.c.buyers12[i] >= 2 }

func entriesOf(list []offer.Offer) []entry {
	out := make([]entry, len(list))
	for k, o := range list {
		out[k].Offer = o
	}
	return out
}

// choose applies the rules with the weight of diversity that a sample of
// customers allows.
func (m *made) choose(set *offer.Set, candidates [][]offer.Candidate, o Options) {
	const most = 150
	sample := candidates
	if len(sample) > most {
		sample = make([][]offer.Candidate, most)
		for k := range sample {
			sample[k] = candidates[k*len(candidates)/most]
		}
	}
	m.steps = set.TradeOff(sample)
	switch {
	case o.Diversity > 0:
		m.weight = min(o.Diversity, 1)
	case o.Diversity == 0:
		m.weight = offer.Settle(m.steps, givenUp)
	}
	m.choice = set.With(m.weight).Choose(candidates)
	for _, list := range m.choice.Lists {
		if len(list) > 0 {
			m.served++
		}
		for _, e := range list {
			m.lines++
			if e.Next {
				m.series++
			}
		}
	}
}

// makeNew lists the titles of the current issues, and names customers for them.
func (l *lists) makeNew(r *ranker, set *offer.Set, seed int64) error {
	c := l.c
	if len(l.fresh) > 0 {
		switch m, err := c.fitCold(c.day, seed, l.f.joint, l.f.cold); {
		case err == nil:
			l.cold = m
		case errors.Is(err, cold.ErrEmpty):
			l.coldReason = job.Words{EN: "nobody bought anything in three years", ZH: "三年内无人订购"}
		default:
			return err
		}
	}
	candidates, wanted, err := l.freshCandidates(r)
	if err != nil {
		return err
	}
	l.new.choose(set, candidates, l.o)
	l.name(set, wanted)
	l.new.entries, l.new.models = make([][]entry, len(c.customers)), make([]string, len(c.customers))
	served := l.served()
	scorers := make([]*cold.Scorer, dense.Workers())
	dense.Each(len(c.customers), func(worker, u int) {
		list := entriesOf(l.new.choice.Lists[u])
		l.new.entries[u], l.new.models[u] = list, "attributes"
		if !served[u] {
			l.new.models[u] = "type"
			for k := range list {
				l.base.explain(u, &list[k])
			}
			return
		}
		if scorers[worker] == nil {
			scorers[worker] = l.cold.Scorer()
		}
		for k := range list {
			c.freshReasons(scorers[worker], u, &list[k])
		}
		for k := range l.targets[u] {
			c.freshReasons(scorers[worker], u, &l.targets[u][k].entry)
		}
	})
	return nil
}
