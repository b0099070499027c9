package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/file"
	"verso/etl/source/mysql"
	"verso/etl/source/postgres"
	"verso/etl/source/sqlite"
	"verso/etl/source/web"
	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/warehouse"
	"verso/reports/language"
	"verso/reports/page"
	"verso/reports/pages"
	"verso/reports/pages/written"
)

// loadConfig reads the configuration named on the command line.
func (a *app) loadConfig() (*config.Config, error) { return config.Load(a.configPath, a.env) }

// loadReaderConfig reads the configuration for a command that reads the
// warehouse and no source: variables that only sources need may be unset.
func (a *app) loadReaderConfig() (*config.Config, error) {
	cfg, err := a.loadConfig()
	if err == nil {
		return cfg, nil
	}
	const unset = "unset-variable"
	lenient, lenientErr := config.Load(a.configPath, func(name string) (string, bool) {
		if value, ok := a.env(name); ok {
			return value, true
		}
		return unset, true
	})
	if lenientErr != nil || strings.Contains(lenient.Warehouse, unset) || strings.Contains(lenient.Site, unset) {
		return nil, err
	}
	return lenient, nil
}

// openWarehouse opens the generations of a configuration.
func (a *app) openWarehouse(cfg *config.Config) (*warehouse.Warehouse, error) {
	w, err := warehouse.Open(cfg.Warehouse, opener(cfg), warehouse.WithClock(a.now))
	if err != nil { // only for what the configuration says: the folder is opened later
		return nil, &configError{err}
	}
	return w, nil
}

// opener opens generations within the limits of the configuration.
func opener(cfg *config.Config) warehouse.Opener { return openerOf(cfg, 0) }

// cutParts is how many cuts share the memory that one database may use.
const cutParts = 8

// cutOpener opens and makes cuts, of which many may be open at once.
func cutOpener(cfg *config.Config) warehouse.Opener { return openerOf(cfg, cutParts) }

func openerOf(cfg *config.Config, parts int) warehouse.Opener {
	return func(ctx context.Context, path string, readOnly bool) (engine.Database, error) {
		return duck.Open(ctx, duck.Options{Path: path, ReadOnly: readOnly, Threads: cfg.Engine.Threads,
			MemoryLimit: cfg.Engine.Memory, MemoryPart: parts, TempDir: filepath.Join(cfg.Warehouse, "tmp")})
	}
}

// inMemory opens a connection to an engine in memory, for work on files; the
// function returned closes both.
func inMemory(ctx context.Context) (engine.Conn, func(), error) {
	db, err := duck.Open(ctx, duck.Options{MaxConns: 1})
	if err != nil {
		return nil, nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return conn, func() {
		_ = conn.Close()
		_ = db.Close()
	}, nil
}

// published is the published generation with everything a reader needs.
type published struct {
	config    *config.Config
	warehouse *warehouse.Warehouse
	snapshot  *warehouse.Snapshot
	olap      *olap.Olap
}

// source is the generation as the report's pages read it.
func (p *published) source() page.Source {
	return reportSource(p.config, p.olap, p.snapshot.DB())
}

// page is what the report's pages read.
func (p *published) page(ctx context.Context) (*page.Context, error) {
	return page.NewContext(ctx, p.source(), p.olap.Lang())
}

// openPublished acquires the published generation. lang is en, zh or "" for the
// language of the run.
func (a *app) openPublished(ctx context.Context, lang string) (*published, error) {
	return a.openAs(ctx, olap.Options{Lang: lang}, "")
}

// openLogged is openPublished for the questions of people, which are logged.
func (a *app) openLogged(ctx context.Context, lang string) (*published, error) {
	return a.openAs(ctx, olap.Options{Lang: lang}, queryLogName)
}

func (a *app) openAs(ctx context.Context, o olap.Options, log string) (*published, error) {
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return nil, err
	}
	return a.openWith(ctx, cfg, o, log)
}

// openConfigured acquires the published generation of a configuration that is
// loaded already, for verso's own questions.
func (a *app) openConfigured(ctx context.Context, cfg *config.Config) (*published, error) {
	return a.openWith(ctx, cfg, olap.Options{}, "")
}

func (a *app) openWith(ctx context.Context, cfg *config.Config, o olap.Options, log string) (*published, error) {
	w, err := a.openWarehouse(cfg)
	if err != nil {
		return nil, err
	}
	snapshot, err := w.Acquire(ctx)
	if err != nil {
		w.Close()
		return nil, err
	}
	p := &published{config: cfg, warehouse: w, snapshot: snapshot}
	o.Catalog = userCatalog(cfg)
	if log != "" {
		o = a.logTo(cfg.Warehouse, log, o)
	}
	if p.olap, err = olap.Open(ctx, snapshot.DB(), o); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// close gives everything back; the generation was only read, so an error of
// closing it changes nothing that was answered.
func (p *published) close() {
	_ = p.snapshot.Release()
	_ = p.warehouse.Close()
}

// userCatalog is the folder of the user's own cubes beside verso.yaml; "" when
// there is none.
func userCatalog(cfg *config.Config) string {
	dir := filepath.Join(filepath.Dir(cfg.File), "catalog")
	if !isFolder(dir) {
		return ""
	}
	return dir
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// pagesFolder is where editors write pages of the report.
func pagesFolder(cfg *config.Config) string { return filepath.Join(filepath.Dir(cfg.File), "pages") }

// editorial is what editors add to the data in files beside the configuration.
func editorial(cfg *config.Config) page.Editorial {
	e := written.Editorial(filepath.Dir(cfg.File), pages.MemberAttributes(), pages.GoalCodes(), begunLanguages(cfg))
	_, faults := languagesOf(cfg)
	e.Faults = append(e.Faults, faults...)
	return e
}

// languagesOf are the languages of the report, and what is wrong with their files.
func languagesOf(cfg *config.Config) (language.Set, []string) {
	return language.Load(filepath.Join(filepath.Dir(cfg.File), language.Folder), cfg.Report.Languages, cfg.Company.Language)
}

// begunLanguages are the codes in which texts of editors may stand: English, Chinese
// and every language with a file.
func begunLanguages(cfg *config.Config) []string {
	return language.Begun(filepath.Join(filepath.Dir(cfg.File), language.Folder))
}

// reportSource is a generation as pages of the report read it, with what the
// configuration and the files beside it say.
func reportSource(cfg *config.Config, o *olap.Olap, db engine.Querier) page.Source {
	s := page.FromOlap(o, db)
	s.Editorial, s.Customers = editorial(cfg), cfg.Report.Customers
	s.Languages, _ = languagesOf(cfg)
	s.Sentences = pages.Sentences(o.Model())
	return s
}

// checkReportLang refuses a language that the report does not have.
func checkReportLang(path string, cfg *config.Config, code string) error {
	all, _ := languagesOf(cfg)
	if code == "" || slices.Contains(all.Codes(), code) {
		return nil
	}
	return usagef(path, "--lang: %q is not a language of the report: %s", code, cube.OrList(all.Codes()))
}

// reportPages are the pages of the report: verso's, and those in the folder pages
// beside the configuration. What is wrong with a file there is logged; its page
// says so, and the others are made.
func (a *app) reportPages(cfg *config.Config, log *slog.Logger) []page.Page {
	return pages.With(written.Load(pagesFolder(cfg), takenSlugs(), begunLanguages(cfg), func(err error) {
		log.Warn("a page of the report has a fault", "fault", err.Error())
	}))
}

// takenSlugs are the addresses that editors' pages cannot have.
func takenSlugs() []string {
	taken := pages.Prefixes()
	for _, p := range pages.All() {
		taken = append(taken, p.Slug)
	}
	return taken
}

// openSources wires every source of the configuration to its driver.
func openSources(cfg *config.Config, at places) (map[string]source.Source, error) {
	sources := make(map[string]source.Source, len(cfg.Sources))
	for name, s := range cfg.Sources {
		opened, err := openSource(name, s, at)
		if err != nil {
			closeSources(sources)
			return nil, err
		}
		sources[name] = opened
	}
	return sources, nil
}

// places are where sources keep what they must, and what they read besides.
type places struct {
	spool string    // temporary files
	cache string    // downloads; "": in spool
	stdin io.Reader // nil: what the process was given
}

// openSource opens one source.
func openSource(name string, s config.Source, at places) (source.Source, error) {
	if s.Kind == "file" && s.Path == "-" && at.stdin != nil {
		opened, err := file.NewInput(name, s, at.spool, at.stdin)
		if err != nil {
			return nil, &configError{err}
		}
		return opened, nil
	}
	download := func(name string, s config.Source, spool string) (source.Source, error) {
		return web.New(name, s, web.Options{Cache: at.cache, Spool: spool, Agent: "verso/" + version})
	}
	open := map[string]func(string, config.Source, string) (source.Source, error){
		"file": file.New, "http": download, "postgres": postgres.New, "mysql": mysql.New, "sqlite": sqlite.New}[s.Kind]
	if open == nil {
		return nil, fmt.Errorf("source %s: no driver for kind %q", name, s.Kind)
	}
	opened, err := open(name, s, at.spool)
	if err != nil {
		return nil, &configError{err}
	}
	return opened, nil
}

func closeSources(sources map[string]source.Source) {
	for _, s := range sources {
		s.Close()
	}
}

// logger writes log lines with fixed keys to stderr, as text or JSON.
func (a *app) logger(verbose bool) *slog.Logger {
	level := slog.LevelInfo
	if verbose {
		level = slog.LevelDebug
	}
	options := &slog.HandlerOptions{Level: level}
	if a.logFormat == "json" {
		options.ReplaceAttr = func(_ []string, x slog.Attr) slog.Attr {
			if x.Value.Kind() == slog.KindDuration {
				return slog.Float64(x.Key, x.Value.Duration().Seconds())
			}
			return x
		}
		return slog.New(slog.NewJSONHandler(a.stderr, options))
	}
	return slog.New(slog.NewTextHandler(a.stderr, options))
}
