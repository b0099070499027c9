package cold

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// market is a made-up one: customers like two classes and within them some
// authors; the last titles are new. The purchases of the new ones come apart.
func market(seed uint64) (bought, later Sales, columns []Column, customers int, fresh []int32) {
	rng := rand.New(rand.NewPCG(seed, 7))
	const titles, classes, authors, known = 600, 12, 120, 480
	customers = 400
	class, author := make([]string, titles), make([]string, titles)
	price := make([]float64, titles)
	text := make([]string, titles)
	of := make([][]int32, classes)
	for t := range titles {
		a := rng.IntN(authors)
		c := a % classes
		class[t], author[t] = fmt.Sprintf("%c/%c%d", 'A'+c/3, 'A'+c/3, c), fmt.Sprintf("author %03d", a)
		price[t] = 20 + 5*float64(c) + 40*rng.Float64()
		text[t] = fmt.Sprintf("book %d 图书%c%c", t, rune(0x4e00+c), rune(0x4e20+c))
		of[c] = append(of[c], int32(t))
		if t >= known {
			fresh = append(fresh, int32(t))
		}
	}
	for c := range customers {
		like := [2]int{rng.IntN(classes), rng.IntN(classes)}
		seen := map[int32]bool{}
		for range 8 + rng.IntN(20) {
			list := of[like[rng.IntN(2)]]
			if rng.Float64() < .2 {
				list = of[rng.IntN(classes)]
			}
			t := list[rng.IntN(len(list))]
			if seen[t] {
				continue
			}
			seen[t] = true
			s := &bought
			if int(t) >= known {
				s = &later
			}
			s.Customer, s.Title = append(s.Customer, int32(c)), append(s.Title, t)
		}
	}
	columns = []Column{{Name: "class", Form: Path, Text: class}, {Name: "author", Text: author}, {Name: "price", Form: Number, Value: price}, {Name: "words", Form: Words, Text: text}}
	return bought, later, columns, customers, fresh
}

func fitted(t testing.TB, o Options) (*Model, Sales, []int32) {
	t.Helper()
	bought, later, columns, customers, fresh := market(3)
	a, err := Encode(columns)
	if err != nil {
		t.Fatal(err)
	}
	o.Against, o.Groups, o.Many = 60, 200, max(o.Many, 1)
	m, err := Fit(bought, customers, a, o)
	if err != nil {
		t.Fatal(err)
	}
	return m, later, fresh
}

// TestFindsNewTitles: half of what customers buy is of two classes of twelve.
func TestFindsNewTitles(t *testing.T) {
	m, later, fresh := fitted(t, Options{})
	if !m.Converged || !m.Listwise || m.Reason != "" || m.New != len(fresh) {
		t.Fatalf("converged %v, reason %q, new %d of %d", m.Converged, m.Reason, m.New, len(fresh))
	}
	e, err := m.Evaluate(later, fresh, 20)
	if err != nil {
		t.Fatal(err)
	}
	if e.Model.Recall < .6 || e.Popularity.Recall > .5*e.Model.Recall {
		t.Errorf("recall %.3f, of popularity %.3f", e.Model.Recall, e.Popularity.Recall)
	}
	// At random 50 of 400 customers hold an eighth.
	if e.Customers.Recall < .4 {
		t.Errorf("customers of new titles: recall@50 %.3f", e.Customers.Recall)
	}
}

// What a plan adds up from a customer's purchases is the weighted sum of all
// signals, and a match of customers and titles gives the same lists as going
// through them one by one.
func TestMatchIsTheSumOfSignals(t *testing.T) {
	m, _, fresh := fitted(t, Options{})
	b, x := m.w.bench(), make([]float64, m.w.layout.columns())
	mine, theirs := b.pairs(m.plans[0]), b.pairs(m.plans[1])
	customers := []int32{3, 7, 11, 250}
	wanted := make([][]Ranked, len(fresh))
	lists, forTitles, err := m.Match(customers, fresh, 5, 3)
	if err != nil {
		t.Fatal(err)
	}
	for n, c := range customers {
		b.load(int(c))
		mine.load()
		theirs.load()
		var all []Ranked
		for i, title := range fresh {
			b.signals(int(title), x)
			own, its := dot(m.titles, x), dot(m.customers[:len(x)], x)
			if math.Abs(mine.of(title)-own) > 1e-5 || math.Abs(theirs.of(title)-its) > 1e-5 {
				t.Fatalf("customer %d, title %d: %v and %v, the signals give %v and %v", c, title, mine.of(title), theirs.of(title), own, its)
			}
			all = append(all, Ranked{title, mine.of(title)})
			wanted[i] = append(wanted[i], Ranked{c, theirs.of(title) + m.Activity*math.Log1p(float64(len(m.w.b.of[c])))})
		}
		if got := best(all, 5); !slices.Equal(got, lists[n]) {
			t.Errorf("customer %d: %v, one by one %v", c, lists[n], got)
		}
	}
	for i := range fresh {
		if got := best(wanted[i], 3); !slices.Equal(got, forTitles[i]) {
			t.Errorf("title %d: %v, one by one %v", fresh[i], forTitles[i], got)
		}
	}
	if _, _, err := m.Match([]int32{-1}, fresh, 1, 1); err == nil {
		t.Error("customer -1 is matched")
	}
}

// With few choices joint signals and products have no weight.
func TestFewChoicesHaveFewWeights(t *testing.T) {
	few, _, _ := fitted(t, Options{Many: 1000})
	many, _, _ := fitted(t, Options{})
	extras := func(m *Model) (n int) {
		for _, w := range m.Weights {
			if (strings.Contains(w.Signal, "×") || strings.HasPrefix(w.Signal, "joint")) && (w.Title != 0 || w.Customer != 0) {
				n++
			}
		}
		return n
	}
	if few.Listwise || extras(few) != 0 || extras(many) < 20 || few.Weights[0].Title == 0 {
		t.Errorf("%d weights of few choices, %d of many; the first %+v", extras(few), extras(many), few.Weights[0])
	}
}

// A fit that takes over the weights of another has them.
func TestWeightsAreTakenOver(t *testing.T) {
	m, _, _ := fitted(t, Options{})
	same, _, _ := fitted(t, Options{Like: m, Splits: 1})
	if !slices.Equal(same.Weights, m.Weights) || same.Ease != m.Ease || same.Groups != m.Groups {
		t.Error("the weights differ")
	}
}

func TestReasonsAddUp(t *testing.T) {
	m, _, fresh := fitted(t, Options{})
	s := m.Scorer()
	for c := range 20 {
		list, err := s.Titles(c, fresh, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range list {
			why, err := s.Why(c, int(r.Index))
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.
			for _, w := range why {
				sum += w.Part
			}
			if math.Abs(sum-r.Score) > 1e-5 {
				t.Errorf("customer %d, title %d: parts %v, score %v", c, r.Index, sum, r.Score)
			}
		}
	}
}

func TestCoresDoNotMatter(t *testing.T) {
	lists := func(cores int) []any {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		m, _, fresh := fitted(t, Options{Seed: 5})
		list, err := m.Scorer().Titles(1, fresh, 10)
		if err != nil {
			t.Fatal(err)
		}
		customers, err := m.CustomersOf(fresh[:3], 10)
		if err != nil {
			t.Fatal(err)
		}
		return []any{m.Weights, list, customers}
	}
	if d := cmp.Diff(lists(1), lists(4)); d != "" {
		t.Error(d)
	}
}

// TestOrderOfLines: lines in another order, or split in copies, are the same.
func TestOrderOfLines(t *testing.T) {
	bought, _, columns, customers, fresh := market(3)
	a, err := Encode(columns)
	if err != nil {
		t.Fatal(err)
	}
	other := Sales{}
	for i := len(bought.Title) - 1; i >= 0; i-- {
		for _, copies := range []float64{10000, -9999} {
			other.Customer = append(other.Customer, bought.Customer[i])
			other.Title = append(other.Title, bought.Title[i])
			other.Copies = append(other.Copies, copies)
		}
	}
	var lists [2][]Ranked
	for i, s := range []Sales{bought, other} {
		m, err := Fit(s, customers, a, Options{Against: 60, Groups: 200})
		if err != nil {
			t.Fatal(err)
		}
		if lists[i], err = m.Scorer().Titles(0, fresh, 20); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(lists[0], lists[1]); d != "" {
		t.Error(d)
	}
}

func TestReturnsDoNotCount(t *testing.T) {
	b, err := gather(Sales{Customer: []int32{0, 0, 0, 0}, Title: []int32{1, 1, 2, 0}, Copies: []float64{5, -5, 1, -1}}, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([][]int32{{2}, nil}, b.of); d != "" {
		t.Error(d)
	}
}

// A bot or reseller who took every title makes none of them like another; without
// the bound he would join all.
func TestResellersSayNothingOfLikeness(t *testing.T) {
	s := Sales{Customer: []int32{0, 0, 1, 1, 2, 2}, Title: []int32{0, 1, 0, 1, 2, 3}}
	for title := range int32(50) {
		s.Customer, s.Title = append(s.Customer, 3), append(s.Title, title)
	}
	b, err := gather(s, 4, 50)
	if err != nil {
		t.Fatal(err)
	}
	near := b.neighbours(10, 1, 20)
	if len(near[0]) != 1 || near[0][0].title != 1 || len(near[2]) != 1 || near[2][0].title != 3 || len(near[30]) != 0 {
		t.Errorf("near 0: %v, near 2: %v, near 30: %v", near[0], near[2], near[30])
	}
	if all := b.neighbours(10, 1, 100); len(all[30]) == 0 {
		t.Error("without the bound he joins none either: the test says nothing")
	}
}

// Coefficients of the joint signals are those of the ridge regression of a
// customer's purchases on the attributes of the new title, written out.
func TestJointIsARidgeRegression(t *testing.T) {
	a, err := EncodeAlone([]Column{{Name: "author", Text: []string{"x", "x", "y", "z", "x"}}, {Name: "publisher", Text: []string{"p", "p", "p", "q", "p"}}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := gather(Sales{Customer: []int32{0, 0, 1, 1}, Title: []int32{0, 1, 2, 3}}, 2, 5)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(a, b, Options{Ease: 3}.filled())
	// Of the known titles 0 to 3, two are of x, three of p, two of both:
	// (7 2; 2 8)·z = (1; 1), so that z = (6, 5)/52.
	got := w.flat.joint[w.flat.start[4]:w.flat.start[5]]
	if len(got) != 2 || math.Abs(got[0]-6./52) > 1e-12 || math.Abs(got[1]-5./52) > 1e-12 {
		t.Errorf("coefficients %v", got)
	}
	for _, z := range w.flat.joint[:w.flat.start[4]] {
		if z != 0 {
			t.Error("a known title has a coefficient")
		}
	}
	bench, x := w.bench(), make([]float64, w.layout.columns())
	bench.load(0)
	bench.signals(4, x)
	if want := 2*6./52 + 2*5./52; math.Abs(x[w.layout.whole(joint)]-want) > 1e-12 { // he has both of x, which are two of p
		t.Errorf("joint %v, want %v", x[w.layout.whole(joint)], want)
	}
}

// What two lists have in common, against a plain count.
func TestShared(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	list := func() []int32 {
		var l []int32
		for v := range int32(200) {
			if rng.IntN(1+int(v)%7) == 0 {
				l = append(l, v)
			}
		}
		return l[rng.IntN(len(l)):]
	}
	for range 200 {
		x, y := list(), list()
		n := 0
		for _, v := range x {
			if slices.Contains(y, v) {
				n++
			}
		}
		if got := shared(x, y); got != n {
			t.Fatalf("%v and %v: %d, want %d", x, y, got, n)
		}
	}
}

func TestBadInput(t *testing.T) {
	a, err := Encode([]Column{{Name: "author", Text: []string{"x", "", "y"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Fit(Sales{}, 3, a, Options{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("no purchases: %v", err)
	}
	for want, s := range map[string]Sales{
		"customer 9": {Customer: []int32{9}, Title: []int32{0}},
		"title -1":   {Customer: []int32{0}, Title: []int32{-1}},
		"NaN copies": {Customer: []int32{0}, Title: []int32{0}, Copies: []float64{math.NaN()}},
		"1 titles":   {Customer: []int32{0, 0}, Title: []int32{0}},
	} {
		if _, err := Fit(s, 3, a, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	// A customer who bought everything, and one who bought nothing.
	m, err := Fit(Sales{Customer: []int32{0, 0, 0}, Title: []int32{0, 1, 2}}, 2, a, Options{})
	if err != nil || m.Reason == "" {
		t.Fatalf("%v, reason %q", err, m.Reason)
	}
	for c := range 2 {
		list, err := m.Scorer().Titles(c, []int32{0, 1, 2}, 9)
		if err != nil || len(list) != 3 || math.IsNaN(list[0].Score) || math.IsInf(list[0].Score, 0) {
			t.Errorf("customer %d: %v, %v", c, list, err)
		}
	}
	if _, err := m.Scorer().Titles(5, nil, 1); err == nil {
		t.Error("an unknown customer is no error")
	}
	if _, err := m.CustomersOf([]int32{7}, 1); err == nil {
		t.Error("an unknown title is no error")
	}
}

func TestEncode(t *testing.T) {
	a, err := Encode([]Column{
		{Name: "class", Form: Path, Text: []string{"I712", "K82", "Q999", "", "813.6"},
			Parent: map[string]string{"I712": "I7", "I7": "I", "K82": "K81", "K81": "K"},
			Known:  map[string]bool{"I712": true, "K82": true, "I7": true}, Map: map[string]string{"813.6": "I7"}},
		{Name: "author", Form: Multi, Text: []string{" b; a;b", "", "c", "a", ";"}},
		{Name: "price", Form: Number, Value: []float64{1, 2, math.NaN(), 3, 4}, Bands: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][][]string{}
	for k := range a.Kinds {
		kind := &a.Kinds[k]
		for i := range a.Titles {
			var labels []string
			for _, v := range kind.Of(i) {
				labels = append(labels, kind.Labels[v])
			}
			got[kind.Name] = append(got[kind.Name], labels)
		}
	}
	want := map[string][][]string{
		"class 1": {{"I"}, {"K"}, nil, nil, {"I"}},
		"class 2": {{"I7"}, {"K81"}, nil, nil, {"I7"}},
		"class 3": {{"I712"}, {"K82"}, nil, nil, nil},
		"author":  {{"a", "b"}, nil, {"c"}, {"a"}, nil},
		"price":   {{"below 3"}, {"below 3"}, nil, {"from 3"}, {"from 3"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if a.Unclassified["class"] != 1 {
		t.Errorf("unclassified %v", a.Unclassified)
	}
	if _, err := Encode([]Column{{Name: "class", Form: Path, Text: []string{"A"}, Parent: map[string]string{"A": "B", "B": "A"}}}); err == nil || !strings.Contains(err.Error(), "circle") {
		t.Errorf("circle: %v", err)
	}
	if _, err := Encode([]Column{{Name: "a", Text: []string{"x"}}, {Name: "b"}}); err == nil {
		t.Error("columns of different lengths are no error")
	}
}

func TestPairs(t *testing.T) {
	var publisher, year []string
	for i := range 40 {
		publisher = append(publisher, fmt.Sprint("p", i%4))
		year = append(year, fmt.Sprint(2000+i/4%3))
	}
	a, err := Encode([]Column{{Name: "publisher", Text: publisher}, {Name: "year", Text: year}})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Kinds) != 3 || a.Kinds[2].Name != "publisher × year" || len(a.Kinds[2].Labels) != 12 {
		t.Errorf("kinds %+v", a.Kinds)
	}
}

func TestTokens(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"The C++ Book 2024, 3D":         "3d|book|the",
		"机器学习 Machine learning":         "machine|learning|器学|学习|机器",
		"史":                             "史",
		"Über Ökonomie — über Ökonomie": "ökonomie|über",
	} {
		got := Tokens(text)
		if d := len(got) > 0 || want != ""; d && len(strings.Split(want, "|")) != len(got) {
			t.Errorf("%q: %v, want %s", text, got, want)
		}
		for _, w := range strings.Split(want, "|") {
			if w != "" && !strings.Contains("|"+strings.Join(got, "|")+"|", "|"+w+"|") {
				t.Errorf("%q: %v lacks %s", text, got, w)
			}
		}
	}
}
