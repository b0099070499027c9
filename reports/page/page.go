// Package page is what pages of the report are written with: one generation, its
// cubes and texts in one language, and the ways of showing figures that pages
// share. The pages themselves are in reports/pages.
package page

import (
	"context"
	"fmt"
	"slices"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/language"
	"verso/reports/view"
)

// Page is one page of the report.
type Page struct {
	Slug  string // file name without extension and anchor of the menu
	Group string // heading of the menu it stands under, as in the word group.GROUP
	// Label is the title in a language; nil: it is the word page.SLUG.
	Label func(c *Context) string
	Build func(ctx context.Context, c *Context) (view.Page, error)
	// Below are the pages of single members that this one leads to; they are not
	// in the menu. nil: none.
	Below func(ctx context.Context, c *Context) ([]Page, error)
	// About is the member that the page is about, so that rows about it lead here;
	// empty for none.
	About Ref
}

// Asker answers cube questions; *olap.Olap does. Members and labels come in the
// language it was opened with.
type Asker interface {
	Ask(ctx context.Context, q cube.Query) (*olap.Table, error)
}

// Source is one generation as pages read it.
type Source struct {
	Cubes func(lang string) Asker // the cubes, answering in a language
	DB    engine.Querier          // the generation's tables
	Model *cube.Model             // what the cubes are; nil: the definitions page says that it is not known
	// Editorial is what editors added to the data.
	Editorial Editorial
	// Editions are the figures of earlier sites, the latest first.
	Editions []Edition
	// Languages are those of the report; none: English and Chinese.
	Languages language.Set
	// Sentences are texts known by their English that a language may say, besides its
	// own keys; see [language.Language.Said].
	Sentences []string
	// Customers is how many customers have a page: 0 for the key customers, 60 of
	// them at most; AllCustomers for everyone with a score.
	Customers int

	direct engine.Querier // DB where it remembers
	common *common
}

// AllCustomers is every customer with a score.
const AllCustomers = -1

// FromOlap is the source of an opened generation.
func FromOlap(o *olap.Olap, db engine.Querier) Source {
	return Source{Cubes: func(lang string) Asker { return o.In(lang) }, DB: db, Model: o.Model()}
}

// Language is the code of the language of the company's run.
func (s Source) Language(ctx context.Context) (string, error) {
	row, err := engine.One(ctx, s.DB, engine.SQL(`SELECT language FROM meta.run`))
	if err != nil {
		return "", fmt.Errorf("page: meta.run: %w", err)
	}
	return Text(row[0]), nil
}

// Context is what a page is built from: one generation, in one language.
type Context struct {
	Lang     *language.Language
	AsOf     time.Time
	Run      string
	Company  string
	Currency string
	Fiscal   time.Month // first month of the fiscal year

	Asker Asker
	DB    engine.Querier
	Model *cube.Model
	Facts Coverage
	Loads []Load
	Frame view.Footer
	// Scored names the days that the pyramid covers.
	Scored string
	// Editorial is what editors added to the data.
	Editorial Editorial
	// Editions are the figures of earlier sites, the latest first.
	Editions  []Edition
	Languages language.Set // of the report
	// Stale are the sources whose data are of an earlier run.
	Stale []stale

	Sentences []string // that languages may say, see [Source]
	Customers int      // how many have a page, see [Source]

	direct engine.Querier
	common *common
	tables map[string]bool // schema.table
	places map[Ref]string  // slugs of the pages about members
	slugs  map[string]bool // of all pages; nil where they are not known
	scope  scope           // of the page being written
}

// Coverage is how far the order lines reach.
type Coverage struct {
	Lines       int64
	First, Last time.Time // order dates; zero without lines
}

// Load is the fate of one canonical table from one source.
type Load struct {
	Table, Source             string
	Supplied                  bool
	Read, Loaded, Quarantined int64
}

// NewContext reads what every page needs: the run, the row counts, the checks.
// code is that of one of the languages of the source.
func NewContext(ctx context.Context, s Source, code string) (*Context, error) {
	lang, err := s.Languages.Of(code)
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	c := &Context{Lang: lang, Asker: s.Cubes(code), DB: s.DB, Model: s.Model, Editorial: s.Editorial, Editions: s.Editions, Languages: s.Languages, Sentences: s.Sentences, Customers: s.Customers, direct: s.direct, common: s.common}
	for _, step := range []func(context.Context) error{c.readTables, c.readRun, c.readCoverage, c.readLoads, c.readFooter, c.readScored, c.readStale} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
	}
	return c, nil
}

// Title is the name of a page in the menu, or that of the member it is about.
func (c *Context) Title(p Page) string {
	if p.Label != nil {
		return p.Label(c)
	}
	return c.T("page." + p.Slug)
}

func (c *Context) readRun(ctx context.Context) error {
	row, err := engine.One(ctx, c.DB, engine.SQL(Shared("run")))
	if err != nil {
		return fmt.Errorf("meta.run: %w", err)
	}
	c.Run, c.Company, c.Currency = Text(row[0]), Text(row[2]), Text(row[3])
	asOf, ok := row[1].(time.Time)
	if !ok {
		return fmt.Errorf("meta.run: as_of is %v, not a date", row[1])
	}
	c.AsOf, c.Fiscal = asOf, time.January
	if m, ok := row[4].(int64); ok && m >= 1 && m <= 12 {
		c.Fiscal = time.Month(m)
	}
	return nil
}

func (c *Context) readCoverage(ctx context.Context) error {
	row, err := engine.One(ctx, c.DB, engine.SQL(Shared("coverage")))
	if err != nil {
		return err
	}
	c.Facts.Lines, _ = row[0].(int64)
	c.Facts.First, _ = row[1].(time.Time)
	c.Facts.Last, _ = row[2].(time.Time)
	return nil
}

func (c *Context) readLoads(ctx context.Context) error {
	return engine.Rows(ctx, c.DB, engine.SQL(Shared("loads")), func(row []any) error {
		supplied, _ := row[2].(bool)
		c.Loads = append(c.Loads, Load{Text(row[0]), Text(row[1]), supplied, Whole(row[3]), Whole(row[4]), Whole(row[5])})
		return nil
	})
}

func (c *Context) readFooter(ctx context.Context) error {
	f := view.Footer{Company: c.Company, AsOf: view.LongDate(c.Lang, c.AsOf), Run: c.Run, Definitions: "quality.html#terms"}
	err := engine.Rows(ctx, c.DB, engine.SQL(Shared("counts")), func(row []any) error {
		f.Rows = append(f.Rows, view.Count{Label: c.T("rows." + Text(row[0])), Rows: Whole(row[1])})
		return nil
	})
	if err != nil {
		return err
	}
	err = engine.Rows(ctx, c.DB, engine.SQL(Shared("checks")), func(row []any) error {
		f.Checks++
		if passed, _ := row[6].(bool); !passed {
			f.FailedChecks = append(f.FailedChecks, c.T("check.failed", "what", c.Said(Text(row[3])), "n", Count(c.Lang, Whole(row[4]))))
		}
		return nil
	})
	c.Frame = f
	return err
}

// Page starts a Page: title, footer, and the banners of stale data.
func (c *Context) Page(slug string) view.Page {
	p := view.Page{Slug: slug, Lang: c.Lang, Title: c.T("page." + slug), Footer: c.Frame, Banners: c.staleBanners()}
	if !c.Facts.Last.IsZero() {
		if days := int(c.AsOf.Sub(c.Facts.Last).Hours() / 24); days > 35 {
			p.Banners = append(p.Banners, view.Note{Tone: view.Caution,
				Text: c.T("banner.stale", "date", view.LongDate(c.Lang, c.Facts.Last), "days", Count(c.Lang, int64(days)))})
		}
	}
	return p
}

// Known tells whether a generation has one of the tables that were added later,
// or that only a model writes.
func (c *Context) Known(_ context.Context, schema, table string) (bool, error) {
	return c.tables[schema+"."+table], nil
}

// Lacks tells whether the generation, or what of it is open to the reader, is
// without one of the tables, given as schema.table. What is about the company as a
// whole is in no reader's part of it.
func (c *Context) Lacks(tables ...string) bool {
	return slices.ContainsFunc(tables, func(t string) bool { return !c.tables[t] })
}

// WholeOnly is said in the place of a part of a page that is about the company as a
// whole where that is not open.
func (c *Context) WholeOnly(title string) view.Block {
	return view.Block{Note: &view.Note{Text: c.T("access.part", "title", title)}}
}

// readTables reads which tables there are, before pages ask side by side.
func (c *Context) readTables(ctx context.Context) error {
	c.tables = map[string]bool{}
	return engine.Rows(ctx, c.DB, engine.SQL(Shared("tables")), func(row []any) error {
		c.tables[Text(row[0])] = true
		return nil
	})
}

// readScored reads which days the scores cover.
func (c *Context) readScored(ctx context.Context) error {
	c.Scored = c.T("pyramid.period")
	if !c.tables["card.parameter"] { // a generation made without models
		return nil
	}
	days := map[string]time.Time{}
	err := engine.Rows(ctx, c.DB, engine.SQL(Shared("pyramid_window")), func(row []any) error {
		if d, err := time.Parse(time.DateOnly, Text(row[1])); err == nil {
			days[Text(row[0])] = d
		}
		return nil
	})
	if len(days) == 2 {
		c.Scored = Window{days["from"], days["to"]}.Label(c.Lang)
	}
	return err
}
