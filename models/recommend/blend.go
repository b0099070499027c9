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
	once  sync.Once
	same  []float32 // what models whose scores are the same for all add; nil without any
}

// sameScorer is a model whose scores are the same for every history.
type sameScorer interface{ same() []float32 }

// addingScorer is a model that adds its scores, times a weight over their spread,
// without having them all at once.
type addingScorer interface {
	addScores(histories []History, weight float64, scores [][]float32)
}

// sparseScorer is a model that gives most titles no score.
type sparseScorer interface {
	// scatter adds scores to sums and lists the titles reached; false when they
	// are many.
	scatter(h History, sums []float32, reached []int32) ([]int32, bool)
}

// blending is the space of a blend at work.
type blending struct {
	*batch            // nil until a model needs it
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
		space = &blending{sums: make([]float32, b.Items)}
	}
	defer b.spare.Put(space)
	b.once.Do(b.addSame)
	for n := range histories {
		if b.same != nil {
			copy(scores[n], b.same)
		} else {
			clear(scores[n])
		}
	}
	for k, m := range b.Models {
		if _, same := m.(sameScorer); same || b.Weights[k] == 0 {
			continue
		}
		if adds, ok := m.(addingScorer); ok {
			adds.addScores(histories, b.Weights[k], scores)
			continue
		}
		if space.sparse(m, b.Weights[k], histories, scores) {
			continue
		}
		for from := 0; from < len(histories); from += dense.Rows {
			few := histories[from:min(from+dense.Rows, len(histories))]
			part := space.room()[:len(few)]
			scoresOf(m, few, part)
			for n := range few {
				if s := spread(part[n]); s > 0 {
					dense.Axpy(float32(b.Weights[k]/s), part[n], scores[from+n])
				}
			}
		}
	}
}

// addSame adds up the models whose scores are the same for all.
func (b *Blend) addSame() {
	for k, m := range b.Models {
		one, ok := m.(sameScorer)
		if !ok || b.Weights[k] == 0 {
			continue
		}
		if b.same == nil {
			b.same = make([]float32, b.Items)
		}
		if s := spread(one.same()); s > 0 {
			dense.Axpy(float32(b.Weights[k]/s), one.same(), b.same)
		}
	}
}

// room is space for the scores of a few histories.
func (s *blending) room() [][]float32 {
	if s.batch == nil {
		s.batch = newBatch(len(s.sums), dense.Rows)
	}
	return s.scores
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
			part := s.room()[0]
			m.Scores(h, part)
			if root := spread(part); root > 0 {
				dense.Axpy(float32(weight/root), part, scores[n])
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
