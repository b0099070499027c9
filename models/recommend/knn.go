package recommend

import (
	"cmp"
	"fmt"
	"math"

	"verso/models/recommend/dense"
)

// KNNOptions choose a nearest-neighbour model. The zero value is cosine with 20
// neighbours.
type KNNOptions struct {
	Similarity string  `json:"similarity,omitempty"` // cosine (default), tfidf, bm25 or rp3beta
	Neighbours int     `json:"neighbours,omitempty"` // own titles kept for each title; 0 means 20
	Shrink     float64 `json:"shrink,omitempty"`     // added to the norms: similarities on few customers shrink; 0 means 5 for cosine and tfidf, negative none
	Alpha      float64 `json:"alpha,omitempty"`      // rp3beta: power of both transition probabilities; 0 means 0.4
	Beta       float64 `json:"beta,omitempty"`       // rp3beta: power of the title's popularity; 0 means 0.5
	UserPower  float64 `json:"user_power,omitempty"` // a customer of n titles counts (n/mean)^−power in the sums; 0 means not
}

// similarity is the form that all of them share: the sum over customers of user
// factor times both weights, times a factor of the own item and one of the title,
// over norms.
type similarity struct {
	user, own, title []float32
	norm             []float32 // nil: none
	shrink           float32
}

// FitKNN fits cosine, tf-idf or BM25 similarities (with the customers as the
// documents' words: a title bought by someone who buys everything says little;
// Robertson and Zaragoza 2009 for BM25, k₁ = 100 and b = 0.8) or the random walk
// RP3beta (Paudel et al. 2017), each cut to the strongest own titles.
func FitKNN(x *Matrix, o KNNOptions) (*ItemItem, error) {
	kind := cmp.Or(o.Similarity, "cosine")
	s := similarity{user: userFactors(x, o.UserPower)}
	switch kind {
	case "cosine", "tfidf":
		s.shrink = float32(max(cmp.Or(o.Shrink, 5), 0))
		if kind == "tfidf" {
			inverseFrequency(x, s.user)
		}
		s.norm = norms(x, s.user)
	case "bm25":
		inverseFrequency(x, s.user)
		s.own = lengthFactors(x)
		s.title = s.own
	case "rp3beta":
		alpha := cmp.Or(o.Alpha, .4)
		for u := range s.user {
			s.user[u] *= power(x.Size(u), -alpha)
		}
		s.own, s.title = countPowers(x, -alpha), countPowers(x, -cmp.Or(o.Beta, .5))
	default:
		return nil, fmt.Errorf("recommend: unknown similarity %q: cosine, tfidf, bm25 or rp3beta", kind)
	}
	n := cmp.Or(o.Neighbours, 20)
	lists := make([][]coefficient, x.Items)
	count := counters(x.Items)
	dense.Each(x.Items, func(worker, j int) {
		c := &count[worker]
		c.row(x, j, s.user)
		lists[j] = s.nearest(c, j, n)
		c.reset()
	})
	return newItemItem(kind, lists), nil
}

// nearest is the n own titles most like title j, of which c holds the sums.
func (s *similarity) nearest(c *counter, j, n int) []coefficient {
	c.best.begin(n)
	least := float32(0)
	keep := func(i int32, v float32) {
		if int(i) != j {
			c.best.offer(coefficient{own: i, value: v})
			least = c.best.least()
		}
	}
	if s.norm != nil {
		norm, shrink := s.norm[j], s.shrink
		for _, i := range c.touched() {
			if v := c.sum[i] / (float32(s.norm[i]*norm) + shrink); v >= least {
				keep(i, v)
			}
		}
		return c.best.list()
	}
	for _, i := range c.touched() {
		v := c.sum[i]
		if s.title != nil {
			v *= s.title[j] * s.own[i]
		}
		if v >= least {
			keep(i, v)
		}
	}
	return c.best.list()
}

// userFactors are what each customer counts in sums of pairs: the damping, and
// (n/mean)^−power for n titles.
func userFactors(x *Matrix, exponent float64) []float32 {
	f := make([]float32, x.Users)
	copy(f, x.Damping)
	if exponent == 0 {
		return f
	}
	mean := float64(len(x.RowItem)) / float64(max(1, x.Users-x.Report.Empty))
	for u := range f {
		if n := x.Size(u); n > 0 {
			f[u] *= float32(math.Pow(float64(n)/mean, -exponent))
		}
	}
	return f
}

// inverseFrequency multiplies by the square of log(items/(1+n)), at least a
// little above 0, of a customer of n titles.
func inverseFrequency(x *Matrix, user []float32) {
	for u := range user {
		idf := max(math.Log(float64(x.Items)/float64(1+x.Size(u))), 1e-3)
		user[u] *= float32(idf * idf)
	}
}

// norms are the lengths of the columns.
func norms(x *Matrix, user []float32) []float32 {
	n := make([]float32, x.Items)
	for i := range n {
		var sum float64
		users, weights := x.Column(i)
		for k, u := range users {
			sum += float64(user[u]) * float64(weights[k]) * float64(weights[k])
		}
		n[i] = float32(math.Sqrt(sum))
	}
	return n
}

// lengthFactors are BM25's saturation by the customers of a title.
func lengthFactors(x *Matrix) []float32 {
	const k1, b = 100, .8
	mean := float64(len(x.RowItem)) / float64(x.Items)
	f := make([]float32, x.Items)
	for i := range f {
		f[i] = float32((k1 + 1) / (k1*(1-b+b*float64(x.Count(i))/mean) + 1))
	}
	return f
}

func countPowers(x *Matrix, exponent float64) []float32 {
	f := make([]float32, x.Items)
	for i := range f {
		f[i] = power(x.Count(i), exponent)
	}
	return f
}

// power is n^exponent, 0 for n = 0.
func power(n int, exponent float64) float32 {
	if n == 0 {
		return 0
	}
	return float32(math.Pow(float64(n), exponent))
}
