package segment

import (
	"context"
	"errors"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Mixture is a fitted mixture of Gaussian components in standardised units.
type Mixture struct {
	Covariance Covariance
	Weights    []float64   // by segment, adding up to 1
	Means      [][]float64 // by segment, then by feature kept
	// Sigma holds the covariance of every segment (one only when Tied): the
	// diagonal, or the rows of the lower triangle.
	Sigma         [][]float64
	LogLikelihood float64 // in standardised units
	Parameters    int
	AIC, BIC, ICL float64 // lower is better; ICL is BIC plus twice the entropy of the assignment (Biernacki, Celeux & Govaert 2000)
	Iterations    int
	Converged     bool
	// Bounded counts, by segment, the axes whose variance rests on the floor: the
	// data is flatter there than Options.VarianceFloor lets a segment be, as when
	// all members share one value.
	Bounded []int

	factors []factor
}

// errSingular cannot happen above the variance floor with finite data; it is an
// error all the same, not a panic.
var errSingular = errors.New("segment: a covariance could not be factored")

// emOptions steer one run of EM.
type emOptions struct {
	covariance Covariance
	floor      float64
	tolerance  float64 // of the mean log-likelihood
	iterations int
	workers    int
}

// chunk is the number of rows summed at a time; sums of chunks are added in
// order.
const chunk = 1024

// newMixture starts from a partition: one component a label.
func newMixture(p points, label []int, k int, o emOptions) (*Mixture, error) {
	m := &Mixture{Covariance: o.covariance, Means: make([][]float64, k)}
	for c := range k {
		m.Means[c] = make([]float64, p.d)
	}
	s := newSums(o.covariance, k, p.d)
	deviation := make([]float64, p.d)
	for i, c := range label {
		s.add(c, 1, p.row(i), m.Means[c], deviation)
	}
	return m, m.maximise(s, p.n, o)
}

// clone copies the parameters, not what was measured.
func (m *Mixture) clone() *Mixture {
	c := &Mixture{Covariance: m.Covariance, Weights: slices.Clone(m.Weights), factors: m.factors, Bounded: m.Bounded}
	for _, mean := range m.Means {
		c.Means = append(c.Means, slices.Clone(mean))
	}
	for _, sigma := range m.Sigma {
		c.Sigma = append(c.Sigma, slices.Clone(sigma))
	}
	return c
}

// sums are what the M step needs: by component the responsibility, and the sums
// of deviations from the old mean and of their products, weighted with it.
type sums struct {
	covariance Covariance
	d          int
	weight     []float64
	first      [][]float64
	second     [][]float64
	like       float64
	entropy    float64
}

func newSums(c Covariance, k, d int) *sums {
	s := &sums{covariance: c, d: d, weight: make([]float64, k), first: make([][]float64, k), second: make([][]float64, k)}
	for i := range k {
		s.first[i], s.second[i] = make([]float64, d), make([]float64, c.size(d))
	}
	return s
}

func (s *sums) add(c int, r float64, row, mean, deviation []float64) {
	for j, v := range row {
		deviation[j] = v - mean[j]
	}
	s.weight[c] += r
	first, second := s.first[c], s.second[c]
	if s.covariance == Diagonal {
		for j, v := range deviation {
			first[j] += r * v
			second[j] += r * v * v
		}
		return
	}
	k := 0
	for i, v := range deviation {
		rv := r * v
		first[i] += rv
		for j, w := range deviation[:i+1] {
			second[k+j] += rv * w
		}
		k += i + 1
	}
}

func (s *sums) join(o *sums) {
	s.like += o.like
	s.entropy += o.entropy
	for c, w := range o.weight {
		s.weight[c] += w
		for j, v := range o.first[c] {
			s.first[c][j] += v
		}
		for j, v := range o.second[c] {
			s.second[c][j] += v
		}
	}
}

// densities writes the responsibilities of all components for a row and returns
// the logarithm of its density.
func (m *Mixture) densities(row, deviation, out []float64) float64 {
	highest := math.Inf(-1)
	for c, mean := range m.Means {
		for j, v := range row {
			deviation[j] = v - mean[j]
		}
		f := m.factors[min(c, len(m.factors)-1)]
		out[c] = math.Log(m.Weights[c]) - f.halfLog - f.distance(deviation)/2
		highest = max(highest, out[c])
	}
	total := 0.0
	for c, l := range out {
		out[c] = math.Exp(l - highest)
		total += out[c]
	}
	for c := range out {
		out[c] /= total
	}
	return highest + math.Log(total) - float64(len(row))/2*math.Log(2*math.Pi)
}

// negligible responsibilities add nothing to the sums that could be seen.
const negligible = 1e-12

// expect runs the E step and sums what the M step needs. With label, it writes
// the most likely component of each row instead of summing.
func (m *Mixture) expect(ctx context.Context, p points, label []int, workers int) (*sums, error) {
	k := len(m.Means)
	parts := make([]*sums, (p.n+chunk-1)/chunk)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, workers))
	for b := range parts {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			s, deviation, r := newSums(m.Covariance, k, p.d), make([]float64, p.d), make([]float64, k)
			for i := b * chunk; i < min(p.n, (b+1)*chunk); i++ {
				s.like += m.densities(p.row(i), deviation, r)
				for c, v := range r {
					if v > 0 {
						s.entropy -= v * math.Log(v)
					}
					if v > negligible && label == nil {
						s.add(c, v, p.row(i), m.Means[c], deviation)
					}
				}
				if label != nil {
					label[i] = largest(r)
				}
			}
			parts[b] = s
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, s := range parts[1:] {
		parts[0].join(s)
	}
	return parts[0], nil
}

// largest is the index of the largest value, the first among equals.
func largest(values []float64) (at int) {
	for c, v := range values {
		if v > values[at] {
			at = c
		}
	}
	return at
}

// maximise sets the parameters from the sums: the M step.
func (m *Mixture) maximise(s *sums, n int, o emOptions) error {
	k := len(m.Means)
	m.Weights, m.Sigma, m.Bounded, m.factors = make([]float64, k), nil, make([]int, k), nil
	tied := make([]float64, o.covariance.size(s.d))
	total := 0.0
	for _, w := range s.weight {
		total += w
	}
	for c, w := range s.weight {
		m.Weights[c] = w / total
		if w <= 0 { // nobody is left: the component stays where it is, without weight
			m.Sigma = append(m.Sigma, slices.Repeat([]float64{0}, len(tied)))
			continue
		}
		sigma, at := slices.Clone(s.second[c]), 0
		for i := range s.d {
			shift := s.first[c][i] / w
			if o.covariance == Diagonal {
				sigma[i] = sigma[i]/w - shift*shift
				continue
			}
			for j := range i + 1 {
				sigma[at] = sigma[at]/w - shift*s.first[c][j]/w
				at++
			}
		}
		for j := range m.Means[c] {
			m.Means[c][j] += s.first[c][j] / w
		}
		for j, v := range sigma {
			tied[j] += v * w / total
		}
		m.Sigma = append(m.Sigma, sigma)
	}
	if o.covariance == Tied {
		m.Sigma = [][]float64{tied}
	}
	return m.factorise(s.d, o.floor)
}

func (m *Mixture) factorise(d int, floor float64) error {
	for c, sigma := range m.Sigma {
		f, at, ok := bounded(m.Covariance, d, sigma, floor)
		if !ok {
			return errSingular
		}
		m.factors = append(m.factors, f)
		for _, on := range at {
			if on {
				m.Bounded[c]++
			}
		}
	}
	return nil
}

// em improves the mixture until the mean log-likelihood no longer rises by the
// tolerance (Dempster, Laird & Rubin 1977), and measures it.
func (m *Mixture) em(ctx context.Context, p points, o emOptions) error {
	last := math.Inf(-1)
	for m.Iterations = 0; ; m.Iterations++ {
		s, err := m.expect(ctx, p, nil, o.workers)
		if err != nil {
			return err
		}
		m.measure(s, p)
		if m.Converged = s.like-last <= o.tolerance*float64(p.n); m.Converged || m.Iterations >= o.iterations {
			return nil
		}
		last = s.like
		if err := m.maximise(s, p.n, o); err != nil {
			return err
		}
	}
}

func (m *Mixture) measure(s *sums, p points) {
	m.LogLikelihood = s.like
	m.Parameters = m.Covariance.parameters(len(m.Means), p.d)
	m.AIC = -2*s.like + 2*float64(m.Parameters)
	m.BIC = -2*s.like + float64(m.Parameters)*math.Log(float64(p.n))
	m.ICL = m.BIC + 2*s.entropy
}

// emPlan is how a mixture is sought: short runs from several starts, the best of
// them run to its end (Biernacki, Celeux & Govaert 2003).
type emPlan struct {
	starts int
	short  int
	long   emOptions
}

// fitMixture fits k components. Even starts are k-means partitions, odd ones
// those of k-means++ seeds alone, which are more varied.
func fitMixture(ctx context.Context, p points, k int, plan emPlan, seed uint64) (*Mixture, error) {
	var best *Mixture
	for s := range plan.starts {
		l := newLloyd(p, seeds(p, k, stream(seed, streamStart, s)))
		for i := range l.n {
			l.look(i)
		}
		if s%2 == 0 {
			if err := l.run(ctx); err != nil {
				return nil, err
			}
		}
		m, err := newMixture(p, l.label, k, plan.long)
		if err != nil {
			return nil, err
		}
		short := plan.long
		short.iterations = min(plan.short, plan.long.iterations)
		if err := m.em(ctx, p, short); err != nil {
			return nil, err
		}
		if best == nil || m.LogLikelihood > best.LogLikelihood {
			best = m
		}
	}
	if best.Converged {
		return best, nil
	}
	before := best.Iterations
	err := best.em(ctx, p, plan.long)
	best.Iterations += before
	return best, err
}
