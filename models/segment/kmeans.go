package segment

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"golang.org/x/sync/errgroup"
)

// KMeans is a fitted k-means partition in standardised units.
type KMeans struct {
	Centers    [][]float64 // by segment, then by feature kept
	Inertia    float64     // sum of squared distances to the nearest centre
	Iterations int         // of the best start
	Converged  bool        // no row changed its segment in the last iteration
	Starts     int
}

// maxLloyd bounds the iterations of one start.
const maxLloyd = 300

// nearlyStill is the sum of squared moves of all centres, in standardised units,
// at which k-means fitted only to compare numbers of segments stops.
const nearlyStill = 1e-4

// lloydPlan is how a partition is sought.
type lloydPlan struct {
	k, starts int
	seed      uint64
	still     float64 // centres that move less are at rest; 0: until no row changes
	workers   int
}

// fitKMeans runs k-means from several starts and keeps the lowest inertia, the
// earliest start among equals. Every start is one worker's, in a fixed order of
// sums, so that the number of workers does not change a bit.
func fitKMeans(ctx context.Context, p points, plan lloydPlan) (*KMeans, []int, error) {
	runs := make([]*lloyd, plan.starts)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, plan.workers))
	for s := range runs {
		group.Go(func() error {
			l := newLloyd(p, seeds(p, plan.k, stream(plan.seed, streamStart, s)))
			l.still = plan.still
			runs[s] = l
			return l.run(ctx)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	best := runs[0]
	for _, l := range runs[1:] {
		if l.inertia < best.inertia {
			best = l
		}
	}
	m := &KMeans{Centers: make([][]float64, plan.k), Inertia: best.inertia, Iterations: best.iterations, Converged: best.converged, Starts: plan.starts}
	for c := range plan.k {
		m.Centers[c] = slices.Clone(best.center(c))
	}
	return m, best.label, nil
}

// seeds chooses k rows as first centres by k-means++ (Arthur & Vassilvitskii
// 2007), each the best of 2 + log k tries.
func seeds(p points, k int, rng *rand.Rand) []float64 {
	centers := make([]float64, 0, k*p.d)
	near, best, try := make([]float64, p.n), make([]float64, p.n), make([]float64, p.n)
	for i := range near {
		near[i] = math.Inf(1)
	}
	total, tries := 0.0, 1
	for c := range k {
		lowest, chosen := math.Inf(1), -1
		for range tries {
			i := rng.IntN(p.n)
			if c > 0 {
				i = pick(near, rng.Float64()*total)
			}
			sum := 0.0
			for j := range p.n {
				try[j] = min(near[j], squared(p.row(j), p.row(i)))
				sum += try[j]
			}
			if sum < lowest {
				lowest, chosen = sum, i
				best, try = try, best
			}
		}
		near, best = best, near
		total, tries = lowest, 2+int(math.Log(float64(k)))
		centers = append(centers, p.row(chosen)...)
	}
	return centers
}

// pick is the index at which the running sum of weights passes the target.
func pick(weights []float64, target float64) int {
	last, sum := 0, 0.0
	for i, w := range weights {
		if w > 0 {
			last = i
			if sum += w; sum > target {
				return i
			}
		}
	}
	return last
}

// lloyd is one start of Lloyd's algorithm with Hamerly's bounds (2010): a row
// whose distance to its centre is below both half the distance to the next
// centre and a bound on its distance to any other needs no look.
type lloyd struct {
	points
	k          int
	centers    []float64
	label      []int
	upper      []float64 // at least the distance to the own centre
	lower      []float64 // at most the distance to any other
	still      float64
	inertia    float64
	iterations int
	converged  bool
}

func newLloyd(p points, centers []float64) *lloyd {
	return &lloyd{points: p, k: len(centers) / p.d, centers: centers,
		label: make([]int, p.n), upper: make([]float64, p.n), lower: make([]float64, p.n)}
}

func (l *lloyd) center(c int) []float64 { return l.centers[c*l.d : (c+1)*l.d : (c+1)*l.d] }

func (l *lloyd) run(ctx context.Context) error {
	for i := range l.n {
		l.look(i)
	}
	for l.iterations = 1; l.iterations <= maxLloyd; l.iterations++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		moved := l.move()
		if l.reassign() == 0 || moved < l.still {
			l.converged = true
			break
		}
	}
	l.iterations = min(l.iterations, maxLloyd)
	l.inertia = 0
	for i := range l.n { // once more without bounds, so that ties fall to the lower number
		l.look(i)
		l.inertia += l.upper[i] * l.upper[i]
	}
	return nil
}

// look finds the nearest centre of a row, the lowest number among equals, and
// sets both bounds to exact distances.
func (l *lloyd) look(i int) {
	first, second, at := math.Inf(1), math.Inf(1), 0
	for c := range l.k {
		switch d := squared(l.row(i), l.center(c)); {
		case d < first:
			first, second, at = d, first, c
		case d < second:
			second = d
		}
	}
	l.label[i], l.upper[i], l.lower[i] = at, math.Sqrt(first), math.Sqrt(second)
}

// reassign moves rows to their nearest centre and counts those that changed.
func (l *lloyd) reassign() (changed int) {
	half := make([]float64, l.k) // half the distance to the nearest other centre
	for c := range l.k {
		half[c] = math.Inf(1)
		for o := range l.k {
			if o != c {
				half[c] = min(half[c], math.Sqrt(squared(l.center(c), l.center(o)))/2)
			}
		}
	}
	for i := range l.n {
		own := l.label[i]
		bound := max(half[own], l.lower[i])
		if l.upper[i] <= bound {
			continue
		}
		if l.upper[i] = math.Sqrt(squared(l.row(i), l.center(own))); l.upper[i] <= bound {
			continue
		}
		if l.look(i); l.label[i] != own {
			changed++
		}
	}
	return changed
}

// move puts every centre at the mean of its rows and loosens the bounds by how
// far centres went. It returns the sum of their squared moves.
func (l *lloyd) move() (moved float64) {
	sums, counts := make([]float64, l.k*l.d), make([]int, l.k)
	for i := range l.n {
		c := l.label[i]
		counts[c]++
		s := sums[c*l.d : (c+1)*l.d]
		for j, v := range l.row(i) {
			s[j] += v
		}
	}
	l.refill(sums, counts)
	shift, far, next, farthest := make([]float64, l.k), 0.0, 0.0, 0
	for c := range l.k {
		mean := sums[c*l.d : (c+1)*l.d]
		for j := range mean {
			mean[j] /= float64(counts[c])
		}
		shift[c] = math.Sqrt(squared(mean, l.center(c)))
		moved += shift[c] * shift[c]
		switch {
		case shift[c] > far:
			far, next, farthest = shift[c], far, c
		case shift[c] > next:
			next = shift[c]
		}
	}
	l.centers = sums
	for i, c := range l.label {
		l.upper[i] += shift[c]
		if c == farthest {
			l.lower[i] -= next
		} else {
			l.lower[i] -= far
		}
	}
	return moved
}

// refill gives an empty segment the row farthest from its own centre, the
// earliest among equals, out of a segment that keeps others.
func (l *lloyd) refill(sums []float64, counts []int) {
	for c := range l.k {
		if counts[c] > 0 {
			continue
		}
		farthest, at := -1.0, -1
		for i, own := range l.label {
			if counts[own] > 1 {
				if d := squared(l.row(i), l.center(own)); d > farthest {
					farthest, at = d, i
				}
			}
		}
		own := l.label[at]
		for j, v := range l.row(at) {
			sums[own*l.d+j] -= v
			sums[c*l.d+j] += v
		}
		counts[own]--
		counts[c]++
		l.label[at], l.upper[at], l.lower[at] = c, math.Inf(1), 0
	}
}
