package recommend

import (
	"context"
	"slices"

	"verso/models/job"
	"verso/models/recommend/cold"
	"verso/models/recommend/dense"
)

// targetLength is how many customers are named for a new title.
const targetLength = 20

// target is a customer named for a title.
type target struct {
	title, customer int32
	rank            int
	entry           entry
}

// writeTargets fills score.title_target: the customers who would want each new
// title, those who have it in any edition left out.
func (l *lists) writeTargets(ctx context.Context, j *job.Job, owns func(u int, title int32) bool) (int, error) {
	p := &pack{}
	titles := l.fresh
	if l.cold != nil && len(titles) > 0 {
		if most := max(1, coldPairs/max(1, len(l.c.customers))); len(titles) > most {
			titles = titles[:most]
		}
		ranked, err := l.cold.CustomersOf(titles, 3*targetLength)
		if err != nil {
			return 0, err
		}
		found := l.name(titles, ranked, owns)
		l.reasonsOf(found)
		slices.SortFunc(found, func(a, b target) int {
			if a.title != b.title {
				return int(a.title) - int(b.title)
			}
			return a.rank - b.rank
		})
		for _, t := range found {
			p.add(l.c.customers[t.customer], l.c.titles[t.title], t.rank, 1, 1, t.entry, l.held[t.customer])
		}
	}
	return len(p.title), j.Score(ctx, spoken(targetSQL, "f"), nil, p.columns()...)
}

// name keeps the first customers of each title who may be offered it.
func (l *lists) name(titles []int32, ranked [][]cold.Ranked, owns func(u int, title int32) bool) []target {
	var found []target
	for k, title := range titles {
		rank := 0
		for _, r := range ranked[k] {
			if rank == targetLength || owns(int(r.Index), title) {
				continue
			}
			rank++
			t := target{title: title, customer: r.Index, rank: rank}
			t.entry.Title, t.entry.Score, t.entry.Next = title, r.Score, l.c.seriesReason(int(r.Index), title).kind != noReason
			found = append(found, t)
		}
	}
	return found
}

// reasonsOf explains them, customer by customer.
func (l *lists) reasonsOf(found []target) {
	slices.SortFunc(found, func(a, b target) int {
		if a.customer != b.customer {
			return int(a.customer) - int(b.customer)
		}
		return int(a.title) - int(b.title)
	})
	var starts []int
	for k := range found {
		if k == 0 || found[k].customer != found[k-1].customer {
			starts = append(starts, k)
		}
	}
	scorers, counts := make([]*cold.Scorer, dense.Workers()), make([]tally, dense.Workers())
	dense.Each(len(starts), func(worker, s int) {
		if scorers[worker] == nil {
			scorers[worker] = l.cold.Scorer()
		}
		u := int(found[starts[s]].customer)
		counts[worker].load(l.c, u)
		for k := starts[s]; k < len(found) && int(found[k].customer) == u; k++ {
			l.c.freshReasons(scorers[worker], &counts[worker], u, &found[k].entry)
		}
	})
}
