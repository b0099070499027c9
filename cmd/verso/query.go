package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/olap"
	"verso/olap/cube"
)

// queryFlags are the parts of a cube query as typed on the command line.
type queryFlags struct {
	rows, columns, measures, sort []string
	where, period, by, totals     string
	top, limit                    int
	bottom, others, explain       bool
	format, out, lang             string
}

func (a *app) queryCommand() *cobra.Command {
	var f queryFlags
	cmd := &cobra.Command{
		Use:   "query CUBE",
		Short: "Ask a cube: rows, columns, measures, filters, top-N, totals",
		Long: `query asks one cube of the published generation. Every total is computed at its
own level from the facts, also for ratios and distinct counts.

Without --measures it lists the cube's dimensions and measures; without CUBE it
lists the cubes.`,
		Example: `  verso query sales --rows customer.type --measures net,orders,aov --totals grand
  verso query sales --rows class.bucket --columns date.year --measures net --where "region.area = East China"
  verso query sales --rows customer.name --measures net,margin_pct --top 10 --by net --others --time ytd
  verso query returns --rows date.month --measures return_value --time 2025 --format csv`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(cmd, f.format, "pivot"); err != nil {
				return err
			}
			p, err := a.openPublished(cmd.Context(), f.lang)
			if err != nil {
				return err
			}
			defer p.close()
			if len(args) == 0 || len(f.measures) == 0 {
				return a.describeCubes(p.olap, args)
			}
			q, err := f.query(args[0], p.olap.Run().AsOf)
			if err != nil {
				return err
			}
			if f.explain {
				return a.explain(cmd.Context(), p.olap, q)
			}
			table, err := p.olap.Ask(cmd.Context(), q)
			if err != nil {
				return err
			}
			return a.writeTable(table, f.format, f.out, p.olap.Lang())
		},
	}
	f.register(cmd)
	return cmd
}

func (f *queryFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.rows, "rows", nil, "attributes on rows, such as customer.type,date.month")
	flags.StringSliceVar(&f.columns, "columns", nil, "attributes on columns")
	flags.StringSliceVar(&f.measures, "measures", nil, "measures, such as net,orders,margin_pct")
	flags.StringVar(&f.where, "where", "", `filters, such as "customer.type in (library, university) and date.year = 2025"`)
	flags.StringVar(&f.period, "time", "", "time range: 2025, 2025-Q1, 2025-01..2025-03, ytd, last 12 months")
	flags.IntVar(&f.top, "top", 0, "keep the first N members of the first row attribute")
	flags.StringVar(&f.by, "by", "", "measure that ranks --top (default: the first measure)")
	flags.BoolVar(&f.bottom, "bottom", false, "with --top: keep the last N instead")
	flags.BoolVar(&f.others, "others", false, "with --top: gather the rest in one row")
	flags.StringVar(&f.totals, "totals", "", "grand, rows, columns or all, comma-separated")
	flags.StringSliceVar(&f.sort, "sort", nil, "attributes or measures, descending with a leading -")
	flags.IntVar(&f.limit, "limit", 0, "rows at most; more is an error, never a silent cut")
	flags.BoolVar(&f.explain, "explain", false, "print the stages and the SQL instead of asking")
	flags.StringVar(&f.lang, "lang", "", "language of labels: en or zh (default: the configuration's)")
	registerOutput(cmd, &f.format, &f.out)
}

// query builds the cube query; asOf is the as-of date of the generation.
func (f *queryFlags) query(cubeName, asOf string) (cube.Query, error) {
	q := cube.Query{Cube: cubeName, Rows: f.rows, Columns: f.columns, Measures: f.measures, Limit: f.limit}
	var err error
	if f.where != "" {
		if q.Where, err = cube.ParseWhere(f.where); err != nil {
			return q, usagef("verso query", "--where: %v", err)
		}
	}
	if f.period != "" {
		date, err := time.Parse(time.DateOnly, asOf)
		if err != nil {
			return q, fmt.Errorf("the generation's as-of date: %w", err)
		}
		if q.Time, err = cube.ParseTime(f.period, date); err != nil {
			return q, usagef("verso query", "--time: %v", err)
		}
	}
	if f.top > 0 {
		q.Top = &cube.Top{N: f.top, By: f.by, Others: f.others, Bottom: f.bottom}
		if f.by == "" {
			q.Top.By = f.measures[0]
		}
	} else if f.top < 0 || f.others || f.bottom || f.by != "" {
		return q, usagef("verso query", "--others, --bottom and --by go with --top N (a positive number)")
	}
	for _, s := range f.sort {
		name, desc := strings.CutPrefix(s, "-")
		q.Sort = append(q.Sort, cube.Sort{By: name, Desc: desc})
	}
	if q.Totals, err = parseTotals(f.totals); err != nil {
		return q, err
	}
	return q, nil
}

func parseTotals(text string) (cube.Totals, error) {
	var t cube.Totals
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch part {
		case "grand":
			t.Grand = true
		case "rows":
			t.Rows = true
		case "columns":
			t.Cols = true
		case "all":
			t = cube.Totals{Grand: true, Rows: true, Cols: true}
		default:
			return t, usagef("verso query", "--totals: unknown %q: grand, rows, columns or all", part)
		}
	}
	return t, nil
}

func (a *app) explain(ctx context.Context, o *olap.Olap, q cube.Query) error {
	e, err := o.ExplainContext(ctx, q)
	if err != nil {
		return err
	}
	for _, s := range e.Stages {
		fmt.Fprintf(a.stdout, "-- %s\n%s\n\n", s.Name, s.Text)
	}
	args, err := json.Marshal(e.Args)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "-- SQL\n%s\n-- parameters\n%s\n", e.SQL, args)
	return err
}

// describeCubes lists the cubes, or the dimensions and measures of one.
func (a *app) describeCubes(o *olap.Olap, args []string) error {
	lang := o.Lang()
	var names []string
	for _, c := range o.Cubes() {
		names = append(names, c.Name)
		if len(args) == 0 {
			fmt.Fprintf(a.stdout, "%-12s %s\n", c.Name, c.Description.In(lang))
			continue
		}
		if c.Name != args[0] {
			continue
		}
		fmt.Fprintf(a.stdout, "%s: %s\n\nDimensions\n", c.Name, c.Description.In(lang))
		for _, d := range c.Dimensions {
			var attributes []string
			for _, attr := range d.Of.Attributes {
				attributes = append(attributes, d.Name+"."+attr.Name)
			}
			fmt.Fprintf(a.stdout, "  %-12s %s\n", d.Name, strings.Join(attributes, ", "))
		}
		fmt.Fprintln(a.stdout, "\nMeasures")
		for _, m := range c.Measures {
			if !m.Hidden {
				fmt.Fprintf(a.stdout, "  %-18s %s\n", m.Name, m.Description.In(lang))
			}
		}
		return nil
	}
	if len(args) == 0 {
		fmt.Fprintln(a.stdout, "\nDimensions and measures of one: verso query CUBE")
		return nil
	}
	return usagef("verso query", "unknown cube %q: %s", args[0], strings.Join(names, ", "))
}
