package recommend

import (
	"context"
	"slices"

	"verso/models/job"
	"verso/models/offer"
	"verso/models/recommend/cold"
)

// targetLength is how many customers are named for a new title.
const targetLength = 20

// target is a customer named for a title.
type target struct {
	title, customer int32
	rank            int
	entry           entry
}

// name keeps the first customers of each new title whom no rule bars from it, as
// the targets of each customer.
func (l *lists) name(set *offer.Set, wanted [][]cold.Ranked) {
	l.targets = make([][]target, len(l.c.customers))
	for k, ranked := range wanted {
		rank, title := 0, l.fresh[k]
		for _, r := range ranked {
			u := int(r.Index)
			if rank == targetLength || !set.Allows(u, title) {
				continue
			}
			rank++
			t := target{title: title, customer: r.Index, rank: rank}
			t.entry.Title, t.entry.Score, t.entry.Next = title, r.Score, l.c.seriesReason(u, title).kind != noReason
			l.targets[u] = append(l.targets[u], t)
		}
	}
}

// writeTargets fills score.title_target: the customers who would want each new
// title.
func (l *lists) writeTargets(ctx context.Context, j *job.Job) error {
	found := slices.Concat(l.targets...)
	slices.SortFunc(found, func(a, b target) int {
		if a.title != b.title {
			return int(a.title) - int(b.title)
		}
		return a.rank - b.rank
	})
	p := &pack{}
	for _, t := range found {
		p.add(l.c.customers[t.customer], l.c.titles[t.title], t.rank, 1, 1, t.entry, l.held[t.customer])
	}
	return j.Score(ctx, spoken(targetSQL, "f"), nil, p.columns()...)
}
