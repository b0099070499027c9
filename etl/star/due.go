package star

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

const isoDay = "2006-01-02"

// allDue makes the views due.<table>, the staged rows that the facts are to be
// made of: all of them, until a fact that is made in part narrows them. A fact
// reads the table that gives it its grain from due, so that the same script can
// make a part of the fact anew.
func (b *builder) allDue(ctx context.Context) error {
	var text strings.Builder
	text.WriteString("CREATE SCHEMA IF NOT EXISTS due;\n")
	for _, t := range canon.Tables() {
		text.WriteString(dueView(t.Name))
	}
	_, err := b.conn.Exec(ctx, engine.SQL(text.String()))
	return err
}

func dueView(table string) string {
	name := engine.QuoteIdent(table)
	return "CREATE OR REPLACE VIEW due." + name + " AS SELECT s.* FROM stage." + name + " AS s;\n"
}

// narrow makes due.<table> the rows that match. They are stored: joins to come
// then know how few they are.
func (b *builder) narrow(ctx context.Context, table, match string) error {
	name := engine.QuoteIdent(table)
	_, err := b.conn.Exec(ctx, engine.SQL("DROP VIEW due."+name+";\nCREATE TABLE due."+name+" AS SELECT s.* FROM stage."+name+" AS s WHERE "+match))
	return err
}

// widen makes due.<table> all rows again.
func (b *builder) widen(ctx context.Context, table string) error {
	_, err := b.conn.Exec(ctx, engine.SQL("DROP TABLE due."+engine.QuoteIdent(table)+";\n"+dueView(table)))
	return err
}

// parameters are what a build was asked for.
type parameters struct {
	asOf, currency, version, valued string
	fiscalYearStart                 int64
}

// earlier are the tables that an increment compares with or adds to.
var earlier = [...]string{
	"meta.star_order", "meta.star_order_key", "meta.star_customer", "meta.star_title", "meta.star_supplier", "meta.star_employee", "meta.star_channel",
	"meta.star_geo", "meta.star_currency", "meta.star_rate", "meta.star_purchase", "meta.star_build",
	"meta.star_order_flags", "meta.star_constant", "meta.star_settled", "meta.star_landed_line", "meta.star_title_weight", "core.fact_batch_cost", "core.fact_order_line", "core.fact_purchase_line", "meta.star_freight_rule", "meta.star_observed", "core.dim_customer_version",
	"meta.star_paid_rate", "core.dim_batch", "core.dim_date", "core.dim_reason", "core.dim_customer", "core.dim_catalogue", "core.dim_warehouse", "core.fact_stage_event", "core.dim_payment_method",
	"meta.star_month_rank", "meta.star_receivable_event",
}

// findChanges reads what the stage step changed and what the last build was
// asked for. Where an increment cannot be right, b.whole says why.
func (b *builder) findChanges(ctx context.Context) error {
	if known, err := b.exists(ctx, "meta.stage_change"); err != nil || !known {
		b.whole = "what has changed is not known"
		return err
	}
	b.changes = map[string]string{}
	err := engine.Rows(ctx, b.conn, engine.SQL("SELECT table_name, mode FROM meta.stage_change ORDER BY table_name"), func(row []any) error {
		b.changes[engine.Text(row[0])] = engine.Text(row[1])
		return nil
	})
	if err != nil {
		return err
	}
	for _, table := range earlier {
		if there, err := b.exists(ctx, table); err != nil || !there {
			b.whole = "there is no earlier build"
			return err
		}
	}
	row, err := engine.One(ctx, b.conn, engine.SQL("SELECT CAST(max(as_of) AS VARCHAR), max(currency), max(version), max(fiscal_year_start), max(valued) FROM meta.star_parameter"))
	if err != nil {
		return err
	}
	b.before = parameters{asOf: engine.Text(row[0]), currency: engine.Text(row[1]), version: engine.Text(row[2]), valued: engine.Text(row[4])}
	b.before.fiscalYearStart, _ = engine.Int(row[3])
	b.whole = b.before.differs(b.options)
	return nil
}

// valued is how amounts are valued, as one text.
func (o Options) valued() string { return fmt.Sprintf("%+v %+v", o.Landed, o.Money) }

// differs says what was asked for otherwise; "" when an increment may follow.
func (p parameters) differs(o Options) string {
	switch {
	case p.currency != o.Currency:
		return fmt.Sprintf("the report currency was %s", p.currency)
	case p.fiscalYearStart != int64(o.FiscalYearStart):
		return fmt.Sprintf("the fiscal year began in month %d", p.fiscalYearStart)
	case p.valued != o.valued():
		return "rates and costs were configured otherwise"
	case p.version != o.Version:
		return fmt.Sprintf("the last build was by version %q", p.version)
	case p.asOf > o.AsOf.Format(isoDay):
		return fmt.Sprintf("the last build was of a later day, %s", p.asOf)
	case len(p.asOf) < 4 || p.asOf[:4] != o.AsOf.Format(isoDay)[:4]:
		return fmt.Sprintf("the last build was of another year, %s", p.asOf)
	}
	return ""
}

// changedTables makes every due.changed_<table> that the stage step did not:
// without rows where nothing changed, all rows where all may have.
func (b *builder) changedTables(ctx context.Context) error {
	defer b.instead()()
	var text strings.Builder
	for _, t := range canon.Tables() {
		if b.changes[t.Name] == "some" {
			continue
		}
		columns := slices.Clone(t.Key)
		if len(columns) == 0 {
			for _, c := range t.Columns {
				if c.Type == canon.ID {
					columns = append(columns, c.Name)
				}
			}
		}
		if len(columns) == 0 {
			continue
		}
		where := ""
		if b.changes[t.Name] == "none" {
			where = " WHERE false"
		}
		text.WriteString("CREATE OR REPLACE TABLE due." + engine.QuoteIdent("changed_"+t.Name) + " AS SELECT DISTINCT " + strings.Join(quoted(columns), ", ") +
			" FROM stage." + engine.QuoteIdent(t.Name) + where + ";\n")
	}
	if text.Len() == 0 {
		return nil
	}
	_, err := b.conn.Exec(ctx, engine.SQL(text.String()))
	return err
}

// replaced is the first of the tables of which it is not known what changed.
func (b *builder) replaced(tables []string) string {
	for _, t := range tables {
		if m := b.changes[t]; m != "none" && m != "some" {
			return t
		}
	}
	return ""
}

func (b *builder) exists(ctx context.Context, table string) (bool, error) {
	_, ok, err := engine.Describe(ctx, b.conn, table)
	return ok, err
}

// appended is how many rows were put behind the others since a fact was whole.
func (b *builder) appended(ctx context.Context, table string) (int64, error) {
	row, err := engine.One(ctx, b.conn, engine.SQL("SELECT coalesce(max(appended), 0) FROM star_built WHERE fact = ?", table))
	if err != nil {
		return 0, err
	}
	n, _ := engine.Int(row[0])
	return n, nil
}
