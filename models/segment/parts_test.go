package segment

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distmv"
)

func scaled(t testing.TB, d Data) points {
	t.Helper()
	_, p, err := standardise(d, false)
	if err != nil {
		t.Fatal(err)
	}
	return p.take(p.canonical())
}

// The bounds must not change what plain Lloyd iterations from the same seeds
// give.
func TestBoundsKeepLloyd(t *testing.T) {
	d, _ := company(1, 800, .3)
	p := scaled(t, d)
	for k := 1; k <= 9; k++ {
		start := seeds(p, k, stream(7, streamStart, k))
		l := newLloyd(p, slices.Clone(start))
		if err := l.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		label, inertia := plainLloyd(p, start, k)
		if !slices.Equal(l.label, label) || math.Abs(l.inertia-inertia) > 1e-9*inertia || !l.converged {
			t.Errorf("k %d: inertia %v, plain %v", k, l.inertia, inertia)
		}
		if w, _ := within(p, label, k); math.Abs(w-inertia) > 1e-9*inertia {
			t.Errorf("k %d: within %v, inertia %v", k, w, inertia)
		}
	}
}

func plainLloyd(p points, centers []float64, k int) (label []int, inertia float64) {
	for {
		next := make([]int, p.n)
		inertia = 0
		for i := range next {
			best := math.Inf(1)
			for c := range k {
				if d := squared(p.row(i), centers[c*p.d:(c+1)*p.d]); d < best {
					best, next[i] = d, c
				}
			}
			inertia += best
		}
		if slices.Equal(next, label) {
			return label, inertia
		}
		label = next
		centers = make([]float64, k*p.d)
		counts := make([]float64, k)
		for i, c := range label {
			counts[c]++
			for j, v := range p.row(i) {
				centers[c*p.d+j] += v
			}
		}
		for i := range centers {
			centers[i] /= counts[i/p.d]
		}
	}
}

func TestEmptySegmentsAreRefilled(t *testing.T) {
	p := points{n: 7, d: 1, x: []float64{0, 1, 2, 3, 50, 51, 90}}
	l := newLloyd(p, []float64{1, 50, 1e6, -1e6})
	if err := l.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts := make([]int, 4)
	for _, c := range l.label {
		counts[c]++
	}
	if slices.Contains(counts, 0) || l.inertia > 3 {
		t.Errorf("labels %v, inertia %v", l.label, l.inertia)
	}
}

// The log-likelihood against gonum's normal density, for each shape.
func TestDensity(t *testing.T) {
	d, _ := draw(2, 400, slanted)
	p := scaled(t, d)
	for _, shape := range []Covariance{Diagonal, Full, Tied} {
		m, err := fitMixture(t.Context(), p, 3, emPlan{starts: 2, short: 5, long: emOptions{shape, .01, 1e-9, 300, 2}}, 1)
		if err != nil {
			t.Fatal(err)
		}
		want := 0.0
		for i := range p.n {
			total := 0.0
			for c, w := range m.Weights {
				lower := m.Sigma[min(c, len(m.Sigma)-1)]
				sigma := mat.NewSymDense(p.d, nil)
				if shape == Diagonal {
					for j, v := range lower {
						sigma.SetSym(j, j, v)
					}
				} else {
					sigma = symmetric(p.d, lower)
				}
				normal, ok := distmv.NewNormal(m.Means[c], sigma, nil)
				if !ok {
					t.Fatal("singular")
				}
				total += w * normal.Prob(p.row(i))
			}
			want += math.Log(total)
		}
		if math.Abs(m.LogLikelihood-want) > 1e-8*math.Abs(want) {
			t.Errorf("%s: log-likelihood %v, want %v", shape, m.LogLikelihood, want)
		}
		parameters := map[Covariance]int{Diagonal: 2 + 12 + 12, Full: 2 + 12 + 30, Tied: 2 + 12 + 10}[shape]
		if m.Parameters != parameters || math.Abs(m.BIC-(-2*want+float64(parameters)*math.Log(400))) > 1e-6 || m.ICL < m.BIC {
			t.Errorf("%s: %d parameters, BIC %v, ICL %v", shape, m.Parameters, m.BIC, m.ICL)
		}
	}
}

// With one component the maximum is the sample mean and covariance (divisor n),
// and twice the log-likelihood −n·(d·log 2π + log det + d).
func TestOneComponent(t *testing.T) {
	d, _ := draw(3, 300, slanted)
	p := scaled(t, d)
	m, err := fitMixture(t.Context(), p, 1, emPlan{starts: 1, short: 5, long: emOptions{Full, .001, 1e-9, 300, 1}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	logDet, _ := mat.LogDet(symmetric(p.d, m.Sigma[0]))
	want := -150 * (4*math.Log(2*math.Pi) + logDet + 4)
	if math.Abs(m.LogLikelihood-want) > 1e-8*math.Abs(want) || math.Abs(m.Sigma[0][0]-1) > 1e-12 {
		t.Errorf("log-likelihood %v, want %v", m.LogLikelihood, want)
	}
}

// The variance floor is part of what is maximised, so no iteration may lose.
func TestLikelihoodNeverFalls(t *testing.T) {
	d, _ := company(4, 600, .2)
	p := scaled(t, d)
	for _, shape := range []Covariance{Diagonal, Full, Tied} {
		o := emOptions{shape, .05, 1e-300, 1, 1}
		_, label, err := fitKMeans(t.Context(), p, lloydPlan{k: 5, starts: 1, seed: 3, workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		m, err := newMixture(p, label, 5, o)
		if err != nil {
			t.Fatal(err)
		}
		last := math.Inf(-1)
		for step := range 60 {
			if err := m.em(t.Context(), p, o); err != nil {
				t.Fatal(err)
			}
			if m.LogLikelihood < last-1e-7 {
				t.Fatalf("%s: step %d falls from %v to %v", shape, step, last, m.LogLikelihood)
			}
			last = m.LogLikelihood
		}
		if shape == Diagonal && sumInts(m.Bounded) == 0 {
			t.Error("no variance rests on the floor: the test does not test it")
		}
	}
}

func sumInts(values []int) (s int) {
	for _, v := range values {
		s += v
	}
	return s
}

func TestFloorOfEigenvalues(t *testing.T) {
	sigma := []float64{2, 1.999, 2, .5, .5, 1} // one axis nearly flat
	f, at, ok := bounded(Full, 3, sigma, .1)
	if !ok || len(at) != 3 {
		t.Fatal(at, ok)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(symmetric(3, sigma), false) || math.Abs(eigen.Values(nil)[0]-.1) > 1e-12 {
		t.Errorf("eigenvalues %v", eigen.Values(nil))
	}
	x, y := []float64{1, -2, .5}, mat.NewVecDense(3, nil)
	var inverse mat.Dense
	if err := inverse.Inverse(symmetric(3, sigma)); err != nil {
		t.Fatal(err)
	}
	y.MulVec(&inverse, mat.NewVecDense(3, x))
	if want := mat.Dot(y, mat.NewVecDense(3, x)); math.Abs(f.distance(x)-want) > 1e-9*want {
		t.Errorf("distance %v, want %v", f.distance(x), want)
	}
	free := []float64{2, .5, 2}
	if _, at, _ := bounded(Full, 2, free, .1); at != nil || free[0] != 2 {
		t.Errorf("a covariance above the floor was changed: %v %v", free, at)
	}
}

// Against a count over all pairs of rows, and two values from the documentation
// of scikit-learn's adjusted_rand_score.
func TestAdjustedRand(t *testing.T) {
	for _, c := range []struct {
		a, b []int
		want float64
	}{{[]int{0, 0, 1, 2}, []int{0, 0, 1, 1}, 4. / 7}, {[]int{0, 0, 0, 0}, []int{0, 1, 2, 3}, 0}, {[]int{5, 5, 2}, []int{1, 1, 9}, 1}, {nil, nil, 1}, {[]int{1, 1}, []int{0, 0}, 1}} {
		if got, err := AdjustedRand(c.a, c.b); err != nil || math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%v %v: %v %v, want %v", c.a, c.b, got, err, c.want)
		}
	}
	if _, err := AdjustedRand([]int{1}, nil); err == nil {
		t.Error("partitions of different rows were compared")
	}
	rng := rand.New(rand.NewPCG(1, 1))
	total := 0.0
	for range 200 {
		a, b := make([]int, 40), make([]int, 40)
		for i := range a {
			a[i], b[i] = rng.IntN(3), rng.IntN(4)
		}
		var both, left, right, all float64
		for i := range a {
			for j := range i {
				all++
				if a[i] == a[j] {
					left++
				}
				if b[i] == b[j] {
					right++
				}
				if a[i] == a[j] && b[i] == b[j] {
					both++
				}
			}
		}
		got, _ := AdjustedRand(a, b)
		if want := (both - left*right/all) / ((left+right)/2 - left*right/all); math.Abs(got-want) > 1e-12 {
			t.Fatalf("got %v, want %v", got, want)
		}
		total += got / 200
	}
	if math.Abs(total) > .01 {
		t.Errorf("independent partitions agree by %v on average", total)
	}
}

// Rousseeuw's definition written out for rows on a line: 0, 1 | 10, 12 | 40.
func TestSilhouettes(t *testing.T) {
	p := points{n: 5, d: 1, x: []float64{0, 1, 10, 12, 40}}
	near, err := distances(t.Context(), p, 2)
	if err != nil {
		t.Fatal(err)
	}
	by, rows, overall := near.silhouettes([]int{0, 0, 1, 1, 2}, 4)
	want := []float64{((11.-1)/11 + (10.-1)/10) / 2, ((9.5-2)/9.5 + (11.5-2)/11.5) / 2, 0, 0}
	for c := range want {
		if math.Abs(by[c]-want[c]) > 1e-12 {
			t.Errorf("segment %d: %v, want %v", c, by[c], want[c])
		}
	}
	if !slices.Equal(rows, []int{2, 2, 1, 0}) || math.Abs(overall-(2*want[0]+2*want[1])/5) > 1e-12 {
		t.Errorf("rows %v, overall %v", rows, overall)
	}
	if by, _, overall := near.silhouettes([]int{0, 0, 0, 0, 0}, 1); by[0] != 0 || overall != 0 {
		t.Error("one segment has a silhouette")
	}
}

func TestCalinskiHarabasz(t *testing.T) {
	// Two pairs 0, 2 and 10, 12: within 4, total 104, so (100/1)/(4/2) = 50.
	p := points{n: 4, d: 1, x: []float64{0, 2, 10, 12}}
	inside, total := within(p, []int{0, 0, 1, 1}, 2)
	if got := calinskiHarabasz(inside, total, 4, 2); math.Abs(got-50) > 1e-12 {
		t.Errorf("got %v", got)
	}
	if calinskiHarabasz(0, 5, 4, 2) != 0 || calinskiHarabasz(1, 5, 4, 1) != 0 || calinskiHarabasz(1, 5, 4, 4) != 0 {
		t.Error("an undefined ratio is not 0")
	}
}

func TestScales(t *testing.T) {
	nan := math.NaN()
	d := Data{
		Features: []Feature{{Name: "count", Transform: Log1p}, {Name: "money", Transform: Log1p, Unit: 100, Missing: Zero},
			{Name: "share", Transform: Logit}, {Name: "robust", Robust: true}, {Name: "lumpy", Robust: true}, {Name: "gone"}},
		Columns: [][]float64{{0, 3, nan, 7, 1}, {-100, 100, nan, 0, 300}, {0, 1, .5, .2, .8}, {1, 2, 3, 4, 1000}, {5, 5, 5, 5, 9}, {nan, nan, nan, nan, nan}}}
	scales, p, err := standardise(d, false)
	if err != nil {
		t.Fatal(err)
	}
	if s := scales[0]; s.Missing != 1 || s.Fill != (math.Log(2)+math.Log(4))/2 {
		t.Errorf("the median stands in: %+v", s)
	}
	if s := scales[1]; s.Fill != 0 || math.Abs(p.row(0)[1]*s.Spread+s.Center+math.Ln2) > 1e-12 || math.Abs(s.Center-math.Log(4)/5) > 1e-12 {
		t.Errorf("money with returns: %+v, first %v", s, p.row(0))
	}
	if s := scales[2]; s.Clipped != 2 || math.Abs(p.row(0)[2]+p.row(1)[2]) > 1e-12 || math.Abs(p.row(1)[2]*s.Spread-math.Log(19)) > 1e-12 {
		t.Errorf("shares: %+v", s)
	}
	if s := scales[3]; s.Center != 3 || math.Abs(s.Spread-2/1.349) > 1e-12 || s.Note != "" {
		t.Errorf("robust: %+v", s)
	}
	if s := scales[4]; s.Note == "" || s.Dropped || s.Center != 5.8 {
		t.Errorf("robust without a range: %+v", s)
	}
	if s := scales[5]; !s.Dropped || s.Note != "dropped: no values" || p.d != 5 {
		t.Errorf("an empty column: %+v", s)
	}
	for j := range 3 {
		var column []float64
		for i := range p.n {
			column = append(column, p.row(i)[j])
		}
		if mean, deviation := moments(column); math.Abs(mean) > 1e-12 || math.Abs(deviation-1) > 1e-12 {
			t.Errorf("feature %d: mean %v, deviation %v", j, mean, deviation)
		}
	}
}

func TestSampleIsEven(t *testing.T) {
	counts := make([]int, 20)
	for k := range 4000 {
		rows := sample(stream(1, streamSample, k), 20, 5)
		if len(rows) != 5 || !slices.IsSorted(rows) || len(slices.Compact(slices.Clone(rows))) != 5 {
			t.Fatalf("sample %v", rows)
		}
		for _, i := range rows {
			counts[i]++
		}
	}
	for i, n := range counts { // each 1 000 expected, standard deviation 27
		if n < 890 || n > 1110 {
			t.Errorf("row %d was drawn %d times", i, n)
		}
	}
}
