package recommend

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// On a catalogue much larger than what a history reaches, a blend goes through the
// titles reached alone; one who has much is scored in full. Both are the sum of
// the models' scores over their spread, whoever else is in the batch.
func TestBlendOfFewTitles(t *testing.T) {
	const users, items = 60, 5000
	rng := rand.New(rand.NewPCG(1, 4))
	var r Rows
	for u := range users {
		n := 5
		if u == 3 {
			n = 400
		}
		for range n {
			r.User, r.Item = append(r.User, int32(u)), append(r.Item, int32(rng.IntN(items/20)))
		}
	}
	x, err := Build(r, users, items, Weighting{})
	if err != nil {
		t.Fatal(err)
	}
	knn, err := FitKNN(x, KNNOptions{})
	if err != nil {
		t.Fatal(err)
	}
	popular := FitPopularity(x, 0)
	als, err := FitALS(t.Context(), x, ALSOptions{Factors: 64, Iterations: 3})
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewBlend(items, []Model{knn, popular, als}, []float64{.5, .2, .3})
	if err != nil {
		t.Fatal(err)
	}
	histories := []History{x.History(2), x.History(3), {}, x.History(4)}
	for u := 5; u < 24; u++ { // more than are scored in one tile
		histories = append(histories, x.History(u))
	}
	together := make([][]float32, len(histories))
	for n := range together {
		together[n] = make([]float32, items)
	}
	b.ScoresOf(histories, together)
	one, part := make([]float32, items), make([]float32, items)
	for n, h := range histories {
		b.Scores(h, one)
		if !slices.Equal(one, together[n]) {
			t.Errorf("history %d: other scores alone than in a batch", n)
		}
		want := make([]float64, items)
		for k, m := range b.Models {
			m.Scores(h, part)
			if s := spread(part); s > 0 {
				for i, v := range part {
					want[i] += b.Weights[k] / s * float64(v)
				}
			}
		}
		for i := range want {
			if math.Abs(want[i]-float64(one[i])) > 1e-4*(1+math.Abs(want[i])) {
				t.Fatalf("history %d, title %d: %v, want %v", n, i, one[i], want[i])
			}
		}
	}
	reached, few := knn.scatter(x.History(2), make([]float32, items), nil)
	if _, many := knn.scatter(x.History(3), make([]float32, items), nil); !few || many || len(reached) == 0 {
		t.Errorf("few: %v of %d titles, many: %v", few, len(reached), many)
	}
}
