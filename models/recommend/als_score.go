package recommend

import "verso/models/recommend/dense"

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

// ScoresOf scores up to 8 histories at once.
func (m *ALS) ScoresOf(histories []History, scores [][]float32) {
	f := m.Options.Factors
	w := newSolver(&m.gram)
	x := make([]float32, dense.Rows*f)
	for k, h := range histories {
		w.items[k], w.weights[k] = h.Item, h.Weight
	}
	w.solve(x, len(histories), foldSteps)
	packed := make([]float32, dense.Rows*f)
	for k := range histories {
		for i, v := range x[k*f : (k+1)*f] {
			packed[i*dense.Rows+k] = v
		}
	}
	var tile [dense.Rows * dense.Columns]float32
	for from := 0; from < m.Items; from += dense.Columns {
		clear(tile[:])
		dense.Tile(f, packed, m.right[from*f:], tile[:], dense.Columns)
		for k := range histories {
			copy(scores[k][from:min(from+dense.Columns, m.Items)], tile[k*dense.Columns:(k+1)*dense.Columns])
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
