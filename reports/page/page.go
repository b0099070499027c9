// Package page is the report's pages: each asks the cubes and the warehouse and
// builds its view. The list of pages is the menu.
package page

import (
	"context"
	"fmt"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/reports/view"
)

// Page is one page of the report.
type Page struct {
	Slug  string // file name without extension and anchor of the menu
	Build func(ctx context.Context, c *Context) (view.Page, error)
}

// All are the pages in menu order.
func All() []Page {
	return []Page{
		{Slug: "index", Build: overview},
		{Slug: "sales", Build: sales},
		{Slug: "customers", Build: customers},
		{Slug: "profit", Build: profit},
		{Slug: "loyalty", Build: loyalty},
		{Slug: "quality", Build: quality},
		{Slug: "definitions", Build: definitions},
	}
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
}

// FromOlap is the source of an opened generation.
func FromOlap(o *olap.Olap, db engine.Querier) Source {
	return Source{Cubes: func(lang string) Asker { return o.In(lang) }, DB: db, Model: o.Model()}
}

// Language is the language of the company's run: "en", "zh" or another code.
func (s Source) Language(ctx context.Context) (string, error) {
	row, err := engine.One(ctx, s.DB, engine.SQL(`SELECT language FROM meta.run`))
	if err != nil {
		return "", fmt.Errorf("page: meta.run: %w", err)
	}
	return text(row[0]), nil
}

// Context is what a page is built from: one generation, in one language.
type Context struct {
	Lang     string
	AsOf     time.Time
	Run      string
	Company  string
	Currency string
	Fiscal   time.Month // first month of the fiscal year

	asker Asker
	db    engine.Querier
	model *cube.Model
	words catalog
	facts coverage
	loads []load
	frame view.Footer
	// scored names the days that the pyramid covers.
	scored string
	// stale are the sources whose data are of an earlier run.
	stale []stale
}

// coverage is how far the order lines reach.
type coverage struct {
	lines       int64
	first, last time.Time // order dates; zero without lines
}

// load is the fate of one canonical table from one source.
type load struct {
	table, source             string
	supplied                  bool
	read, loaded, quarantined int64
}

// NewContext reads what every page needs: the run, the row counts, the checks.
func NewContext(ctx context.Context, s Source, lang string) (*Context, error) {
	words, err := loadCatalog(lang)
	if err != nil {
		return nil, err
	}
	c := &Context{Lang: lang, asker: s.Cubes(lang), db: s.DB, model: s.Model, words: words}
	for _, step := range []func(context.Context) error{c.readRun, c.readCoverage, c.readLoads, c.readFooter, c.readScored, c.readStale} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
	}
	return c, nil
}

// Title is the name of a page in the menu.
func (c *Context) Title(p Page) string { return c.t("page." + p.Slug) }

func (c *Context) readRun(ctx context.Context) error {
	row, err := engine.One(ctx, c.db, engine.SQL(statement("run")))
	if err != nil {
		return fmt.Errorf("meta.run: %w", err)
	}
	c.Run, c.Company, c.Currency = text(row[0]), text(row[2]), text(row[3])
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
	row, err := engine.One(ctx, c.db, engine.SQL(statement("coverage")))
	if err != nil {
		return err
	}
	c.facts.lines, _ = row[0].(int64)
	c.facts.first, _ = row[1].(time.Time)
	c.facts.last, _ = row[2].(time.Time)
	return nil
}

func (c *Context) readLoads(ctx context.Context) error {
	return engine.Rows(ctx, c.db, engine.SQL(statement("loads")), func(row []any) error {
		supplied, _ := row[2].(bool)
		c.loads = append(c.loads, load{text(row[0]), text(row[1]), supplied, whole(row[3]), whole(row[4]), whole(row[5])})
		return nil
	})
}

func (c *Context) readFooter(ctx context.Context) error {
	f := view.Footer{Company: c.Company, AsOf: view.LongDate(c.Lang, c.AsOf), Run: c.Run, Definitions: "quality.html#terms"}
	err := engine.Rows(ctx, c.db, engine.SQL(statement("counts")), func(row []any) error {
		f.Rows = append(f.Rows, view.Count{Label: c.t("rows." + text(row[0])), Rows: whole(row[1])})
		return nil
	})
	if err != nil {
		return err
	}
	err = engine.Rows(ctx, c.db, engine.SQL(statement("checks")), func(row []any) error {
		f.Checks++
		if passed, _ := row[6].(bool); !passed {
			f.FailedChecks = append(f.FailedChecks, c.t("check.failed", "what", text(row[3]), "n", count(c.Lang, whole(row[4]))))
		}
		return nil
	})
	c.frame = f
	return err
}

// page starts a page: title, footer, and the banners of stale data.
func (c *Context) page(slug string) view.Page {
	p := view.Page{Slug: slug, Lang: c.Lang, Title: c.t("page." + slug), Footer: c.frame, Banners: c.staleBanners()}
	if !c.facts.last.IsZero() {
		if days := int(c.AsOf.Sub(c.facts.last).Hours() / 24); days > 35 {
			p.Banners = append(p.Banners, view.Note{Tone: view.Caution,
				Text: c.t("banner.stale", "date", view.LongDate(c.Lang, c.facts.last), "days", count(c.Lang, int64(days)))})
		}
	}
	return p
}
