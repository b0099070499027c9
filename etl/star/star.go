// Package star builds the star schema core.* from the staged canonical tables.
//
// Every step is one SQL file that can be pasted into a shell, or, where a rule
// is a parser or walks a hierarchy, a step of the program between two files.
// Steps read their parameters from meta.star_parameter. Keys are dense integers
// in the order of the source's ids, -1 is the unknown member of every dimension.
package star

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"verso/olap/engine"
)

// Options say what the star is built for.
type Options struct {
	AsOf            time.Time // the as-of date of the run; only its date counts
	Currency        string    // report currency, three letters
	FiscalYearStart int       // month 1..12; 0 is January
	Version         string    // of the program; facts made by another are made anew
	// From these shares on a fact is made whole in an increment too: of its
	// driver's rows that are due (0: 0.3), and of its own rows that were put
	// behind the others since it was last whole (0: 0.1). A whole fact is in the
	// order of its days, which scans by day rely on.
	DueShare, AppendedShare float64
	// Progress, when set, hears of every step that ended: its name and the rows
	// of the table it built.
	Progress func(step string, rows int64)
}

//go:embed sql
var scripts embed.FS

// builder is one run of the steps on one connection.
type builder struct {
	conn    engine.Conn
	scripts fs.FS
	options Options
	whole   string            // why every fact is made whole; "" for an increment
	changes map[string]string // by staged table: none, some or all
	before  parameters        // of the last build
}

// step is one named part of the build. table is what it builds, "" for none.
type step struct {
	name  string
	table string
	run   func(ctx context.Context, b *builder) error
}

// Build makes core.* and the tables meta.star_note, meta.star_balance and
// meta.clc_code from stage.*, and puts what cannot be placed into
// quarantine.order_line and quarantine.return_line. Where core.* is there from
// an earlier build, and meta.stage_change and due.changed_* say how stage.* has
// changed since, only the facts that this concerns are made anew; the result is
// that of a whole build but for the order of rows. meta.star_build tells, by
// fact, what was made and why, meta.star_day the days whose facts are different.
//
// Members keep the order of the keys they had in meta.star_key, and new ones
// come behind them, in the order of their ids: a whole build that is given the
// places of an earlier one gives every member the same key.
// Every canonical table must
// exist in stage, and meta.table_load say which were supplied. It writes in
// transactions of its own, so none may be open on conn.
//
// An error names the step; an error that is no *engine.StatementError or fault
// of ctx says that the staged tables break a rule the star relies on.
func Build(ctx context.Context, conn engine.Conn, o Options) error {
	return buildFrom(ctx, conn, scripts, o)
}

// buildFrom is Build by the SQL files of a folder.
func buildFrom(ctx context.Context, conn engine.Conn, files fs.FS, o Options) error {
	o = o.withDefaults()
	if o.FiscalYearStart < 1 || o.FiscalYearStart > 12 {
		return fmt.Errorf("star: fiscal year start %d: want a month from 1 to 12", o.FiscalYearStart)
	}
	if len(o.Currency) != 3 {
		return fmt.Errorf("star: report currency %q: want three letters, such as CNY", o.Currency)
	}
	if o.AsOf.IsZero() {
		return fmt.Errorf("star: no as-of date")
	}
	b := &builder{conn: conn, scripts: files, options: o}
	for _, s := range steps() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.run(ctx, b); err != nil {
			return fmt.Errorf("star: step %s: %w", s.name, err)
		}
		if err := b.report(ctx, s); err != nil {
			return fmt.Errorf("star: step %s: %w", s.name, err)
		}
	}
	return nil
}

func (o Options) withDefaults() Options {
	if o.FiscalYearStart == 0 {
		o.FiscalYearStart = 1
	}
	if o.DueShare == 0 {
		o.DueShare = 0.3
	}
	if o.AppendedShare == 0 {
		o.AppendedShare = 0.1
	}
	return o
}

// steps lists the build in order: the dimensions and what was sold, then how it
// flowed, what it earned, and the dealings with customers.
func steps() []step {
	return slices.Concat(salesSteps(), flowSteps(), moneySteps(), relationSteps(), closingSteps())
}

func closingSteps() []step {
	return []step{
		{"balance", "", balance},
		{"keep", "", keep},
		{"tidy", "", script("tidy")},
	}
}

func salesSteps() []step {
	return []step{
		{"prepare", "", prepare},
		{"dim_date", "core.dim_date", script("dim_date")},
		{"geo_member", "star_geo", script("geo_member")},
		{"geo_tree", "", hierarchy("geo", "geo_edge")},
		{"dim_geo", "core.dim_geo", script("dim_geo")},
		{"dim_supplier", "core.dim_supplier", script("dim_supplier")},
		{"dim_supplier_version", "core.dim_supplier_version", script("dim_supplier_version")},
		{"employee_member", "star_employee", script("employee_member")},
		{"employee_tree", "", hierarchy("employee", "employee_edge")},
		{"dim_employee", "core.dim_employee", script("dim_employee")},
		{"dim_employee_version", "core.dim_employee_version", script("dim_employee_version")},
		{"channel_member", "star_channel", script("channel_member")},
		{"channel_tree", "", hierarchy("channel", "channel_edge")},
		{"dim_channel", "core.dim_channel", script("dim_channel")},
		{"dim_channel_version", "core.dim_channel_version", script("dim_channel_version")},
		{"dim_currency", "core.dim_currency", script("dim_currency")},
		{"rate", "star_rate_day", script("rate")},
		{"class_tables", "", script("class_tables")},
		{"dim_clc", "core.dim_clc", classes},
		{"title_member", "star_title", script("title_member")},
		{"isbn_table", "", script("isbn_table")},
		{"isbn", "star_isbn", numbers},
		{"bridge_title_clc", "core.bridge_title_clc", script("bridge_title_clc")},
		{"dim_title", "core.dim_title", script("dim_title")},
		{"customer_member", "star_customer", script("customer_member")},
		{"customer_merge", "", hierarchy("merge", "merge_edge")},
		{"customer_tree", "", hierarchy("customer", "customer_edge")},
		{"customer_map", "star_customer_map", script("customer_map")},
		{"dim_customer_version", "core.dim_customer_version", script("dim_customer_version")},
		{"order", "star_order", script("order")},
		{"moved", "", increments("moved")},
		orderLines().step(),
		returns().step(),
		{"dim_customer", "core.dim_customer", script("dim_customer")},
	}
}

// read returns the text of a script.
func (b *builder) read(name string) (string, error) {
	text, err := fs.ReadFile(b.scripts, "sql/"+name+".sql")
	return string(text), err
}

// script runs a SQL file.
func script(name string) func(context.Context, *builder) error {
	return func(ctx context.Context, b *builder) error {
		text, err := b.read(name)
		if err != nil {
			return err
		}
		_, err = b.conn.Exec(ctx, engine.SQL(text))
		return err
	}
}

// increments runs a SQL file in an increment only.
func increments(name string) func(context.Context, *builder) error {
	return func(ctx context.Context, b *builder) error {
		if b.whole != "" {
			return nil
		}
		return script(name)(ctx, b)
	}
}

// keep stores what the next increment compares with.
func keep(ctx context.Context, b *builder) error {
	large := "keep_all"
	if b.whole == "" {
		large = "keep_some"
	}
	if err := script(large)(ctx, b); err != nil {
		return err
	}
	return script("keep")(ctx, b)
}

// histories makes empty tables of the versions that nobody keeps.
func (b *builder) histories(ctx context.Context) error {
	var text strings.Builder
	for _, t := range []string{"customer", "supplier", "employee", "channel_partner"} {
		text.WriteString("CREATE TABLE IF NOT EXISTS stage." + t + "_version AS SELECT s.*, CAST(NULL AS DATE) AS _from FROM stage." + t + " AS s WHERE false;\n")
	}
	_, err := b.conn.Exec(ctx, engine.SQL(text.String()))
	return err
}

// prepare makes the schemas and states the parameters.
func prepare(ctx context.Context, b *builder) error {
	if err := b.findChanges(ctx); err != nil {
		return err
	}
	if err := increments("before")(ctx, b); err != nil {
		return err
	}
	if err := script("prepare")(ctx, b); err != nil {
		return err
	}
	if err := b.allDue(ctx); err != nil {
		return err
	}
	if err := b.histories(ctx); err != nil {
		return err
	}
	if b.whole == "" {
		if err := b.changedTables(ctx); err != nil {
			return err
		}
	}
	_, err := b.conn.Exec(ctx, engine.SQL(
		"INSERT INTO meta.star_parameter SELECT CAST(? AS DATE), CAST(? AS VARCHAR), CAST(? AS INTEGER), CAST(? AS VARCHAR)",
		b.options.AsOf.Format(time.DateOnly), b.options.Currency, b.options.FiscalYearStart, b.options.Version))
	return err
}

// report counts the rows of what a step built.
func (b *builder) report(ctx context.Context, s step) error {
	if b.options.Progress == nil {
		return nil
	}
	var rows int64
	if s.table != "" {
		row, err := engine.One(ctx, b.conn, engine.SQL("SELECT count(*) AS n FROM "+s.table))
		if err != nil {
			return err
		}
		rows, _ = engine.Int(row[0])
	}
	b.options.Progress(s.name, rows)
	return nil
}

// balance proves that no row was lost and none doubled.
func balance(ctx context.Context, b *builder) error {
	if err := script("balance")(ctx, b); err != nil {
		return err
	}
	const sum = `SELECT table_name, staged, fact_order_line, fact_return, quarantined
FROM meta.star_balance
WHERE staged <> fact_order_line + fact_return + quarantined
ORDER BY table_name`
	var wrong []string
	err := engine.Rows(ctx, b.conn, engine.SQL(sum), func(row []any) error {
		wrong = append(wrong, fmt.Sprintf("%s has %v rows, but %v became order lines, %v returns, %v were quarantined",
			row[0], row[1], row[2], row[3], row[4]))
		return nil
	})
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return fmt.Errorf("rows were lost or doubled, perhaps a key is not unique: stage.%s", strings.Join(wrong, "; stage."))
	}
	return b.unique(ctx)
}

// unique refuses a dimension with two members of one id.
func (b *builder) unique(ctx context.Context) error {
	for _, d := range []struct{ table, id string }{
		{"dim_customer", "customer_id"}, {"dim_title", "title_id"}, {"dim_geo", "region_code"}, {"dim_supplier", "supplier_id"},
		{"dim_employee", "employee_id"}, {"dim_channel", "channel_id"}, {"dim_currency", "ccy"}, {"dim_clc", "code"},
	} {
		row, err := engine.One(ctx, b.conn, engine.SQL(
			"SELECT count(*) - count(DISTINCT "+d.id+") AS doubled FROM core."+d.table+" WHERE "+d.id+" IS NOT NULL"))
		if err != nil {
			return err
		}
		if n, _ := engine.Int(row[0]); n != 0 {
			return fmt.Errorf("core.%s has %d ids twice: the staged table must be unique by %s", d.table, n, d.id)
		}
	}
	return nil
}
