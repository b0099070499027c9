package lineage

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"verso/olap/engine"
)

// Program is how columns are computed that no statement tells of.
const Program = "worked out by the program"

// Schema gives the columns of a table that stood before recording began, in
// order; nil where there is no such table.
type Schema func(table string) []string

// Trace adds to g what the recorded statements computed, in the order they ran.
// Statements that the engine cannot parse as a SELECT, and names that belong to
// no table, are listed in g.Unresolved; errors are only those of the connection.
func (r *Recorder) Trace(ctx context.Context, g *Graph, schema Schema) error {
	t := &tracer{ctx: ctx, conn: r.Conn, graph: g, schema: schema}
	for _, e := range r.log {
		if e.table != "" {
			if err := t.written(e); err != nil {
				return err
			}
			continue
		}
		for _, text := range split(e.sql) {
			if err := t.run(text); err != nil {
				return err
			}
		}
	}
	slices.Sort(g.Unresolved)
	g.Unresolved = slices.Compact(g.Unresolved)
	return nil
}

// tracer follows statements through a graph.
type tracer struct {
	ctx    context.Context
	conn   engine.Conn
	graph  *Graph
	schema Schema
	table  string // being made, for messages
}

// run follows one statement.
func (t *tracer) run(text string) error {
	s, ok := understand(text)
	if !ok {
		return nil
	}
	t.table = s.table
	if s.drop {
		return nil // what was made of it stays traced to it
	}
	if s.replace {
		t.graph.replaced(s.table)
	}
	if s.query == "" {
		t.graph.tables[s.table] = s.names
		return nil
	}
	rel, err := t.parse(s.query)
	if err != nil || rel == nil {
		return err
	}
	t.store(s, rel)
	return nil
}

// store puts the columns of a relation into the graph as those of a table.
func (t *tracer) store(s statement, rel *relation) {
	names := s.names
	if len(names) == 0 {
		names = t.columns(s.table)
	}
	if s.replace && len(s.names) == 0 || len(names) == 0 {
		names = rel.names()
	}
	if s.replace || t.graph.tables[s.table] == nil {
		t.graph.tables[s.table] = names
	}
	for i, c := range rel.columns {
		if i >= len(names) {
			t.unresolved(fmt.Sprintf("%d columns for %d names", len(rel.columns), len(names)))
			break
		}
		to := Column{s.table, names[i]}
		for from := range c.from {
			t.graph.Add(Edge{to, from, c.by})
		}
		if len(c.from) == 0 {
			by := cmp.Or(c.by, Program) // a list of VALUES, or a value the program gave
			t.graph.Add(Edge{to, Column{"constant", by}, by})
		}
	}
	for from := range rel.rows {
		t.graph.Add(Edge{Column{s.table, ""}, from, "rows chosen and joined by"})
	}
}

// written traces rows that the program wrote to all it had read.
func (t *tracer) written(e entry) error {
	t.table = e.table
	from := map[Column]bool{}
	for _, text := range e.read {
		rel, err := t.parse(text)
		if err != nil {
			return err
		}
		if rel == nil {
			continue
		}
		for _, c := range rel.columns {
			for f := range c.from {
				from[f] = true
			}
		}
	}
	for _, name := range e.names {
		for f := range from {
			t.graph.Add(Edge{Column{e.table, name}, f, Program})
		}
		if len(from) == 0 {
			t.graph.Add(Edge{Column{e.table, name}, Column{"constant", "verso's own table"}, Program})
		}
	}
	return nil
}

// columns are those of a table that was made here or stood before.
func (t *tracer) columns(table string) []string {
	if names := t.graph.tables[table]; names != nil {
		return names
	}
	return t.schema(table)
}

func (t *tracer) unresolved(name string) {
	t.graph.Unresolved = append(t.graph.Unresolved, t.table+": "+name)
}

// parse has the engine parse a SELECT; nil when it is none.
func (t *tracer) parse(query string) (*relation, error) {
	row, err := engine.One(t.ctx, t.conn, engine.SQL("SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR) AS tree", query))
	if err != nil {
		return nil, err
	}
	var tree struct {
		Error      bool
		Message    string `json:"error_message"`
		Statements []struct{ Node map[string]any }
	}
	decoder := json.NewDecoder(strings.NewReader(engine.Text(row[0])))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	if tree.Error || len(tree.Statements) != 1 {
		t.unresolved("not a SELECT: " + tree.Message)
		return nil, nil
	}
	return t.node(tree.Statements[0].Node, &scope{query: query}), nil
}
