package recommend

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestCosineByHand compares with the definition over all pairs.
func TestCosineByHand(t *testing.T) {
	const users, items = 60, 40
	rows, _ := world(t, users, items, 2)
	x := build(t, rows, users, items)
	m, err := FitKNN(x, KNNOptions{Neighbours: items})
	if err != nil {
		t.Fatal(err)
	}
	for i := range items {
		for j := range items {
			both := 0.0
			a, _ := x.Column(i)
			b, _ := x.Column(j)
			for _, u := range a {
				if slices.Contains(b, u) {
					both++
				}
			}
			want := both / (math.Sqrt(float64(len(a)*len(b))) + 5)
			if i == j {
				want = 0
			}
			near(t, "cosine", float64(m.Coefficient(i, j)), want, 1e-6)
		}
	}
}

// TestEASEByHand compares both ways of EASE with the inverse of gonum in double
// precision, and the ridge regression on all neighbours with gonum's solution.
func TestEASEByHand(t *testing.T) {
	const users, items, lambda = 70, 50, 12
	rows, _ := world(t, users, items, 4)
	x := build(t, rows, users, items)
	gram := mat.NewSymDense(items, nil)
	for i := range items {
		for u := range users {
			own := x.Row(u).Item
			if _, has := slices.BinarySearch(own, int32(i)); !has {
				continue
			}
			for _, j := range own {
				if int(j) >= i {
					gram.SetSym(i, int(j), gram.At(i, int(j))+1)
				}
			}
		}
		gram.SetSym(i, i, gram.At(i, i)+lambda)
	}
	var chol mat.Cholesky
	if !chol.Factorize(gram) {
		t.Fatal("not positive definite")
	}
	var p mat.SymDense
	if err := chol.InverseTo(&p); err != nil {
		t.Fatal(err)
	}
	fits := map[string]*ItemItem{}
	byTitles, err := FitEASE(t.Context(), x, EASEOptions{Lambda: lambda, Keep: -1}) // 50 titles, 70 users
	if err != nil {
		t.Fatal(err)
	}
	fits["ease by titles"] = byTitles.ItemItem
	wide := &ease{x: x, o: EASEOptions{Lambda: lambda, Keep: -1, Limit: 100}, user: userFactors(x, 0), lists: make([][]coefficient, items)}
	for u := range users {
		wide.user[u] = float32(math.Sqrt(1. / lambda))
		wide.users = append(wide.users, u)
	}
	for i := range items {
		if x.Count(i) > 0 {
			wide.titles = append(wide.titles, i)
		}
	}
	if err := wide.byUsers(t.Context()); err != nil {
		t.Fatal(err)
	}
	fits["ease by users"] = newItemItem("ease", wide.lists)
	for name, m := range fits {
		for j := range items {
			for i := range items {
				if i != j && x.Count(i) > 0 && x.Count(j) > 0 {
					near(t, name, float64(m.Coefficient(i, j)), -p.At(i, j)/p.At(j, j), 2e-5)
				}
			}
		}
	}
	ridge, err := FitRidge(t.Context(), x, RidgeOptions{Neighbours: items, Lambda: lambda})
	if err != nil {
		t.Fatal(err)
	}
	for j := range items {
		var own []int // titles that share a customer with j
		for i := range items {
			if i != j && gram.At(i, j) > 0 {
				own = append(own, i)
			}
		}
		checkRegression(t, ridge, gram, own, j)
	}
}

// checkRegression compares the coefficients for title j with the solution of its
// normal equations, whose diagonal has the penalty in it.
func checkRegression(t *testing.T, m *ItemItem, gram *mat.SymDense, own []int, j int) {
	t.Helper()
	if len(own) == 0 {
		return
	}
	a, b := mat.NewSymDense(len(own), nil), mat.NewVecDense(len(own), nil)
	for p, i := range own {
		b.SetVec(p, gram.At(i, j))
		for q := p; q < len(own); q++ {
			a.SetSym(p, q, gram.At(i, own[q]))
		}
	}
	var chol mat.Cholesky
	var want mat.VecDense
	if !chol.Factorize(a) {
		t.Fatal("not positive definite")
	}
	if err := chol.SolveVecTo(&want, b); err != nil {
		t.Fatal(err)
	}
	for p, i := range own {
		near(t, "ridge", float64(m.Coefficient(i, j)), want.AtVec(p), 2e-5)
	}
}

func TestEASESaysWhatItLeavesOut(t *testing.T) {
	rows, _ := world(t, 70, 50, 4)
	m, err := FitEASE(t.Context(), build(t, rows, 70, 50), EASEOptions{Limit: 20})
	if err != nil {
		t.Fatal(err)
	}
	if m.Titles != 20 || m.Reason == "" {
		t.Errorf("%d titles, reason %q", m.Titles, m.Reason)
	}
}

// TestRidgeWithoutTheGramMatrix: sums made anew for each title have the bytes of
// those kept.
func TestRidgeWithoutTheGramMatrix(t *testing.T) {
	rows, _ := world(t, 200, 90, 6)
	rows.Copies = make([]float64, len(rows.User))
	for k := range rows.Copies {
		rows.Copies[k] = 1 + float64(k%5)
	}
	x, err := Build(rows, 200, 90, Weighting{})
	if err != nil {
		t.Fatal(err)
	}
	o := RidgeOptions{Neighbours: 20, Lambda: 3, Dropout: .2, UserPower: .5}
	kept, err := FitRidge(t.Context(), x, o)
	if err != nil {
		t.Fatal(err)
	}
	o.MaxGram = 1
	anew, err := FitRidge(t.Context(), x, o)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(kept.Value, anew.Value) || !slices.Equal(kept.Target, anew.Target) {
		t.Error("the coefficients differ")
	}
}

// TestFoldSolvesTheNormalEquations checks a history's factors against the system
// solved by gonum.
func TestFoldSolvesTheNormalEquations(t *testing.T) {
	rows, _ := world(t, 150, 100, 8)
	x := build(t, rows, 150, 100)
	m, err := FitALS(t.Context(), x, ALSOptions{Factors: 32, Iterations: 5, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	h := x.Row(7)
	f, o := 32, m.Options
	a, b := mat.NewSymDense(f, nil), mat.NewVecDense(f, nil)
	weight := o.Unobserved * 100
	add := func(i int, w float64) {
		for p := range f {
			for q := p; q < f; q++ {
				a.SetSym(p, q, a.At(p, q)+w*float64(m.Factors[i*f+p])*float64(m.Factors[i*f+q]))
			}
		}
	}
	for i := range 100 {
		add(i, o.Unobserved)
	}
	for k, i := range h.Item {
		add(int(i), float64(h.Weight[k]))
		weight += float64(h.Weight[k])
		for p := range f {
			b.SetVec(p, b.AtVec(p)+float64(h.Weight[k])*float64(m.Factors[int(i)*f+p]))
		}
	}
	for p := range f {
		a.SetSym(p, p, a.At(p, p)+o.Lambda*weight)
	}
	var chol mat.Cholesky
	var want mat.VecDense
	if !chol.Factorize(a) {
		t.Fatal("not positive definite")
	}
	if err := chol.SolveVecTo(&want, b); err != nil {
		t.Fatal(err)
	}
	for p, v := range m.Fold(h) {
		near(t, "factor", float64(v), want.AtVec(p), 1e-4)
	}
}

// TestReasonsAddUp: the values of the reasons are the score, for every model.
func TestReasonsAddUp(t *testing.T) {
	rows, a := world(t, 150, 100, 8)
	rows.Copies = make([]float64, len(rows.User))
	for k := range rows.Copies {
		rows.Copies[k] = 1
	}
	rows.User, rows.Item, rows.Copies = append(rows.User, 3), append(rows.Item, 90), append(rows.Copies, 1)
	rows.User, rows.Item, rows.Copies = append(rows.User, 3), append(rows.Item, 90), append(rows.Copies, -9)
	x, err := Build(rows, 150, 100, Weighting{})
	if err != nil {
		t.Fatal(err)
	}
	if x.Returned == nil {
		t.Fatal("nothing was returned")
	}
	scores := make([]float32, 100)
	for _, m := range eachModel(t, x, a) {
		for _, u := range []int{0, 3, 17} {
			h := x.History(u)
			m.Scores(h, scores)
			largest := 0.0
			for _, s := range scores {
				largest = max(largest, math.Abs(float64(s)))
			}
			for item := range scores {
				e := m.Explain(h, item)
				near(t, m.Name()+" score", e.Score, float64(scores[item]), 2e-4*largest)
				total := 0.0
				for _, r := range e.Reasons {
					total += r.Value
				}
				near(t, m.Name()+" reasons", total, e.Score, 1e-9*max(1, largest))
			}
		}
	}
}

// TestModelsAreTheSameOnAnyNumberOfCores compares the bytes of all scores, alone
// and in a batch.
func TestModelsAreTheSameOnAnyNumberOfCores(t *testing.T) {
	rows, a := world(t, 150, 100, 8)
	x := build(t, rows, 150, 100)
	many := eachModel(t, x, a)
	var one []Model
	onOneCore(func() { one = eachModel(t, x, a) })
	scores, other := make([]float32, 100), make([]float32, 100)
	batch := make([][]float32, 5)
	for k := range batch {
		batch[k] = make([]float32, 100)
	}
	for k, m := range many {
		var histories []History
		for u := range batch {
			histories = append(histories, x.History(u))
		}
		scoresOf(m, histories, batch)
		for u, h := range histories {
			m.Scores(h, scores)
			one[k].Scores(h, other)
			if !slices.Equal(scores, other) {
				t.Errorf("%s: other scores on one core", m.Name())
			}
			for i := range scores {
				near(t, m.Name()+" in a batch", float64(batch[u][i]), float64(scores[i]), 1e-4)
			}
		}
	}
}

func TestModelsOfOddInput(t *testing.T) {
	cases := map[string]Rows{
		"one row":       {User: []int32{0}, Item: []int32{0}},
		"one item":      {User: []int32{0, 1, 2}, Item: []int32{0, 0, 0}},
		"one user":      {User: []int32{0, 0, 0}, Item: []int32{0, 1, 2}},
		"all alike":     {User: []int32{0, 0, 1, 1}, Item: []int32{0, 1, 0, 1}},
		"nothing alike": {User: []int32{0, 1, 2}, Item: []int32{0, 1, 2}},
	}
	for name, r := range cases {
		x := build(t, r, 4, 3)
		a := NewAttributes(3)
		a.Add(0, "author", "x")
		for _, m := range eachModel(t, x, a) {
			lists := Recommend(m, x, []int{0, 1, 2, 3}, List{N: 5, Ties: Ties(x)})
			for u, list := range lists {
				if len(list)+x.Size(u) != 3 {
					t.Errorf("%s, %s: user %d has %d titles and is offered %d of 3", name, m.Name(), u, x.Size(u), len(list))
				}
				for _, s := range list {
					if s.Score-s.Score != 0 {
						t.Errorf("%s, %s: a score is %v", name, m.Name(), s.Score)
					}
				}
			}
			m.Explain(History{}, 2)
		}
	}
}

func TestSettingsThatCannotBe(t *testing.T) {
	rows, _ := world(t, 40, 30, 1)
	x := build(t, rows, 40, 30)
	if _, err := FitKNN(x, KNNOptions{Similarity: "nosuch"}); err == nil {
		t.Error("unknown similarity accepted")
	}
	if _, err := NewSpec("nosuch"); err == nil {
		t.Error("unknown kind accepted")
	}
	if _, err := (Spec{Kind: "content"}).Fit(t.Context(), x, nil); !errors.Is(err, ErrNoAttributes) {
		t.Error(err)
	}
	if _, err := NewBlend(30, []Model{FitPopularity(x, 0)}, []float64{math.NaN()}); err == nil {
		t.Error("weight NaN accepted")
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, kind := range []string{"ridge", "ease", "als"} {
		s, _ := NewSpec(kind)
		if _, err := s.Fit(stopped, x, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: cancelled, got %v", kind, err)
		}
	}
}
