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
	s, heading, err := f.statement(cmd.Context(), db, p.olap.Lang())
	var missing *noListError
	if errors.As(err, &missing) {
		return usagef(path, "%v", missing)
	}
	if err != nil {
		return err
	}
	if f.format == "html" {
		return a.output(f.out, f.format, func(w io.Writer) error { return writeSelection(cmd.Context(), w, db, s, heading) })
	}
	r, err := db.Query(cmd.Context(), s)
	if err != nil {
		return err
	}
	return a.writeRows(cmd.Context(), r, f.format, f.out)
}

// selection is what stands above a list.
type selection struct {
	Lang, Name string
	Held       string // why the list must not be sent; "" when it may
}

// noListError is a customer, catalogue or title without a list.
type noListError struct{ text string }

func (e *noListError) Error() string { return e.text }

// statement is the query of what was asked for, with its heading.
func (f offerFlags) statement(ctx context.Context, db engine.Querier, lang string) (s engine.Statement, heading selection, err error) {
	row, err := engine.One(ctx, db, engine.SQL("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'score' AND table_name IN ('recommendation', 'mailing', 'title_target')"))
	if err != nil {
		return s, heading, err
	}
	if n, _ := engine.Int(row[0]); n < 3 {
		return s, heading, errors.New("the generation has no recommendations: run verso refresh, without --skip models")
	}
	top := int64(f.top)
	if top == 0 {
		top = 1 << 31
	}
	zh, reader := lang == "zh", f.format == "html" || f.format == "xlsx"
	heading.Lang = lang
	switch {
	case f.customer != "":
		if heading.Name, err = headingOf(ctx, db, "customer", "SELECT name FROM core.dim_customer WHERE customer_id = ? AND customer_key > 0", f.customer); err != nil {
			return s, heading, err
		}
		heading.Held, err = heldOut(ctx, db, f.customer, zh)
		s = engine.SQL(headed(recommendCustomerSQL, lang, heading.Held, reader), f.customer, f.list, f.list, top, zh, reader)
	case f.catalogue != "":
		s = engine.SQL(headed(recommendCatalogueSQL, lang, "", reader), f.catalogue, f.catalogue, top, zh)
		heading.Name, err = headingOf(ctx, db, "catalogue", "SELECT max_by(name, issue_date) FROM core.dim_catalogue WHERE catalogue_id = $1 OR upper(code) = upper($1) HAVING count(*) > 0", f.catalogue)
	default:
		s = engine.SQL(headed(recommendTitleSQL, lang, "", reader), f.title, f.title, top, zh)
		heading.Name, err = headingOf(ctx, db, "title", "SELECT title FROM core.dim_title WHERE title_id = $1 OR isbn13 = $1", f.title)
	}
	return s, heading, err
}

// selectionHeadings are the columns of selection lists, in English and Chinese.
var selectionHeadings = [][3]string{
	{"list", "List", "书单"}, {"rank", "No.", "序号"}, {"title_id", "Title no.", "书号"}, {"isbn13", "ISBN", "ISBN"}, {"title", "Title", "书名"}, {"publisher", "Publisher", "出版社"},
	{"class", "Class", "分类号"}, {"list_price", "List price", "定价"}, {"currency", "Currency", "币种"}, {"reason", "Why", "推荐理由"}, {"catalogue", "Catalogue", "目录"}, {"code", "Code", "代码"},
	{"issue", "Issue", "期次"}, {"customer_id", "Customer no.", "客户号"}, {"customer", "Customer", "客户"}, {"type", "Type", "类型"}, {"pages", "Pages", "页码"}, {"titles", "Titles", "种数"},
	{"next_volumes", "Next volumes", "续卷"}, {"first_title", "First title", "首推图书"}, {"held_out", "Held out", "对照"},
}

// headed names the columns of a statement: for a reader in words, with a column for
// the copies he wants, or for why the list must not be sent; for a program by their
// names.
func headed(sql, lang, held string, reader bool) string {
	last, copies := ", r.is_holdout AS held_out", engine.QuoteIdent("Copies")
	if lang == "zh" {
		copies = engine.QuoteIdent("订数")
	}
	switch {
	case reader && held != "":
		last = ", " + engine.QuoteText(held) + " AS {held_out}"
	case reader:
		last = ", CAST(NULL AS INTEGER) AS " + copies
	}
	sql = strings.ReplaceAll(sql, "{last}", last)
	for _, h := range selectionHeadings {
		name := h[0]
		switch {
		case reader && lang == "zh":
			name = h[2]
		case reader:
			name = h[1]
		}
		sql = strings.ReplaceAll(sql, "{"+h[0]+"}", engine.QuoteIdent(name))
	}
	return sql
}

// heldOut says that a customer's list must not be sent; "" when it may.
func heldOut(ctx context.Context, db engine.Querier, customer string, zh bool) (string, error) {
	row, err := engine.One(ctx, db, engine.SQL("SELECT coalesce(bool_or(r.is_holdout), false) FROM score.recommendation AS r INNER JOIN core.dim_customer AS c ON c.customer_key = r.customer_key WHERE c.customer_id = ?", customer))
	if err != nil {
		return "", err
	}
	held, _ := row[0].(bool)
	switch {
	case held && zh:
		return "对照客户，用于衡量推荐效果：此书单请勿寄送。", nil
	case held:
		return "Held out to measure what offers bring: this list must not be sent.", nil
	}
	return "", nil
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
func writeSelection(ctx context.Context, w io.Writer, db engine.Querier, s engine.Statement, heading selection) error {
	r, err := db.Query(ctx, s)
	if err != nil {
		return err
	}
	var names []string
	for _, field := range r.Schema().Fields() {
		names = append(names, field.Name)
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
	return page.Execute(w, map[string]any{"Heading": heading, "Names": names, "Rows": rows})
}
