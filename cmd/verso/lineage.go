package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

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
	start, err := g.Find(name)
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
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(g.Path(start, uses))
}
