package recommend

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"verso/models/recommend/dense"
)

// RidgeOptions choose a ridge regression of every title on its neighbours. The
// zero value means the documented defaults.
type RidgeOptions struct {
	Neighbours int     `json:"neighbours,omitempty"` // own titles in each regression; 0 means 100
	Keep       int     `json:"keep,omitempty"`       // strongest coefficients kept of each; 0 means all
	Lambda     float64 `json:"lambda,omitempty"`     // ridge penalty in customers; 0 means 30
	Dropout    float64 `json:"dropout,omitempty"`    // further penalty as a share of the own title's sum of squares; 0 means none
	UserPower  float64 `json:"user_power,omitempty"` // a customer of n titles counts (n/mean)^−power; 0 means 1 each
	MaxGram    int     `json:"-"`                    // bytes of the dense Gram matrix, above which sums are made anew for each title; 0 means 1 GiB
}

func (o RidgeOptions) defaults() RidgeOptions {
	o.Neighbours = cmp.Or(o.Neighbours, 100)
	o.Lambda = cmp.Or(o.Lambda, 30)
	o.MaxGram = cmp.Or(o.MaxGram, 1<<30)
	return o
}

// FitRidge regresses every title on the titles most like it (cosine), as EASE
// does on all others (Steck 2019) and SLIM with feature selection on neighbours
// (Ning and Karypis 2011): for title j with neighbours N it solves
// (G[N,N] + λI + p·diag G[N,N])·b = G[N,j], where G sums over customers. The
// dropout term p is that of Steck 2020. Time grows with titles ×
// neighbours³/3 and memory with the interactions, so any catalogue will do.
func FitRidge(ctx context.Context, x *Matrix, o RidgeOptions) (*ItemItem, error) {
	o = o.defaults()
	r, err := newRidge(ctx, x, o, nil)
	if err != nil {
		return nil, err
	}
	return r.fit(ctx, o)
}

// ridge is what fits of different penalties share.
type ridge struct {
	x     *Matrix
	user  []float32
	power float64
	near  [][]int32 // neighbours of each title by similarity, most like it first
	// gram is the lower triangle by rows, nil when it would be too large.
	gram []float32
}

// newRidge finds o.Neighbours neighbours of every title. It takes the memory of
// another's Gram matrix, which may be nil, when that fits.
func newRidge(ctx context.Context, x *Matrix, o RidgeOptions, spare []float32) (*ridge, error) {
	r := &ridge{x: x, user: userFactors(x, o.UserPower), power: o.UserPower, near: make([][]int32, x.Items)}
	if cells := x.Items * (x.Items + 1) / 2; cells <= o.MaxGram/4 {
		if len(spare) == cells {
			clear(spare)
			r.gram = spare
		} else {
			r.gram = make([]float32, cells)
		}
	}
	s := similarity{user: r.user, norm: norms(x, r.user), shrink: 5}
	count := counters(x.Items)
	dense.Each(x.Items, func(worker, j int) {
		if ctx.Err() != nil {
			return
		}
		c := &count[worker]
		c.row(x, j, r.user)
		if r.gram != nil {
			row := r.gram[j*(j+1)/2:]
			for _, i := range c.touched() {
				if int(i) <= j {
					row[i] = c.sum[i]
				}
			}
		}
		for _, n := range s.nearest(c, j, o.Neighbours) {
			r.near[j] = append(r.near[j], n.own)
		}
		c.reset()
	})
	return r, ctx.Err()
}

// fit solves the regressions with the first o.Neighbours neighbours.
func (r *ridge) fit(ctx context.Context, o RidgeOptions) (*ItemItem, error) {
	if o.UserPower != r.power {
		return nil, fmt.Errorf("recommend: the sums are of user power %v, not %v", r.power, o.UserPower)
	}
	lists := make([][]coefficient, r.x.Items)
	work := make([]regression, dense.Workers())
	failed := make([]error, r.x.Items)
	dense.Each(r.x.Items, func(worker, j int) {
		if ctx.Err() != nil {
			return
		}
		w := &work[worker]
		w.own = append(w.own[:0], r.near[j][:min(o.Neighbours, len(r.near[j]))]...)
		slices.Sort(w.own) // sums in the order of the matrix
		w.resize()
		r.sums(w, j)
		if !w.solve(o.Lambda, o.Dropout) {
			failed[j] = fmt.Errorf("recommend: the regression of title %d is singular: a larger lambda than %v is needed", j, o.Lambda)
			return
		}
		w.best.begin(len(w.own))
		if o.Keep > 0 {
			w.best.begin(o.Keep)
		}
		for k, i := range w.own {
			w.best.offer(coefficient{own: i, value: w.right[k]})
		}
		lists[j] = w.best.list()
	})
	for _, err := range failed {
		if err != nil {
			return nil, err
		}
	}
	return newItemItem("ridge", lists), ctx.Err()
}

// regression is the working space of one title.
type regression struct {
	own   []int32   // ascending
	gram  []float32 // row-major lower triangle of len(own) rows
	right []float32

	bucket [][]entry // by user, what the user has of own
	users  []int32
	best   strongest
}

// entry is a user's weight of one of the regression's titles.
type entry struct {
	place  int32
	weight float32
}

func (w *regression) resize() {
	n := len(w.own)
	w.gram = slices.Grow(w.gram[:0], n*n)[:n*n]
	w.right = slices.Grow(w.right[:0], n)[:n]
}

// sums fills the regression's Gram matrix and right side.
func (r *ridge) sums(w *regression, j int) {
	if r.gram == nil {
		r.count(w, j)
		return
	}
	n := len(w.own)
	for a, i := range w.own {
		row := r.gram[int(i)*(int(i)+1)/2:]
		to := w.gram[a*n:]
		for b, k := range w.own[:a+1] {
			to[b] = row[k]
		}
		if int(i) > j {
			w.right[a] = row[j]
		} else {
			w.right[a] = r.gram[j*(j+1)/2+int(i)]
		}
	}
}

// count makes the same sums from the interactions of the titles at hand, in the
// same order, so that both ways give the same bytes.
func (r *ridge) count(w *regression, j int) {
	if w.bucket == nil {
		w.bucket = make([][]entry, r.x.Users)
	}
	n := len(w.own)
	clear(w.gram)
	clear(w.right)
	add := func(i int, place int32) {
		users, weights := r.x.Column(i)
		for k, u := range users {
			if len(w.bucket[u]) == 0 {
				w.users = append(w.users, u)
			}
			w.bucket[u] = append(w.bucket[u], entry{place, weights[k]})
		}
	}
	for a, i := range w.own {
		add(int(i), int32(a))
		users, weights := r.x.Column(int(i))
		row := w.gram[a*n:]
		for k, u := range users {
			left := float32(r.user[u] * weights[k])
			for _, e := range w.bucket[u] {
				row[e.place] += float32(left * e.weight)
			}
		}
	}
	users, weights := r.x.Column(j)
	for k, u := range users {
		for _, e := range w.bucket[u] {
			left, right := e.weight, weights[k]
			if int(w.own[e.place]) < j {
				left, right = right, left
			}
			w.right[e.place] += float32(float32(r.user[u]*left) * right)
		}
	}
	for _, u := range w.users {
		w.bucket[u] = w.bucket[u][:0]
	}
	w.users = w.users[:0]
}

// solve replaces the right side by the coefficients, by Cholesky; false when the
// matrix is not positive definite.
func (w *regression) solve(lambda, dropout float64) bool {
	n := len(w.own)
	for r := range n {
		row := w.gram[r*n : r*n+n]
		row[r] += float32(lambda + dropout*float64(row[r]))
		for c := range r {
			other := w.gram[c*n : c*n+n]
			row[c] = (row[c] - dense.Dot(row[:c], other[:c])) / other[c]
		}
		d := row[r] - dense.Dot(row[:r], row[:r])
		if !(d > 0) {
			return false
		}
		row[r] = float32(math.Sqrt(float64(d)))
	}
	b := w.right
	for r := range n {
		row := w.gram[r*n : r*n+n]
		b[r] = (b[r] - dense.Dot(row[:r], b[:r])) / row[r]
	}
	for r := n - 1; r >= 0; r-- {
		row := w.gram[r*n : r*n+n]
		b[r] /= row[r]
		dense.Axpy(-b[r], row[:r], b[:r])
	}
	return true
}
