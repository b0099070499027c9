// Package models runs every model over a filled warehouse: features are built,
// the model is fitted, its results go to score.* and what a reader must know of
// the fit to card.*.
package models

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"verso/models/job"
	"verso/models/pyramid"
	"verso/models/rfm"
	"verso/models/run/churn"
	"verso/models/run/flow"
	"verso/models/run/loyalty"
	"verso/models/run/performance"
	"verso/models/run/product"
	"verso/models/run/profiling"
	"verso/models/run/profitability"
	"verso/models/run/promotion"
	"verso/models/run/prospecting"
	"verso/models/run/recommend"
	"verso/models/run/sevenp"
	"verso/models/run/taste"
	"verso/olap/engine"
)

// Options are the choices of a run.
type Options struct {
	AsOf     time.Time
	Seed     int64
	Months   int // window of the pyramid and the concentration; 0 is all history
	RFM      rfm.Options
	Pyramid  pyramid.Options
	Segments profiling.SegmentOptions
	CLV      profitability.CLVOptions
	Churn    churn.Options
	Only     []string                       // names of models to run on the scores that an earlier run left; empty is all
	Progress func(model string, rows int64) // may be nil
}

// list is the run list, in order: later models may read earlier scores.
func list(o Options) []job.Model {
	return []job.Model{
		profiling.RFM(o.RFM),
		profiling.Pyramid(o.Pyramid),
		profiling.Moves(o.Pyramid, o.RFM),
		profiling.Segments(o.Segments),
		profiling.Completeness(),
		profitability.Profit(),
		profitability.CLV(o.CLV),
		loyalty.Loyalty(),
		loyalty.Hazard(),
		loyalty.Cause(),
		loyalty.Renewal(),
		profiling.Customers(),
		performance.Bridge(),
		performance.GainLoss(),
		performance.Service(),
		performance.Salesperson(),
		performance.Supplier(),
		performance.Partner(),
		flow.Arrival(),
		flow.Deadline(),
		flow.Control(),
		flow.Goal(),
		product.Basket(product.BasketOptions{}),
		product.Catalogues(),
		product.Substitution(),
		product.Titles(),
		prospecting.Forecast(),
		prospecting.Acquisition(),
		prospecting.Wallet(),
		prospecting.Leads(),
		recommend.Recommend(recommend.Options{}),
		promotion.Campaigns(),
		promotion.Fatigue(),
		promotion.Price(),
		churn.Churn(o.Churn),
		sevenp.SevenP(),
		taste.Taste(),
	}
}

// Names lists the models in the order they run.
func Names() []string {
	var names []string
	for _, m := range list(Options{}) {
		names = append(names, m.Name)
	}
	return names
}

// Run fits and scores every model on conn, whose database has the schemas core
// and meta filled. It replaces the schemas score, card and feature.
func Run(ctx context.Context, conn engine.Conn, o Options) error {
	j := &job.Job{Conn: conn, AsOf: o.AsOf, Seed: o.Seed, Months: o.Months}
	if err := j.Prepare(ctx); err != nil {
		return fmt.Errorf("models: prepare: %w", err)
	}
	for _, m := range list(o) {
		if len(o.Only) > 0 && !slices.Contains(o.Only, m.Name) {
			continue
		}
		rows, err := m.Run(ctx, j)
		if err != nil {
			return fmt.Errorf("model %s: %w", m.Name, err)
		}
		if o.Progress != nil {
			o.Progress(m.Name, rows)
		}
		// What a model worked on would else stand beside the pages of the database
		// while the next one runs.
		debug.FreeOSMemory()
	}
	return nil
}
