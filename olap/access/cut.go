package access

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
	"verso/olap/engine"
)

// Table says what became of a table of the generation.
type Table struct {
	Name    string // schema.table
	Class   Class
	Rows    int64    // in the cut
	Of      int64    // in the generation
	Out     string   // why it is not in the cut; "" where it is
	Hidden  []string // columns that are not there
	Masked  []string
	Emptied []string // columns without values, which would tell of others than the visible customers
}

// Report is what a cut holds of its generation.
type Report struct {
	Customers, AllCustomers int64
	Tables                  []Table  // by name
	Derived                 []string // columns hidden because they are computed from hidden ones: table.column
	Gathered                []Gathered
}

// MissingColumnError is a column that the policy names and no table has: with a
// misspelt name nothing would be kept back.
type MissingColumnError struct{ Column string }

// Error names the column.
func (e *MissingColumnError) Error() string {
	return fmt.Sprintf("the access policy keeps back the column %s, which no table of the generation has; correct the name in the policy", e.Column)
}

// Build fills db, an empty database, with what the rules leave of the generation
// at path. What is kept back was never written to it: it is built by inserting,
// not by deleting. The model says which columns questions need where answers are
// about a minimum of customers.
func Build(ctx context.Context, db engine.Database, path string, r Rules, m *cube.Model) (*Report, error) {
	if r.Whole {
		return nil, errors.New("access: who may see everything needs no cut")
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	b := &builder{conn: conn, rules: r, model: m, report: &Report{}, columns: map[string][]column{}, made: map[string]bool{}}
	err = b.build(ctx, path)
	if err = errors.Join(err, conn.Close()); err != nil {
		return nil, fmt.Errorf("access: make the cut: %w", err)
	}
	return b.report, nil
}

// column is a column of a table of the generation.
type column struct{ name, kind string }

type builder struct {
	conn    engine.Conn
	rules   Rules
	model   *cube.Model
	classes *classes
	report  *Report
	columns map[string][]column // of every table of the generation
	hidden  map[field]bool
	masked  map[field]bool
	made    map[string]bool // tables of the cut
}

// build runs the steps between attaching the generation and letting go of it.
func (b *builder) build(ctx context.Context, path string) (err error) {
	if b.classes, err = loadClasses(); err != nil {
		return err
	}
	if err := b.exec(ctx, "ATTACH "+engine.QuoteText(path)+" AS whole (READ_ONLY)"); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{b.readColumns, b.keepBack, b.findVisible, b.begin, b.fill, b.commit} {
		if err := step(ctx); err != nil {
			return err // the file is thrown away with what is attached to it
		}
	}
	for _, text := range []string{"DROP TABLE temp.visible", "DETACH whole"} {
		if err := b.exec(ctx, text); err != nil {
			return err
		}
	}
	return b.exec(ctx, "CHECKPOINT")
}

// One transaction spares a flush to the disk for every table.
func (b *builder) begin(ctx context.Context) error { return b.exec(ctx, "BEGIN TRANSACTION") }

func (b *builder) commit(ctx context.Context) error { return b.exec(ctx, "COMMIT") }

func (b *builder) exec(ctx context.Context, text string, args ...any) error {
	_, err := b.conn.Exec(ctx, engine.SQL(text, args...))
	return err
}

func (b *builder) count(ctx context.Context, from string) (n int64, err error) {
	row, err := engine.One(ctx, b.conn, engine.SQL("SELECT count(*) FROM "+from))
	if err == nil {
		n, _ = engine.Int(row[0])
	}
	return n, err
}

// readColumns lists the tables of the generation; views are none.
func (b *builder) readColumns(ctx context.Context) error {
	return engine.Rows(ctx, b.conn, engine.SQL(`SELECT c.schema_name || '.' || c.table_name, c.column_name, c.data_type
FROM duckdb_columns() AS c JOIN duckdb_tables() AS t ON t.database_name = c.database_name AND t.schema_name = c.schema_name AND t.table_name = c.table_name
WHERE c.database_name = 'whole' ORDER BY c.schema_name, c.table_name, c.column_index`), func(row []any) error {
		table := engine.Text(row[0])
		b.columns[table] = append(b.columns[table], column{engine.Text(row[1]), engine.Text(row[2])})
		return nil
	})
}

// findVisible lists the customers that the rules show.
func (b *builder) findVisible(ctx context.Context) error {
	s := visibleSQL(b.rules.Any)
	if b.rules.All {
		s = engine.SQL("CREATE TEMP TABLE visible AS SELECT customer_key, customer_id FROM whole.core.dim_customer WHERE customer_key <> -1")
	}
	if _, err := b.conn.Exec(ctx, s); err != nil {
		return err
	}
	var err error
	if b.report.Customers, err = b.count(ctx, "visible"); err != nil {
		return err
	}
	b.report.AllCustomers, err = b.count(ctx, "whole.core.dim_customer WHERE customer_key <> -1")
	return err
}

// order is the order in which classes of tables are made: each needs only those before.
var order = []Class{Open, Customer, Company, Empty, Through, Named, Never, Unknown}

// fill makes every table that the rules leave.
func (b *builder) fill(ctx context.Context) error {
	if b.rules.Minimum > 0 {
		return b.fillCells(ctx)
	}
	tables := sortedKeys(b.columns)
	slices.SortStableFunc(tables, func(x, y string) int {
		return slices.Index(order, b.classes.of(x)) - slices.Index(order, b.classes.of(y))
	})
	for _, table := range tables {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.table(ctx, table); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	slices.SortFunc(b.report.Tables, func(x, y Table) int { return cmp.Compare(x.Name, y.Name) })
	return nil
}

// table makes one table, or says why it does not.
func (b *builder) table(ctx context.Context, table string) (err error) {
	t := Table{Name: table, Class: b.classes.of(table)}
	if t.Of, err = b.count(ctx, "whole."+quoted(table)); err != nil {
		return err
	}
	where, out := b.where(table, t.Class)
	if t.Out = out; out == "" {
		var list []string
		if list, t.Out, err = b.list(table, &t); err != nil {
			return err
		}
		if t.Out == "" {
			if t.Rows, err = b.create(ctx, table, list, where); err != nil {
				return err
			}
		}
	}
	b.report.Tables = append(b.report.Tables, t)
	return nil
}

// create makes a table of the cut from columns of the generation's, and counts it.
func (b *builder) create(ctx context.Context, table string, list []string, where string) (int64, error) {
	schema, _, _ := strings.Cut(table, ".")
	if err := b.exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+engine.QuoteIdent(schema)); err != nil {
		return 0, err
	}
	text := "CREATE TABLE " + quoted(table) + " AS SELECT " + strings.Join(list, ", ") + " FROM whole." + quoted(table) + " AS t"
	if where != "" {
		text += " WHERE " + where
	}
	if err := b.exec(ctx, text); err != nil {
		return 0, err
	}
	b.made[table] = true
	return b.count(ctx, quoted(table))
}

// where is the condition for rows of a table to be in the cut, "" for all; out
// says why none is.
func (b *builder) where(table string, class Class) (where, out string) {
	if list := b.rules.Tables; list != nil && table != "meta.run" && !opened(table, *list) {
		return "", "the role does not open it"
	}
	switch class {
	case Empty:
		return "FALSE", ""
	case Never:
		return "", "in no cut"
	case Unknown:
		return "", "not classified, and so in no cut"
	case Company:
		if !b.rules.All {
			return "", "about the company as a whole"
		}
	case Customer:
		if key := b.classes.Customer[table]; !b.rules.All {
			return b.ofVisible("t."+engine.QuoteIdent(key), key), ""
		}
	case Through:
		x := b.classes.Through[table]
		if !b.made[x.Of] {
			return "", "needs " + x.Of
		}
		return "t." + engine.QuoteIdent(x.Key) + " IN (SELECT " + engine.QuoteIdent(x.Key) + " FROM " + quoted(x.Of) + ")", ""
	case Named:
		if !b.rules.All {
			return b.namedBy(table), ""
		}
	}
	return "", ""
}

// ofVisible is the condition that a customer is visible, by key or identifier.
func (b *builder) ofVisible(expression, key string) string {
	if key == "customer_id" {
		return "CAST(" + expression + " AS VARCHAR) IN (SELECT CAST(customer_id AS VARCHAR) FROM visible)"
	}
	return expression + " IN (SELECT customer_key FROM visible)"
}

// namedBy is the condition that a row of the cut names a member.
func (b *builder) namedBy(table string) string {
	x := b.classes.Named[table]
	key := "t." + engine.QuoteIdent(x.Key)
	either := []string{key + " = -1"}
	for _, made := range sortedKeys(b.made) {
		for _, c := range b.columns[made] {
			if slices.Contains(x.By, c.name) && !b.hidden[field{made, c.name}] && b.classes.of(made) == Customer {
				either = append(either, key+" IN (SELECT "+engine.QuoteIdent(c.name)+" FROM "+quoted(made)+")")
			}
		}
	}
	return "(" + strings.Join(either, " OR ") + ")"
}

// list is the columns of a table in the cut as expressions over t. A table whose
// key is hidden, or of which nothing is left, is out.
func (b *builder) list(table string, t *Table) (list []string, out string, err error) {
	for _, c := range b.columns[table] {
		name, f := engine.QuoteIdent(c.name), field{table, c.name}
		var expression string
		switch {
		case b.hidden[f]:
			if c.name == b.classes.Customer[table] {
				return nil, "its key is kept back", nil
			}
			t.Hidden = append(t.Hidden, c.name)
			continue
		case b.masked[f]:
			if c.kind != "VARCHAR" {
				return nil, "", fmt.Errorf("the policy masks %s, which is no text but %s: hide it instead", c.name, c.kind)
			}
			t.Masked = append(t.Masked, c.name)
			expression = "'***'"
		case !b.rules.All && slices.Contains(b.classes.Beyond[table], c.name):
			t.Emptied = append(t.Emptied, c.name)
			expression = "CAST(NULL AS " + c.kind + ")"
		default:
			expression = b.expression(table, c)
		}
		list = append(list, expression+" AS "+name)
	}
	if len(list) == 0 {
		return nil, "all its columns are kept back", nil
	}
	return list, "", nil
}

// expression is a column without the names of persons and of customers unseen.
func (b *builder) expression(table string, c column) string {
	expression := "t." + engine.QuoteIdent(c.name)
	if instead := b.classes.Personal[table][c.name]; instead != "" && !b.rules.Names {
		expression = "CAST(" + instead + " AS " + c.kind + ")"
	}
	if key := b.classes.OtherCustomer[table][c.name]; key != "" && !b.rules.All {
		if key == "name" { // the value is a customer's name
			return "CASE WHEN " + "t." + engine.QuoteIdent(c.name) + " IN (SELECT d.name FROM whole.core.dim_customer AS d JOIN visible USING (customer_key)) THEN " + expression + " END"
		}
		k := "t." + engine.QuoteIdent(key)
		return "CASE WHEN " + k + " IS NULL OR " + k + " = -1 OR " + b.ofVisible(k, "customer_key") + " THEN " + expression + " END"
	}
	return expression
}

// quoted is a schema-qualified name in quotes.
func quoted(table string) string {
	schema, name, _ := strings.Cut(table, ".")
	return engine.QuoteIdent(schema) + "." + engine.QuoteIdent(name)
}
