// Package models runs every model over a filled warehouse: features are built,
// the model is fitted, its results go to score.* and what a reader must know of
// the fit to card.*.
package models

import (
	"context"
	"fmt"
	"time"

	"verso/models/pyramid"
	"verso/models/rfm"
	"verso/olap/engine"
)

// Options are the choices of a run.
type Options struct {
	AsOf     time.Time
	Seed     int64
	Months   int // window of the pyramid and the concentration; 0 is all history
	RFM      rfm.Options
	Pyramid  pyramid.Options
	Progress func(model string, rows int64) // may be nil
}

// model is one entry of the run list.
type model struct {
	name string
	run  func(ctx context.Context, conn engine.Conn, o Options) (rows int64, err error)
}

// list is the run list, in order: later models may read earlier scores.
func list() []model {
	return []model{
		{"rfm", runRFM},
		{"pyramid", runPyramid},
	}
}

// Names lists the models in the order they run.
func Names() []string {
	var names []string
	for _, m := range list() {
		names = append(names, m.name)
	}
	return names
}

// Run fits and scores every model on conn, whose database has the schemas core
// and meta filled. It replaces the schemas score, card and feature.
func Run(ctx context.Context, conn engine.Conn, o Options) error {
	for _, ddl := range schema {
		if _, err := conn.Exec(ctx, engine.SQL(ddl)); err != nil {
			return fmt.Errorf("models: prepare: %w", err)
		}
	}
	for _, m := range list() {
		rows, err := m.run(ctx, conn, o)
		if err != nil {
			return fmt.Errorf("model %s: %w", m.name, err)
		}
		if o.Progress != nil {
			o.Progress(m.name, rows)
		}
	}
	return nil
}

// window is the first and last day of the period that ends at the as-of date.
func (o Options) window() (from, to time.Time) {
	to = o.AsOf
	if o.Months <= 0 {
		return time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), to
	}
	// The day after the same day so many months ago; the last day of a shorter
	// month stands for days it does not have.
	first := time.Date(to.Year(), to.Month()-time.Month(o.Months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return time.Date(first.Year(), first.Month(), min(to.Day(), last)+1, 0, 0, 0, 0, time.UTC), to
}
