package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"verso/etl/canon"
	"verso/olap/lineage"
)

// lineageFlags are the choices of one look.
type lineageFlags struct {
	uses, steps bool
	format      string
}

func (a *app) lineageCommand() *cobra.Command {
	var f lineageFlags
	cmd := &cobra.Command{
		Use:   "lineage NAME",
		Short: "Trace a column or a measure to the source columns it is computed from",
		Long: `lineage tells where a number comes from: NAME is a column (core.fact_order_line.net),
a table, or a measure of a cube (sales.net). What is told is what ran when the
published generation was built.`,
		Example: `  verso lineage core.fact_order_line.net
  verso lineage sales.margin_pct
  verso lineage --uses stage.order_line.unit_price`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.format != "table" && f.format != "json" {
				return usagef(cmd.CommandPath(), "--format: %q is not table or json", f.format)
			}
			return a.lineage(cmd, args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.uses, "uses", false, "the other way: what is computed from it")
	flags.BoolVar(&f.steps, "steps", false, "show the working tables between as well")
	flags.StringVar(&f.format, "format", "table", "table or json")
	return cmd
}

func (a *app) lineage(cmd *cobra.Command, name string, f lineageFlags) error {
	p, err := a.openPublished(cmd.Context(), "")
	if err != nil {
		return err
	}
	defer p.close()
	g, err := lineage.Load(cmd.Context(), p.snapshot.DB())
	if err != nil {
		return err
	}
	if len(g.Tables()) == 0 {
		return errors.New("this generation was built before columns were traced: refresh once more")
	}
	lineage.AddMeasures(g, p.olap.Model())
	if !f.steps {
		g = g.Inline(lineage.Working)
	}
	start, err := lineageStart(g, name)
	if err != nil {
		return usagef(cmd.CommandPath(), "%v", err)
	}
	if f.format == "json" {
		return lineageJSON(a.stdout, g, start, f.uses)
	}
	for _, c := range start {
		fmt.Fprintln(a.stdout, lineage.Shown(c))
		printLineage(a.stdout, g, c, f.uses, "  ", map[lineage.Column]bool{c: true})
	}
	return nil
}

// lineageStart finds what a name on the command line means.
func lineageStart(g *lineage.Graph, name string) ([]lineage.Column, error) {
	tables := g.Tables()
	if table, column, ok := cutLast(name); ok {
		for _, t := range []string{table, lineage.CubeTable(table)} {
			for _, c := range g.Columns(t) {
				if c == column {
					return []lineage.Column{{Table: t, Name: column}}, nil
				}
			}
			if near := g.Columns(t); len(near) > 0 {
				return nil, fmt.Errorf("%s has no column %q; did you mean %s?", table, column, strings.Join(canon.Nearest(column, near, 3), ", "))
			}
		}
	}
	for _, t := range []string{name, lineage.CubeTable(name)} {
		if columns := g.Columns(t); len(columns) > 0 {
			var out []lineage.Column
			for _, c := range columns {
				out = append(out, lineage.Column{Table: t, Name: c})
			}
			return append(out, lineage.Column{Table: t}), nil
		}
	}
	return nil, fmt.Errorf("nothing is called %q; name a table.column such as core.fact_order_line.net, or cube.measure such as sales.net; near: %s",
		name, strings.Join(canon.Nearest(name, tables, 5), ", "))
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", "", false
	}
	return name[:i], name[i+1:], true
}

// printLineage prints what is behind (or after) a column as a tree; what was
// shown already is named once more and not opened again.
func printLineage(w io.Writer, g *lineage.Graph, c lineage.Column, uses bool, indent string, seen map[lineage.Column]bool) {
	edges, arrow := g.From(c), "← "
	if uses {
		edges, arrow = g.Uses(c), "→ "
	}
	for _, e := range edges {
		next := e.From
		if uses {
			next = e.To
		}
		by := ""
		if e.By != "" && e.By != next.Name && next.Table != "constant" {
			by = "   (" + e.By + ")"
		}
		again := ""
		if seen[next] && (uses && len(g.Uses(next)) > 0 || !uses && g.Has(next)) {
			again = " …"
		}
		fmt.Fprintln(w, indent+arrow+lineage.Shown(next)+by+again)
		if !seen[next] {
			seen[next] = true
			printLineage(w, g, next, uses, indent+"  ", seen)
		}
	}
}

// lineageJSON prints the edges that lead to (or from) the start, and the origins.
func lineageJSON(w io.Writer, g *lineage.Graph, start []lineage.Column, uses bool) error {
	type edge struct {
		To   string `json:"to"`
		From string `json:"from"`
		By   string `json:"by,omitempty"`
	}
	out := struct {
		Of      []string `json:"of"`
		Origins []string `json:"origins,omitempty"`
		Edges   []edge   `json:"edges"`
	}{Edges: []edge{}}
	seen := map[lineage.Column]bool{}
	open := start
	for _, c := range start {
		out.Of = append(out.Of, lineage.Shown(c))
		if !uses {
			for _, o := range g.Origins(c) {
				out.Origins = append(out.Origins, lineage.Shown(o))
			}
		}
	}
	for len(open) > 0 {
		c := open[0]
		open = open[1:]
		if seen[c] {
			continue
		}
		seen[c] = true
		edges := g.From(c)
		if uses {
			edges = g.Uses(c)
		}
		for _, e := range edges {
			out.Edges = append(out.Edges, edge{lineage.Shown(e.To), lineage.Shown(e.From), e.By})
			if uses {
				open = append(open, e.To)
			} else {
				open = append(open, e.From)
			}
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}
