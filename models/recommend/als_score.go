package recommend

import (
	"math"

	"verso/models/recommend/dense"
)

// foldSteps are the conjugate gradient steps of a history, many enough to solve
// its equations to the precision of the numbers.
const foldSteps = 40

// Name is "als".
func (m *ALS) Name() string { return "als" }

// Fold is the factors of a history: the solution of its normal equations.
func (m *ALS) Fold(h History) []float32 {
	w := newSolver(&m.gram)
	x := make([]float32, m.Options.Factors)
	w.items[0], w.weights[0] = h.Item, h.Weight
	w.solve(x, 1, foldSteps)
	return x
}

// Scores are the inner products with the factors of the history.
func (m *ALS) Scores(h History, scores []float32) {
	x := m.Fold(h)
	f := m.Options.Factors
	for i := range scores {
		scores[i] = dense.Dot(x, m.Factors[i*f:(i+1)*f])
	}
}

// ScoresOf scores several histories at once.
func (m *ALS) ScoresOf(histories []History, scores [][]float32) {
	m.tiles(m.foldAll(histories), len(histories), func(k, from int, part []float32) {
		copy(scores[k][from:], part)
	})
}

// addScores adds the scores of histories, each times a weight over its spread, which
// the Gram matrix tells beforehand.
func (m *ALS) addScores(histories []History, weight float64, scores [][]float32) {
	x := m.foldAll(histories)
	scale := make([]float32, len(histories))
	for k := range scale {
		if s := m.spread(x[k*m.Options.Factors : (k+1)*m.Options.Factors]); s > 0 {
			scale[k] = float32(weight / s)
		}
	}
	m.tiles(x, len(histories), func(k, from int, part []float32) {
		dense.Axpy(scale[k], part, scores[k][from:from+len(part)])
	})
}

// foldAll is the factors of histories, one after another.
func (m *ALS) foldAll(histories []History) []float32 {
	f := m.Options.Factors
	w := newSolver(&m.gram)
	x := make([]float32, len(histories)*f)
	for from := 0; from < len(histories); from += dense.Rows {
		count := min(dense.Rows, len(histories)-from)
		for k, h := range histories[from : from+count] {
			w.items[k], w.weights[k] = h.Item, h.Weight
		}
		w.solve(x[from*f:(from+count)*f], count, foldSteps)
	}
	return x
}

// spread is the root mean square of the scores of factors x: xᵀGx over the items,
// where G is the Gram matrix of the item factors.
func (m *ALS) spread(x []float32) float64 {
	f, sum := m.Options.Factors, 0.0
	for c := 0; c < f; c += dense.Columns {
		for i, v := range x {
			sum += float64(v) * float64(dense.Dot(m.gram.right[c*f+i*dense.Columns:c*f+(i+1)*dense.Columns], x[c:c+dense.Columns]))
		}
	}
	return math.Sqrt(max(0, sum/m.Options.Unobserved/float64(max(1, m.Items))))
}

// tilePanels is how many panels of item factors are gone through for all histories
// before the next: they stay in the second cache.
const tilePanels = 8

// tiles gives the scores of count rows of factors piece by piece: part are those of
// row k from one item on, valid until the next.
func (m *ALS) tiles(x []float32, count int, use func(k, from int, part []float32)) {
	f := m.Options.Factors
	packed := make([]float32, (count+dense.Rows-1)/dense.Rows*dense.Rows*f)
	for k := range count {
		to := packed[k/dense.Rows*dense.Rows*f+k%dense.Rows:]
		for i, v := range x[k*f : (k+1)*f] {
			to[i*dense.Rows] = v
		}
	}
	const stride = tilePanels * dense.Columns
	var tile [dense.Rows * stride]float32
	for first := 0; first < m.Items; first += stride {
		end := min(first+stride, m.Items)
		for pack := 0; pack < count; pack += dense.Rows {
			clear(tile[:])
			for from := first; from < end; from += dense.Columns {
				dense.Tile(f, packed[pack*f:], m.right[from*f:], tile[from-first:], stride)
			}
			for k := pack; k < min(pack+dense.Rows, count); k++ {
				at := (k - pack) * stride
				use(k, first, tile[at:at+end-first])
			}
		}
	}
}

// Explain splits the score by own title: with normal matrix A and weights w the
// factors are A⁻¹·Σ w·y, so title i adds w·yᵢ·A⁻¹·y of the item explained.
func (m *ALS) Explain(h History, item int) Explanation {
	f := m.Options.Factors
	w := newSolver(&m.gram)
	w.items[0], w.weights[0] = h.Item, h.Weight
	direction := make([]float32, f)
	w.solveFor(m.Factors[item*f:(item+1)*f], direction)
	reasons := make([]Reason, len(h.Item))
	for k, i := range h.Item {
		reasons[k] = Reason{Part: "als", Item: i, Value: float64(h.Weight[k]) * float64(dense.Dot(direction, m.Factors[int(i)*f:(int(i)+1)*f]))}
	}
	return explained(reasons)
}

// solveFor solves the normal equations of the batch's first row for another
// right side b.
func (w *solver) solveFor(b, x []float32) {
	w.penalties[0] = w.penalty(w.weights[0])
	w.finished[0] = false
	copy(w.residual, b)
	copy(w.p, b)
	scale := dense.Dot(b, b)
	w.norm[0] = scale
	for range foldSteps {
		if w.finished[0] || w.norm[0] <= tolerance*scale {
			return
		}
		w.times(w.p[:w.f], 1)
		w.step(x, 0)
	}
}
