package basket

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func fromLists(distinct int, lists ...[]int32) Baskets {
	b := Baskets{Start: []int{0}, Distinct: distinct}
	for _, l := range lists {
		b.Items = append(b.Items, l...)
		b.Start = append(b.Start, len(b.Items))
	}
	return b
}

func judge(t testing.TB, b Baskets, m *Model, rules []Rule) []Sized {
	t.Helper()
	s, err := BySize(context.Background(), b, nil, rules, m.Tests)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Three baskets of two and one of one. Of the pairs with 0 (two of them), each
// has one free place; the places outside 0 in that class are 6 − 2 = 4, and 1
// stands on two of them: 2 · 2 / 4 = 1 basket by size alone. The basket of one
// has no free place.
func TestBySizeByHand(t *testing.T) {
	b := fromLists(4, []int32{0, 1}, []int32{0, 1}, []int32{2, 3}, []int32{1})
	m := mine(t, b, Options{MinSupport: .25, MinConfidence: -1, MaxLength: 2})
	i := slices.IndexFunc(m.Rules, func(r Rule) bool { return r.Antecedent[0] == 0 && r.Consequent == 1 })
	s := judge(t, b, m, m.Rules)[i]
	if math.Abs(s.Expected-1) > 1e-12 || math.Abs(s.Lift-2) > 1e-12 {
		t.Errorf("expected %v, lift %v; want 1 and 2", s.Expected, s.Lift)
	}
	// 1 − e^(−1)(1 + 1)
	if want := 1 - 2*math.Exp(-1); math.Abs(s.P-want) > 1e-12 {
		t.Errorf("probability %v, want %v", s.P, want)
	}
}

func TestOwners(t *testing.T) {
	b := fromLists(3, []int32{0, 1}, []int32{0, 1, 1}, []int32{0, 1}, []int32{0, 2})
	m := mine(t, b, Options{MinSupport: .25, MinConfidence: -1, MaxLength: 2})
	owners, err := Owners(context.Background(), b, []int64{7, 8, 7, 9}, m.Rules)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range m.Rules {
		if want := map[bool]int{true: 2, false: 1}[r.Antecedent[0]+r.Consequent == 1]; owners[i] != want {
			t.Errorf("%v ⇒ %d has %d owners, want %d", r.Antecedent, r.Consequent, owners[i], want)
		}
	}
	if _, err := Owners(context.Background(), b, []int64{7}, m.Rules); err == nil {
		t.Error("one owner of four baskets passes")
	}
}

// mixed are baskets filled at random, most of them small and some large, so that
// every pair of items stands in large baskets together.
func mixed(n int, random *rand.Rand) Baskets {
	lists := make([][]int32, n)
	for k := range lists {
		size := 1 + random.IntN(3)
		if k%10 == 0 {
			size = 15
		}
		for _, item := range random.Perm(30)[:size] {
			lists[k] = append(lists[k], int32(item))
		}
	}
	return fromLists(30, lists...)
}

func TestSizesAloneMakeNoRule(t *testing.T) {
	b := mixed(3000, rand.New(rand.NewPCG(1, 1)))
	m := mine(t, b, Options{MinSupport: .01, MinConfidence: .01, MaxLength: 2})
	if n := len(m.Select(Filter{MaxRate: .05, MinLift: 1})); n < 200 {
		t.Fatalf("only %d rules pass Fisher's test alone: the test tests nothing", n)
	}
	for i, s := range judge(t, b, m, m.Rules) {
		if s.Q <= .05 {
			t.Errorf("%v ⇒ %d: %d baskets, %.1f by size", m.Rules[i].Antecedent, m.Rules[i].Consequent, m.Rules[i].Count, s.Expected)
		}
	}
	// A pair that does go together is found in the same baskets.
	for k := range b.Count() {
		if basket := b.Items[b.Start[k]:b.Start[k+1]]; k%10 != 0 && len(basket) >= 2 && k%3 == 0 {
			basket[0], basket[1] = 0, 1
			if len(basket) == 3 && basket[2] <= 1 {
				basket[2] = 2
			}
		}
	}
	m = mine(t, b, Options{MinSupport: .01, MinConfidence: .01, MaxLength: 2})
	for i, s := range judge(t, b, m, m.Rules) {
		if r := m.Rules[i]; r.Antecedent[0] == 0 && r.Consequent == 1 && s.Q > 1e-6 {
			t.Errorf("the planted pair has q %v", s.Q)
		}
	}
}

func TestShuffleKeepsTheMargins(t *testing.T) {
	b := mixed(500, rand.New(rand.NewPCG(2, 1)))
	s := Shuffle(b, 5, rand.New(rand.NewPCG(3, 1)))
	if !slices.Equal(b.counts(), s.counts()) || !slices.Equal(b.Start, s.Start) {
		t.Error("sizes or counts of items changed")
	}
	for k := range s.Count() {
		basket := slices.Clone(s.Items[s.Start[k]:s.Start[k+1]])
		slices.Sort(basket)
		if len(slices.Compact(basket)) != s.Start[k+1]-s.Start[k] {
			t.Fatalf("basket %d holds an item twice", k)
		}
	}
	if slices.Equal(b.Items, s.Items) {
		t.Error("nothing moved")
	}
	if again := Shuffle(b, 5, rand.New(rand.NewPCG(3, 1))); !slices.Equal(again.Items, s.Items) {
		t.Error("the same seed gives other baskets")
	}
	if empty := Shuffle(Baskets{}, 5, rand.New(rand.NewPCG(3, 1))); empty.Count() != 0 {
		t.Error("baskets out of nothing")
	}
}

// Shuffled groceries hold no rule: what the two tests let pass is the rate they
// promise.
func TestShuffledGroceriesHoldNoRule(t *testing.T) {
	b, _ := groceries(t)
	o := Options{MinSupport: .001, MinConfidence: .05, MaxLength: 2}
	m := mine(t, b, o)
	kept := 0
	for i, s := range judge(t, b, m, m.Rules) {
		if m.Rules[i].Q <= .05 && s.Q <= .05 {
			kept++
		}
	}
	if kept < 50 {
		t.Errorf("only %d rules in the real baskets", kept)
	}
	b = Shuffle(b, 5, rand.New(rand.NewPCG(1, 7)))
	m = mine(t, b, o)
	for i, s := range judge(t, b, m, m.Rules) {
		if m.Rules[i].Q <= .05 && s.Q <= .05 {
			t.Errorf("%v ⇒ %d in shuffled baskets", m.Rules[i].Antecedent, m.Rules[i].Consequent)
		}
	}
}
