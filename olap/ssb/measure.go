package ssb

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"verso/olap"
	"verso/olap/engine"
)

// Way is one way of asking cube queries on the file.
type Way struct {
	Name string
	Olap *olap.Olap
}

// Bench measures the cases on one open file: the SQL written by hand and each
// way, in turn.
type Bench struct {
	DB     engine.Querier
	Ways   []Way
	Rounds int              // measured, after one that warms up
	Now    func() time.Time // the clock
}

// Times are of the measured rounds, in milliseconds.
type Times struct {
	Min    float64 `json:"min_ms"`
	Median float64 `json:"median_ms"`
	P99    float64 `json:"p99_ms"` // by nearest rank: the slowest below 100 rounds
}

// Figures are those of one way for one case.
type Figures struct {
	Way string `json:"way"`
	Times
	SQL      Times   `json:"sql"`       // its SQL alone, compiled before
	Compile  float64 `json:"compile"`   // from the question to SQL, median in milliseconds
	Ratio    float64 `json:"ratio"`     // of the whole to the SQL by hand: the median over rounds
	SQLRatio float64 `json:"sql_ratio"` // of its SQL alone to the SQL by hand, likewise
	Over     float64 `json:"over_ms"`   // of the whole over the SQL by hand, likewise
}

// Result is what was found for one case.
type Result struct {
	Case    string    `json:"case"`
	Title   string    `json:"title"`
	Rows    int       `json:"rows"`
	Hand    Times     `json:"hand"`
	Ways    []Figures `json:"ways"`
	Skipped string    `json:"skipped,omitempty"` // why the cube was not asked; only the SQL by hand was
}

// Within reports whether a way keeps the promised overhead over the SQL by hand.
func (f Figures) Within() bool { return f.Ratio <= 1.02 || f.Over <= 0.3 }

// Run checks that every way gives the answer of the SQL by hand, then measures.
// A case that cubes cannot be asked is skipped with the reason; a different answer
// is a *DifferenceError.
func (b *Bench) Run(ctx context.Context, c Case) (Result, error) {
	r := Result{Case: c.Name, Title: c.Title}
	hand, err := Hand(ctx, b.DB, c)
	if err != nil {
		return r, fmt.Errorf("%s by hand: %w", c.Name, err)
	}
	r.Rows = len(hand)
	if c.Query == nil {
		r.Skipped = c.Annex + " are not built"
	}
	steps := []func() error{func() error { _, err := Hand(ctx, b.DB, c); return err }}
	for _, w := range b.Ways {
		if r.Skipped != "" {
			break
		}
		own, err := b.waySteps(ctx, c, w, hand)
		if err != nil {
			return r, fmt.Errorf("%s, %s: %w", c.Name, w.Name, err)
		}
		steps = append(steps, own...)
	}
	took, err := b.rounds(steps)
	if err != nil {
		return r, fmt.Errorf("%s: %w", c.Name, err)
	}
	r.Hand = times(took[0])
	for i, w := range b.Ways[:(len(steps)-1)/3] {
		ask, sql, comp := took[1+3*i], took[2+3*i], took[3+3*i]
		r.Ways = append(r.Ways, Figures{Way: w.Name, Times: times(ask), SQL: times(sql), Compile: median(comp),
			Ratio: median(ratios(ask, took[0])), SQLRatio: median(ratios(sql, took[0])), Over: median(differences(ask, took[0]))})
	}
	return r, nil
}

// waySteps compares the answer of a way and returns what to measure of it: the
// whole question, its SQL alone, and its compilation.
func (b *Bench) waySteps(ctx context.Context, c Case, w Way, hand [][]any) ([]func() error, error) {
	rows, err := Ask(ctx, w.Olap, c)
	if err != nil {
		return nil, err
	}
	if err := Compare(c, hand, rows); err != nil {
		return nil, err
	}
	e, err := explain(ctx, w.Olap, c)
	if err != nil {
		return nil, err
	}
	return []func() error{
		func() error { _, err := Ask(ctx, w.Olap, c); return err },
		func() error {
			return engine.Rows(ctx, b.DB, engine.SQL(e.SQL, e.Args...), func([]any) error { return nil })
		},
		func() error { _, err := explain(ctx, w.Olap, c); return err },
	}, nil
}

// rounds runs every step once in each round, every round beginning with the
// next step, so that none is always the first.
func (b *Bench) rounds(steps []func() error) ([][]float64, error) {
	took := make([][]float64, len(steps))
	for round := -1; round < b.Rounds; round++ {
		for i := range steps {
			k := (i + round + 1) % len(steps)
			start := b.Now()
			if err := steps[k](); err != nil {
				return nil, err
			}
			if round >= 0 {
				took[k] = append(took[k], milliseconds(b.Now().Sub(start)))
			}
		}
	}
	return took, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func times(ms []float64) Times {
	return Times{Min: slices.Min(ms), Median: median(ms), P99: quantile(ms, 0.99)}
}

func median(list []float64) float64 { return quantile(list, 0.5) }

// quantile is by nearest rank.
func quantile(list []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[max(int(math.Ceil(q*float64(len(sorted))))-1, 0)]
}

func ratios(a, b []float64) (list []float64) {
	for i := range a {
		list = append(list, a[i]/b[i])
	}
	return list
}

func differences(a, b []float64) (list []float64) {
	for i := range a {
		list = append(list, a[i]-b[i])
	}
	return list
}
