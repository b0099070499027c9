// Package segment divides customers by behaviour: features brought to a common
// scale, Gaussian mixtures or k-means, the number of segments chosen by stated
// criteria, each segment named by what sets it apart and tested for whether it
// is found again in other samples.
//
// The same input and seed give the same bytes on any number of cores, and the
// order of rows does not matter.
package segment

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Method is how customers are divided.
type Method string

// The methods. K-means finds round segments. A mixture finds segments of
// differing spread and direction too and says how sure each place is, but takes
// every lump in the data for a segment, such as the customers with one order
// whose shares are all 0 or 1; it suits features without such lumps.
const (
	KMeansModel  Method = "kmeans"
	MixtureModel Method = "mixture"
)

// Options steer the fit. The zero value means the documented defaults.
type Options struct {
	Method      Method       // "" means KMeansModel
	K           int          // number of segments; 0: chosen from KMin to KMax
	KMin, KMax  int          // 0 means 1 and 8; KMax is lowered to a tenth of the rows
	Criterion   Criterion    // "" means PredictionStrength for k-means, BIC for mixtures
	Covariances []Covariance // shapes tried; nil means all three
	Robust      bool         // scale all features by median and interquartile range
	Seed        uint64

	Starts          int     // 0 means 4 for mixtures, 10 for k-means
	VarianceFloor   float64 // least variance of a segment on any axis, in standardised units; 0 means 0.05
	Tolerance       float64 // EM ends when the mean log-likelihood rises by less; 0 means 1e-6
	Iterations      int     // at most so many of EM; 0 means 500
	SampleSize      int     // rows on which the number is chosen and stability measured; 0 means 5 000
	SilhouetteRows  int     // rows of silhouettes and of the gap statistic; 0 means 2 000
	References      int     // reference sets of the gap statistic; 0 means 10
	Splits          int     // halvings of the prediction strength; 0 means 20
	Bootstraps      int     // samples of the stability; 0 means 30, below 0 none
	NameTraits      int     // traits in a name; 0 means 2
	LeastDifference float64 // in standard deviations, from which a trait sets a segment apart; 0 means 0.5
	Average         Words   // the name of a segment that nothing sets apart; empty means "average", "一般"

	workers int
}

func set[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// leastRows is the fewest customers that are divided.
const leastRows = 10

func (o Options) filled(n, distinct int) (Options, error) {
	set(&o.Method, KMeansModel)
	mixture := o.Method == MixtureModel
	if mixture {
		set(&o.Starts, 4)
		set(&o.Criterion, BIC)
	} else {
		set(&o.Starts, 10)
		set(&o.Criterion, PredictionStrength)
	}
	set(&o.KMin, 1)
	set(&o.KMax, 8)
	if o.Covariances == nil {
		o.Covariances = []Covariance{Diagonal, Full, Tied}
	}
	set(&o.VarianceFloor, .05)
	set(&o.Tolerance, 1e-6)
	set(&o.Iterations, 500)
	set(&o.SampleSize, 5000)
	set(&o.SilhouetteRows, 2000)
	set(&o.References, 10)
	set(&o.Splits, 20)
	set(&o.Bootstraps, 30)
	set(&o.NameTraits, 2)
	set(&o.LeastDifference, .5)
	set(&o.Average, Words{"average", "一般"})
	o.workers = runtime.GOMAXPROCS(0)
	if err := o.check(mixture); err != nil {
		return o, err
	}
	switch {
	case n < leastRows:
		return o, fmt.Errorf("%w: %d, at least %d are needed", ErrTooFew, n, leastRows)
	case o.K > 0 && (o.K > distinct || o.K > n/2):
		return o, fmt.Errorf("%w: %d customers with %d different behaviours cannot make %d segments", ErrTooFew, n, distinct, o.K)
	case o.K > 0:
		o.KMin, o.KMax = o.K, o.K
	default:
		o.KMax = max(o.KMin, min(o.KMax, n/10, distinct))
		if o.KMin > distinct || o.KMin > n/2 {
			return o, fmt.Errorf("%w: %d customers with %d different behaviours cannot make %d segments", ErrTooFew, n, distinct, o.KMin)
		}
	}
	return o, nil
}

func (o Options) check(mixture bool) error {
	fits := map[Criterion]bool{BIC: mixture, ICL: mixture, PredictionStrength: !mixture, Silhouette: !mixture, CalinskiHarabasz: !mixture, Gap: !mixture}
	unknown := func(c Covariance) bool { return c != Diagonal && c != Full && c != Tied }
	switch {
	case o.Method != MixtureModel && o.Method != KMeansModel:
		return fmt.Errorf("segment: unknown method %q; there are %s and %s", o.Method, MixtureModel, KMeansModel)
	case !fits[o.Criterion]:
		return fmt.Errorf("segment: the criterion %q does not belong to the method %s", o.Criterion, o.Method)
	case len(o.Covariances) == 0 || slices.ContainsFunc(o.Covariances, unknown):
		return fmt.Errorf("segment: covariances %v; there are %s, %s and %s", o.Covariances, Diagonal, Full, Tied)
	case o.K < 0 || o.KMin < 1 || o.KMax < o.KMin:
		return fmt.Errorf("segment: %d segments, or %d to %d, cannot be made", o.K, o.KMin, o.KMax)
	case o.K == 0 && o.KMax == 1:
		return fmt.Errorf("segment: there is nothing to choose between 1 and 1; set K")
	case o.Starts < 1 || o.Iterations < 1 || o.References < 2 || o.Splits < 2 || o.SampleSize < 100 || o.SilhouetteRows < 50 || o.NameTraits < 1:
		return fmt.Errorf("segment: %d starts, %d iterations, %d references, %d splits, samples of %d and %d rows, %d traits: one is too small",
			o.Starts, o.Iterations, o.References, o.Splits, o.SampleSize, o.SilhouetteRows, o.NameTraits)
	case !(o.VarianceFloor > 0 && o.VarianceFloor < 1) || !(o.Tolerance > 0) || !(o.LeastDifference > 0):
		return fmt.Errorf("segment: variance floor %v, tolerance %v, least difference %v: want each above 0, the floor below 1", o.VarianceFloor, o.Tolerance, o.LeastDifference)
	}
	return nil
}

// Model is a fitted segmentation.
type Model struct {
	Method    Method
	Rows      int
	K         int // segments found; see Warnings when it is not the number asked for
	Seed      uint64
	Scales    []Scale   // by feature, in the order of the input
	Labels    []int     // by row, the segment's index
	Certainty []float64 // by row, the probability of the segment given a mixture; nil for k-means
	Segments  []Segment // from the largest to the smallest
	Choice    Choice
	Stability Stability
	// Silhouette is the mean over a sample of SilhouetteRows rows.
	Silhouette     float64
	SilhouetteRows int
	KMeans         *KMeans  // one of the two, with segments in the order of Segments
	Mixture        *Mixture // the other is nil
	Warnings       []Words  // what a reader must know
}

// Fit divides the customers.
//
// It returns ErrShape, ErrValue, ErrTooFew or ErrUniform, wrapped, when they
// cannot be divided; that they form no groups is an answer, one segment, not an
// error.
func Fit(ctx context.Context, d Data, o Options) (*Model, error) {
	scales, input, err := standardise(d, o.Robust)
	if err != nil {
		return nil, err
	}
	if input.n < leastRows {
		return nil, fmt.Errorf("%w: %d, at least %d are needed", ErrTooFew, input.n, leastRows)
	}
	if input.d == 0 {
		return nil, fmt.Errorf("%w: all %d features are the same for all customers", ErrUniform, len(scales))
	}
	order := input.canonical()
	p := input.take(order)
	if o, err = o.filled(p.n, p.distinct()); err != nil {
		return nil, err
	}
	m := &Model{Method: o.Method, Rows: p.n, Seed: o.Seed, Scales: scales}
	rows := sample(stream(o.Seed, streamSample, 0), p.n, o.SampleSize)
	list, err := candidates(ctx, p.take(rows), o)
	if err != nil {
		return nil, err
	}
	m.Choice = choose(list, o, len(rows), p.n)
	label, err := m.settle(ctx, p, list[m.Choice.Chosen], o)
	if err != nil {
		return nil, err
	}
	m.Labels = make([]int, p.n)
	for i, row := range order {
		m.Labels[row] = label[i]
	}
	if err := m.certainties(ctx, input, o.workers); err != nil {
		return nil, err
	}
	if err := m.describe(ctx, d, p, label, order, o); err != nil {
		return nil, err
	}
	return m, nil
}

// settle fits the chosen candidate on all rows, numbers its segments by size and
// returns the labels.
func (m *Model) settle(ctx context.Context, p points, f fitted, o Options) (label []int, err error) {
	m.KMeans, m.Mixture, label = f.kmeans, f.mixture, f.label
	if len(label) < p.n {
		if f.kmeans != nil {
			m.KMeans, label, err = fitKMeans(ctx, p, lloydPlan{k: f.K, starts: o.Starts, seed: o.Seed, workers: o.workers})
		} else {
			m.Mixture = f.mixture.clone()
			label, err = m.Mixture.settle(ctx, p, o)
		}
	}
	if err != nil {
		return nil, err
	}
	m.K = f.K
	if empty := m.number(label); empty > 0 {
		if m.Mixture != nil { // what is left has another likelihood
			left, err := m.Mixture.expect(ctx, p, label, o.workers)
			if err != nil {
				return nil, err
			}
			m.Mixture.measure(left, p)
		}
		m.warn(fmt.Sprintf("%d of %d segments are the likeliest for no customer and were left out.", empty, f.K),
			fmt.Sprintf("%d 个客群中有 %d 个不是任何客户最可能的归属,已略去。", f.K, empty))
	}
	if m.Mixture != nil && !m.Mixture.Converged || m.KMeans != nil && !m.KMeans.Converged {
		m.warn("The fit had not converged when its iterations ran out.", "迭代次数用尽时模型尚未收敛。")
	}
	return label, nil
}

// settle improves a mixture on all rows and returns the likeliest components.
func (m *Mixture) settle(ctx context.Context, p points, o Options) ([]int, error) {
	err := m.em(ctx, p, emOptions{m.Covariance, o.VarianceFloor, o.Tolerance, o.Iterations, o.workers})
	if err != nil {
		return nil, err
	}
	label := make([]int, p.n)
	_, err = m.expect(ctx, p, label, o.workers)
	return label, err
}

func (m *Model) warn(en, zh string) { m.Warnings = append(m.Warnings, Words{en, zh}) }

// number puts the segments in order of size, then of centre, drops empty ones
// and renames the labels. It returns how many were empty.
func (m *Model) number(label []int) (empty int) {
	counts := make([]int, m.K)
	for _, c := range label {
		counts[c]++
	}
	centers := m.centers()
	order := make([]int, m.K)
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return slices.Compare(centers[a], centers[b])
	})
	for m.K > 1 && counts[order[m.K-1]] == 0 {
		m.K--
		empty++
	}
	order = order[:m.K]
	name := make([]int, len(counts))
	for to, from := range order {
		name[from] = to
	}
	for i, c := range label {
		label[i] = name[c]
	}
	if m.KMeans != nil {
		m.KMeans.Centers = reorder(m.KMeans.Centers, order)
	} else {
		m.Mixture.reorder(order)
	}
	return empty
}

func (m *Model) centers() [][]float64 {
	if m.KMeans != nil {
		return m.KMeans.Centers
	}
	return m.Mixture.Means
}

func reorder[T any](list []T, order []int) []T {
	out := make([]T, len(order))
	for to, from := range order {
		out[to] = list[from]
	}
	return out
}

func (m *Mixture) reorder(order []int) {
	m.Weights, m.Means = reorder(m.Weights, order), reorder(m.Means, order)
	if m.Covariance != Tied {
		m.Sigma, m.Bounded, m.factors = reorder(m.Sigma, order), reorder(m.Bounded, order), reorder(m.factors, order)
	}
	total := 0.0
	for _, w := range m.Weights {
		total += w
	}
	for c := range m.Weights {
		m.Weights[c] /= total
	}
}

// certainties fills in the probability of each row's own segment.
func (m *Model) certainties(ctx context.Context, p points, workers int) error {
	if m.Mixture == nil {
		return nil
	}
	m.Certainty = make([]float64, p.n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for from := 0; from < p.n; from += chunk {
		group.Go(func() error {
			r, deviation := make([]float64, m.K), make([]float64, p.d)
			for i := from; i < min(p.n, from+chunk); i++ {
				m.Mixture.densities(p.row(i), deviation, r)
				m.Certainty[i] = r[m.Labels[i]]
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

// Assign places one customer by its raw values, one a feature in the order of
// the input, NaN for missing. probabilities are those of each segment given a
// mixture, nil for k-means.
func (m *Model) Assign(values []float64) (segment int, probabilities []float64, err error) {
	if len(values) != len(m.Scales) {
		return 0, nil, fmt.Errorf("%w: %d values for %d features", ErrShape, len(values), len(m.Scales))
	}
	row := make([]float64, 0, len(values))
	for c, x := range values {
		s := &m.Scales[c]
		if s.Dropped {
			continue
		}
		z, err := s.z(x)
		if err != nil {
			return 0, nil, err
		}
		row = append(row, z)
	}
	if m.Mixture != nil {
		probabilities = make([]float64, m.K)
		m.Mixture.densities(row, make([]float64, len(row)), probabilities)
		return largest(probabilities), probabilities, nil
	}
	return m.KMeans.nearest(row), nil, nil
}
