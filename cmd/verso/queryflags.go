package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"verso/olap/cube"
	"verso/olap/cube/text"
)

// queryFlags are the flags of verso query: the parts of a question, where it
// comes from, and what is done with it.
type queryFlags struct {
	rows, columns, measures, compare, sort []string
	where, having, period                  string
	by, topField, totals                   string
	top, limit                             int
	topPercent, bottom, others, colsub     bool

	file, print, format, out, lang string
	explain, examples, schema      bool
	facts                          factsFlag
	as                             asFlag
}

func (f *queryFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.rows, "rows", nil, "attributes on rows, such as customer.type,date.month")
	flags.StringSliceVar(&f.columns, "columns", nil, "attributes on columns")
	flags.StringSliceVar(&f.measures, "measures", nil, "measures, such as net,orders,margin_pct or net@py:delta")
	flags.StringSliceVar(&f.compare, "compare", nil, "what every measure is compared with: py, pp, pw, plan")
	flags.StringVar(&f.where, "where", "", `filters, such as "customer.type in (library, university) and (date.year = 2025 or date.term is null)"`)
	flags.StringVar(&f.having, "having", "", `rows to keep by their values, such as "net > 1000 and margin_pct < 20%"`)
	flags.StringVar(&f.period, "time", "", "time range: 2025, 2025-Q1, 2025-01..2025-03, ytd, last 12 months")
	flags.IntVar(&f.top, "top", 0, "keep the first N members of a row attribute")
	flags.BoolVar(&f.topPercent, "top-percent", false, "with --top: N is per cent of the members")
	flags.StringVar(&f.topField, "top-field", "", "with --top: the row attribute that is ranked (default: the first)")
	flags.StringVar(&f.by, "by", "", "measure that ranks --top (default: the first measure)")
	flags.BoolVar(&f.bottom, "bottom", false, "with --top: keep the last N instead")
	flags.BoolVar(&f.others, "others", false, "with --top: gather the rest in one row")
	flags.StringVar(&f.totals, "totals", "", "grand, rows, columns, colsub or all, comma-separated")
	flags.BoolVar(&f.colsub, "colsub", false, "subtotals of the columns, the same as --totals colsub")
	flags.StringArrayVar(&f.sort, "sort", nil, `attributes or measures, descending with a leading -; "net under 2025-Q1 desc" sorts by one column`)
	flags.IntVar(&f.limit, "limit", 0, "rows at most; more is an error, never a silent cut; with --facts the facts listed")
	flags.StringVar(&f.facts.text, "facts", "", `list the facts behind a cell: "row members | column members | measure"; "" is everything`)
	flags.StringVar(&f.file, "file", "", "read the question from a .json, .yaml or text file; - reads the standard input")
	flags.StringVar(&f.print, "print", "", "print the question as text, json or yaml instead of asking it")
	flags.BoolVar(&f.explain, "explain", false, "print the stages and the SQL instead of asking")
	flags.BoolVar(&f.examples, "examples", false, "print questions to try")
	flags.BoolVar(&f.schema, "schema", false, "print the JSON Schema of questions")
	flags.StringVar(&f.lang, "lang", "", "language of labels: en or zh (default: the configuration's)")
	f.as.register(cmd)
	registerOutput(cmd, &f.format, &f.out)
}

// questionFlags are the flags that are parts of a question.
var questionFlags = []string{"rows", "columns", "measures", "compare", "where", "having", "time", "top", "top-percent", "top-field",
	"by", "bottom", "others", "totals", "colsub", "sort", "limit"}

// check refuses a question that comes from two places.
func (f *queryFlags) check(cmd *cobra.Command, args []string) error {
	if f.print != "" && !slices.Contains([]string{"text", "json", "yaml"}, f.print) {
		return usagef("verso query", "--print %s: text, json or yaml", f.print)
	}
	if f.file != "" && len(args) > 0 {
		return usagef("verso query", "the question is in --file %s; %q is one too many", f.file, args[0])
	}
	if f.file == "" && !isQuestion(args) {
		return nil
	}
	for _, name := range questionFlags {
		if cmd.Flags().Changed(name) && !(name == "limit" && f.facts.given) {
			return usagef("verso query", "--%s is for a question in flags; this one is in text or a file: write it there", name)
		}
	}
	return nil
}

// query builds the cube query from flags; asOf is the as-of date of the
// generation.
func (f *queryFlags) query(cubeName string, asOf time.Time) (cube.Query, error) {
	q := cube.Query{Cube: cubeName, Rows: f.rows, Columns: f.columns, Measures: f.measures, Compare: f.compare, Limit: f.limit}
	flagError := func(name string, err error) error {
		if err == nil {
			return nil
		}
		return usagef("verso query", "--%s: %v", name, err)
	}
	var err error
	if f.where != "" {
		if q.Where, err = cube.ParseWhere(f.where); err != nil {
			return q, flagError("where", err)
		}
	}
	if f.having != "" {
		if q.Having, err = text.ParseHaving(f.having); err != nil {
			return q, flagError("having", err)
		}
	}
	if f.period != "" {
		if q.Time, err = cube.ParseTime(f.period, asOf); err != nil {
			return q, flagError("time", err)
		}
	}
	for _, s := range f.sort {
		keys, err := text.ParseSort(s)
		if err != nil {
			return q, flagError("sort", err)
		}
		q.Sort = append(q.Sort, keys...)
	}
	if q.Top, err = f.ranking(); err != nil {
		return q, err
	}
	q.Totals, err = parseTotals(f.totals)
	q.Totals.ColSub = q.Totals.ColSub || f.colsub
	return q, err
}

func (f *queryFlags) ranking() (*cube.Top, error) {
	if f.top <= 0 {
		if f.top < 0 || f.others || f.bottom || f.topPercent || f.by != "" || f.topField != "" {
			return nil, usagef("verso query", "--others, --bottom, --by, --top-field and --top-percent go with --top N (a positive number)")
		}
		return nil, nil
	}
	t := &cube.Top{N: f.top, Percent: f.topPercent, Field: f.topField, By: f.by, Others: f.others, Bottom: f.bottom}
	if t.By == "" {
		t.By = f.measures[0]
	}
	return t, nil
}

func parseTotals(text string) (cube.Totals, error) {
	var t cube.Totals
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch part {
		case "grand":
			t.Grand = true
		case "rows":
			t.Rows = true
		case "columns", "cols":
			t.Cols = true
		case "colsub":
			t.ColSub = true
		case "all":
			t.Grand, t.Rows, t.Cols = true, true, true
		default:
			return t, usagef("verso query", "--totals: unknown %q: grand, rows, columns or all, or colsub", part)
		}
	}
	return t, nil
}

// dateOf is the as-of date of a generation.
func dateOf(asOf string) (time.Time, error) {
	date, err := time.Parse(time.DateOnly, asOf)
	if err != nil {
		return date, fmt.Errorf("the generation's as-of date: %w", err)
	}
	return date, nil
}
