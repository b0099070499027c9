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
	Landed          Landed    // what landed cost takes from the configuration
	// Progress, when set, hears of every step that ended: its name and the rows
	// of the table it built.
	Progress func(step string, rows int64)
}

//go:embed sql
var scripts embed.FS

// builder is one run of the steps on one connection.
type builder struct {
	conn    engine.Conn
	options Options
}

// step is one named part of the build. table is what it builds, "" for none.
type step struct {
	name  string
	table string
	run   func(ctx context.Context, b *builder) error
}

// Build makes core.* and the tables meta.star_note, meta.star_balance and
// meta.clc_code from stage.*, and puts what cannot be placed into
// quarantine.order_line and quarantine.return_line. Every canonical table must
// exist in stage, and meta.table_load say which were supplied. It writes in
// transactions of its own, so none may be open on conn.
//
// An error names the step; an error that is no *engine.StatementError or fault
// of ctx says that the staged tables break a rule the star relies on.
func Build(ctx context.Context, conn engine.Conn, o Options) error {
	if o.FiscalYearStart == 0 {
		o.FiscalYearStart = 1
	}
	if o.FiscalYearStart < 1 || o.FiscalYearStart > 12 {
		return fmt.Errorf("star: fiscal year start %d: want a month from 1 to 12", o.FiscalYearStart)
	}
	if len(o.Currency) != 3 {
		return fmt.Errorf("star: report currency %q: want three letters, such as CNY", o.Currency)
	}
	if o.AsOf.IsZero() {
		return fmt.Errorf("star: no as-of date")
	}
	b := &builder{conn: conn, options: o}
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

// steps lists the build in order: the dimensions and what was sold, then how it
// flowed, what it earned, and the dealings with customers.
func steps() []step {
	return slices.Concat(salesSteps(), flowSteps(), moneySteps(), relationSteps(), closingSteps())
}

func closingSteps() []step {
	return []step{
		{"balances", "", balances},
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
		{"employee_member", "star_employee", script("employee_member")},
		{"employee_tree", "", hierarchy("employee", "employee_edge")},
		{"dim_employee", "core.dim_employee", script("dim_employee")},
		{"channel_member", "star_channel", script("channel_member")},
		{"channel_tree", "", hierarchy("channel", "channel_edge")},
		{"dim_channel", "core.dim_channel", script("dim_channel")},
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
		{"campaign_member", "star_campaign", script("relations/campaign_member")},
		{"campaign_tree", "", hierarchy("campaign", "relations/campaign_edge")},
		{"dim_campaign", "core.dim_campaign", script("relations/dim_campaign")},
		{"order", "star_order", script("order")},
		{"cost", "star_cost", script("cost")},
		{"dim_batch", "core.dim_batch", script("flow/dim_batch")},
		{"dim_catalogue", "core.dim_catalogue", script("flow/dim_catalogue")},
		{"dim_order_flags", "core.dim_order_flags", script("flow/order_flags")},
		{"landed", "core.fact_batch_cost", landed},
		{"fact_order_line", "core.fact_order_line", script("fact_order_line")},
		{"quarantine", "", script("quarantine")},
		{"fact_return", "core.fact_return", script("fact_return")},
		{"quarantine_return", "", script("quarantine_return")},
		{"dim_customer", "core.dim_customer", script("dim_customer")},
		{"balance", "", balance}, // before other facts join the order lines
	}
}

// read returns the text of a script.
func read(name string) (string, error) {
	text, err := scripts.ReadFile("sql/" + name + ".sql")
	return string(text), err
}

// script runs a SQL file.
func script(name string) func(context.Context, *builder) error {
	return func(ctx context.Context, b *builder) error {
		text, err := read(name)
		if err != nil {
			return err
		}
		_, err = b.conn.Exec(ctx, engine.SQL(text))
		return err
	}
}

// prepare makes the schemas and states the parameters.
func prepare(ctx context.Context, b *builder) error {
	if err := script("prepare")(ctx, b); err != nil {
		return err
	}
	if err := b.allDue(ctx); err != nil {
		return err
	}
	_, err := b.conn.Exec(ctx, engine.SQL(
		"INSERT INTO meta.star_parameter SELECT CAST(? AS DATE), CAST(? AS VARCHAR), CAST(? AS INTEGER)",
		b.options.AsOf.Format(time.DateOnly), b.options.Currency, b.options.FiscalYearStart))
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

// balance proves that no row of a sale was lost and none doubled.
func balance(ctx context.Context, b *builder) error {
	if err := script("balance")(ctx, b); err != nil {
		return err
	}
	return balanced(ctx, b)
}

// balances proves the same of all other tables.
func balances(ctx context.Context, b *builder) error {
	if err := script("relations/balance")(ctx, b); err != nil {
		return err
	}
	return balanced(ctx, b)
}

// balanced refuses tables of which rows were lost or doubled.
func balanced(ctx context.Context, b *builder) error {
	const sum = `SELECT table_name, staged, fact_order_line, fact_return, facts, quarantined
FROM meta.star_balance
WHERE staged <> fact_order_line + fact_return + facts + quarantined
ORDER BY table_name`
	var wrong []string
	err := engine.Rows(ctx, b.conn, engine.SQL(sum), func(row []any) error {
		wrong = append(wrong, fmt.Sprintf("%s has %v rows, but %v became order lines, %v returns, %v facts of their own, %v were quarantined",
			row[0], row[1], row[2], row[3], row[4], row[5]))
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
		{"dim_employee", "employee_id"}, {"dim_channel", "channel_id"}, {"dim_currency", "ccy"}, {"dim_clc", "code"}, {"dim_campaign", "campaign_id"},
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
