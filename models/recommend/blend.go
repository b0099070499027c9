package recommend

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"verso/models/recommend/dense"
)

// Blend adds models up. Each model's scores are divided by their spread over the
// catalogue for the customer at hand, so that weights mean the same for every
// customer and model. (A mean taken off would change no ranking.)
type Blend struct {
	Items   int
	Models  []Model
	Weights []float64

	spare sync.Pool // of *blending
}

// sparseScorer is a model that gives most titles no score.
type sparseScorer interface {
	// scatter adds scores to sums and lists the titles reached; false when they
	// are many.
	scatter(h History, sums []float32, reached []int32) ([]int32, bool)
}

// blending is the space of a blend at work.
type blending struct {
	*batch
	sums    []float32 // zero between uses
	reached []int32
	values  []float32
}

// NewBlend checks the weights.
func NewBlend(items int, models []Model, weights []float64) (*Blend, error) {
	if len(models) == 0 || len(models) != len(weights) {
		return nil, errors.New("recommend: a blend needs one weight for each of its models")
	}
	for k, w := range weights {
		if math.IsNaN(w) || math.IsInf(w, 0) || w < 0 {
			return nil, fmt.Errorf("recommend: weight %v of %s in a blend: want 0 or more", w, models[k].Name())
		}
	}
	return &Blend{Items: items, Models: models, Weights: weights}, nil
}

// Name is "blend".
func (b *Blend) Name() string { return "blend" }

// spread is the root mean square of the scores; 0 when there is no evidence.
func spread(scores []float32) float64 {
	return math.Sqrt(float64(dense.Dot(scores, scores)) / float64(max(1, len(scores))))
}

// Scores adds the models' scores up.
func (b *Blend) Scores(h History, scores []float32) {
	b.ScoresOf([]History{h}, [][]float32{scores})
}

// ScoresOf scores several histories at once.
func (b *Blend) ScoresOf(histories []History, scores [][]float32) {
	space, _ := b.spare.Get().(*blending)
	if space == nil {
		space = &blending{batch: newBatch(b.Items), sums: make([]float32, b.Items)}
	}
	defer b.spare.Put(space)
	for n := range histories {
		clear(scores[n])
	}
	for k, m := range b.Models {
		if b.Weights[k] == 0 {
			continue
		}
		if space.sparse(m, b.Weights[k], histories, scores) {
			continue
		}
		part := space.scores[:len(histories)]
		scoresOf(m, histories, part)
		for n := range histories {
			if s := spread(part[n]); s > 0 {
				dense.Axpy(float32(b.Weights[k]/s), part[n], scores[n])
			}
		}
	}
}

// sparse adds a model that reaches few titles of a large catalogue, without going
// through the others; false when it is none. A history of which it reaches many is
// scored as any other model would be: the bytes do not depend on who else is in
// the batch.
func (s *blending) sparse(m Model, weight float64, histories []History, scores [][]float32) bool {
	few, ok := m.(sparseScorer)
	if !ok {
		return false
	}
	for n, h := range histories {
		if s.reached, ok = few.scatter(h, s.sums, s.reached[:0]); !ok {
			m.Scores(h, s.scores[0])
			if root := spread(s.scores[0]); root > 0 {
				dense.Axpy(float32(weight/root), s.scores[0], scores[n])
			}
			continue
		}
		squares := 0.0
		s.values = s.values[:0]
		for _, i := range s.reached {
			v := s.sums[i]
			s.sums[i] = 0 // met again it adds nothing
			s.values = append(s.values, v)
			squares += float64(v) * float64(v)
		}
		if squares == 0 {
			continue
		}
		w := float32(weight / math.Sqrt(squares/float64(len(s.sums))))
		for k, i := range s.reached {
			scores[n][i] += float32(w * s.values[k])
		}
	}
	return true
}

// Explain joins the reasons of the models, in units of the blend. A model that
// gives one reason a title says which model it is.
func (b *Blend) Explain(h History, item int) Explanation {
	var reasons []Reason
	var scores []float32
	for k, m := range b.Models {
		if b.Weights[k] == 0 {
			continue
		}
		if scores == nil {
			scores = make([]float32, b.Items)
		}
		m.Scores(h, scores)
		s := spread(scores)
		if s == 0 {
			continue
		}
		for _, r := range m.Explain(h, item).Reasons {
			r.Value *= b.Weights[k] / s
			reasons = append(reasons, r)
		}
	}
	return explained(reasons)
}
