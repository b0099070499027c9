package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"verso/olap"
	"verso/olap/catalog"
	"verso/olap/cube"
	"verso/olap/cube/schema"
)

func (a *app) queryCommand() *cobra.Command {
	var f queryFlags
	cmd := &cobra.Command{
		Use:   "query [CUBE | QUESTION]",
		Short: "Ask a cube: rows, columns, measures, filters, comparisons, top-N, totals",
		Long: `query asks one cube of the published generation. Every total is computed at its
own level from the facts, also for ratios and distinct counts.

A question is text, flags, or a file. As text: the cube, then clauses in any order:
  by ROW, … [x COLUMN, …]       show MEASURE, …          where FILTERS
  time RANGE                    vs py, pp, pw, …         having MEASURE > NUMBER and …
  top|bottom N[%] [ROW] by MEASURE [with others]         totals grand, rows, cols, colsub
  sort MEASURE|ROW [under MEMBER] [desc], …              limit N
The columns may also be set off by × or across. Signs that the shell reads, such as
( ) < > ' and ", need quotes around the part that has them, or around it all. A
quoted argument with blanks is one name or value where that makes sense.

--file reads the question from a file (JSON, YAML or text; - for the standard
input), --print writes it in another form. Without measures the cube's dimensions
and measures are listed; without CUBE, the cubes; --examples lists questions to
try.

--facts CELL lists the fact rows behind a cell of the answer instead of it. A cell
is "row members | column members | measure", members separated by commas, named as
the answer shows them or by their keys; what is left out is a total, so that ""
is everything that the question keeps. On the screen that is the first 1,000;
other formats hold all, unless --limit says how many.`,
		Example: `  verso query sales by customer.type x date.year show net, margin% totals all
  verso query 'sales by class.l1 show net where region.area in (North China, "East China") time ytd'
  verso query sales by customer.name show net, margin_pct top 10 by net with others time ytd
  verso query sales --rows customer.type --measures net,orders,aov --totals grand
  verso query sales by month show net --print json > q.json
  verso query --file q.json --format csv
  verso query sales by class.l1 x year show net --facts 'F Economics | 2025' --format xlsx --out facts.xlsx`,
		Args: usageArgs(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFormat(cmd, f.format, "pivot"); err != nil {
				return err
			}
			switch {
			case f.examples:
				return a.printExamples(f.lang)
			case f.schema:
				return a.printSchema()
			}
			if err := f.readFacts(cmd); err != nil {
				return err
			}
			if err := f.check(cmd, args); err != nil {
				return err
			}
			return a.query(cmd.Context(), &f, args)
		},
	}
	f.register(cmd)
	return cmd
}

// query answers, prints or explains the question of a command line.
func (a *app) query(ctx context.Context, f *queryFlags, args []string) error {
	if f.as.name != "" {
		s, err := a.openSeen(ctx, f.as.name, f.lang)
		if err != nil {
			return err
		}
		defer s.close()
		if f.facts.given && !s.Rights.Facts {
			return &closedDoor{f.as.name, "list the facts behind a cell"}
		}
		s.tell(a)
		return a.ask(ctx, s.Olap, f, args)
	}
	p, err := a.openLogged(ctx, f.lang)
	if err != nil {
		return err
	}
	defer p.close()
	return a.ask(ctx, p.olap, f, args)
}

// ask does what the flags say with a question to an opened generation.
func (a *app) ask(ctx context.Context, o *olap.Olap, f *queryFlags, args []string) error {
	if f.file == "" && !isQuestion(args) && len(f.measures) == 0 {
		return a.describeCubes(o, args)
	}
	q, err := a.question(f, args, o)
	if err != nil {
		return err
	}
	switch {
	case f.print != "":
		return a.printQuestion(q, f.print)
	case f.facts.given:
		return a.printFacts(ctx, o, q, f)
	case f.explain:
		return a.explain(ctx, o, q)
	}
	table, err := o.Ask(ctx, q)
	if err != nil {
		return err
	}
	return a.writeTable(table, f.format, f.out, o.Lang())
}

func (a *app) explain(ctx context.Context, o *olap.Olap, q cube.Query) error {
	e, err := o.ExplainContext(ctx, q)
	if err != nil {
		return err
	}
	return a.printExplanation(e)
}

func (a *app) printExplanation(e olap.Explanation) error {
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

// printExamples lists questions to the shipped cubes.
func (a *app) printExamples(lang string) error {
	for _, e := range catalog.Examples() {
		if _, err := fmt.Fprintf(a.stdout, "# %s\nverso query '%s'\n\n", e.Title.In(lang), strings.ReplaceAll(e.Text, "'", `'\''`)); err != nil {
			return err
		}
	}
	return nil
}

// printSchema writes the JSON Schema of questions in JSON or YAML.
func (a *app) printSchema() error {
	data, err := schema.Query()
	if err != nil {
		return err
	}
	_, err = a.stdout.Write(data)
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
		fmt.Fprintln(a.stdout, "\nDimensions and measures of one: verso query CUBE; questions to try: verso query --examples")
		return nil
	}
	return usagef("verso query", "unknown cube %q: %s", args[0], strings.Join(names, ", "))
}
