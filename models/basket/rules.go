package basket

import (
	"context"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"verso/models/metric"
)

// Rule says that baskets with the antecedent hold the consequent too.
//
// With n baskets, of which a have the antecedent, c the consequent and x both:
type Rule struct {
	Antecedent      []int32 // ascending item ids
	Consequent      int32
	Count           int     // x
	AntecedentCount int     // a
	ConsequentCount int     // c
	Support         float64 // x/n
	Confidence      float64 // x/a
	Lift            float64 // confidence over c/n
	Leverage        float64 // x/n − (a/n)(c/n)
	// Conviction is (1 − c/n)/(1 − confidence). A rule without exception has no
	// finite one: it is Certain, and Conviction is 0.
	Conviction float64
	Certain    bool
	// ChiSquare is Pearson's statistic of the two-by-two table, one degree of
	// freedom, without continuity correction; 0 when a margin is empty.
	ChiSquare float64
	// P is Fisher's one-sided exact probability of x or more under independence,
	// LogP its natural logarithm, which does not underflow.
	P, LogP float64
	// Q is the false discovery rate at which the rule is reported (Benjamini &
	// Hochberg), Holm and Bonferroni the family-wise error rates; all for the
	// model's Tests.
	Q, Holm, Bonferroni float64
	// Improvement is the confidence less the best confidence of any rule with
	// the same consequent and part of the antecedent, the empty part included
	// (Bayardo, Agrawal & Gunopulos 2000). At 0 or below the rule is redundant:
	// a shorter one says the same or more.
	Improvement float64
	// PImprovement is the largest, over the items of the antecedent, of Fisher's
	// probabilities that this item adds nothing to the others (Webb 2007); for an
	// antecedent of one item it is P. QImprovement is its false discovery rate.
	PImprovement, QImprovement float64
}

// Redundant says that a shorter rule with the same consequent is as sure.
func (r Rule) Redundant() bool { return r.Improvement <= 0 }

// Filter chooses rules. The zero value keeps them all.
type Filter struct {
	MaxRate    float64 // highest false discovery rate Q; 0 means any
	MinLift    float64
	Productive bool // each item of the antecedent must add to the others, at MaxRate too when that is given
}

// Select returns the rules that pass, in order. Productive keeps rules that are
// not redundant and whose improvement is no accident: QImprovement within
// MaxRate.
func (m *Model) Select(f Filter) []Rule {
	var kept []Rule
	for _, r := range m.Rules {
		switch {
		case f.MaxRate > 0 && r.Q > f.MaxRate, r.Lift < f.MinLift:
		case f.Productive && (r.Redundant() || f.MaxRate > 0 && r.QImprovement > f.MaxRate):
		default:
			kept = append(kept, r)
		}
	}
	return kept
}

// blockSize is the number of itemsets a worker turns into rules at a time.
const blockSize = 1 << 12

// rules makes the rules of all itemsets, in their final order.
func (t *tree) rules(ctx context.Context, baskets int, o Options) ([]Rule, error) {
	if n := t.countRules(o.MinConfidence, o.MaxRules); n > o.MaxRules {
		return nil, t.ruleLimit(o)
	}
	blocks := make([][]Rule, (len(t.nodes)+blockSize-1)/blockSize)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for k := range blocks {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			last := min(len(t.nodes), (k+1)*blockSize)
			blocks[k] = t.rulesOf(k*blockSize, last, baskets, o.MinConfidence)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	rules := slices.Concat(blocks...)
	slices.SortFunc(rules, order)
	return rules, nil
}

func order(a, b Rule) int {
	switch {
	case a.Lift != b.Lift:
		return compare(b.Lift, a.Lift)
	case a.Count != b.Count:
		return b.Count - a.Count
	}
	if k := slices.Compare(a.Antecedent, b.Antecedent); k != 0 {
		return k
	}
	return compare(a.Consequent, b.Consequent)
}

// countRules counts the rules that are sure enough, up to just above the limit.
func (t *tree) countRules(confidence float64, limit int) (n int) {
	var room []int32
	for i := range t.nodes {
		room = t.ranks(int32(i), room)
		for skip := range room {
			if len(room) > 1 && sure(t.nodes[i].count, t.nodes[t.without(room, skip)].count, confidence) {
				n++
			}
		}
		if n > limit {
			return n
		}
	}
	return n
}

// ruleLimit names a confidence at which the rules fit, to a hundredth.
func (t *tree) ruleLimit(o Options) error {
	e := &LimitError{What: "rules", Limit: o.MaxRules, Setting: "minimum confidence", Asked: o.MinConfidence}
	low, high := max(0, int(math.Floor(o.MinConfidence*100))), 101
	for high-low > 1 {
		middle := (low + high) / 2
		if t.countRules(float64(middle)/100, o.MaxRules) > o.MaxRules {
			low = middle
		} else {
			high = middle
		}
	}
	if high <= 100 {
		e.Enough = float64(high) / 100
	}
	return e
}

func sure(both, antecedent int32, confidence float64) bool {
	return float64(both) >= confidence*float64(antecedent)*(1-1e-12)
}

// without is the node of the ranks without the one at place skip.
func (t *tree) without(ranks []int32, skip int) int32 {
	at := none
	for i, r := range ranks {
		if i != skip {
			at = t.step(at, r)
		}
	}
	return at
}

func (t *tree) rulesOf(from, to, baskets int, confidence float64) []Rule {
	var rules []Rule
	var room []int32
	for i := from; i < to; i++ {
		room = t.ranks(int32(i), room)
		if len(room) < 2 {
			continue
		}
		for skip := range room {
			antecedent := t.nodes[t.without(room, skip)].count
			if sure(t.nodes[i].count, antecedent, confidence) {
				rules = append(rules, t.rule(room, skip, t.nodes[i].count, antecedent, baskets))
			}
		}
	}
	return rules
}

// rule measures the rule of the ranks whose consequent stands at place skip.
func (t *tree) rule(ranks []int32, skip int, both, antecedent int32, baskets int) Rule {
	rest := slices.Delete(slices.Clone(ranks), skip, skip+1)
	r := Rule{Antecedent: t.ids(rest), Consequent: t.items[ranks[skip]], Count: int(both),
		AntecedentCount: int(antecedent), ConsequentCount: int(t.nodes[t.roots[ranks[skip]]].count)}
	n, a, c, x := float64(baskets), float64(antecedent), float64(r.ConsequentCount), float64(both)
	r.Support, r.Confidence = x/n, x/a
	r.Lift = x * n / (a * c) // the same to the last bit for a ⇒ c and c ⇒ a
	r.Leverage = x/n - (a/n)*(c/n)
	if both == antecedent {
		r.Certain = true
	} else {
		r.Conviction = (1 - c/n) / (1 - r.Confidence)
	}
	if a < n && c < n {
		d := n*x - a*c
		r.ChiSquare = d / a * (d / c) / (n - a) / (n - c) * n
	}
	r.LogP = metric.LogFisherGreater(baskets, r.AntecedentCount, r.ConsequentCount, r.Count)
	r.P = math.Exp(r.LogP)
	r.Improvement = r.Confidence - t.bestPart(ranks, skip, baskets)
	r.PImprovement = r.P
	if len(rest) > 1 {
		r.PImprovement = math.Exp(t.worstItem(ranks, skip, r))
	}
	return r
}

// worstItem is the largest log probability, over the items of the antecedent,
// that baskets with all the others hold the consequent no more often with it.
func (t *tree) worstItem(ranks []int32, skip int, r Rule) float64 {
	worst := math.Inf(-1)
	part := make([]int32, 0, len(ranks))
	for leave := range ranks {
		if leave == skip {
			continue
		}
		part = append(append(part[:0], ranks[:leave]...), ranks[leave+1:]...)
		both := t.nodes[t.without(part, -1)].count
		place := skip
		if leave < skip {
			place--
		}
		others := t.nodes[t.without(part, place)].count
		worst = max(worst, metric.LogFisherGreater(int(others), r.AntecedentCount, int(both), r.Count))
	}
	return worst
}

// bestPart is the highest confidence of a rule with the consequent at place skip
// and a proper part of the antecedent.
func (t *tree) bestPart(ranks []int32, skip, baskets int) float64 {
	best := 0.0
	var walk func(place, taken int, part, both int32)
	walk = func(place, taken int, part, both int32) {
		if place == len(ranks) {
			if taken < len(ranks)-1 {
				antecedent := float64(baskets)
				if part != none {
					antecedent = float64(t.nodes[part].count)
				}
				best = max(best, float64(t.nodes[both].count)/antecedent)
			}
			return
		}
		if place == skip {
			walk(place+1, taken, part, t.step(both, ranks[place]))
			return
		}
		walk(place+1, taken, part, both)
		walk(place+1, taken+1, t.step(part, ranks[place]), t.step(both, ranks[place]))
	}
	walk(0, 0, none, none)
	return best
}

// correct fills in what depends on all probabilities together.
func (m *Model) correct() {
	p, improvement := make([]float64, len(m.Rules)), make([]float64, len(m.Rules))
	for i, r := range m.Rules {
		p[i], improvement[i] = r.P, r.PImprovement
	}
	q, holm, bonferroni := metric.BenjaminiHochberg(p, m.Tests), metric.Holm(p, m.Tests), metric.Bonferroni(p, m.Tests)
	better := metric.BenjaminiHochberg(improvement, m.Tests)
	for i := range m.Rules {
		r := &m.Rules[i]
		r.Q, r.Holm, r.Bonferroni, r.QImprovement = q[i], holm[i], bonferroni[i], better[i]
	}
}
