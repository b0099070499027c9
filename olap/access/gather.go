package access

import (
	"context"
	"fmt"
	"strings"

	"verso/olap/engine"
)

// gathering is a table of facts on its way into a cut in which answers are about a
// minimum of customers.
type gathering struct {
	table, joins string
	cell         string   // expressions that make the cells
	keys         []string // select list without the sums
	sums         []column // columns that measures add up or count

	cells   []tally
	without map[int]bool // of the sums: left out
}

// tally is how many customers a cell is about, and how many of them have a value
// in each of the sums.
type tally struct {
	cell, facts, customers int64
	having                 []int64
}

// gather writes the facts of visible customers, small cells under the unknown member.
func (b *builder) gather(ctx context.Context, g *gathering) error {
	steps := []func(context.Context, *gathering) error{b.number, b.tally, b.leaveOut}
	for _, step := range steps {
		if err := step(ctx, g); err != nil {
			return err
		}
	}
	told := Gathered{Table: g.table, Minimum: b.rules.Minimum, Cells: int64(len(g.cells))}
	few, err := b.together(ctx, g)
	if err != nil {
		return err
	}
	for _, c := range g.cells {
		told.Of += c.facts
		if g.small(c, b.rules.Minimum) {
			told.Facts += c.facts
		}
	}
	condition := "TRUE"
	if g.few(few.customers, b.rules.Minimum) { // even together they are about too few
		told.Left, told.Facts, condition = told.Facts, 0, "NOT k.few"
	}
	list := g.keys
	for i, c := range g.sums {
		if g.without[i] {
			told.Without = append(told.Without, c.name)
			continue
		}
		list = append(list, "t."+engine.QuoteIdent(c.name))
	}
	schema, _, _ := strings.Cut(g.table, ".")
	for _, text := range []string{
		"CREATE SCHEMA IF NOT EXISTS " + engine.QuoteIdent(schema),
		"CREATE TABLE " + quoted(g.table) + " AS SELECT " + strings.Join(list, ", ") + " FROM whole." + quoted(g.table) +
			" AS t JOIN (SELECT id, cell IN (FROM few) AS few FROM told) AS k ON k.id = t.rowid " + g.joins + " WHERE " + condition + " ORDER BY t.rowid",
		"DROP TABLE temp.told", "DROP TABLE temp.few"} {
		if err := b.exec(ctx, text); err != nil {
			return err
		}
	}
	b.made[g.table] = true
	b.report.Gathered = append(b.report.Gathered, told)
	b.report.Tables = append(b.report.Tables, Table{Name: g.table, Class: Customer, Rows: told.Of - told.Left, Of: told.Of, Hidden: told.Without})
	return nil
}

// number gives every fact of a visible customer the number of its cell.
func (b *builder) number(ctx context.Context, g *gathering) error {
	columns := []string{"t.rowid AS id", "t.customer_key", "dense_rank() OVER (ORDER BY " + g.cell + ") AS cell"}
	for i, c := range g.sums {
		name := "t." + engine.QuoteIdent(c.name)
		has := name + " IS NOT NULL"
		switch {
		case c.kind == "BOOLEAN":
			has = name
		case c.kind != "DATE" && !strings.HasPrefix(c.kind, "TIMESTAMP"):
			has += " AND " + name + " <> 0"
		}
		columns = append(columns, fmt.Sprintf("CASE WHEN %s THEN t.customer_key END AS c%d", has, i))
	}
	if err := b.exec(ctx, "CREATE TEMP TABLE told AS SELECT "+strings.Join(columns, ", ")+" FROM whole."+quoted(g.table)+" AS t "+g.joins+
		" WHERE "+b.ofVisible("t.customer_key", "customer_key")); err != nil {
		return err
	}
	return b.exec(ctx, "CREATE TEMP TABLE few (cell BIGINT)")
}

// counts are the aggregates of a tally.
func (g *gathering) counts() string {
	list := []string{"count(*)", "count(DISTINCT customer_key)"}
	for i := range g.sums {
		list = append(list, fmt.Sprintf("count(DISTINCT c%d)", i))
	}
	return strings.Join(list, ", ")
}

func readTally(row []any) (c tally) {
	n := make([]int64, len(row))
	for i, v := range row {
		n[i], _ = engine.Int(v)
	}
	return tally{cell: n[0], facts: n[1], customers: n[2], having: n[3:]}
}

// tally counts the customers of every cell.
func (b *builder) tally(ctx context.Context, g *gathering) error {
	return engine.Rows(ctx, b.conn, engine.SQL("SELECT cell, "+g.counts()+" FROM told GROUP BY cell ORDER BY cell"), func(row []any) error {
		g.cells = append(g.cells, readTally(row))
		return nil
	})
}

// few reports whether customers are some, and fewer than the minimum.
func (g *gathering) few(customers int64, minimum int) bool {
	return customers > 0 && customers < int64(minimum)
}

// small reports whether a cell is no member of its own.
func (g *gathering) small(c tally, minimum int) bool {
	if c.customers < int64(minimum) {
		return true
	}
	for i, n := range c.having {
		if !g.without[i] && g.few(n, minimum) {
			return true
		}
	}
	return false
}

// leaveOut chooses the columns that are left out: those that would take more than
// a tenth of the facts away, and those that only few have even among what is
// gathered. What is gathered changes with them, so it is looked at again.
func (b *builder) leaveOut(ctx context.Context, g *gathering) error {
	g.without = map[int]bool{}
	var facts int64
	for _, c := range g.cells {
		facts += c.facts
	}
	for i := range g.sums {
		var taken int64
		for _, c := range g.cells {
			if c.customers >= int64(b.rules.Minimum) && g.few(c.having[i], b.rules.Minimum) {
				taken += c.facts
			}
		}
		if taken*10 > facts {
			g.without[i] = true
		}
	}
	for changed := true; changed; {
		changed = false
		together, err := b.together(ctx, g)
		if err != nil {
			return err
		}
		for i, n := range together.having {
			if !g.without[i] && g.few(n, b.rules.Minimum) && together.customers >= int64(b.rules.Minimum) {
				g.without[i], changed = true, true
			}
		}
	}
	return nil
}

// together marks the small cells and counts the customers of them all.
func (b *builder) together(ctx context.Context, g *gathering) (tally, error) {
	var small []int64
	for _, c := range g.cells {
		if g.small(c, b.rules.Minimum) {
			small = append(small, c.cell)
		}
	}
	if err := b.exec(ctx, "DELETE FROM few"); err != nil {
		return tally{}, err
	}
	if len(small) > 0 {
		if err := b.exec(ctx, "INSERT INTO few SELECT unnest(CAST(? AS BIGINT[]))", small); err != nil {
			return tally{}, err
		}
	}
	row, err := engine.One(ctx, b.conn, engine.SQL("SELECT 0, "+g.counts()+" FROM told WHERE cell IN (FROM few)"))
	if err != nil {
		return tally{}, err
	}
	return readTally(row), nil
}
