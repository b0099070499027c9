package uplift

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// QiniFormula is printed beside every Qini, because libraries differ.
const QiniFormula = "g(k) = Yt(k) − Yc(k)·Nt(k)/Nc(k) over the k highest scores; Q = mean over k of (g(k) − k·g(N)/N), over N"

// QiniOptions choose the tests. The zero value means 1,000 permutations, seed 0.
type QiniOptions struct {
	Permutations int // 0: 1,000; negative: none
	Seed         uint64
}

// Qini says how well a score sorts customers by the effect of the treatment on
// them (Radcliffe 2007; Radcliffe and Surry 2011).
type Qini struct {
	Q                 float64 // see Formula
	Formula           string
	Curve             []QiniPoint // at every hundredth of the customers
	BandLow, BandHigh float64     // 95 % of the Q of a random order
	RandomSD          float64     // standard deviation of those
	PRandom           float64     // share of random orders with a Q as large: one-sided, (1+count)/(1+permutations)
	// P tests that the effect is the same for everyone, by treatments drawn again
	// for customers whose scores and outcomes stay: one-sided, (1+count)/(1+permutations).
	// It holds for scores that predict the outcome too.
	P float64
}

// QiniPoint is one point of the curve.
type QiniPoint struct {
	Share  float64 // of the customers, highest scores first
	Gain   float64 // extra outcomes g(k) among them from the treatment
	Random float64 // what a random order gives
}

// ranked is the rows by descending score with runs of ties.
type ranked struct {
	order []int
	runs  []int // ends of runs of equal scores in order
}

func rank(score []float64) ranked {
	r := ranked{order: make([]int, len(score))}
	for i := range r.order {
		r.order[i] = i
	}
	slices.SortStableFunc(r.order, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	for k := 1; k <= len(score); k++ {
		if k == len(score) || score[r.order[k]] != score[r.order[k-1]] {
			r.runs = append(r.runs, k)
		}
	}
	return r
}

// each calls do for k = 1 to N with the sums over the k highest scores; inside a
// run of ties the sums grow in equal parts, as they do on average over its orders.
func (r ranked) each(y []float64, treated []bool, do func(k int, yt, yc, nt, nc float64)) {
	var at [4]float64
	from := 0
	for _, to := range r.runs {
		var run [4]float64
		for _, i := range r.order[from:to] {
			a := arm(treated[i])
			run[1-a] += y[i]
			run[3-a]++
		}
		size := float64(to - from)
		for k := from + 1; k < to; k++ {
			s := float64(k-from) / size
			do(k, at[0]+s*run[0], at[1]+s*run[1], at[2]+s*run[2], at[3]+s*run[3])
		}
		for j := range at {
			at[j] += run[j]
		}
		do(to, at[0], at[1], at[2], at[3])
		from = to
	}
}

func gain(yt, yc, nt, nc float64) float64 {
	if nc == 0 {
		return yt
	}
	return yt - yc*nt/nc
}

func (r ranked) qini(y []float64, treated []bool) float64 {
	n := float64(len(y))
	var sum, last float64
	r.each(y, treated, func(_ int, yt, yc, nt, nc float64) {
		last = gain(yt, yc, nt, nc)
		sum += last
	})
	// Σ k/N over k = 1 to N is (N+1)/2.
	return (sum - last*(n+1)/2) / n / n
}

// NewQini measures the score of customers against their outcomes y (0 and 1, or
// amounts) under a treatment given at random.
func NewQini(score, y []float64, treated []bool, o QiniOptions) (*Qini, error) {
	n := len(y)
	if n == 0 || len(score) != n || len(treated) != n {
		return nil, fmt.Errorf("%w: %d scores, %d outcomes, %d treatments", ErrShape, len(score), n, len(treated))
	}
	var arms [2]float64
	var sums [2]float64
	for i := range y {
		if math.IsNaN(y[i]+score[i]) || math.IsInf(y[i]+score[i], 0) {
			return nil, fmt.Errorf("%w: score %v, outcome %v in row %d", ErrValue, score[i], y[i], i)
		}
		arms[arm(treated[i])]++
		sums[arm(treated[i])] += y[i]
	}
	if arms[0] == 0 || arms[1] == 0 {
		return nil, fmt.Errorf("%w: %v treated and %v control rows", ErrNoContrast, arms[1], arms[0])
	}
	r := rank(score)
	q := &Qini{Q: r.qini(y, treated), Formula: QiniFormula, PRandom: 1, P: 1}
	q.curve(r, y, treated)
	if o.Permutations < 0 {
		return q, nil
	}
	if o.Permutations == 0 {
		o.Permutations = 1000
	}
	mean := [2]float64{sums[0] / arms[0], sums[1] / arms[1]}
	q.permute(r, y, treated, mean, o)
	return q, nil
}

func (q *Qini) curve(r ranked, y []float64, treated []bool) {
	n := len(y)
	next := 1
	r.each(y, treated, func(k int, yt, yc, nt, nc float64) {
		for ; next <= 100 && k*100 >= next*n; next++ {
			q.Curve = append(q.Curve, QiniPoint{Share: float64(k) / float64(n), Gain: gain(yt, yc, nt, nc)})
		}
	})
	last := q.Curve[len(q.Curve)-1].Gain
	for k := range q.Curve {
		q.Curve[k].Random = last * q.Curve[k].Share
	}
}

// permute draws random orders for the band and random treatments for P. Under
// a constant effect an outcome less the mean of its arm would have been the
// same in the other arm, so it gets the mean of the arm drawn.
func (q *Qini) permute(r ranked, y []float64, treated []bool, mean [2]float64, o QiniOptions) {
	n := len(y)
	random, constant := make([]float64, o.Permutations), make([]float64, o.Permutations)
	parallel(o.Permutations, func(p int) {
		rng := rand.New(rand.NewPCG(o.Seed, uint64(p)))
		any := ranked{order: rng.Perm(n), runs: make([]int, n)}
		for k := range any.runs {
			any.runs[k] = k + 1
		}
		random[p] = any.qini(y, treated)
		drawn, moved := make([]bool, n), make([]float64, n)
		for i, j := range rng.Perm(n) {
			drawn[i] = treated[j]
			moved[i] = y[i] - mean[arm(treated[i])] + mean[arm(drawn[i])]
		}
		constant[p] = r.qini(moved, drawn)
	})
	atLeast := func(draws []float64) float64 {
		count := 1
		for _, v := range draws {
			if v >= q.Q {
				count++
			}
		}
		return float64(count) / float64(len(draws)+1)
	}
	q.PRandom, q.P = atLeast(random), atLeast(constant)
	slices.Sort(random)
	if m, err := momentsOf(random); err == nil && m.n > 1 {
		q.RandomSD = math.Sqrt(m.square / float64(m.n-1))
	}
	q.BandLow = random[int(.025*float64(len(random)-1))]
	q.BandHigh = random[int(math.Ceil(.975*float64(len(random)-1)))]
}

// Decile is one tenth of the customers by score, 1 the highest.
type Decile struct {
	Decile    int
	Predicted float64 // mean score
	Effect    Effect  // of the treatment in this tenth
}

// Deciles splits customers into tenths of the score and measures the effect in
// each. Tenths without both arms are left out.
func Deciles(score, y []float64, treated []bool) ([]Decile, error) {
	if _, err := NewQini(score, y, treated, QiniOptions{Permutations: -1}); err != nil {
		return nil, err
	}
	n := len(y)
	r := rank(score)
	place := make([]int, n) // ties share the tenth of their middle
	from := 0
	for _, to := range r.runs {
		for _, i := range r.order[from:to] {
			place[i] = min(9, (from+to)*10/(2*n))
		}
		from = to
	}
	var out []Decile
	for d := range 10 {
		var arms [2]Outcomes
		var sum, count float64
		for i := range y {
			if place[i] == d {
				a := arm(treated[i])
				arms[a].Y = append(arms[a].Y, y[i])
				sum, count = sum+score[i], count+1
			}
		}
		e, err := Compare(arms[1], arms[0])
		if err != nil {
			continue
		}
		out = append(out, Decile{Decile: d + 1, Predicted: sum / count, Effect: *e})
	}
	return out, nil
}

// parallel calls do(0) to do(n−1) on all cores; results go by index.
func parallel(n int, do func(k int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for k := int(next.Add(1)) - 1; k < n; k = int(next.Add(1)) - 1 {
				do(k)
			}
		})
	}
	wait.Wait()
}
