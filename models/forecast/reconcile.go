package forecast

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Reconciliation is a way to make the forecasts of a hierarchy coherent.
type Reconciliation string

// The ways.
const (
	BottomUp   Reconciliation = "bottom-up"  // sums of the leaves' forecasts
	TopDown    Reconciliation = "top-down"   // the top's forecast by forecast proportions (Athanasopoulos et al. 2009); trees only
	Structural Reconciliation = "structural" // least squares weighted by the number of leaves in each sum (WLS-struct)
	MinT       Reconciliation = "mint"       // minimum trace with a shrunken error covariance (Wickramasuriya et al. 2019)
)

// mostSums bounds the linear system of Structural and MinT.
const mostSums = 4000

// Reconcile makes forecasts coherent: base holds one slice of steps a node and
// then one a leaf, and so does the result. MinT needs past one-step errors in the
// same order, one slice a series, all of one length, at least three each.
func (s *Structure) Reconcile(base [][]float64, how Reconciliation, errs [][]float64) ([][]float64, error) {
	if len(base) != s.size() {
		return nil, fmt.Errorf("%w: %d forecasts for %d nodes and leaves", ErrStructure, len(base), s.size())
	}
	for i, b := range base {
		if len(b) != len(base[0]) {
			return nil, fmt.Errorf("%w: forecast %d has %d steps, the first %d", ErrStructure, i, len(b), len(base[0]))
		}
		for _, v := range b {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("%w: forecast %d holds %v", ErrStructure, i, v)
			}
		}
	}
	leaves := make([][]float64, s.Leaves)
	for l := range leaves {
		leaves[l] = append([]float64(nil), base[len(s.Nodes)+l]...)
	}
	switch how {
	case BottomUp:
	case TopDown:
		if s.parent == nil {
			return nil, fmt.Errorf("%w: top-down needs a tree", ErrStructure)
		}
		s.topDown(base, leaves)
	case Structural, MinT:
		w, err := s.weights(how, errs)
		if err != nil {
			return nil, err
		}
		if err := s.project(base, leaves, w); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("forecast: no reconciliation %q: there are bottom-up, top-down, structural and mint", string(how))
	}
	return s.Aggregate(leaves), nil
}

// topDown splits the forecast of the top along the tree, each node's by its
// children's shares in the sum of their own forecasts; equal shares where that
// sum is zero.
func (s *Structure) topDown(base, leaves [][]float64) {
	children := make([][]int, len(s.Nodes))
	top := 0
	for child, p := range s.parent {
		if p < 0 {
			top = child
		} else {
			children[p] = append(children[p], child)
		}
	}
	for i := range base[0] {
		var down func(node int, value float64)
		down = func(node int, value float64) {
			if node >= len(s.Nodes) {
				leaves[node-len(s.Nodes)][i] = value
				return
			}
			var sum float64
			for _, c := range children[node] {
				sum += base[c][i]
			}
			for _, c := range children[node] {
				share := 1 / float64(len(children[node]))
				if sum != 0 {
					share = base[c][i] / sum
				}
				down(c, share*value)
			}
		}
		down(top, base[top][i])
	}
}

// covariance is the error covariance of all nodes and leaves as a diagonal plus
// keep·E·E', with E the errors over √n, one row a series; nil: diagonal only.
type covariance struct {
	diagonal []float64
	errors   [][]float64
	keep     float64 // 1 − λ
}

func (s *Structure) weights(how Reconciliation, errs [][]float64) (*covariance, error) {
	w := &covariance{diagonal: make([]float64, s.size())}
	if how == Structural {
		for i := range w.diagonal {
			w.diagonal[i] = 1
			if i < len(s.Nodes) {
				w.diagonal[i] = float64(len(s.Nodes[i]))
			}
		}
		return w, nil
	}
	if len(errs) != s.size() {
		return nil, fmt.Errorf("%w: errors of %d series for %d nodes and leaves", ErrStructure, len(errs), s.size())
	}
	n := len(errs[0])
	for i, list := range errs {
		if len(list) != n || n < 3 {
			return nil, fmt.Errorf("%w: series %d has %d errors, the first %d: MinT needs as many of each, at least 3", ErrStructure, i, len(list), n)
		}
	}
	w.keep = 1 - Shrinkage(errs)
	variance := make([]float64, len(errs))
	for i, list := range errs {
		scaled := make([]float64, n)
		for k, v := range list {
			scaled[k] = v / math.Sqrt(float64(n))
			variance[i] += scaled[k] * scaled[k]
		}
		w.errors = append(w.errors, scaled)
	}
	mean := average(variance)
	if mean == 0 {
		return s.weights(Structural, nil)
	}
	for i, v := range variance {
		// A series without any error would be taken as known for certain.
		w.diagonal[i] = math.Max((1-w.keep)*v, 1e-8*mean)
	}
	return w, nil
}

// Shrinkage is the intensity λ, 0 to 1, with which the correlations of the
// errors are drawn to zero (Schäfer & Strimmer 2005, for errors taken as centred
// at zero): the sum of the variances of the correlations over the sum of their
// squares, over all pairs of series. It is 1 for a single series.
func Shrinkage(errs [][]float64) float64 {
	unit := make([][]float64, len(errs))
	for i, list := range errs {
		var squares float64
		for _, v := range list {
			squares += v * v
		}
		unit[i] = make([]float64, len(list))
		if root := math.Sqrt(squares / float64(len(list))); root > 0 {
			for k, v := range list {
				unit[i][k] = v / root
			}
		}
	}
	var variance, squares float64
	for i := range unit {
		for j := 0; j < i; j++ {
			n := float64(len(unit[i]))
			var sum, square float64
			for k, v := range unit[i] {
				p := v * unit[j][k]
				sum += p
				square += p * p
			}
			r := sum / n
			variance += (square/n - r*r) / (n - 1)
			squares += r * r
		}
	}
	if squares == 0 || len(errs) < 2 {
		return 1
	}
	return math.Min(1, math.Max(0, variance/squares))
}

// project writes the leaves of S·(S'W⁻¹S)⁻¹·S'W⁻¹·base, in its equal form with
// the constraints C = [I, −A] (Wickramasuriya et al. 2019, equation 10):
// base − W·C'·(C·W·C')⁻¹·C·base. The system has one row a sum.
func (s *Structure) project(base, leaves [][]float64, w *covariance) error {
	sums := len(s.Nodes)
	if sums == 0 {
		return nil
	}
	if sums > mostSums {
		return fmt.Errorf("forecast: %d sums are too many to reconcile at once, at most %d: reconcile parts of the hierarchy, or bottom-up", sums, mostSums)
	}
	system, moved := s.system(w)
	gap := mat.NewDense(sums, len(base[0]), s.gaps(base))
	var factor mat.Cholesky
	if !factor.Factorize(system) {
		return fmt.Errorf("%w: the sums cannot be told apart (is one listed twice?)", ErrStructure)
	}
	var change mat.Dense
	if err := factor.SolveTo(&change, gap); err != nil {
		return fmt.Errorf("%w: the sums can hardly be told apart: %w", ErrStructure, err)
	}
	for k, node := range s.Nodes {
		for _, l := range node {
			for i := range leaves[l] {
				leaves[l][i] += w.diagonal[sums+l] * change.At(k, i)
			}
		}
	}
	if w.errors == nil {
		return nil
	}
	var common mat.Dense // (C·E)' · change: one row an error
	common.Mul(moved.T(), &change)
	for l := range leaves {
		for i := range leaves[l] {
			for e, v := range w.errors[sums+l] {
				leaves[l][i] -= w.keep * v * common.At(e, i)
			}
		}
	}
	return nil
}

// gaps is C·base: by how much each sum's forecast exceeds its leaves'.
func (s *Structure) gaps(base [][]float64) []float64 {
	var out []float64
	for k, node := range s.Nodes {
		row := append([]float64(nil), base[k]...)
		for _, l := range node {
			for i, v := range base[len(s.Nodes)+l] {
				row[i] -= v
			}
		}
		out = append(out, row...)
	}
	return out
}

// system is C·W·C', and C·E where there are errors.
func (s *Structure) system(w *covariance) (*mat.SymDense, *mat.Dense) {
	sums := len(s.Nodes)
	system := mat.NewSymDense(sums, nil)
	above := make([][]int, s.Leaves)
	for k, node := range s.Nodes {
		system.SetSym(k, k, w.diagonal[k])
		for _, l := range node {
			above[l] = append(above[l], k)
		}
	}
	for l, nodes := range above {
		for a, k := range nodes {
			for _, j := range nodes[a:] {
				system.SetSym(k, j, system.At(k, j)+w.diagonal[sums+l])
			}
		}
	}
	if w.errors == nil {
		return system, nil
	}
	moved := mat.NewDense(sums, len(w.errors[0]), s.gaps(w.errors))
	var product mat.Dense
	product.Mul(moved, moved.T())
	for k := range sums {
		for j := k; j < sums; j++ {
			system.SetSym(k, j, system.At(k, j)+w.keep*product.At(k, j))
		}
	}
	return system, moved
}
