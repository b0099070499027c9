// Package job is what a model is run with: the connection to a filled warehouse,
// the date that it may not look beyond, and where its results and its card go.
package job

import (
	"context"
	"fmt"
	"slices"
	"time"

	"verso/models/feature"
	"verso/models/frame"
	"verso/olap/engine"
)

// Job is one run of all models. The database of Conn has the schemas core and
// meta filled.
type Job struct {
	Conn   engine.Conn
	AsOf   time.Time
	Seed   int64
	Months int // window of what is looked back on; 0 is all history

	built map[string]bool // features of onceARun that stand
}

// onceARun are features that several models read: they take no arguments and
// read nothing but the star and meta.run, so that one run builds them once.
var onceARun = []string{"customer_margin", "purchase_day"}

// Model is one entry of the run list. Run builds its features, fits, scores, and
// returns how many rows it scored.
type Model struct {
	Name string
	Run  func(ctx context.Context, j *Job) (rows int64, err error)
}

// Prepare makes the schemas feature, score and card, and empties the cards.
func (j *Job) Prepare(ctx context.Context) error {
	for _, ddl := range schema {
		if err := j.Exec(ctx, ddl); err != nil {
			return err
		}
	}
	j.built = nil
	return nil
}

// Window is the first and last day of the period that ends at the as-of date.
func (j *Job) Window() (from, to time.Time) {
	to = j.AsOf
	if j.Months <= 0 {
		return time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), to
	}
	// The day after the same day so many months ago; the last day of a shorter
	// month stands for days it does not have.
	first := time.Date(to.Year(), to.Month()-time.Month(j.Months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return time.Date(first.Year(), first.Month(), min(to.Day(), last)+1, 0, 0, 0, 0, time.UTC), to
}

// Feature builds feature.<name> from its embedded SQL, or leaves it as another
// model of the run has built it where that cannot differ.
func (j *Job) Feature(ctx context.Context, name string, args ...any) error {
	if j.built[name] {
		return nil
	}
	if err := feature.Build(ctx, j.Conn, name, args...); err != nil {
		return err
	}
	if slices.Contains(onceARun, name) {
		if j.built == nil {
			j.built = map[string]bool{}
		}
		j.built[name] = true
	}
	return nil
}

// FeatureAs builds feature.<table> from the embedded SQL of a name, for one
// feature of two periods.
func (j *Job) FeatureAs(ctx context.Context, name, table string, args ...any) error {
	return feature.BuildAs(ctx, j.Conn, name, table, args...)
}

// Before is the window of the same length that ends the day before Window
// begins; false when the window is all history.
func (j *Job) Before() (from, to time.Time, known bool) {
	if j.Months <= 0 {
		return from, to, false
	}
	first, _ := j.Window()
	earlier := Job{AsOf: first.AddDate(0, 0, -1), Months: j.Months}
	from, to = earlier.Window()
	return from, to, true
}

// reachGrace are the days by which the first order may come after the first day of
// a period that the data are still taken to cover: a company need not sell every day. Pages judge by as many (page.Context.Comparable).
const reachGrace = 31

// Reaches tells whether the data go back far enough to speak of a period that
// begins on a day, and the first day of any order: a period that began before
// the data did would look poorer than it was. Without orders nothing is reached.
func (j *Job) Reaches(ctx context.Context, from time.Time) (covered bool, first time.Time, err error) {
	row, err := engine.One(ctx, j.Conn, engine.SQL("SELECT min(order_date) FROM core.fact_order_line WHERE order_date <= ?", j.AsOf))
	if err != nil {
		return false, first, err
	}
	first, known := row[0].(time.Time)
	return known && !first.After(from.AddDate(0, 0, reachGrace)), first, nil
}

// Frame reads the rows of a query as numbers.
func (j *Job) Frame(ctx context.Context, sql string, args ...any) (*frame.Frame, error) {
	return frame.Read(ctx, j.Conn, engine.SQL(sql, args...))
}

// Exec runs a statement, or several.
func (j *Job) Exec(ctx context.Context, sql string, args ...any) error {
	_, err := j.Conn.Exec(ctx, engine.SQL(sql, args...))
	return err
}

// Score runs the statement that joins what was fitted to its features.
func (j *Job) Score(ctx context.Context, sql string, args []any, columns ...Column) error {
	if err := j.Fitted(ctx, columns...); err != nil {
		return err
	}
	if err := j.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("write scores: %w", err)
	}
	return nil
}

// Each reads the rows of a query of a number and a text.
func (j *Job) Each(ctx context.Context, sql string, row func(no int64, text string)) error {
	return engine.Rows(ctx, j.Conn, engine.SQL(sql), func(r []any) error {
		n, _ := engine.Int(r[0])
		row(n, engine.Text(r[1]))
		return nil
	})
}
