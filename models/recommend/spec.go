package recommend

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Spec is one model with its settings: what a search chooses and a fit on more
// rows repeats. The options of the kind count, those of others are nil.
type Spec struct {
	Kind     string        `json:"kind"`
	HalfLife float64       `json:"half_life,omitempty"` // popularity, days
	KNN      *KNNOptions   `json:"knn,omitempty"`
	Ridge    *RidgeOptions `json:"ridge,omitempty"`
	EASE     *EASEOptions  `json:"ease,omitempty"`
	ALS      *ALSOptions   `json:"als,omitempty"`
	Prior    float64       `json:"prior,omitempty"` // content, purchases
}

// Kinds are the names of single models.
func Kinds() []string {
	return []string{"popularity", "cosine", "tfidf", "bm25", "rp3beta", "ridge", "ease", "als", "content"}
}

// NewSpec is a kind with its default settings.
func NewSpec(kind string) (Spec, error) {
	s := Spec{Kind: kind}
	switch kind {
	case "popularity", "content":
	case "cosine", "tfidf", "bm25", "rp3beta":
		s.KNN = &KNNOptions{Similarity: kind}
	case "ridge":
		s.Ridge = &RidgeOptions{Dropout: .5, UserPower: .3}
	case "ease":
		s.EASE = &EASEOptions{}
	case "als":
		s.ALS = &ALSOptions{}
	default:
		return s, fmt.Errorf("recommend: unknown model %q: %s", kind, strings.Join(Kinds(), ", "))
	}
	return s, nil
}

// ErrNoAttributes is returned for a content model of items without attributes.
var ErrNoAttributes = fmt.Errorf("recommend: a content model needs attributes of the items")

// Fit fits the model; a is needed by content alone.
func (s Spec) Fit(ctx context.Context, x *Matrix, a *Attributes) (Model, error) {
	switch s.Kind {
	case "popularity":
		return FitPopularity(x, s.HalfLife), nil
	case "ridge":
		return FitRidge(ctx, x, *s.Ridge)
	case "ease":
		return FitEASE(ctx, x, *s.EASE)
	case "als":
		return FitALS(ctx, x, *s.ALS)
	case "content":
		if a == nil || len(a.Names) == 0 {
			return nil, ErrNoAttributes
		}
		return FitContent(x, a, s.Prior), nil
	}
	if s.KNN == nil {
		return nil, fmt.Errorf("recommend: unknown model %q: %s", s.Kind, strings.Join(Kinds(), ", "))
	}
	return FitKNN(x, *s.KNN)
}

// Chosen is a blend as a search found it.
type Chosen struct {
	Specs   []Spec    `json:"models"`
	Weights []float64 `json:"weights"`
	Tuning  Tuning    `json:"tuning"`
	Notes   []string  `json:"notes,omitempty"`
}

// Fit fits the chosen models on x, those of weight 0 left out.
func (c *Chosen) Fit(ctx context.Context, x *Matrix, a *Attributes) (*Blend, error) {
	models := make([]Model, 0, len(c.Specs))
	for _, s := range c.Specs {
		m, err := s.Fit(ctx, x, a)
		if err != nil {
			return nil, err
		}
		models = append(models, m)
	}
	return NewBlend(x.Items, models, slices.Clone(c.Weights))
}
