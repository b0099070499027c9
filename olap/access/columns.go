package access

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"verso/olap/engine"
)

// field is a column of a table (schema.table).
type field struct{ table, name string }

func (f field) String() string { return f.table + "." + f.name }

// keepBack finds the columns that the rules hide and mask, and, by the lineage of
// the generation, what is computed from them: that is hidden too.
func (b *builder) keepBack(ctx context.Context) error {
	b.hidden, b.masked = map[field]bool{}, map[field]bool{}
	for _, name := range b.rules.Aggregate {
		if len(b.named(name)) == 0 {
			return &MissingColumnError{name}
		}
	}
	if len(b.rules.Hide)+len(b.rules.Mask) == 0 {
		return nil
	}
	edges, err := b.lineage(ctx)
	if err != nil {
		return err
	}
	closed, named := map[field]bool{}, map[field]bool{}
	for _, name := range slices.Concat(b.rules.Hide, b.rules.Mask) {
		found := b.named(name)
		if len(found) == 0 {
			return &MissingColumnError{name}
		}
		for _, f := range found {
			named[f] = true
			if slices.Contains(b.rules.Mask, name) {
				b.masked[f] = true
			}
		}
		for _, f := range append(found, edges.named(name)...) {
			closed[f] = true
		}
	}
	edges.close(closed)
	for f := range closed {
		switch {
		case named[f] && !b.masked[f]:
			b.hidden[f] = true
		case !named[f] && b.has(f) && !b.masked[f] && !isKey(f.name) && !b.shown(f):
			b.hidden[f] = true
			if class := b.classes.of(f.table); class != Never && class != Unknown {
				b.report.Derived = append(b.report.Derived, f.String())
			}
		}
	}
	slices.Sort(b.report.Derived)
	return nil
}

// isKey reports whether a column says only which member or run a row is about.
// These are not hidden for what chose the rows.
func isKey(name string) bool {
	return strings.HasSuffix(name, "_key") || strings.HasSuffix(name, "_id") || name == "as_of" || name == "date" || name == "month"
}

// shown reports whether the policy leaves a column that is computed from a hidden one.
func (b *builder) shown(f field) bool {
	return slices.Contains(b.rules.Show, f.String()) || slices.Contains(b.rules.Show, f.table+".*")
}

func (b *builder) has(f field) bool {
	return slices.ContainsFunc(b.columns[f.table], func(c column) bool { return c.name == f.name })
}

// named are the columns of the generation that a policy means: by name in any
// table, or schema.table.column.
func (b *builder) named(name string) (found []field) {
	if i := strings.LastIndex(name, "."); i >= 0 {
		if f := (field{name[:i], name[i+1:]}); b.has(f) {
			return []field{f}
		}
		return nil
	}
	for _, table := range sortedKeys(b.columns) {
		if f := (field{table, name}); b.has(f) {
			found = append(found, f)
		}
	}
	return found
}

// edges are the lineage of the generation: what each column is computed from.
type edges struct {
	down map[field][]field              // column → those computed from it
	by   map[string]map[string][]string // table → column → the expressions that compute it
}

// lineage reads meta.lineage.
func (b *builder) lineage(ctx context.Context) (*edges, error) {
	if len(b.columns["meta.lineage"]) == 0 {
		return nil, fmt.Errorf("the policy keeps columns back, and this generation does not say what is computed from them (no meta.lineage): run verso refresh")
	}
	e := &edges{down: map[field][]field{}, by: map[string]map[string][]string{}}
	return e, engine.Rows(ctx, b.conn, engine.SQL("SELECT table_name, column_name, from_table, from_column, computed_by FROM whole.meta.lineage"), func(row []any) error {
		to, from := field{engine.Text(row[0]), engine.Text(row[1])}, field{engine.Text(row[2]), engine.Text(row[3])}
		e.down[from] = append(e.down[from], to)
		if e.by[to.table] == nil {
			e.by[to.table] = map[string][]string{}
		}
		e.by[to.table][to.name] = append(e.by[to.table][to.name], engine.Text(row[4]))
		return nil
	})
}

// named are the columns of a bare name in tables that are gone, such as those a
// step makes for the next.
func (e *edges) named(name string) (found []field) {
	if strings.Contains(name, ".") {
		return nil
	}
	for from, to := range e.down {
		for _, f := range append(to, from) {
			if f.name == name {
				found = append(found, f)
			}
		}
	}
	return found
}

// close adds all columns that are computed from those of the set, step by step:
// from another table by an edge, within a table where an expression names one.
func (e *edges) close(set map[field]bool) {
	for queue := slices.Collect(maps.Keys(set)); len(queue) > 0; {
		f := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		next := e.down[f]
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(f.name) + `\b`)
		for column, expressions := range e.by[f.table] {
			if slices.ContainsFunc(expressions, word.MatchString) {
				next = append(next, field{f.table, column})
			}
		}
		for _, to := range next {
			// What only chose the rows of a table (no column) is not followed.
			if to.name != "" && !set[to] && !isKey(to.name) {
				set[to] = true
				queue = append(queue, to)
			}
		}
	}
}
