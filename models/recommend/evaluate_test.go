package recommend

import (
	"errors"
	"math"
	"os"
	"slices"
	"testing"
)

// fixed scores all users alike.
type fixed []float32

func (f fixed) Name() string                       { return "fixed" }
func (f fixed) Scores(_ History, scores []float32) { copy(scores, f) }
func (f fixed) Explain(History, int) Explanation   { return Explanation{} }

func TestTop(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	got := Top([]float32{1, 3, nan, 3, inf, 0, 3}, 3, nil)
	if want := []Scored{{1, 3}, {3, 3}, {6, 3}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	got = Top([]float32{1, 3, nan, 3, inf, 0, 3}, 9, []int32{0, 2, 0, 1, 0, 0, 0})
	if want := []Scored{{6, 3}, {3, 3}, {1, 3}, {0, 1}, {5, 0}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := Top([]float32{1}, 0, nil); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

// TestEvaluateByHand: two users, lists of 3 of 6 titles.
func TestEvaluateByHand(t *testing.T) {
	x := build(t, Rows{User: []int32{0, 1, 2}, Item: []int32{0, 5, 5}}, 3, 6)
	held, err := NewHeld(Rows{User: []int32{0, 0, 1, 1}, Item: []int32{3, 1, 0, 0}}, 3, 6)
	if err != nil {
		t.Fatal(err)
	}
	// User 0 is shown 1, 2, 3 and held 1 and 3; user 1 is shown 0, 1, 2 and held 0.
	e, err := Evaluate(fixed{9, 8, 7, 6, 5, 4}, x, held, EvaluateOptions{K: 3, Further: []int{1}})
	if err != nil {
		t.Fatal(err)
	}
	ideal := 1 + 1/math.Log2(3)
	near(t, "recall", e.Recall, 1, 1e-12)
	near(t, "ndcg", e.NDCG, (1.5/ideal+1)/2, 1e-12)
	near(t, "map", e.MAP, ((1+2./3)/2+1)/2, 1e-12)
	near(t, "precision", e.Precision, .5, 1e-12)
	near(t, "hit rate", e.HitRate, 1, 1e-12)
	near(t, "coverage", e.Coverage, 4./6, 1e-12)
	near(t, "recall at 1", e.Further[0].Recall, .75, 1e-12)
	near(t, "popularity", e.Popularity, 1./6, 1e-12)
	if e.Users != 2 || e.Short != 0 || len(e.Segments) != 1 || e.Segments[0].Value != "1-4" {
		t.Errorf("%+v", e)
	}
}

func TestEvaluateRefusesOverlap(t *testing.T) {
	x := build(t, Rows{User: []int32{0, 1}, Item: []int32{0, 1}}, 2, 3)
	held := Held{{0, 2}, {0}}
	var overlap *OverlapError
	if _, err := Evaluate(fixed{1, 2, 3}, x, held, EvaluateOptions{}); !errors.As(err, &overlap) || overlap.Pairs != 1 || overlap.Of != 3 {
		t.Errorf("got %v", err)
	}
	if _, err := Choose(t.Context(), x, held, nil, ChooseOptions{}); !errors.As(err, &overlap) {
		t.Errorf("got %v", err)
	}
	if _, err := Evaluate(fixed{1, 2, 3}, x, Held{nil, nil}, EvaluateOptions{}); !errors.Is(err, ErrNothingHeld) {
		t.Errorf("got %v", err)
	}
}

func TestRulesLeaveItemsOut(t *testing.T) {
	x := build(t, Rows{User: []int32{0}, Item: []int32{0}}, 1, 4)
	lists := Recommend(fixed{4, 3, 2, 1}, x, []int{0}, List{Allowed: func(_, item int) bool { return item != 1 }})
	if want := []Scored{{2, 2}, {3, 1}}; !slices.Equal(lists[0], want) {
		t.Errorf("got %v, want %v", lists[0], want)
	}
	lists = Recommend(fixed{4, 3, 2, 1}, x, []int{0}, List{N: 1, Repeats: true})
	if want := []Scored{{0, 4}}; !slices.Equal(lists[0], want) {
		t.Errorf("got %v, want %v", lists[0], want)
	}
}

func TestDiversityAndCalibration(t *testing.T) {
	a := NewAttributes(4)
	for i, class := range []string{"I", "I", "K", "K"} {
		a.Add(i, "class", class)
	}
	list := []Scored{{0, 1}, {1, 1}, {2, 1}}
	near(t, "diversity", a.diversity(list), 2./3, 1e-12)
	d, ok := a.divergence([]int32{0, 2}, []Scored{{1, 1}, {3, 1}})
	near(t, "calibrated", d, 0, 1e-12)
	if !ok {
		t.Error("no divergence")
	}
	d, _ = a.divergence([]int32{0, 2}, []Scored{{0, 1}, {1, 1}})
	q := .99*1 + .01*.5
	near(t, "only one class", d, .5*math.Log(.5/q)+.5*math.Log(.5/.005), 1e-12)
	if _, ok := a.divergence(nil, list); ok {
		t.Error("a divergence without a history")
	}
}

// TestCanaries: what is chosen on validation rows beats popularity and models at
// settings known to be bad: few factors without regularisation, and counts of
// purchases in common that are not normalised.
func TestCanaries(t *testing.T) {
	const users, items = 500, 360
	rows, a := world(t, users, items, 11)
	rest, test, _, err := Split(rows, SplitOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	fit, valid, _, err := Split(rest, SplitOptions{Share: .15, Seed: 2})
	if err != nil {
		t.Fatal(err)
	}
	heldValid, err := NewHeld(valid, users, items)
	if err != nil {
		t.Fatal(err)
	}
	held, err := NewHeld(test, users, items)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Choose(t.Context(), build(t, fit, users, items), heldValid, a, ChooseOptions{})
	if err != nil {
		t.Fatal(err)
	}
	x := build(t, rest, users, items)
	ours, err := c.Fit(t.Context(), x, a)
	if err != nil {
		t.Fatal(err)
	}
	best, err := Evaluate(ours, x, held, EvaluateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%v %v: recall %.4f, NDCG %.4f", describe(ours.Models, ours.Weights), c.Notes, best.Recall, best.NDCG)
	bare, err := FitALS(t.Context(), x, ALSOptions{Factors: 8, Lambda: -1, Unobserved: .001})
	if err != nil {
		t.Fatal(err)
	}
	counts := similarity{user: userFactors(x, 0)}
	lists := make([][]coefficient, items)
	count := counters(items)
	for j := range items {
		count[0].row(x, j, counts.user)
		lists[j] = counts.nearest(&count[0], j, items)
		count[0].reset()
	}
	for _, bad := range []Model{FitPopularity(x, 0), bare, newItemItem("counts", lists)} {
		e, err := Evaluate(bad, x, held, EvaluateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		d, err := Paired(best, e)
		if err != nil {
			t.Fatal(err)
		}
		if d.NDCG < 3*d.NDCGSE {
			t.Errorf("%s reaches NDCG %.4f, ours %.4f", bad.Name(), e.NDCG, best.NDCG)
		}
	}
}

// The figures on Douban Book of other tools, tuned, on the same split: scipy for
// the neighbours, numpy for EASE and iALS. Their standard error is about .002.
func TestDoubanReachesThePeers(t *testing.T) {
	x, held := douban(t, false)
	full := os.Getenv("VERSO_DOUBAN") != ""
	for _, c := range []struct {
		spec         Spec
		slow         bool
		recall, ndcg float64
		tolerance    float64 // below; better is no failure
	}{
		{spec: Spec{Kind: "popularity"}, recall: .0698, ndcg: .0645, tolerance: 1e-4},
		{spec: Spec{Kind: "cosine", KNN: &KNNOptions{}}, recall: .2056, ndcg: .2172, tolerance: 2e-4},
		{spec: Spec{Kind: "rp3beta", KNN: &KNNOptions{Similarity: "rp3beta"}}, recall: .1997, ndcg: .1956, tolerance: .001},
		{spec: Spec{Kind: "tfidf", KNN: &KNNOptions{Similarity: "tfidf"}}, recall: .2010, ndcg: .2031, tolerance: .001, slow: true},
		{spec: Spec{Kind: "als", ALS: &ALSOptions{}}, recall: .1942, ndcg: .1907, tolerance: .002, slow: true},
		{spec: Spec{Kind: "ease", EASE: &EASEOptions{}}, recall: .2286, ndcg: .2412, tolerance: 5e-4, slow: true},
		{spec: Spec{Kind: "ease", EASE: &EASEOptions{Keep: 200}}, recall: .2279, ndcg: .2391, tolerance: 5e-4, slow: true},
		{spec: Spec{Kind: "ease", EASE: &EASEOptions{Keep: -1}}, recall: .2211, ndcg: .2304, tolerance: .001, slow: true},
		// Regression on 100 neighbours at its defaults is better than all of them, and
		// than the best blend measured.
		{spec: Spec{Kind: "ridge", Ridge: &RidgeOptions{}}, recall: .2339, ndcg: .2465},
	} {
		if c.slow && !full {
			t.Logf("%s left out: set VERSO_DOUBAN", c.spec.Kind)
			continue
		}
		m, err := c.spec.Fit(t.Context(), x, nil)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Evaluate(m, x, held, EvaluateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: recall %.4f, NDCG %.4f, coverage %.3f", c.spec.Kind, e.Recall, e.NDCG, e.Coverage)
		if e.Recall < c.recall-c.tolerance || e.NDCG < c.ndcg-c.tolerance {
			t.Errorf("%s: recall %.4f, NDCG %.4f; the peer has %.4f and %.4f", c.spec.Kind, e.Recall, e.NDCG, c.recall, c.ndcg)
		}
	}
}
