package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/export"
)

// factsFlag is --facts: the cell whose facts are listed. The empty text is a
// cell too, the grand total.
type factsFlag struct {
	text  string
	given bool
	limit int // facts at most; 0: 1,000 on the screen, all in files
}

// readFacts takes --facts off the command line, and with it --limit, which then
// bounds the facts.
func (f *queryFlags) readFacts(cmd *cobra.Command) error {
	f.facts.given = cmd.Flags().Changed("facts")
	if !f.facts.given {
		return nil
	}
	if f.print != "" {
		return usagef("verso query", "--facts lists facts, --print writes the question: one of them")
	}
	if f.format == "pivot" {
		return usagef("verso query", "--format pivot is for answers; facts go to table, csv, json, parquet, arrow or xlsx")
	}
	if cmd.Flags().Changed("limit") {
		if f.limit <= 0 {
			return usagef("verso query", "--limit %d: want the number of facts to list, 1 or more", f.limit)
		}
		f.facts.limit, f.limit = f.limit, 0
	}
	return nil
}

// printFacts lists the fact rows behind a cell: a page of them on the screen,
// all of them, as they come, in the other formats.
func (a *app) printFacts(ctx context.Context, o *olap.Olap, q cube.Query, f *queryFlags) error {
	cell, err := compile.ParseCell(f.facts.text)
	if err != nil {
		return usagef("verso query", "--facts: %v", err)
	}
	if cell, err = namedCell(ctx, o, q, cell); err != nil {
		return err
	}
	if f.explain {
		e, err := o.ExplainFacts(ctx, q, cell)
		if err != nil {
			return err
		}
		return a.printExplanation(e)
	}
	if f.format == "table" || f.facts.limit > 0 {
		page, err := o.Facts(ctx, q, cell, olap.Page{Limit: f.facts.limit})
		if err != nil {
			return err
		}
		if f.format == "table" {
			return a.writeTable(factAnswer(page, q.Cube), f.format, f.out, o.Lang())
		}
		for _, note := range page.Notes {
			fmt.Fprintln(a.stderr, note)
		}
		return a.writeFacts(ctx, page.Columns, func(yield func([]any, error) bool) {
			for _, row := range page.Rows {
				if !yield(row, nil) {
					return
				}
			}
		}, f)
	}
	return a.writeAllFacts(ctx, o, q, cell, f)
}

// errStopped ends a reading that nobody waits for any more.
var errStopped = errors.New("stopped")

// writeAllFacts streams the facts. The first of them is read before the file is
// made, so that a refusal leaves none.
func (a *app) writeAllFacts(ctx context.Context, o *olap.Olap, q cube.Query, cell olap.Cell, f *queryFlags) error {
	first, err := o.Facts(ctx, q, cell, olap.Page{Limit: 1})
	if err != nil {
		return err
	}
	return a.writeFacts(ctx, first.Columns, func(yield func([]any, error) bool) {
		head := func([]olap.Column) error { return nil }
		err := o.EachFact(ctx, q, cell, head, func(row []any) error {
			if !yield(row, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}, f)
}

func (a *app) writeFacts(ctx context.Context, columns []olap.Column, rows func(func([]any, error) bool), f *queryFlags) error {
	if f.out == "" && a.binaryOnScreen(f.format) {
		return binaryRefused(f.format)
	}
	return a.writeRows(ctx, export.Facts(columns, rows), f.format, f.out)
}

// factAnswer is a page of facts as a table to print: numbers to the right, what
// is a name to the left.
func factAnswer(page *olap.FactTable, cubeName string) *olap.Table {
	t := &olap.Table{Query: cube.Query{Cube: cubeName}, AsOf: page.AsOf, Run: page.Run, Facts: page.Total, Notes: page.Notes}
	for _, c := range page.Columns {
		numeric := slices.Contains([]string{"decimal", "integer", "double"}, c.Type) && c.Format != "text"
		if c.Kind == "fact" && numeric {
			c.Kind = "measure"
		} else {
			c.Kind = "attribute"
		}
		t.Columns = append(t.Columns, c)
	}
	for _, row := range page.Rows {
		t.Rows = append(t.Rows, olap.Row{Cells: row})
	}
	return t
}

// namedCell finds the keys of a cell that is named by what the answer shows:
// "洛阳星澜" for the customer of the key 17. Keys stand as they are.
func namedCell(ctx context.Context, o *olap.Olap, q cube.Query, cell olap.Cell) (olap.Cell, error) {
	if len(cell.Row) == 0 && len(cell.Column) == 0 {
		return cell, nil
	}
	asked := q
	asked.Having, asked.Totals = nil, cube.Totals{Grand: len(q.Rows) > 0}
	t, err := o.Ask(ctx, asked)
	if err != nil {
		return cell, err
	}
	var rows, columns []member
	for _, r := range t.Rows {
		m := member{keys: r.Keys}
		for i := range r.Keys {
			m.shown = append(m.shown, export.Format(r.Cells[i], t.Columns[i]))
		}
		rows = append(rows, m)
	}
	for _, c := range t.Columns {
		columns = append(columns, member{keys: c.Keys, shown: c.Members})
	}
	if cell.Row, err = keysOf("row", cell.Row, q.Rows, rows); err != nil {
		return cell, err
	}
	cell.Column, err = keysOf("column", cell.Column, q.Columns, columns)
	return cell, err
}

// member is the members that a row or a column stands under.
type member struct{ keys, shown []string }

// keysOf finds the keys for names, from the first attribute on.
func keysOf(axis string, names, fields []string, list []member) (keys []string, err error) {
	if len(names) > len(fields) {
		return names, nil // the compiler words the refusal
	}
	for i, name := range names {
		var found, known []string
		for exact := range 2 {
			for _, m := range list {
				if len(m.keys) <= i || len(m.shown) <= i || !slices.Equal(m.keys[:i], keys) {
					continue
				}
				if exact == 0 && !slices.Contains(known, m.shown[i]) {
					known = append(known, m.shown[i])
				}
				same := exact == 0 && m.keys[i] == name || exact == 1 && strings.EqualFold(m.shown[i], name)
				if same && !slices.Contains(found, m.keys[i]) {
					found = append(found, m.keys[i])
				}
			}
			if len(found) > 0 {
				break
			}
		}
		switch len(found) {
		case 0:
			return nil, usagef("verso query", "--facts: the answer has no %s %q of %s; %s (a total: leave its keys out)", axis, name, fields[i], cube.Hint(name, known))
		case 1:
			keys = append(keys, found[0])
		default:
			return nil, usagef("verso query", "--facts: %q of %s may be the keys %s; write one of them", name, fields[i], strings.Join(found, ", "))
		}
	}
	return keys, nil
}
