package page

import (
	"context"
	"time"

	"verso/olap/engine"
	"verso/reports/view"
)

// stale is a source that could not be read, so that its data are older than the
// page.
type stale struct {
	source string
	since  time.Time
}

// readStale reads what the refresh went on without. A generation of before this
// was recorded has no such table, and nothing stale.
func (c *Context) readStale(ctx context.Context) error {
	known, err := engine.One(ctx, c.DB, engine.SQL(Shared("stale_known")))
	if err != nil || Whole(known[0]) == 0 {
		return err
	}
	return engine.Rows(ctx, c.DB, engine.SQL(Shared("stale")), func(row []any) error {
		since, _ := row[1].(time.Time)
		c.Stale = append(c.Stale, stale{Text(row[0]), since})
		return nil
	})
}

// staleBanners say which data are older than the page, on every page.
func (c *Context) staleBanners() []view.Note {
	var out []view.Note
	for _, s := range c.Stale {
		out = append(out, view.Note{Tone: view.Caution, Text: c.T("banner.source", "source", s.source, "date", view.LongDate(c.Lang, s.since))})
	}
	return out
}
