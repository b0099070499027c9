package propensity

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestTelcoTrees: METHODS' peers on the same folds are xgboost .8468 AUC,
// .4136 log-loss, .0083 ECE; scikit-learn .8462, .4146, .0125.
func TestTelcoTrees(t *testing.T) {
	s, fold := telco(t)
	q := crossValidate(t, s, fold, func(train Sample) (scorer, error) { return FitTrees(train, TreeOptions{}) })
	if q.auc < .8465 || q.loss > .4140 || q.ece > .012 {
		t.Errorf("%+v", q)
	}
}

// TestTreesProperties: the bytes do not depend on cores or on the order of
// rows; weights equal repeated rows.
func TestTreesProperties(t *testing.T) {
	s := made(30000, 1)
	text := func(m *Trees) string {
		m.TrainLoss = 0 // a sum of floats in the order of rows
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	o := TreeOptions{Rounds: 12}
	m, err := FitTrees(s, o)
	if err != nil {
		t.Fatal(err)
	}
	want := text(m)
	for _, workers := range []int{1, 2, 7} {
		o.Workers = workers
		if m, err = FitTrees(s, o); err != nil || text(m) != want {
			t.Errorf("%d workers give other trees: %v", workers, err)
		}
	}
	rng := rand.New(rand.NewPCG(4, 4))
	if m, err = FitTrees(s.Take(rng.Perm(len(s.Y))), o); err != nil || text(m) != want {
		t.Errorf("another order of rows gives other trees: %v", err)
	}
	for i := range s.Y {
		s.W = append(s.W, float64(i%3))
	}
	var rows []int
	for i, w := range s.W {
		for range int(w) {
			rows = append(rows, i)
		}
	}
	a, err := FitTrees(s, o)
	if err != nil {
		t.Fatal(err)
	}
	b, err := FitTrees(Sample{X: s.X, Y: s.Y}.Take(rows), o)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "weighted loss", a.TrainLoss, b.TrainLoss, 1e-6)
	p, q := scores(t, a, s.X), scores(t, b, s.X)
	for i := range p {
		if math.Abs(p[i]-q[i]) > 1e-4 {
			t.Fatalf("row %d: %v with weights, %v with repeated rows", i, p[i], q[i])
		}
	}
}

func scores(t *testing.T, m scorer, x Table) []float64 {
	t.Helper()
	p, err := m.Score(x)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFirstSplit finds the best first split of squared loss by trying all of
// them: the gain is Σ²/(n+λ) of both sides less that of the whole.
func TestFirstSplit(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	n := 200
	x, y := make([]float64, n), make([]float64, n)
	mean := 0.0
	for i := range n {
		x[i] = rng.NormFloat64()
		if i%9 == 0 {
			x[i] = math.NaN()
		}
		y[i] = 1000*math.Sin(3*x[i]) + 100*rng.NormFloat64()
		if math.IsNaN(x[i]) {
			y[i] = 700
		}
		mean += y[i] / float64(n)
	}
	side := func(in func(v float64) bool) (g, h float64) {
		for i, v := range x {
			if in(v) {
				g, h = g+mean-y[i], h+1
			}
		}
		return g, h
	}
	best, bestValue := 0.0, 0.0
	for _, cut := range x {
		for _, missing := range []bool{true, false} {
			left := func(v float64) bool { return v <= cut || missing && math.IsNaN(v) }
			gl, hl := side(left)
			gr, hr := side(func(v float64) bool { return !left(v) })
			if gain := gl*gl/(hl+1) + gr*gr/(hr+1); hl >= 1 && hr >= 1 && gain > best {
				best, bestValue = gain, -gl/(hl+1)
			}
		}
	}
	m, err := FitTrees(Sample{X: Table{{Name: "x", Numbers: x}}, Y: y}, TreeOptions{Loss: SquaredLoss, Rounds: 1, Depth: 1, Rate: 1})
	if err != nil {
		t.Fatal(err)
	}
	root := m.Trees[0].Nodes[0]
	near(t, "gain", root.Gain, best, 1e-6*best)
	near(t, "left value", m.Trees[0].Nodes[1].Value, bestValue, 1e-6*math.Abs(bestValue))
	near(t, "cover", root.Cover, float64(n), 0)
}

// TestSquared: amounts with huge outliers are still learned, and money scales.
func TestSquared(t *testing.T) {
	s := made(3000, 2)
	for i := range s.Y {
		s.Y[i] = 10 * s.X[1].Numbers[i]
		if i == 17 {
			s.Y[i] = 1e9
			s.W = append(s.W, 0) // left out
			continue
		}
		s.W = append(s.W, 1)
	}
	m, err := FitTrees(s, TreeOptions{Loss: SquaredLoss})
	if err != nil {
		t.Fatal(err)
	}
	p := scores(t, m, s.X)
	near(t, "mean of rows", p[3], s.Y[3], .5)
	for i := range s.Y {
		s.Y[i] *= 100
	}
	big, err := FitTrees(s, TreeOptions{Loss: SquaredLoss})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range scores(t, big, s.X) {
		near(t, "scaled", v, 100*p[i], 1e-6*(1+math.Abs(v)))
	}
}

// TestUnevenWeights: rows of weight 1 still count beside one of weight 1e6.
func TestUnevenWeights(t *testing.T) {
	s := made(4000, 3)
	s.W = make([]float64, len(s.Y))
	for i := range s.W {
		s.W[i] = 1
	}
	s.W[0], s.Y[0] = 1e6, 1
	uneven, err := FitTrees(s, TreeOptions{Rounds: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(uneven.Trees) != 10 {
		t.Errorf("%d trees beside a heavy row", len(uneven.Trees))
	}
	again, err := FitTrees(s, TreeOptions{Rounds: 10, Workers: 1})
	if err != nil || !reflect.DeepEqual(again, uneven) {
		t.Errorf("one worker differs: %v", err)
	}
}

func TestMonotone(t *testing.T) {
	s := made(5000, 4)
	m, err := FitTrees(s, TreeOptions{Monotone: map[string]int{"a": 1, "b": -1, "c": 1}, Depth: 4})
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range []float64{1, -1, 1} {
		x := s.X.Take([]int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
		for k := range 3 {
			for i := range x[k].Numbers {
				if math.IsNaN(x[k].Numbers[i]) {
					x[k].Numbers[i] = 0
				}
			}
		}
		last := []float64(nil)
		for v := -3.0; v <= 6; v += .1 {
			for i := range x[k].Numbers {
				x[k].Numbers[i] = v
			}
			p := scores(t, m, x)
			for i := range last {
				if (p[i]-last[i])*want < -1e-12 {
					t.Fatalf("%s: %v then %v at %v", x[k].Name, last[i], p[i], v)
				}
			}
			last = p
		}
	}
	if _, err := FitTrees(s, TreeOptions{Monotone: map[string]int{"g": 1}}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}

// TestEarlyStopping: noise is not learned for long, and the model is the one
// with the lowest validation loss.
func TestEarlyStopping(t *testing.T) {
	s, v := made(600, 5), made(600, 6)
	m, err := FitTrees(s, TreeOptions{Validation: &v, Rate: .3})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Trees) >= 200 || len(m.ValidationLoss) != len(m.Trees)+20 || !strings.Contains(m.Reason, "validation") {
		t.Errorf("%d trees, %d losses, %q", len(m.Trees), len(m.ValidationLoss), m.Reason)
	}
	loss, err := m.MeanLoss(v)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "validation loss", loss, m.ValidationLoss[len(m.Trees)-1], 1e-12)
}

// TestUnknown: levels never seen and numbers never missing get a finite score.
func TestUnknown(t *testing.T) {
	s := made(2000, 7)
	m, err := FitTrees(s, TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	x := Table{{Name: "extra", Numbers: []float64{0}}, {Name: "g", Levels: []string{"violet"}}, {Name: "c", Numbers: []float64{math.NaN()}},
		{Name: "b", Numbers: []float64{1e300}}, {Name: "a", Numbers: []float64{-1e300}}}
	if p := scores(t, m, x); !(p[0] > 0 && p[0] < 1) {
		t.Error(p)
	}
	if _, err := m.Score(x[1:4]); !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), `"a"`) {
		t.Error(err)
	}
	x[1] = Column{Name: "g", Numbers: []float64{1}}
	if _, err := m.Score(x); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

// TestManyLevels: more levels than codes are pooled.
func TestManyLevels(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	s := Sample{X: Table{{Name: "id"}}}
	for range 20000 {
		k := rng.IntN(600)
		s.X[0].Levels = append(s.X[0].Levels, strconv.Itoa(k))
		s.Y = append(s.Y, float64(rng.IntN(2)))
		if k < 5 {
			s.Y[len(s.Y)-1] = 1
		}
	}
	m, err := FitTrees(s, TreeOptions{Rounds: 30})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Features[0].Levels) != 254 {
		t.Errorf("%d levels", len(m.Features[0].Levels))
	}
	l, err := FitLogistic(s, LogisticOptions{})
	if err != nil || len(l.Terms) != 51 || l.Terms[50].Kind != otherTerm {
		t.Error(err, len(l.Terms))
	}
}

func TestRefused(t *testing.T) {
	good := made(50, 1)
	for _, c := range []struct {
		name string
		edit func(s *Sample)
		want error
	}{
		{"empty", func(s *Sample) { *s = Sample{} }, ErrShape},
		{"lengths", func(s *Sample) { s.Y = s.Y[1:] }, ErrShape},
		{"weights", func(s *Sample) { s.W = []float64{1} }, ErrShape},
		{"no weight", func(s *Sample) { s.W = make([]float64, 50) }, ErrShape},
		{"negative weight", func(s *Sample) { s.W = make([]float64, 50); s.W[3] = -1 }, ErrValue},
		{"alike", func(s *Sample) { s.Y = make([]float64, 50) }, ErrOneOutcome},
		{"outcome", func(s *Sample) { s.Y[7] = 2 }, ErrValue},
		{"infinite", func(s *Sample) { s.X[0].Numbers[3] = math.Inf(1) }, ErrValue},
		{"twice", func(s *Sample) { s.X[0].Name = "b" }, ErrShape},
		{"neither", func(s *Sample) { s.X[0].Numbers = nil }, ErrShape},
	} {
		s := good.Take(rand.New(rand.NewPCG(1, 1)).Perm(50))
		c.edit(&s)
		if _, err := FitTrees(s, TreeOptions{}); !errors.Is(err, c.want) {
			t.Errorf("trees, %s: %v", c.name, err)
		}
		if _, err := FitLogistic(s, LogisticOptions{}); !errors.Is(err, c.want) {
			t.Errorf("logistic, %s: %v", c.name, err)
		}
	}
	for _, o := range []TreeOptions{{Loss: "x"}, {Depth: 9}, {Bins: 1}, {Rate: -1}, {Rounds: -1}, {MinGain: -1}, {Loss: SquaredLoss, PositiveWeight: 2}} {
		if _, err := FitTrees(good, o); !errors.Is(err, ErrValue) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, o := range []LogisticOptions{{L2: -1}, {L1: 1, NoPenalty: true}, {Levels: -1}} {
		if _, err := FitLogistic(good, o); !errors.Is(err, ErrValue) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	// Features that say nothing: the base rate, and words.
	flat := Sample{X: Table{{Name: "x", Numbers: make([]float64, 50)}}, Y: good.Y}
	m, err := FitTrees(flat, TreeOptions{})
	if err != nil || len(m.Trees) != 0 || m.Reason == "" {
		t.Error(m, err)
	}
	l, err := FitLogistic(flat, LogisticOptions{NoPenalty: true})
	if err != nil || len(l.Terms) != 0 || l.Reason == "" {
		t.Error(l, err)
	}
	near(t, "both say the base rate", scores(t, m, flat.X)[0], scores(t, l, flat.X)[0], 1e-9)
}

func BenchmarkTelcoFold(b *testing.B) {
	s, fold := telco(b)
	train, _ := splitFold(fold, 0)
	s = s.Take(train)
	cpu(b, func() {
		if _, err := FitTrees(s, TreeOptions{Workers: 1}); err != nil {
			b.Fatal(err)
		}
	})
}

// million is the Telco data drawn again to n rows with noise on its numbers, as
// METHODS' peers were measured.
func million(b *testing.B, n int) Sample {
	s, _ := telco(b)
	rng := rand.New(rand.NewPCG(1, 1))
	rows := make([]int, n)
	for i := range rows {
		rows[i] = rng.IntN(len(s.Y))
	}
	s = s.Take(rows)
	for k := range s.X {
		for i := range s.X[k].Numbers {
			s.X[k].Numbers[i] *= 1 + .05*rng.NormFloat64()
		}
	}
	return s
}

// numbers turns levels into codes and adds noise, the hardest case: nineteen
// features of 255 bins each.
func numbers(s Sample) Sample {
	rng := rand.New(rand.NewPCG(2, 2))
	out := Sample{Y: s.Y}
	for _, c := range s.X {
		if c.Levels == nil {
			out.X = append(out.X, c)
			continue
		}
		f, _ := newFeature(c, nil, maxBins)
		coder := newCoder(&f)
		v := make([]float64, len(c.Levels))
		for i := range v {
			v[i] = float64(coder.text(c.Levels[i])) + .1*rng.NormFloat64()
		}
		out.X = append(out.X, Column{Name: c.Name, Numbers: v})
	}
	return out
}

// cpu reports the processor time of an operation, all cores together: on a busy
// machine it says more than the clock.
func cpu(b *testing.B, do func()) {
	var from, to syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &from); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		do()
		n++
	}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &to); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(to.Utime.Nano()+to.Stime.Nano()-from.Utime.Nano()-from.Stime.Nano())/1e9/float64(n), "cpu-s/op")
}

func BenchmarkMillion(b *testing.B) {
	s := million(b, 1_000_000)
	for _, c := range []struct {
		name string
		s    Sample
	}{{"levels", s}, {"numbers", numbers(s)}} {
		var m *Trees
		for _, cores := range []int{1, 4} {
			b.Run(fmt.Sprintf("fit/%s/cores=%d", c.name, cores), func(b *testing.B) {
				cpu(b, func() {
					var err error
					if m, err = FitTrees(c.s, TreeOptions{Workers: cores}); err != nil {
						b.Fatal(err)
					}
				})
			})
			b.Run(fmt.Sprintf("score/%s/cores=%d", c.name, cores), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
				cpu(b, func() {
					if _, err := m.Score(c.s.X); err != nil {
						b.Fatal(err)
					}
				})
			})
		}
	}
}

// BenchmarkWide is 800 rows of 200 numbers, where looking for splits takes longer
// than counting.
func BenchmarkWide(b *testing.B) {
	rng := rand.New(rand.NewPCG(3, 3))
	s := Sample{Y: make([]float64, 800)}
	for k := range 200 {
		c := Column{Name: strconv.Itoa(k), Numbers: make([]float64, len(s.Y))}
		for i := range c.Numbers {
			c.Numbers[i] = rng.NormFloat64()
			s.Y[i] += c.Numbers[i]
		}
		s.X = append(s.X, c)
	}
	for i, v := range s.Y {
		s.Y[i] = 0
		if rng.Float64() < sigmoid(v/5) {
			s.Y[i] = 1
		}
	}
	cpu(b, func() {
		if _, err := FitTrees(s, TreeOptions{Workers: 1}); err != nil {
			b.Fatal(err)
		}
	})
}
