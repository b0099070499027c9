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
	Landed          Landed    // what landed cost takes from the configuration
	Money           Money     // how amounts are valued beside the rates of their days
	Version         string    // of the program; facts made by another are made anew
	// From these shares on a fact is made whole in an increment too: of its
	// driver's rows that are due (0: 0.3), and of its own rows that were put
	// behind the others since it was last whole (0: 0.1). A whole fact is in the
	// order of its days, which scans by day rely on.
	DueShare, AppendedShare float64
	// SliceRows is of how many staged rows large facts are made at once where they
	// are made whole (0: 2 million). It bounds what a build needs of memory.
	SliceRows int64
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
	return buildFrom(ctx, conn, scripts, o, steps())
}

// buildFrom is Build by the SQL files of a folder and by some steps.
func buildFrom(ctx context.Context, conn engine.Conn, files fs.FS, o Options, steps []step) error {
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
	for _, s := range steps {
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
	if o.SliceRows == 0 {
		o.SliceRows = sliceRows
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
		{"balances", "", balances},
		{"keep", "", kept("keep", "keep")},
		{"tidy_money", "", script("money/tidy")},
		{"tidy", "", script("tidy")},
	}
}

func salesSteps() []step {
	return []step{
		{"prepare", "", prepare},
		{"given", "", given},
		{"dim_date", "core.dim_date", script("dim_date")},
		{"cost_rate", "meta.cost_rate", script("money/cost_rate")},
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
		{"constant_rate", "meta.constant_rate", script("money/constant_rate")},
		{"po_rate", "star_po_rate", script("money/po_rate")},
		{"class_tables", "", script("class_tables")},
		{"dim_clc", "core.dim_clc", classes},
		{"title_member", "star_title", script("title_member")},
		{"isbn_table", "", script("isbn_table")},
		{"isbn", "star_isbn", numbers},
		{"bridge_title_clc", "core.bridge_title_clc", script("bridge_title_clc")},
		{"dim_title", "core.dim_title", script("dim_title")},
		{"bridge_title_contributor", "core.bridge_title_contributor", script("bridge_title_contributor")},
		{"customer_member", "star_customer", script("customer_member")},
		{"customer_merge", "", hierarchy("merge", "merge_edge")},
		{"customer_tree", "", hierarchy("customer", "customer_edge")},
		{"customer_map", "star_customer_map", script("customer_map")},
		{"campaign_member", "star_campaign", script("relations/campaign_member")},
		{"campaign_tree", "", hierarchy("campaign", "relations/campaign_edge")},
		{"dim_campaign", "core.dim_campaign", script("relations/dim_campaign")},
		{"dim_customer_version", "core.dim_customer_version", script("dim_customer_version")},
		{"order", "star_order", script("order")},
		{"dim_batch", "core.dim_batch", script("flow/dim_batch")},
		{"dim_catalogue", "core.dim_catalogue", script("flow/dim_catalogue")},
		{"dim_order_flags", "core.dim_order_flags", script("flow/order_flags")},
		{"moved", "", increments("moved")},
		{"title_weight", "star_title_weight", titleWeights},
		batchCosts().step(),
		{"landed_rule", "", script("flow/landed_rule")},
		{"landed_moved", "", increments("flow/landed_moved")},
		landedLines().step(),
		orderLines().step(),
		returns().step(),
		{"keep_lines", "", kept("keep_flags", "keep_lines")},
		{"dim_customer", "core.dim_customer", script("dim_customer")},
		{"balance", "", balance}, // before other facts join the order lines
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

// run runs SQL files one after another.
func (b *builder) run(ctx context.Context, scripts []string) error {
	for _, s := range scripts {
		if err := script(s)(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// Teller is a connection that is told, where an increment makes some rows of a
// table in a way of its own, the statements by which a whole build makes them all.
// What runs until end is called makes the same columns of the same.
type Teller interface {
	Instead(statements ...string) (end func())
}

// instead tells a connection that wants to know it what stands for what runs
// until end is called.
func (b *builder) instead(statements ...string) (end func()) {
	if t, ok := b.conn.(Teller); ok {
		return t.Instead(statements...)
	}
	return func() {}
}

// insteadOf is instead by the names of scripts.
func (b *builder) insteadOf(scripts ...string) (end func(), err error) {
	texts := make([]string, len(scripts))
	for i, name := range scripts {
		if texts[i], err = b.read(name); err != nil {
			return nil, err
		}
	}
	return b.instead(texts...), nil
}

// increments runs a SQL file in an increment only.
func increments(name string) func(context.Context, *builder) error {
	return func(ctx context.Context, b *builder) error {
		if b.whole != "" {
			return nil
		}
		defer b.instead()()
		return script(name)(ctx, b)
	}
}

// kept stores what the next increment compares with: large tables by the script
// <large>_all, in an increment only what has changed of them by <large>_some; small
// ones by the script small.
func kept(large, small string) func(context.Context, *builder) error {
	return func(ctx context.Context, b *builder) error {
		end, err := b.insteadOf(large + "_all")
		if err != nil {
			return err
		}
		mode := "_all"
		if b.whole == "" {
			mode = "_some"
		}
		err = script(large+mode)(ctx, b)
		end()
		if err != nil {
			return err
		}
		return script(small)(ctx, b)
	}
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
	end := b.instead()
	err := b.findChanges(ctx)
	end()
	if err != nil {
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
	_, err = b.conn.Exec(ctx, engine.SQL(
		"INSERT INTO meta.star_parameter SELECT CAST(? AS DATE), CAST(? AS VARCHAR), CAST(? AS INTEGER), CAST(? AS VARCHAR), CAST(? AS VARCHAR)",
		b.options.AsOf.Format(time.DateOnly), b.options.Currency, b.options.FiscalYearStart, b.options.Version, b.options.valued()))
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
	if err := balanced(ctx, b); err != nil {
		return err
	}
	return b.unique(ctx, member{"dim_customer", "customer_id"}, member{"dim_title", "title_id"}, member{"dim_geo", "region_code"},
		member{"dim_supplier", "supplier_id"}, member{"dim_employee", "employee_id"}, member{"dim_channel", "channel_id"},
		member{"dim_currency", "ccy"}, member{"dim_clc", "code"}, member{"dim_campaign", "campaign_id"})
}

// balances proves the same of all other tables.
func balances(ctx context.Context, b *builder) error {
	for _, name := range []string{"relations/balance", "money/balance"} {
		if err := script(name)(ctx, b); err != nil {
			return err
		}
	}
	if err := b.unique(ctx, member{"dim_ageing", "name"}, member{"dim_expense_kind", "name"}, member{"dim_payment_method", "name"}); err != nil {
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
	return nil
}

// member is a dimension and the column that tells its members apart.
type member struct{ table, id string }

// unique refuses a dimension with two members of one id.
func (b *builder) unique(ctx context.Context, dimensions ...member) error {
	for _, d := range dimensions {
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
