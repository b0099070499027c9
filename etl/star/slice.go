package star

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/olap/engine"
)

// sliceRows is how many rows of its driver a fact is made of at once, unless
// Options say otherwise: the joins and sorts of that many fit into some two gigabytes.
const sliceRows = 2_000_000

// span is the days from one on and before another; "" is no bound, and what has no
// day is of the span without a last one.
type span struct{ from, before string }

// makeAll makes all rows of the fact: at once, or a span of days after another
// where its driver is large, each span as an increment makes the rows that are due.
// The rows are the same either way, and of a fact in the order of its days their
// order too.
func (f fact) makeAll(ctx context.Context, b *builder) error {
	if len(f.parts) != 1 || f.parts[0].sliced == "" {
		return b.run(ctx, f.scripts())
	}
	spans, err := f.spans(ctx, b)
	if err != nil {
		return err
	}
	if len(spans) < 2 {
		return b.run(ctx, f.scripts())
	}
	if err := b.run(ctx, f.shared); err != nil {
		return err
	}
	f.parts = slices.Clone(f.parts)
	f.parts[0].due = "slice"
	into := "CREATE OR REPLACE TABLE " + f.table + " AS\n"
	for _, s := range spans {
		if err := f.makeSpan(ctx, b, s, into); err != nil {
			return fmt.Errorf("days from %s to %s: %w", s.from, s.before, err)
		}
		into = "INSERT INTO " + f.table + "\n"
	}
	end := "DROP TABLE star_slice; DROP TABLE " + f.parts[0].table() + ";\n"
	for table := range f.parts[0].views() {
		end += dueView(table)
	}
	if _, err := b.conn.Exec(ctx, engine.SQL(end)); err != nil {
		return err
	}
	return b.run(ctx, f.after)
}

// spans puts the keys of the driver's rows and their days into star_slice, where
// they are many, and divides the days so that not many more than the rows asked for
// are of a span.
func (f fact) spans(ctx context.Context, b *builder) ([]span, error) {
	p := f.parts[0]
	count := "SELECT count(*) AS n FROM (" + p.sliced + ") AS s"
	if p.driver != "" {
		count = "SELECT count(*) AS n FROM stage." + engine.QuoteIdent(p.driver)
	}
	row, err := engine.One(ctx, b.conn, engine.SQL(count))
	if err != nil {
		return nil, err
	}
	if n, _ := engine.Int(row[0]); n <= b.options.SliceRows {
		return nil, nil
	}
	if _, err := b.conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TEMP TABLE star_slice AS\n"+p.sliced)); err != nil {
		return nil, err
	}
	spans, rows := []span{{}}, int64(0)
	const perDay = "SELECT CAST(day AS VARCHAR) AS day, count(*) AS n FROM star_slice AS s WHERE day IS NOT NULL GROUP BY day ORDER BY s.day"
	err = engine.Rows(ctx, b.conn, engine.SQL(perDay), func(row []any) error {
		n, _ := engine.Int(row[1])
		if rows > 0 && rows+n > b.options.SliceRows {
			day := strings.Clone(engine.Text(row[0]))
			spans[len(spans)-1].before = day
			spans, rows = append(spans, span{from: day}), 0
		}
		rows += n
		return nil
	})
	return spans, err
}

// makeSpan puts the rows of the fact that are of a span of days into what begins
// its statement.
func (f fact) makeSpan(ctx context.Context, b *builder, s span, into string) error {
	where := "true"
	if s.from != "" {
		where = "day >= CAST(" + engine.QuoteText(s.from) + " AS DATE)"
	}
	if s.before != "" {
		where += " AND day < CAST(" + engine.QuoteText(s.before) + " AS DATE)"
	} else {
		where = "(" + where + " OR day IS NULL)"
	}
	p := f.parts[0]
	if _, err := b.conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TABLE "+p.table()+" AS SELECT "+strings.Join(quoted(p.keys), ", ")+" FROM star_slice AS s WHERE "+where)); err != nil {
		return err
	}
	for table, match := range p.views() {
		// Views: of so many rows, storing them takes longer than finding them again.
		name := engine.QuoteIdent(table)
		if _, err := b.conn.Exec(ctx, engine.SQL("CREATE OR REPLACE VIEW due."+name+" AS SELECT s.* FROM stage."+name+" AS s WHERE "+match)); err != nil {
			return err
		}
	}
	before := f.spanned
	if before == nil {
		before = f.before
	}
	if err := b.run(ctx, before); err != nil {
		return err
	}
	return f.makeInto(ctx, b, into)
}

// makeInto runs the fact's own script, with the statement that makes it begun by
// into.
func (f fact) makeInto(ctx context.Context, b *builder, into string) error {
	text, err := b.read(f.name)
	if err != nil {
		return err
	}
	create := "CREATE OR REPLACE TABLE " + f.table + " AS\n"
	if strings.Count(text, create) != 1 {
		return fmt.Errorf("sql/%s.sql: want one line %q", f.name, create[:len(create)-1])
	}
	_, err = b.conn.Exec(ctx, engine.SQL(strings.Replace(text, create, into, 1)))
	return err
}

// narrow makes what the scripts of the fact read of its drivers that of the keys
// that are due.
func (f fact) narrow(ctx context.Context, b *builder) error {
	for _, p := range f.parts {
		for table, match := range p.views() {
			if err := b.narrow(ctx, table, match); err != nil {
				return err
			}
		}
	}
	return nil
}

// widen makes it all rows again.
func (f fact) widen(ctx context.Context, b *builder) error {
	for _, p := range f.parts {
		for table := range p.views() {
			if err := b.widen(ctx, table); err != nil {
				return err
			}
		}
	}
	return nil
}
