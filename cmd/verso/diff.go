package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/olap"
	"verso/olap/diff"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/warehouse"
)

// diffFlags are the choices of one comparison.
type diffFlags struct {
	cubes  []string
	most   int
	format string
}

func (a *app) diffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff [OLD [NEW]]",
		Short: "Tell what differs between two generations: definitions, tables, restated figures",
		Long: `diff compares two generations of the warehouse: versions and configuration,
definitions of measures and attributes, what columns are computed from, tables and
columns, numbers of rows, and every listed measure of every cube by month up to the
last day that both cover. A figure that differs there was restated.

OLD and NEW are names of generations, or the numbers they begin with (verso status
lists them). NEW is the published generation when left out, OLD the one before it.`,
		Example: `  verso diff
  verso diff 12 15 --cubes sales`,
		Args: usageArgs(cobra.MaximumNArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.format != "table" && f.format != "json" {
				return usagef(cmd.CommandPath(), "--format: %q is not table or json", f.format)
			}
			return a.diff(cmd, args, f)
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.cubes, "cubes", nil, "cubes whose figures are compared (default: all)")
	flags.IntVar(&f.most, "most", 20, "lines shown of each kind; how many more there are is told")
	flags.StringVar(&f.format, "format", "table", "table or json; json has everything")
	return cmd
}

func (a *app) diff(cmd *cobra.Command, args []string, f diffFlags) error {
	ctx := cmd.Context()
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return err
	}
	w, err := a.openWarehouse(cfg)
	if err != nil {
		return err
	}
	defer w.Close()
	pair, err := pickGenerations(w, args)
	if err != nil {
		return usagef(cmd.CommandPath(), "%v", err)
	}
	var sides [2]diff.Side
	for i, g := range pair {
		side, done, err := openGeneration(ctx, cfg, g)
		if err != nil {
			return err
		}
		defer done()
		sides[i] = side
	}
	for _, name := range f.cubes {
		if sides[1].Olap.Model().Cube(name) == nil {
			return usagef(cmd.CommandPath(), "--cubes: there is no cube %q (verso cubes lists them)", name)
		}
	}
	r, err := diff.Compare(ctx, sides[0], sides[1], diff.Options{Cubes: f.cubes})
	if err != nil {
		return err
	}
	if f.format == "json" {
		enc := json.NewEncoder(a.stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(textual(r))
	}
	printDiff(a.stdout, r, f.most)
	return nil
}

// pickGenerations finds the older and the newer generation meant.
func pickGenerations(w *warehouse.Warehouse, args []string) ([2]warehouse.Generation, error) {
	var pair [2]warehouse.Generation
	all, err := w.Generations()
	if err != nil {
		return pair, err
	}
	slices.SortFunc(all, func(a, b warehouse.Generation) int { return strings.Compare(a.Name, b.Name) })
	current := slices.IndexFunc(all, func(g warehouse.Generation) bool { return g.Current })
	if current < 0 {
		return pair, errors.New("no generation is published: run verso refresh")
	}
	at := []int{current - 1, current}
	for i, arg := range args {
		if at[i], err = findGeneration(all, arg); err != nil {
			return pair, err
		}
	}
	if at[0] < 0 {
		return pair, errors.New("there is only one generation: nothing to compare it with yet")
	}
	if at[0] > at[1] {
		at[0], at[1] = at[1], at[0]
	}
	return [2]warehouse.Generation{all[at[0]], all[at[1]]}, nil
}

func findGeneration(all []warehouse.Generation, arg string) (int, error) {
	var names []string
	for i, g := range all {
		number, _, _ := strings.Cut(g.Name, "-")
		n, err := strconv.Atoi(number)
		if g.Name == arg || g.Name == arg+".duckdb" || g.RunID == arg || err == nil && strconv.Itoa(n) == strings.TrimLeft(arg, "0") {
			return i, nil
		}
		names = append(names, g.Name)
	}
	return 0, fmt.Errorf("there is no generation %q; there are %s", arg, strings.Join(names, ", "))
}

// openGeneration opens a generation that need not be the published one.
func openGeneration(ctx context.Context, cfg *config.Config, g warehouse.Generation) (diff.Side, func(), error) {
	db, err := duck.Open(ctx, duck.Options{Path: g.Path, ReadOnly: true, Threads: cfg.Engine.Threads, MemoryLimit: cfg.Engine.Memory})
	if err != nil {
		return diff.Side{}, nil, err
	}
	done := func() { _ = db.Close() } // it was only read
	o, err := olap.Open(ctx, db, olap.Options{Catalog: userCatalog(cfg)})
	if err != nil {
		done()
		return diff.Side{}, nil, err
	}
	return diff.Side{Name: g.Name, DB: db, Olap: o}, done, nil
}

// textual makes the figures texts, so that no decimal is lost in JSON.
func textual(r *diff.Report) *diff.Report {
	out := *r
	out.Restated = slices.Clone(r.Restated)
	for i := range out.Restated {
		out.Restated[i].Old, out.Restated[i].New = engine.Text(out.Restated[i].Old), engine.Text(out.Restated[i].New)
	}
	return &out
}

func printDiff(w io.Writer, r *diff.Report, most int) {
	fmt.Fprintf(w, "%s → %s\n", r.Old, r.New)
	for _, part := range []struct {
		title string
		list  []diff.Change
	}{{"run", r.Run}, {"definitions", r.Definitions}, {"computed from other columns", r.Lineage}, {"tables and columns", r.Tables}} {
		printSection(w, part.title, len(part.list), most, func(i int) {
			c := part.list[i]
			switch {
			case c.Old == "":
				fmt.Fprintf(w, "  + %s: %s\n", c.Name, c.New)
			case c.New == "":
				fmt.Fprintf(w, "  - %s: %s\n", c.Name, c.Old)
			default:
				fmt.Fprintf(w, "  ~ %s: %s → %s\n", c.Name, c.Old, c.New)
			}
		})
	}
	printSection(w, "rows", len(r.Rows), most, func(i int) {
		c := r.Rows[i]
		fmt.Fprintf(w, "  %-32s %14s → %14s  (%+d)\n", c.Table, thousands(c.Old), thousands(c.New), c.New-c.Old)
	})
	printSection(w, fmt.Sprintf("figures restated, of %s compared up to %s", thousands(int64(r.Compared)), r.Upto), len(r.Restated), most, func(i int) {
		c := r.Restated[i]
		fmt.Fprintf(w, "  %s.%s %s: %s → %s\n", c.Cube, c.Measure, c.Month, cell(c.Old), cell(c.New))
	})
	printSection(w, "not compared", len(r.Skipped), most, func(i int) {
		fmt.Fprintf(w, "  %s %s\n", r.Skipped[i].Cube, r.Skipped[i].Reason)
	})
}

func cell(v any) string {
	if v == nil {
		return "(nothing)"
	}
	return engine.Text(v)
}

// printSection prints up to most lines, and how many there are.
func printSection(w io.Writer, title string, n, most int, line func(i int)) {
	fmt.Fprintf(w, "\n%s: %s\n", title, map[bool]string{true: "none", false: thousands(int64(n))}[n == 0])
	for i := range min(n, most) {
		line(i)
	}
	if n > most {
		fmt.Fprintf(w, "  … and %s more (--most %d shows them)\n", thousands(int64(n-most)), n)
	}
}
