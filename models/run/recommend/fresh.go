package recommend

import (
	"errors"
	"math"
	"slices"
	"strings"

	"verso/models/offer"
	"verso/models/recommend"
	"verso/models/recommend/cold"
	"verso/models/recommend/dense"
)

// issueDays is how old a catalogue issue may be to count as current.
const issueDays = 45

// coldPairs bounds customers × new titles that are scored one by one; customers
// beyond it, those with fewest titles, get the list of their type.
const coldPairs = 500_000_000

// isFresh says for every title whether it stands in an issue of the days before a
// date, or in one to come.
func (c *catalogue) isFresh(day int32) (is []bool, list []int32) {
	is = make([]bool, len(c.titles))
	for i, d := range c.issued {
		if d > day-issueDays && d > 0 {
			is[i] = true
			list = append(list, int32(i))
		}
	}
	return is, list
}

// columns are the attributes that new titles are scored by.
func (c *catalogue) columns() []cold.Column {
	return []cold.Column{
		{Name: "class", Form: cold.Path, Text: c.text.path},
		{Name: "author", Form: cold.Single, Text: c.text.author},
		{Name: "series", Form: cold.Single, Text: c.text.series},
		{Name: "publisher", Form: cold.Single, Text: c.text.publisher},
		{Name: "language", Form: cold.Single, Text: c.text.language},
		{Name: "level", Form: cold.Single, Text: c.text.level},
		{Name: "price", Form: cold.Number, Value: c.price, Bands: 6},
	}
}

// coldHistory is how many days of purchases new titles are learned from.
const coldHistory = 3 * 365

// fitCold learns from the purchases of three years before a day, with joint signals or
// without; the weights of an earlier fit, where there is one, are taken over.
func (c *catalogue) fitCold(day int32, seed int64, joint bool, like *cold.Model) (*cold.Model, error) {
	if c.encoded == nil {
		a, err := cold.EncodeAlone(c.columns())
		if err != nil {
			return nil, err
		}
		c.encoded = a
	}
	var s cold.Sales
	for from := 0; from < len(c.rows.Day); {
		to := from
		for ; to < len(c.rows.Day) && c.rows.User[to] == c.rows.User[from]; to++ {
		}
		for _, k := range c.latest(from, to, day) {
			s.Customer, s.Title, s.Copies = append(s.Customer, c.rows.User[k]), append(s.Title, c.rows.Item[k]), append(s.Copies, c.rows.Copies[k])
		}
		from = to
	}
	// A weight needs as many choices whatever the size of the company, up to a
	// point: a small one has few.
	o := cold.Options{Seed: uint64(seed), Splits: 2, Groups: min(400, max(100, len(s.Title)/50)), Against: 30, Factors: 16, Neighbours: 20, Ease: 10, Like: like}
	if joint {
		o.Groups, o.Against = jointGroups, 100
	}
	return cold.Fit(s, len(c.customers), c.encoded, o)
}

// coldLines is how many of a customer's lines, the latest, new titles are learned
// from: time grows with their square, and a reseller's taste is everybody's.
const coldLines = 300

// latest are the rows from one number to another up to a day, of three years, the
// last coldLines of them by day.
func (c *catalogue) latest(from, to int, day int32) []int {
	var rows []int
	for k := from; k < to; k++ {
		if d := c.rows.Day[k]; d <= day && d > day-coldHistory {
			rows = append(rows, k)
		}
	}
	if len(rows) > coldLines {
		slices.SortStableFunc(rows, func(a, b int) int { return int(c.rows.Day[b]) - int(c.rows.Day[a]) })
		rows = rows[:coldLines]
		slices.Sort(rows)
	}
	return rows
}

// freshDays is how long ago the test of new titles begins.
const freshDays = 60

// testCold measures new titles: those of the issues that were current two months
// ago, and who bought them since.
func (c *catalogue) testCold(f *fitted, seed int64) error {
	day := c.day - freshDays
	test, titles, users := c.heldFresh(day)
	if users < leastUsers {
		return nil
	}
	if err := c.chooseCold(f, seed); err != nil {
		return err
	}
	m, err := c.fitCold(day, seed, f.joint, nil)
	if errors.Is(err, cold.ErrEmpty) {
		return nil
	}
	if err != nil {
		return err
	}
	f.cold = m
	e, err := m.Evaluate(test, titles, listLength)
	if err != nil {
		return err
	}
	for name, q := range map[string]cold.Quality{"attributes": e.Model, "popularity": e.Popularity} {
		f.tests = append(f.tests, tested{"new", &recommend.Evaluation{Model: name, K: q.K, Users: q.Customers, Recall: q.Recall, NDCG: q.NDCG, HitRate: q.HitRate, Coverage: q.Coverage}, 1})
	}
	slices.SortStableFunc(f.tests, func(a, b tested) int { return strings.Compare(b.list+a.Model, a.list+b.Model) })
	return nil
}

// freshCandidates ranks new titles for every customer: next volumes and cold
// scores for those with a history, the type's base for the others. It also ranks
// customers for each of the titles.
func (l *lists) freshCandidates(r *ranker) (lists [][]offer.Candidate, wanted [][]cold.Ranked, err error) {
	c, n := l.c, l.o.N
	lists = make([][]offer.Candidate, len(c.customers))
	served := l.served()
	var personal []int32
	for u, is := range served {
		if is {
			personal = append(personal, int32(u))
		}
	}
	var ranked [][]cold.Ranked
	if len(personal) > 0 {
		if ranked, wanted, err = l.cold.Match(personal, l.fresh, n*3, targetLength*3); err != nil {
			return nil, nil, err
		}
	}
	dense.Each(len(personal), func(_, k int) {
		u := int(personal[k])
		next := r.continued(u)
		for _, e := range ranked[k] {
			_, follows := slices.BinarySearch(next, e.Index)
			lists[u] = append(lists[u], offer.Candidate{Title: e.Index, Score: e.Score, Next: follows})
		}
	})
	order := l.base.rank(l.fresh, func(u int) bool { return !served[u] })
	dense.Each(len(lists), func(_, u int) {
		if !served[u] {
			lists[u] = l.base.candidates(u, order, n*2)
		}
	})
	return lists, wanted, nil
}

// served are the customers who get personal lists of new titles: those with a
// history, as far as coldPairs goes those who bought most in twelve months.
func (l *lists) served() []bool {
	c, out := l.c, make([]bool, len(l.c.customers))
	if l.cold == nil {
		return out
	}
	var order []int32
	for u, own := range c.owned {
		if len(own) > 0 {
			order = append(order, int32(u))
		}
	}
	slices.SortStableFunc(order, func(a, b int32) int { return len(c.year[b]) - len(c.year[a]) })
	for _, u := range order[:min(len(order), max(1, coldPairs/max(1, len(l.fresh))))] {
		out[u] = true
	}
	return out
}

// freshReasons states why a new title suits a customer, by the attributes that
// added most to its score.
func (c *catalogue) freshReasons(s *cold.Scorer, u int, e *entry) {
	var found []reason
	add := func(q reason) {
		if q.kind != noReason && len(found) < 2 && !slices.ContainsFunc(found, func(o reason) bool { return o.kind == q.kind }) {
			found = append(found, q)
		}
	}
	if e.Next {
		add(c.seriesReason(u, e.Title))
	}
	why, err := s.Why(u, int(e.Title))
	if err != nil {
		return
	}
	for _, w := range why {
		if w.Part <= 0 || math.IsNaN(w.Part) {
			continue
		}
		kind, _, _ := strings.Cut(w.Kind, " ")
		add(c.past[u].attribute(c, kind, e.Title))
	}
	if len(found) == 0 {
		add(reason{kind: reasonIssue})
	}
	copy(e.reasons[:], found)
}
