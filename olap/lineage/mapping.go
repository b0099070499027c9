package lineage

import (
	"context"
	"strings"

	"verso/olap/engine"
)

// Mapping traces the columns of table to the SELECT over a source that fills
// them. The tables that the SELECT reads are named source.table (the source
// alone where the table bears its name). A SELECT in another database's own SQL
// that the engine cannot parse is traced as a whole.
func Mapping(ctx context.Context, conn engine.Conn, g *Graph, table, source, query string) error {
	inner := NewGraph()
	t := &tracer{ctx: ctx, conn: conn, graph: inner, table: table, schema: func(string) []string { return []string{anything} }}
	query = strings.TrimRight(strings.TrimSpace(query), "; \t\r\n")
	rel, err := t.parse(query)
	if err != nil {
		return err
	}
	if rel == nil {
		g.Add(Edge{Column{table, ""}, Column{source, "(SELECT)"}, shorten(query)})
		return nil
	}
	bare := strings.TrimPrefix(source, SourcePrefix)
	for _, c := range rel.columns {
		to := Column{table, strings.ToLower(c.name)}
		for from := range c.from {
			g.Add(Edge{to, inSource(from, source, bare), c.by})
		}
		if len(c.from) == 0 {
			g.Add(Edge{to, Column{"constant", c.by}, c.by})
		}
	}
	for from := range rel.rows {
		g.Add(Edge{Column{table, ""}, inSource(from, source, bare), "rows chosen and joined by"})
	}
	return nil
}

// anything is the one column of a table whose columns are not known: it answers
// to every name.
const anything = "*"

// inSource names a column of a table inside a source.
func inSource(c Column, source, bare string) Column {
	if strings.EqualFold(c.Table, bare) {
		return Column{source, c.Name}
	}
	return Column{source + "." + c.Table, c.Name}
}
