package basket

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Mine finds all frequent itemsets and their rules. See Options for the limits
// and LimitError for what happens beyond them.
func Mine(ctx context.Context, b Baskets, o Options) (*Model, error) {
	o, err := o.filled()
	if err != nil {
		return nil, err
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	m := &Model{Options: o, Baskets: b.Count()}
	if m.Baskets == 0 {
		m.Reason = "there are no baskets"
		return m, nil
	}
	m.MinCount = minCount(o.MinSupport, m.Baskets)
	counts := b.counts()
	t, err := findItemsets(ctx, b, counts, m.MinCount, o)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, itemsetLimit(ctx, b, counts, o)
	}
	m.Frequent, m.Itemsets = len(t.items), t.itemsets()
	if m.Tests = t.tests(o.MaxLength); m.Tests == 0 {
		m.Reason = "fewer than two items are in enough baskets; lower the minimum support"
		return m, nil
	}
	if m.Rules, err = t.rules(ctx, m.Baskets, o); err != nil {
		return nil, err
	}
	m.correct()
	if len(m.Rules) == 0 {
		m.Reason = "no rule reaches the minimum support and confidence"
	}
	return m, nil
}

// minCount is the number of baskets that a share makes; the tolerance keeps
// 0.07 · 100 = 7.000000000000001 from becoming 8.
func minCount(share float64, baskets int) int {
	return max(1, int(math.Ceil(share*float64(baskets)*(1-1e-12))))
}

// counts is the number of baskets each item is in.
func (b Baskets) counts() []int32 {
	counts, last := make([]int32, b.Distinct), make([]int, b.Distinct)
	for k := range b.Count() {
		for _, item := range b.Items[b.Start[k]:b.Start[k+1]] {
			if last[item] != k+1 {
				last[item] = k + 1
				counts[item]++
			}
		}
	}
	return counts
}

// itemsetLimit looks for a support at which the itemsets fit, doubling it each
// time, so that the error can name one. Every try stops at the limit.
func itemsetLimit(ctx context.Context, b Baskets, counts []int32, o Options) error {
	e := &LimitError{What: "itemsets", Limit: o.MaxItemsets, Setting: "minimum support", Asked: o.MinSupport}
	for s := 2 * o.MinSupport; s <= 1; s *= 2 {
		t, err := findItemsets(ctx, b, counts, minCount(s, b.Count()), o)
		if err != nil {
			return err
		}
		if t != nil {
			e.Enough = s
			break
		}
	}
	return e
}

// layout is the baskets reduced to frequent items and written one after
// another: items are ranks (0 the rarest frequent item), ascending within a
// basket, each basket ended by end. Baskets of fewer than two are left out.
type layout struct {
	sequence []int32
	places   [][]uint32 // by rank, where in sequence the item stands
}

const end = int32(-1)

func arrange(b Baskets, rank []int32, frequent int) layout {
	var l layout
	l.sequence = make([]int32, 0, len(b.Items)+b.Count())
	number := make([]int, frequent)
	for k := range b.Count() {
		from := len(l.sequence)
		for _, item := range b.Items[b.Start[k]:b.Start[k+1]] {
			if rank[item] >= 0 {
				l.sequence = append(l.sequence, rank[item])
			}
		}
		basket := l.sequence[from:]
		slices.Sort(basket)
		basket = slices.Compact(basket)
		if len(basket) < 2 {
			l.sequence = l.sequence[:from]
			continue
		}
		l.sequence = append(l.sequence[:from+len(basket)], end)
		for _, r := range basket {
			number[r]++
		}
	}
	l.places = make([][]uint32, frequent)
	for r, n := range number {
		l.places[r] = make([]uint32, 0, n)
	}
	for at, r := range l.sequence {
		if r != end {
			l.places[r] = append(l.places[r], uint32(at))
		}
	}
	return l
}

// findItemsets returns the tree of frequent itemsets, or nil when there are
// more than the limit.
//
// The search goes depth first from the rarest item. For a prefix it walks the
// baskets that hold it and counts what follows, then delivers their positions to
// the items that are frequent (the occurrence deliver of Uno et al. 2003, LCM).
// Memory is the baskets once per level of depth and worker, and the itemsets.
func findItemsets(ctx context.Context, b Baskets, counts []int32, least int, o Options) (*tree, error) {
	items := make([]int32, 0)
	for item, c := range counts {
		if int(c) >= least {
			items = append(items, int32(item))
		}
	}
	if len(items) > o.MaxItemsets {
		return nil, nil
	}
	slices.SortFunc(items, func(x, y int32) int {
		if counts[x] != counts[y] {
			return compare(counts[x], counts[y])
		}
		return compare(x, y)
	})
	rank := make([]int32, len(counts))
	for i := range rank {
		rank[i] = -1
	}
	for r, item := range items {
		rank[item] = int32(r)
	}
	l := arrange(b, rank, len(items))
	left := new(atomic.Int64)
	left.Store(int64(o.MaxItemsets))
	branches := make([][]node, len(items))
	group, ctx := errgroup.WithContext(ctx)
	next := new(atomic.Int64)
	for range min(len(items), runtime.GOMAXPROCS(0)) {
		group.Go(func() error {
			s := &search{layout: l, least: int32(least), longest: o.MaxLength, left: left, counter: make([]int32, len(items))}
			for r := int(next.Add(1)) - 1; r < len(items) && left.Load() >= 0; r = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				s.found = s.found[:0]
				s.add(node{item: int32(r), parent: none, count: counts[items[r]]})
				s.extend(ctx, 0, l.places[r], 1)
				branches[r] = slices.Clone(s.found)
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if left.Load() < 0 {
		return nil, nil
	}
	return join(items, branches), nil
}

// search is one worker's state.
type search struct {
	layout
	least   int32
	longest int
	left    *atomic.Int64 // itemsets that may still be found, over all workers
	counter []int32       // by rank; all zero between uses
	touched []int32
	found   []node
	visits  int
}

func (s *search) add(n node) {
	s.found = append(s.found, n)
	s.left.Add(-1)
}

// extend finds all frequent sets that continue the prefix at found[parent],
// which has the given length and stands at the given places.
func (s *search) extend(ctx context.Context, parent int32, places []uint32, length int) {
	if s.visits++; length >= s.longest || s.left.Load() < 0 || (s.visits%256 == 0 && ctx.Err() != nil) {
		return
	}
	next, counts, total := s.follow(places)
	if len(next) == 0 {
		return
	}
	var lists [][]uint32
	if length+1 < s.longest {
		lists = s.deliver(places, next, counts, total)
	}
	for i, r := range next {
		s.add(node{item: r, parent: parent, count: counts[i]})
		if lists != nil {
			s.extend(ctx, int32(len(s.found)-1), lists[i], length+1)
		}
	}
}

// follow lists the items that follow the places often enough, in order of rank.
func (s *search) follow(places []uint32) (next, counts []int32, total int) {
	s.touched = s.touched[:0]
	for _, p := range places {
		for q := p + 1; s.sequence[q] != end; q++ {
			r := s.sequence[q]
			if s.counter[r] == 0 {
				s.touched = append(s.touched, r)
			}
			s.counter[r]++
		}
	}
	for _, r := range s.touched {
		if s.counter[r] >= s.least {
			next = append(next, r)
		}
	}
	slices.Sort(next)
	counts = make([]int32, len(next))
	for i, r := range next {
		counts[i] = s.counter[r]
		total += int(counts[i])
	}
	for _, r := range s.touched {
		s.counter[r] = 0
	}
	return next, counts, total
}

// deliver gives every item of next the places where it follows.
func (s *search) deliver(places []uint32, next, counts []int32, total int) [][]uint32 {
	lists, room := make([][]uint32, len(next)), make([]uint32, total)
	at := 0
	for i, r := range next {
		lists[i] = room[at : at : at+int(counts[i])]
		at += int(counts[i])
		s.counter[r] = int32(i + 1)
	}
	for _, p := range places {
		for q := p + 1; s.sequence[q] != end; q++ {
			if i := s.counter[s.sequence[q]]; i > 0 {
				lists[i-1] = append(lists[i-1], q)
			}
		}
	}
	for _, r := range next {
		s.counter[r] = 0
	}
	return lists
}
