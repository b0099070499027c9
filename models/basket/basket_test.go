package basket

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"verso/models/metric"
)

// random draws baskets of independent items: item k is in a basket at rate p[k].
func random(seed uint64, n int, p []float64) Baskets {
	rng := rand.New(rand.NewPCG(seed, 1))
	b := Baskets{Start: []int{0}, Distinct: len(p)}
	for range n {
		for k, rate := range p {
			if rng.Float64() < rate {
				b.Items = append(b.Items, int32(k))
			}
		}
		b.Start = append(b.Start, len(b.Items))
	}
	return b
}

func rates(n int, low, high float64) []float64 {
	p := make([]float64, n)
	for k := range p {
		p[k] = low + (high-low)*float64(k)/float64(n-1)
	}
	return p
}

// holding counts the baskets that hold all the items, by looking at each.
func holding(b Baskets, items ...int32) (n int) {
	for k := range b.Count() {
		basket := b.Items[b.Start[k]:b.Start[k+1]]
		if !slices.ContainsFunc(items, func(i int32) bool { return !slices.Contains(basket, i) }) {
			n++
		}
	}
	return n
}

// subsets returns all subsets of the items.
func subsets(items []int32) (all [][]int32) {
	for mask := range 1 << len(items) {
		var s []int32
		for i, item := range items {
			if mask>>i&1 == 1 {
				s = append(s, item)
			}
		}
		all = append(all, s)
	}
	return all
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*(1+math.Abs(a)+math.Abs(b)) }

// checkRules measures every stride-th rule again from the baskets.
func checkRules(t *testing.T, b Baskets, m *Model, stride int) {
	t.Helper()
	n := float64(b.Count())
	for i := 0; i < len(m.Rules); i += stride {
		r := m.Rules[i]
		both := append(slices.Clone(r.Antecedent), r.Consequent)
		x, a, c := float64(holding(b, both...)), float64(holding(b, r.Antecedent...)), float64(holding(b, r.Consequent))
		var chi float64
		for _, cell := range [][2]float64{{x, a * c / n}, {a - x, a * (n - c) / n}, {c - x, (n - a) * c / n}, {n - a - c + x, (n - a) * (n - c) / n}} {
			if cell[1] > 0 {
				chi += (cell[0] - cell[1]) * (cell[0] - cell[1]) / cell[1]
			}
		}
		best, worst := 0.0, 0.0
		for _, part := range subsets(r.Antecedent) {
			y, z := float64(holding(b, append(slices.Clone(part), r.Consequent)...)), float64(holding(b, part...))
			if len(part) < len(r.Antecedent) {
				best = max(best, y/z)
			}
			if len(part) == len(r.Antecedent)-1 {
				worst = max(worst, math.Exp(metric.LogFisherGreater(int(z), int(a), int(y), int(x))))
			}
		}
		p := math.Exp(metric.LogFisherGreater(int(n), int(a), int(c), int(x)))
		ok := near(r.Support, x/n) && near(r.Confidence, x/a) && near(r.Lift, x/a/(c/n)) && near(r.Leverage, x/n-a*c/n/n) &&
			math.Abs(r.ChiSquare-chi) <= 1e-8*(1+chi) && near(r.Improvement, x/a-best) && near(r.PImprovement, worst) && near(r.P, p)
		if r.Certain {
			ok = ok && x == a && r.Conviction == 0
		} else {
			ok = ok && near(r.Conviction, (1-c/n)/(1-x/a))
		}
		if !ok {
			t.Errorf("rule %d: %+v; want x %v a %v c %v chi %v p %v best %v worst %v", i, r, x, a, c, chi, p, best, worst)
		}
	}
}

// Every subset of ten items counted one by one is the reference.
func TestAgainstBruteForce(t *testing.T) {
	for seed := range uint64(6) {
		b := random(seed, 300, rates(10, .1, .7))
		o := Options{MinSupport: .05, MinConfidence: .3, MaxLength: 3 + int(seed)}
		m := mine(t, b, o)
		items := make([]int32, 10)
		for i := range items {
			items[i] = int32(i)
		}
		var want []Itemset
		rules, tests := 0, 0
		for _, s := range subsets(items) {
			n := holding(b, s...)
			if len(s) == 0 || len(s) > o.MaxLength || n < 15 {
				continue
			}
			want = append(want, Itemset{s, n})
			if len(s) < o.MaxLength {
				tests += m.Frequent - len(s)
			}
			for i := range s {
				if rest := slices.Delete(slices.Clone(s), i, i+1); len(rest) > 0 && float64(n) >= .3*float64(holding(b, rest...)) {
					rules++
				}
			}
		}
		slices.SortFunc(want, func(a, b Itemset) int {
			if len(a.Items) != len(b.Items) {
				return len(a.Items) - len(b.Items)
			}
			return slices.Compare(a.Items, b.Items)
		})
		if !reflect.DeepEqual(m.Itemsets, want) || len(m.Rules) != rules || m.Tests != tests {
			t.Errorf("seed %d: %d itemsets, %d rules, %d tests; want %d, %d, %d", seed, len(m.Itemsets), len(m.Rules), m.Tests, len(want), rules, tests)
		}
		checkRules(t, b, m, 7)
		if !slices.IsSortedFunc(m.Rules, order) {
			t.Error("rules are not in order")
		}
	}
}

// In baskets of independent items every association reported is false, so the
// share of data sets with any must not pass the rate; 3 standard errors allowed.
func TestPlacebo(t *testing.T) {
	const sets, rate = 300, .05
	fdr, family, productive := 0, 0, 0
	for seed := range uint64(sets) {
		m := mine(t, random(seed+100, 400, rates(25, .03, .35)), Options{MinSupport: .01, MinConfidence: .2, MaxLength: 3})
		if len(m.Rules) == 0 {
			t.Fatal("the placebo has no rules to test")
		}
		if len(m.Select(Filter{MaxRate: rate})) > 0 {
			fdr++
		}
		if slices.ContainsFunc(m.Rules, func(r Rule) bool { return r.Holm <= rate }) {
			family++
		}
		if len(m.Select(Filter{MaxRate: rate, Productive: true})) > 0 {
			productive++
		}
	}
	limit := sets*rate + 3*math.Sqrt(sets*rate*(1-rate))
	t.Logf("false findings in %d (rate), %d (family), %d (productive) of %d placebos", fdr, family, productive, sets)
	if float64(fdr) > limit || float64(family) > limit || float64(productive) > limit {
		t.Errorf("more than %.1f", limit)
	}
}

// Item 1 follows item 0; item 2 is independent of both, so that {0, 2} ⇒ 1 is
// significant against independence but not productive.
func TestRedundantRulesGo(t *testing.T) {
	b := random(5, 4000, []float64{.2, .1, .5, .3})
	rng := rand.New(rand.NewPCG(9, 9))
	for k := b.Count() - 1; k >= 0; k-- {
		basket := b.Items[b.Start[k]:b.Start[k+1]]
		if slices.Contains(basket, 0) && !slices.Contains(basket, 1) && rng.Float64() < .6 {
			b.Items = slices.Insert(b.Items, b.Start[k+1], 1)
			for j := k + 1; j < len(b.Start); j++ {
				b.Start[j]++
			}
		}
	}
	m := mine(t, b, Options{MinSupport: .01, MinConfidence: .05})
	has := func(rules []Rule, antecedent ...int32) bool {
		return slices.ContainsFunc(rules, func(r Rule) bool { return r.Consequent == 1 && slices.Equal(r.Antecedent, antecedent) })
	}
	significant, productive := m.Select(Filter{MaxRate: .01}), m.Select(Filter{MaxRate: .01, Productive: true})
	if !has(significant, 0) || !has(productive, 0) {
		t.Error("the planted rule is lost")
	}
	if !has(significant, 0, 2) || has(productive, 0, 2) {
		t.Errorf("{0,2} => 1: significant %v, productive %v", has(significant, 0, 2), has(productive, 0, 2))
	}
	if len(productive) != 2 {
		t.Errorf("%d productive rules, want the planted one both ways", len(productive))
	}
	got := Suggest(productive, []int32{0, 3}, 5)
	if len(got) != 1 || got[0].Item != 1 || !slices.Equal(got[0].Rule.Antecedent, []int32{0}) {
		t.Errorf("suggested %+v", got)
	}
	if len(Suggest(m.Rules, []int32{0, 1, 2, 3}, 5)) != 0 || len(Suggest(m.Rules, []int32{0}, 0)) != 0 {
		t.Error("suggested what is held, or more than asked for")
	}
}

func TestOrderOfBasketsAndCoresDoNotMatter(t *testing.T) {
	b := random(3, 500, rates(15, .05, .5))
	want := mine(t, b, Options{MinSupport: .02})
	shuffled := Baskets{Start: []int{0}, Distinct: b.Distinct}
	rng := rand.New(rand.NewPCG(4, 4))
	for _, k := range rng.Perm(b.Count()) {
		basket := slices.Clone(b.Items[b.Start[k]:b.Start[k+1]])
		rng.Shuffle(len(basket), func(i, j int) { basket[i], basket[j] = basket[j], basket[i] })
		if len(basket) > 0 {
			basket = append(basket, basket[0]) // a repeated item counts once
		}
		shuffled.Items = append(shuffled.Items, basket...)
		shuffled.Start = append(shuffled.Start, len(shuffled.Items))
	}
	for _, cores := range []int{1, 3} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		if got := mine(t, shuffled, Options{MinSupport: .02}); !reflect.DeepEqual(got, want) {
			t.Errorf("%d cores: another answer", cores)
		}
	}
}

func TestLimits(t *testing.T) {
	b := random(7, 300, rates(12, .4, .8))
	ctx := context.Background()
	_, err := Mine(ctx, b, Options{MinSupport: .01, MaxItemsets: 100})
	var limit *LimitError
	if !errors.As(err, &limit) || limit.What != "itemsets" || limit.Enough <= .01 {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(err.Error(), "more than 100 itemsets at minimum support 0.01; raise it to 0.") {
		t.Errorf("message %q", err)
	}
	if m := mine(t, b, Options{MinSupport: limit.Enough, MaxItemsets: 100}); len(m.Itemsets) > 100 {
		t.Errorf("%d itemsets at the support named", len(m.Itemsets))
	}
	half := len(mine(t, b, Options{MinSupport: .01, MinConfidence: .6}).Rules)
	_, err = Mine(ctx, b, Options{MinSupport: .01, MaxRules: half})
	if !errors.As(err, &limit) || limit.What != "rules" || limit.Enough <= .25 {
		t.Fatalf("got %v", err)
	}
	if m := mine(t, b, Options{MinSupport: .01, MinConfidence: limit.Enough, MaxRules: half}); len(m.Rules) > half || len(m.Rules) < half/2 {
		t.Errorf("%d rules at the confidence named", len(m.Rules))
	}
	exact := mine(t, b, Options{MinSupport: .3})
	if m := mine(t, b, Options{MinSupport: .3, MaxItemsets: len(exact.Itemsets), MaxRules: len(exact.Rules)}); !reflect.DeepEqual(m.Rules, exact.Rules) {
		t.Error("a limit that is just reached changes the answer")
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := Mine(cancelled, b, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestEdges(t *testing.T) {
	for name, b := range map[string]Baskets{
		"nothing":       {},
		"no baskets":    {Start: []int{0}, Distinct: 3},
		"empty baskets": {Start: []int{0, 0, 0}, Distinct: 3},
		"one item each": {Start: []int{0, 1, 2}, Items: []int32{0, 1}, Distinct: 2},
	} {
		if m := mine(t, b, Options{}); m.Reason == "" || len(m.Rules) != 0 {
			t.Errorf("%s: %+v", name, m)
		}
	}
	same := mine(t, Baskets{Start: []int{0, 2, 4}, Items: []int32{0, 1, 1, 0}, Distinct: 2}, Options{})
	if len(same.Rules) != 2 || !same.Rules[0].Certain || same.Rules[0].P != 1 || same.Rules[0].ChiSquare != 0 || !same.Rules[0].Redundant() {
		t.Errorf("two equal baskets: %+v", same.Rules)
	}
	for name, b := range map[string]Baskets{
		"no start": {Items: []int32{1}, Distinct: 2}, "short start": {Start: []int{0, 1}, Items: []int32{0, 0}, Distinct: 1},
		"falling start": {Start: []int{0, 2, 1, 3}, Items: []int32{0, 0, 0}, Distinct: 1}, "unknown item": {Start: []int{0, 1}, Items: []int32{5}, Distinct: 5},
	} {
		if _, err := Mine(context.Background(), b, Options{}); !errors.Is(err, ErrShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, o := range []Options{{MinSupport: -1}, {MinSupport: math.NaN()}, {MinConfidence: 2}, {MaxLength: 1}, {MaxLength: 21}, {MaxItemsets: -1}} {
		if _, err := Mine(context.Background(), Baskets{}, o); err == nil {
			t.Errorf("options %+v were accepted", o)
		}
	}
}

func TestFromLines(t *testing.T) {
	b, keys, err := FromLines([]int64{7, 3, 7, 3, 9}, []int64{50, 40, 60, 50, 40})
	want := Baskets{Start: []int{0, 2, 4, 5}, Items: []int32{0, 1, 1, 2, 0}, Distinct: 3}
	if err != nil || !reflect.DeepEqual(b, want) || !slices.Equal(keys, []int64{40, 50, 60}) {
		t.Errorf("got %+v %v %v", b, keys, err)
	}
	if _, _, err := FromLines([]int64{1}, nil); !errors.Is(err, ErrShape) {
		t.Errorf("got %v", err)
	}
	if b, _, err := FromLines(nil, nil); err != nil || b.Count() != 0 {
		t.Errorf("no lines: %+v %v", b, err)
	}
}

// A million baskets of 5 000 titles, four lines each on average, popularity
// falling as 1/(rank + 20), with pairs that go together.
func BenchmarkMillionBaskets(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	cumulated := make([]float64, 5000)
	sum := 0.0
	for k := range cumulated {
		sum += 1 / float64(k+20)
		cumulated[k] = sum
	}
	baskets := Baskets{Start: []int{0}, Distinct: len(cumulated)}
	for range 1_000_000 {
		for lines := 1 + rng.IntN(7); lines > 0; lines-- {
			k, _ := slices.BinarySearch(cumulated, rng.Float64()*sum)
			baskets.Items = append(baskets.Items, int32(k))
			if k%10 == 0 && rng.Float64() < .3 {
				baskets.Items = append(baskets.Items, int32(k+1))
			}
		}
		baskets.Start = append(baskets.Start, len(baskets.Items))
	}
	for b.Loop() {
		m := mine(b, baskets, Options{MinSupport: .0002, MinConfidence: .05})
		b.ReportMetric(float64(len(m.Itemsets)), "itemsets")
		b.ReportMetric(float64(len(m.Rules)), "rules")
	}
	b.ReportAllocs()
}
