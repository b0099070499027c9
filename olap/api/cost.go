package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"verso/olap"
	"verso/olap/api/asked"
	"verso/olap/compile"
	"verso/olap/cube"
)

// cost is what answering takes, known beforehand.
type cost struct {
	Source string `json:"source"` // the table read most of: a rollup or the facts
	Rows   int64  `json:"rows"`   // of it
}

// costOf is the cost of a statement; nil where it reads no table.
func (a *API) costOf(ctx context.Context, lease *Lease, e olap.Explanation) (*cost, error) {
	counts, err := a.tableRows(ctx, lease)
	if err != nil {
		return nil, err
	}
	var most *cost
	for _, table := range e.Tables {
		if n := counts[table]; most == nil || n > most.Rows {
			most = &cost{table, n}
		}
	}
	return most, nil
}

// costed answers POST cost.
type costed struct {
	Text       string             `json:"text"`
	Generation string             `json:"generation"`
	Source     string             `json:"source"` // cache, rollup or facts
	Table      string             `json:"table"`  // read most of
	Rows       int64              `json:"rows"`   // of it; 0 from the cache
	Rollup     string             `json:"rollup,omitempty"`
	Rejected   []compile.Rejected `json:"rejected"` // rollups that cannot answer, with the reason
	Past       *past              `json:"past"`     // null: no question of this shape is remembered
	Notes      []note             `json:"notes"`
}

// past is how long questions of the same shape took whose answers were not known.
type past struct {
	Asked    int     `json:"asked"`
	MedianMS float64 `json:"median_ms"`
	MaxMS    float64 `json:"max_ms"`
}

// cost answers POST cost: what a question would read, without asking it.
func (a *API) cost(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	q, _, err := r.bodyQuestion(o)
	if err != nil {
		return err
	}
	e, err := o.ExplainContext(r.Context(), q)
	if err != nil {
		return err
	}
	out := costed{Text: textOf(q), Generation: lease.Generation, Source: asked.FromFacts, Rollup: e.Rollup, Rejected: listOf(e.Rejected), Notes: policyNotes(lease)}
	most, err := a.costOf(r.Context(), lease, e)
	if err != nil {
		return err
	}
	if most != nil {
		out.Table, out.Rows = most.Source, most.Rows
	}
	known, err := o.Knows(q)
	if err != nil {
		return err
	}
	switch {
	case known:
		out.Source, out.Rows = asked.FromCache, 0
	case e.Rollup != "":
		out.Source = asked.FromRollup
	}
	if out.Past, err = a.pastOf(q); err != nil {
		return err
	}
	return r.reply(out)
}

// shapeOf names the shape of a question: equal for questions that differ in the
// values that they filter by, and in the ends of their periods.
func shapeOf(q cube.Query) (string, error) {
	q = cube.Canonical(cube.Shape(q))
	if q.Time != nil {
		q.Time = &cube.Time{Field: q.Time.Field}
	}
	q.Having = slices.Clone(q.Having)
	for i := range q.Having {
		q.Having[i].Values = nil
	}
	text, err := json.Marshal(q)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

// pastOf looks at the questions remembered of everybody; it tells only times.
func (a *API) pastOf(q cube.Query) (*past, error) {
	shape, err := shapeOf(q)
	if err != nil {
		return nil, err
	}
	var took []time.Duration
	for _, e := range a.recent.Latest() {
		if e.Shape == shape && e.Outcome == "ok" {
			took = append(took, e.Took)
		}
	}
	if len(took) == 0 {
		return nil, nil
	}
	slices.Sort(took)
	return &past{len(took), milliseconds(took[len(took)/2]), milliseconds(took[len(took)-1])}, nil
}
