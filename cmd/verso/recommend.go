package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"verso/olap/engine"
)

var (
	//go:embed recommend_customer.sql
	recommendCustomerSQL string
	//go:embed recommend_catalogue.sql
	recommendCatalogueSQL string
	//go:embed recommend_title.sql
	recommendTitleSQL string
	//go:embed recommend.html
	recommendHTML string
)

// offerFlags are the flags of verso recommend.
type offerFlags struct {
	customer, catalogue, title string
	list, lang, format, out    string
	top                        int
}

func (a *app) recommendCommand() *cobra.Command {
	var f offerFlags
	cmd := &cobra.Command{
		Use:   "recommend",
		Short: "Say what to offer a customer, whom to send a catalogue, or who wants a title",
		Long: `recommend prints lists that the nightly models made, with the reasons of every line:

  --customer ID     what to offer a customer: titles of existing stock and new titles
                    of the current catalogue issues, next volumes first
  --catalogue CODE  whom to send which pages of the current issue of a catalogue,
                    such as T or its number
  --title ID        which customers would want a new title

A customer held out to measure what the lists bring has a list too: it says so, and
it should not be sent. --format html and xlsx are selection lists ready to send.`,
		Example: `  verso recommend --customer 25
  verso recommend --customer 25 --list new --lang zh --format xlsx --out selection.xlsx
  verso recommend --catalogue T --format csv
  verso recommend --title 69001 --top 50`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.recommend(cmd, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.customer, "customer", "", "number of a customer")
	flags.StringVar(&f.catalogue, "catalogue", "", "code (T, S, M, C, R, J) or number of a catalogue")
	flags.StringVar(&f.title, "title", "", "number or ISBN of a new title")
	flags.StringVar(&f.list, "list", "", "stock or new; with --customer (default: both)")
	flags.IntVar(&f.top, "top", 0, "most lines of each list (default: all)")
	flags.StringVar(&f.lang, "lang", "", "language of the words: en or zh (default: the company's)")
	flags.StringVar(&f.format, "format", "table", "table, csv, json, parquet, arrow, xlsx or html")
	flags.StringVarP(&f.out, "out", "o", "", "file to write instead of the standard output")
	return cmd
}

func (a *app) recommend(cmd *cobra.Command, f offerFlags) error {
	path := cmd.CommandPath()
	given := 0
	for _, v := range []string{f.customer, f.catalogue, f.title} {
		if v != "" {
			given++
		}
	}
	switch {
	case given != 1:
		return usagef(path, "give one of --customer, --catalogue and --title")
	case f.list != "" && f.list != "stock" && f.list != "new":
		return usagef(path, "unknown list %q: stock or new", f.list)
	case f.list != "" && f.customer == "":
		return usagef(path, "--list goes with --customer")
	case f.top < 0:
		return usagef(path, "--top is not negative")
	case f.lang != "" && f.lang != "en" && f.lang != "zh":
		return usagef(path, "unknown language %q: en or zh", f.lang)
	}
	if f.format != "html" {
		if err := checkFormat(cmd, f.format); err != nil {
			return err
		}
	}
	p, err := a.openPublished(cmd.Context(), f.lang)
	if err != nil {
		return err
	}
	defer p.close()
	db := p.snapshot.DB()
	s, heading, err := f.statement(cmd.Context(), db, p.olap.Lang() == "zh")
	var missing *noListError
	if errors.As(err, &missing) {
		return usagef(path, "%v", missing)
	}
	if err != nil {
		return err
	}
	if f.format == "html" {
		return a.output(f.out, f.format, func(w io.Writer) error { return writeSelection(cmd.Context(), w, db, s, heading, p.olap.Lang()) })
	}
	r, err := db.Query(cmd.Context(), s)
	if err != nil {
		return err
	}
	return a.writeRows(cmd.Context(), r, f.format, f.out)
}

// noListError is a customer, catalogue or title without a list.
type noListError struct{ text string }

func (e *noListError) Error() string { return e.text }

// statement is the query of what was asked for, with its heading.
func (f offerFlags) statement(ctx context.Context, db engine.Querier, zh bool) (s engine.Statement, heading string, err error) {
	row, err := engine.One(ctx, db, engine.SQL("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'score' AND table_name IN ('recommendation', 'mailing', 'title_target')"))
	if err != nil {
		return s, "", err
	}
	if n, _ := engine.Int(row[0]); n < 3 {
		return s, "", errors.New("the generation has no recommendations: run verso refresh, without --skip models")
	}
	top := int64(f.top)
	if top == 0 {
		top = 1 << 31
	}
	switch {
	case f.customer != "":
		s = engine.SQL(recommendCustomerSQL, f.customer, f.list, f.list, top, zh)
		heading, err = headingOf(ctx, db, "customer", "SELECT name FROM core.dim_customer WHERE customer_id = ? AND customer_key > 0", f.customer)
	case f.catalogue != "":
		s = engine.SQL(recommendCatalogueSQL, f.catalogue, f.catalogue, top, zh)
		heading, err = headingOf(ctx, db, "catalogue", "SELECT max_by(name, issue_date) FROM core.dim_catalogue WHERE catalogue_id = $1 OR upper(code) = upper($1) HAVING count(*) > 0", f.catalogue)
	default:
		s = engine.SQL(recommendTitleSQL, f.title, f.title, top, zh)
		heading, err = headingOf(ctx, db, "title", "SELECT title FROM core.dim_title WHERE title_id = $1 OR isbn13 = $1", f.title)
	}
	return s, heading, err
}

// headingOf is the name of what was asked for.
func headingOf(ctx context.Context, db engine.Querier, what, sql, id string) (name string, err error) {
	found := false
	err = engine.Rows(ctx, db, engine.SQL(sql, id), func(r []any) error {
		if !found {
			name, found = engine.Text(r[0]), true
		}
		return nil
	})
	if err == nil && !found {
		err = &noListError{fmt.Sprintf("no %s has the number %q", what, id)}
	}
	return name, err
}

// writeSelection writes a list as a page that can be mailed: no script, nothing
// fetched from elsewhere.
func writeSelection(ctx context.Context, w io.Writer, db engine.Querier, s engine.Statement, heading, lang string) error {
	r, err := db.Query(ctx, s)
	if err != nil {
		return err
	}
	var names []string
	for _, field := range r.Schema().Fields() {
		names = append(names, strings.ReplaceAll(field.Name, "_", " "))
	}
	r.Release()
	var rows [][]string
	err = engine.Rows(ctx, db, s, func(row []any) error {
		cells := make([]string, len(row))
		for i, v := range row {
			if v != nil {
				cells[i] = engine.Text(v)
			}
		}
		rows = append(rows, cells)
		return nil
	})
	if err != nil {
		return err
	}
	page, err := template.New("selection").Parse(recommendHTML)
	if err != nil {
		return err
	}
	return page.Execute(w, map[string]any{"Lang": lang, "Heading": heading, "Names": names, "Rows": rows})
}
