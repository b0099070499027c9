package lineage

import (
	"context"
	"maps"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/olap/engine"
)

const tables = `CREATE OR REPLACE TABLE meta.lineage (table_name VARCHAR, column_name VARCHAR, from_table VARCHAR, from_column VARCHAR, computed_by VARCHAR);
CREATE OR REPLACE TABLE meta.lineage_unresolved (name VARCHAR)`

// Save writes a graph to meta.lineage, and what could not be traced to
// meta.lineage_unresolved.
func Save(ctx context.Context, conn engine.Conn, g *Graph) error {
	if _, err := conn.Exec(ctx, engine.SQL(tables)); err != nil {
		return err
	}
	var rows [][]string
	for _, e := range g.Edges() {
		rows = append(rows, []string{e.To.Table, e.To.Name, e.From.Table, e.From.Name, e.By})
	}
	if err := ingest(ctx, conn, "meta.lineage", []string{"table_name", "column_name", "from_table", "from_column", "computed_by"}, rows); err != nil {
		return err
	}
	rows = nil
	for _, name := range g.Unresolved {
		rows = append(rows, []string{name})
	}
	return ingest(ctx, conn, "meta.lineage_unresolved", []string{"name"}, rows)
}

func ingest(ctx context.Context, conn engine.Conn, table string, names []string, rows [][]string) error {
	if len(rows) == 0 {
		return nil
	}
	fields := make([]arrow.Field, len(names))
	for i, name := range names {
		fields[i] = arrow.Field{Name: name, Type: arrow.BinaryTypes.String}
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows {
		for i, v := range row {
			b.Field(i).(*array.StringBuilder).Append(strings.ToValidUTF8(v, "�"))
		}
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	reader, err := array.NewRecordReader(batch.Schema(), []arrow.RecordBatch{batch})
	if err != nil {
		return err
	}
	defer reader.Release()
	_, err = conn.Ingest(ctx, table, reader)
	return err
}

// Load reads the graph of a generation; one built before verso traced columns
// has an empty graph.
func Load(ctx context.Context, q engine.Querier) (*Graph, error) {
	g := NewGraph()
	row, err := engine.One(ctx, q, engine.SQL("SELECT count(*) AS n FROM information_schema.tables WHERE table_schema = 'meta' AND table_name = 'lineage'"))
	if err != nil {
		return g, err
	}
	if n, _ := engine.Int(row[0]); n == 0 {
		return g, nil
	}
	err = engine.Rows(ctx, q, engine.SQL(`SELECT table_name, column_name, from_table, from_column, computed_by
FROM meta.lineage ORDER BY table_name, column_name, from_table, from_column`), func(row []any) error {
		g.Add(Edge{Column{engine.Text(row[0]), engine.Text(row[1])}, Column{engine.Text(row[2]), engine.Text(row[3])}, engine.Text(row[4])})
		return nil
	})
	return g, err
}

// Inline takes tables out of the graph: what was computed from their columns is
// computed from what those come from. It is how working tables are passed over.
func (g *Graph) Inline(through func(table string) bool) *Graph {
	out := NewGraph()
	out.Unresolved = g.Unresolved
	for to := range g.edges {
		if through(to.Table) {
			continue
		}
		for _, e := range g.From(to) {
			g.inline(e, to, through, out, map[Column]bool{})
		}
	}
	return out
}

func (g *Graph) inline(e Edge, to Column, through func(string) bool, out *Graph, seen map[Column]bool) {
	if !through(e.From.Table) || len(g.edges[e.From]) == 0 {
		out.Add(Edge{to, e.From, e.By})
		return
	}
	if seen[e.From] {
		return
	}
	seen[e.From] = true
	for _, before := range g.From(e.From) {
		by := e.By
		if by == e.From.Name { // passed on as it was
			by = before.By
		}
		g.inline(Edge{to, before.From, by}, to, through, out, seen)
	}
}

// replaced forgets a table that is made anew under the same name. What was
// computed from it stays traced to what it came from.
func (g *Graph) replaced(table string) {
	delete(g.tables, table)
	through := func(name string) bool { return name == table }
	known := false
	for to := range g.edges {
		known = known || through(to.Table)
	}
	if !known {
		return
	}
	reads := func(from Column, _ string) bool { return through(from.Table) }
	for to, from := range g.edges {
		if through(to.Table) || !anyOf(from, reads) {
			continue
		}
		short := NewGraph()
		for _, e := range g.From(to) {
			g.inline(e, to, through, short, map[Column]bool{})
		}
		g.edges[to] = short.edges[to]
	}
	maps.DeleteFunc(g.edges, func(to Column, from map[Column]string) bool { return through(to.Table) || len(from) == 0 })
}

func anyOf[K comparable, V any](m map[K]V, is func(K, V) bool) bool {
	for k, v := range m {
		if is(k, v) {
			return true
		}
	}
	return false
}

// Drop forgets what a table is computed from: it is then where its columns begin.
func (g *Graph) Drop(table string) {
	maps.DeleteFunc(g.edges, func(to Column, _ map[Column]string) bool { return to.Table == table })
}

// Summary says of every column of core and score what it comes from, working
// tables passed over: "a.b, c.d".
func Summary(g *Graph) map[string]string {
	short := g.Inline(Working)
	out := map[string]string{}
	for _, e := range short.Edges() {
		if !strings.HasPrefix(e.To.Table, "core.") && !strings.HasPrefix(e.To.Table, "score.") {
			continue
		}
		name := e.To.String()
		if out[name] != "" {
			out[name] += ", "
		}
		out[name] += e.From.String()
	}
	return out
}
