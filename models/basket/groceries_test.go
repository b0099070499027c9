package basket

import (
	"bufio"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// sharedData finds the folder of public data sets, or skips the test.
func sharedData(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("VERSO_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("public data set %s is not here (VERSO_DATA names its folder)", name)
	}
	return path
}

// groceries reads arules::Groceries; names[id] is the item.
func groceries(t testing.TB) (b Baskets, names []string) {
	t.Helper()
	f, err := os.Open(sharedData(t, "groceries/groceries.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ids := map[string]int32{}
	b.Start = []int{0}
	for s := bufio.NewScanner(f); s.Scan(); {
		for _, name := range strings.Split(s.Text(), ",") {
			name = strings.TrimSpace(name)
			id, known := ids[name]
			if !known {
				id = int32(len(names))
				ids[name], names = id, append(names, name)
			}
			b.Items = append(b.Items, id)
		}
		b.Start = append(b.Start, len(b.Items))
	}
	b.Distinct = len(names)
	return b, names
}

func mine(t testing.TB, b Baskets, o Options) *Model {
	t.Helper()
	m, err := Mine(context.Background(), b, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func named(names []string, r Rule) string {
	var left []string
	for _, item := range r.Antecedent {
		left = append(left, names[item])
	}
	slices.Sort(left)
	return "{" + strings.Join(left, ",") + "} => {" + names[r.Consequent] + "}"
}

// Counts, rules and the top rules are those of R's arules on its Groceries data,
// reproduced with a second tool; items counts are exact, ratios to the digits
// published (2e-9, 2e-6).
func TestGroceries(t *testing.T) {
	b, names := groceries(t)
	if b.Count() != 9835 || b.Distinct != 169 {
		t.Fatalf("%d baskets, %d items", b.Count(), b.Distinct)
	}
	if d := float64(len(b.Items)) / 9835 / 169; math.Abs(d-0.02609146) > 5e-9 {
		t.Errorf("density %.8f", d)
	}
	m := mine(t, b, Options{MinSupport: .006, MinConfidence: .25})
	if len(m.Itemsets) != 747 || len(m.Rules) != 463 {
		t.Errorf("%d itemsets, %d rules; want 747, 463", len(m.Itemsets), len(m.Rules))
	}
	for name, want := range map[string]int{"whole milk": 2513, "other vegetables": 1903, "rolls/buns": 1809, "soda": 1715, "yogurt": 1372} {
		id := int32(slices.Index(names, name))
		at := slices.IndexFunc(m.Itemsets, func(s Itemset) bool { return len(s.Items) == 1 && s.Items[0] == id })
		if m.Itemsets[at].Count != want {
			t.Errorf("%s in %d baskets, want %d", name, m.Itemsets[at].Count, want)
		}
	}
	top := m.Rules[0]
	if named(names, top) != "{herbs} => {root vegetables}" || top.Count != 69 ||
		math.Abs(top.Support-.007015760) > 5e-10 || math.Abs(top.Confidence-.4312500) > 5e-8 || math.Abs(top.Lift-3.956477) > 5e-7 {
		t.Errorf("top rule %s %+v", named(names, top), top)
	}
}

func TestGroceriesDeep(t *testing.T) {
	b, names := groceries(t)
	m := mine(t, b, Options{MinSupport: .001, MinConfidence: .5})
	if len(m.Itemsets) != 13492 || len(m.Rules) != 5668 {
		t.Errorf("%d itemsets, %d rules; want 13492, 5668", len(m.Itemsets), len(m.Rules))
	}
	if top := m.Rules[0]; named(names, top) != "{Instant food products,soda} => {hamburger meat}" || math.Abs(top.Lift-18.995654) > 5e-7 {
		t.Errorf("top rule %s lift %.6f", named(names, top), top.Lift)
	}
	if sure := mine(t, b, Options{MinSupport: .001, MinConfidence: .8}); len(sure.Rules) != 410 {
		t.Errorf("%d rules at confidence .8, want 410", len(sure.Rules))
	}
	checkRules(t, b, m, 97)
	all, significant := len(m.Rules), len(m.Select(Filter{MaxRate: .05}))
	productive := len(m.Select(Filter{MaxRate: .05, Productive: true}))
	t.Logf("%d rules, %d at a false discovery rate of 5 %%, %d of them productive; %d tests", all, significant, productive, m.Tests)
	if !(productive < significant && significant <= all && productive > 0) {
		t.Errorf("filters keep %d, %d, %d", all, significant, productive)
	}
}

func BenchmarkGroceries(b *testing.B) {
	baskets, _ := groceries(b)
	for _, c := range []struct {
		name string
		o    Options
	}{{"0.006", Options{MinSupport: .006}}, {"0.001", Options{MinSupport: .001, MinConfidence: .5}}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				mine(b, baskets, c.o)
			}
		})
	}
}
