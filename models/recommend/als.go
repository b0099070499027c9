package recommend

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"verso/models/recommend/dense"
)

// ALSOptions choose a factorisation by alternating least squares. The zero value
// means the documented defaults.
type ALSOptions struct {
	Factors    int     `json:"factors,omitempty"`    // rounded up to a multiple of 32; 0 means 128
	Iterations int     `json:"iterations,omitempty"` // of both sides; 0 means 15
	Unobserved float64 `json:"unobserved,omitempty"` // weight α₀ of a pair without purchase against one with; 0 means 0.1
	Lambda     float64 `json:"lambda,omitempty"`     // regularisation; 0 means 0.003, negative none
	Exponent   float64 `json:"exponent,omitempty"`   // ν: a row's penalty grows with (its weight + α₀·columns)^ν; 0 means 1
	Steps      int     `json:"steps,omitempty"`      // conjugate gradient steps a row and iteration; 0 means 2
	Seed       uint64
}

func (o ALSOptions) defaults() ALSOptions {
	o.Factors = (cmp.Or(o.Factors, 128) + dense.Columns - 1) / dense.Columns * dense.Columns
	o.Iterations = cmp.Or(o.Iterations, 15)
	o.Unobserved = cmp.Or(o.Unobserved, .1)
	o.Lambda = max(cmp.Or(o.Lambda, .003), 0)
	o.Exponent = cmp.Or(o.Exponent, 1)
	o.Steps = cmp.Or(o.Steps, 2)
	return o
}

// ALS is a factorisation of implicit feedback.
type ALS struct {
	Options ALSOptions
	Items   int
	Factors []float32 // of the items, row-major Items × Options.Factors
	Users   []float32 // of the users of the fit, after the last iteration

	gram  side      // of the item factors
	right []float32 // item factors packed for dense.Tile, 32 items a panel
}

// DivergedError says that a factorisation left the finite numbers.
type DivergedError struct{ Iteration int }

// Error names the iteration and what to change.
func (e *DivergedError) Error() string {
	return fmt.Sprintf("recommend: the factorisation diverged in iteration %d: regularise more", e.Iteration)
}

// FitALS minimises the sum over pairs with a purchase of weight·(1 − x·y)², plus
// α₀ times that of (x·y)² over all pairs, plus λ·(w + α₀·n)^ν·|x|² over the rows
// of either side with weight w and n columns: Hu, Koren and Volinsky 2008 with
// the regularisation of Rendle, Krichene, Zhang and Koren 2021. Rows are solved
// by conjugate gradients from where they were (Takács, Pilászy and Tikk 2011),
// eight at a time. Resellers are damped in the items' equations.
func FitALS(ctx context.Context, x *Matrix, o ALSOptions) (*ALS, error) {
	o = o.defaults()
	f := o.Factors
	m := &ALS{Options: o, Items: x.Items, Factors: make([]float32, x.Items*f), Users: make([]float32, x.Users*f)}
	r := rand.New(rand.NewPCG(o.Seed, 0xa15))
	for k := range m.Factors {
		m.Factors[k] = float32(r.NormFloat64() * .1 / math.Sqrt(float64(f)))
	}
	for i := range x.Items { // a title nobody has stays at zero
		if x.Count(i) == 0 {
			clear(m.Factors[i*f : (i+1)*f])
		}
	}
	user := func(u int) (items []int32, weights []float32) { h := x.Row(u); return h.Item, h.Weight }
	damped := dampedColumns(x)
	item := func(i int) (users []int32, weights []float32) {
		users, _ = x.Column(i)
		return users, damped[x.ColStart[i]:x.ColStart[i+1]]
	}
	for n := range o.Iterations {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		newSide(m.Factors, x.Items, o).solveAll(m.Users, x.Users, user, o.Steps)
		newSide(m.Users, x.Users, o).solveAll(m.Factors, x.Items, item, o.Steps)
		if sum := dense.Dot(m.Factors[:f], m.Factors[:f]); math.IsNaN(float64(sum)) || math.IsInf(float64(sum), 0) {
			return nil, &DivergedError{Iteration: n + 1}
		}
	}
	for _, v := range m.Factors {
		if v-v != 0 {
			return nil, &DivergedError{Iteration: o.Iterations}
		}
	}
	m.gram = *newSide(m.Factors, x.Items, o)
	m.right = packRight(m.Factors, x.Items, f)
	return m, nil
}

// dampedColumns are the weights by column times the damping of their users.
func dampedColumns(x *Matrix) []float32 {
	w := make([]float32, len(x.ColWeight))
	for k, u := range x.ColUser {
		w[k] = x.ColWeight[k] * x.Damping[u]
	}
	return w
}

// side is one side of the factorisation while the other is solved for.
type side struct {
	factors []float32 // row-major n × f
	n, f    int
	options ALSOptions
	right   []float32 // α₀·Gram matrix, packed for dense.Tile
}

// newSide computes the Gram matrix of the factors.
func newSide(factors []float32, n int, o ALSOptions) *side {
	f := o.Factors
	s := &side{factors: factors, n: n, f: f, options: o, right: make([]float32, f*f)}
	left, columns := make([]float32, n*f), make([]float32, n*f)
	const chunk = 512
	dense.Each((n+chunk-1)/chunk, func(_, part int) {
		for i := part * chunk; i < min(n, (part+1)*chunk); i++ {
			row := factors[i*f : (i+1)*f]
			for c := 0; c < f; c += dense.Rows {
				copy(left[c*n+i*dense.Rows:], row[c:c+dense.Rows])
			}
			for c := 0; c < f; c += dense.Columns {
				copy(columns[c*n+i*dense.Columns:], row[c:c+dense.Columns])
			}
		}
	})
	tiles := f / dense.Columns
	dense.Each(f/dense.Rows*tiles, func(_, t int) {
		a, b := t/tiles*dense.Rows, t%tiles*dense.Columns
		var sum, part [dense.Rows * dense.Columns]float32
		for from := 0; from < n; from += chunk {
			to := min(n, from+chunk)
			clear(part[:])
			dense.Tile(to-from, left[a*n+from*dense.Rows:], columns[b*n+from*dense.Columns:], part[:], dense.Columns)
			for k, v := range part {
				sum[k] += v
			}
		}
		for i := range dense.Rows {
			for j := range dense.Columns {
				s.right[b*f+(a+i)*dense.Columns+j] = float32(o.Unobserved) * sum[i*dense.Columns+j]
			}
		}
	})
	return s
}

// packRight packs rows for the right side of dense.Tile, 32 a panel.
func packRight(rows []float32, n, f int) []float32 {
	panels := (n + dense.Columns - 1) / dense.Columns
	packed := make([]float32, panels*dense.Columns*f)
	dense.Each(panels, func(_, p int) {
		to := packed[p*dense.Columns*f:]
		for j := 0; j < dense.Columns && p*dense.Columns+j < n; j++ {
			for k, v := range rows[(p*dense.Columns+j)*f : (p*dense.Columns+j+1)*f] {
				to[k*dense.Columns+j] = v
			}
		}
	})
	return packed
}

// penalty is λ·(w + α₀·n)^ν of a row.
func (s *side) penalty(weights []float32) float32 {
	sum := s.options.Unobserved * float64(s.n)
	for _, w := range weights {
		sum += math.Abs(float64(w))
	}
	return float32(s.options.Lambda * math.Pow(sum, s.options.Exponent))
}

// solveAll moves n rows towards the solution of their normal equations.
func (s *side) solveAll(rows []float32, n int, row func(int) ([]int32, []float32), steps int) {
	work := make([]*solver, dense.Workers())
	dense.Each((n+dense.Rows-1)/dense.Rows, func(worker, b int) {
		if work[worker] == nil {
			work[worker] = newSolver(s)
		}
		w := work[worker]
		from := b * dense.Rows
		count := min(dense.Rows, n-from)
		for k := range count {
			w.items[k], w.weights[k] = row(from + k)
		}
		w.solve(rows[from*s.f:(from+count)*s.f], count, steps)
	})
}

// solver is the working space of a batch of rows.
type solver struct {
	*side
	items          [dense.Rows][]int32
	weights        [dense.Rows][]float32
	penalties      [dense.Rows]float32
	residual, p, q []float32 // dense.Rows × f
	packed         []float32
	norm           [dense.Rows]float32
	finished       [dense.Rows]bool
}

func newSolver(s *side) *solver {
	n := dense.Rows * s.f
	return &solver{side: s, residual: make([]float32, n), p: make([]float32, n), q: make([]float32, n), packed: make([]float32, n)}
}

// tolerance is the squared residual against the squared right side at which a
// row is solved.
const tolerance = 1e-11

// solve runs conjugate gradients on the batch's rows x.
func (w *solver) solve(x []float32, count, steps int) {
	f := w.f
	for k := range count {
		w.penalties[k] = w.penalty(w.weights[k])
		w.finished[k] = len(w.items[k]) == 0
		if w.finished[k] {
			clear(x[k*f : (k+1)*f])
		}
	}
	w.times(x, count)
	var scale [dense.Rows]float32
	for k := range count {
		r := w.residual[k*f : (k+1)*f]
		clear(r)
		for n, i := range w.items[k] {
			dense.Axpy(w.weights[k][n], w.factors[int(i)*f:(int(i)+1)*f], r)
		}
		scale[k] = dense.Dot(r, r)
		dense.Axpy(-1, w.q[k*f:(k+1)*f], r)
		copy(w.p[k*f:(k+1)*f], r)
		w.norm[k] = dense.Dot(r, r)
	}
	for range steps {
		left := false
		for k := range count {
			w.finished[k] = w.finished[k] || w.norm[k] <= tolerance*scale[k]
			left = left || !w.finished[k]
		}
		if !left {
			return
		}
		w.times(w.p, count)
		for k := range count {
			if w.finished[k] {
				continue
			}
			w.step(x[k*f:(k+1)*f], k)
		}
	}
}

// step is one conjugate gradient step of row k of the batch.
func (w *solver) step(x []float32, k int) {
	f := w.f
	p, q, r := w.p[k*f:(k+1)*f], w.q[k*f:(k+1)*f], w.residual[k*f:(k+1)*f]
	curve := dense.Dot(p, q)
	if !(curve > 0) {
		w.finished[k] = true
		return
	}
	alpha := w.norm[k] / curve
	dense.Axpy(alpha, p, x)
	dense.Axpy(-alpha, q, r)
	next := dense.Dot(r, r)
	beta := next / w.norm[k]
	w.norm[k] = next
	for i, v := range r {
		p[i] = v + float32(beta*p[i])
	}
}

// times sets q to the normal matrices times the rows v.
func (w *solver) times(v []float32, count int) {
	f := w.f
	clear(w.q)
	for k := range count {
		for i, x := range v[k*f : (k+1)*f] {
			w.packed[i*dense.Rows+k] = x
		}
	}
	for c := 0; c < f; c += dense.Columns {
		dense.Tile(f, w.packed, w.right[c*f:], w.q[c:], f)
	}
	for k := range count {
		if w.finished[k] {
			continue
		}
		p, q := v[k*f:(k+1)*f], w.q[k*f:(k+1)*f]
		dense.Axpy(w.penalties[k], p, q)
		for n, i := range w.items[k] {
			y := w.factors[int(i)*f : (int(i)+1)*f]
			c := w.weights[k][n]
			if c < 0 {
				c = -c
			}
			dense.Axpy(c*dense.Dot(y, p), y, q)
		}
	}
}
