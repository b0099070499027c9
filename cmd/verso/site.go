package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/olap"
	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/site"
)

var errNoModels = errors.New("the published generation was made without models (refresh --skip models), and the site shows what they found: run verso refresh")

func (a *app) siteCommand() *cobra.Command {
	var out, lang, pdf string
	var chosen []string
	var landscape bool
	var as asFlag
	cmd := &cobra.Command{
		Use:   "site",
		Short: "Build the report site from the published generation",
		Long: `site writes every page in English, in Chinese and in every language of the folder languages, with the CSV behind every figure,
as a folder that opens from the disk without a server. --lang says which
language stands at the root of the folder.

With --pdf the pages of the menu are bound together as one PDF instead, in one
language, printed by an installed chromium (VERSO_CHROMIUM names another); --pages
chooses among them, by their file names without .html.

The page briefing is the report on one sheet of A4, before a meeting.

With --as the site holds what a user may see, and the pages that the roles open; so
does the PDF.`,
		Example: "  verso site\n  verso site --lang zh --out /srv/reports\n  verso site --pdf report.pdf --lang zh --landscape\n  verso site --pdf board.pdf --pages index,sales,customers\n  verso site --pdf briefing.pdf --pages briefing\n  verso site --as anna --pdf briefing.pdf --pages briefing",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			if err := checkReportLang(cmd.CommandPath(), cfg, lang); err != nil {
				return err
			}
			if as.name != "" {
				if pdf != "" {
					return a.pdfAs(cmd.Context(), as.name, pdf, lang, chosen, landscape)
				}
				if out == "" {
					return usagef(cmd.CommandPath(), "--as makes a site of its own: name its folder with --out, or print it with --pdf")
				}
				return a.siteAs(cmd.Context(), as.name, out, lang)
			}
			p, err := a.openPublished(cmd.Context(), lang)
			if err != nil {
				return err
			}
			defer p.close()
			c, err := p.page(cmd.Context())
			if err != nil {
				return err
			}
			if known, err := c.Known(cmd.Context(), "score", "pyramid"); err != nil || !known {
				return errors.Join(err, errNoModels)
			}
			if pdf != "" {
				return a.pdfOf(cmd.Context(), c, a.reportPages(p.config, a.logger(false)), pdf, chosen, landscape)
			}
			if out == "" {
				out = p.config.Site
			}
			pending, err := a.prepareSite(cmd.Context(), p.snapshot.DB(), p.config, out, lang)
			if err != nil {
				return madeByAnother(cmd.Context(), p.snapshot.DB(), err)
			}
			if err := pending.Publish(); err != nil {
				return err
			}
			return a.printSite(pending.Summary)
		},
	}
	as.register(cmd)
	cmd.Flags().StringVar(&out, "out", "", "folder of the site (default: site: of the configuration)")
	cmd.Flags().StringVar(&pdf, "pdf", "", "file to print all pages to as one PDF, instead of the site")
	cmd.Flags().StringSliceVar(&chosen, "pages", nil, "pages to print, such as index,sales (default: all)")
	cmd.Flags().BoolVar(&landscape, "landscape", false, "print on A4 landscape")
	cmd.Flags().StringVar(&lang, "lang", "", "language at the root (default: the configuration's)")
	return cmd
}

// pdfOf prints pages, all or those chosen, as one PDF.
func (a *app) pdfOf(ctx context.Context, c *page.Context, all []page.Page, out string, chosen []string, landscape bool) error {
	list, err := pagesNamed(all, chosen)
	if err != nil {
		return usagef("verso site", "--pages: %v", err)
	}
	return a.printPDF(ctx, out, func(dir string) (string, error) { return site.WriteDocument(ctx, dir, c, landscape, list...) })
}

// madeByAnother adds to the fault of a page that asks for a table or column which
// the generation has not, that another version of verso made the generation.
func madeByAnother(ctx context.Context, db engine.Querier, fault error) error {
	if !engine.NamesNothing(fault) {
		return fault
	}
	row, err := engine.One(ctx, db, engine.SQL("SELECT version FROM meta.run"))
	if err != nil {
		return fault
	}
	maker := "verso " + engine.Text(row[0])
	switch {
	case maker == "verso dev" && version == "dev":
		maker = "another build of verso"
	case maker == "verso "+version:
		return fault
	}
	return fmt.Errorf("%w\nthe published generation was made by %s, and this is verso %s: run verso refresh, which makes it anew", fault, maker, version)
}

// pagesNamed are pages of the menu by their names, in the order of the menu; all
// for none.
func pagesNamed(all []page.Page, names []string) ([]page.Page, error) {
	if len(names) == 0 {
		return all, nil
	}
	var known []string
	for _, p := range all {
		known = append(known, p.Slug)
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("there is no page %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(p page.Page) bool { return !slices.Contains(names, p.Slug) }), nil
}

// prepareSite writes the site of a filled generation beside the published one.
func (a *app) prepareSite(ctx context.Context, db engine.Database, cfg *config.Config, out, lang string) (*pendingSite, error) {
	if err := os.Remove(filepath.Join(cfg.Warehouse, pageLogName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	o, err := olap.Open(ctx, db, a.logTo(cfg.Warehouse, pageLogName, olap.Options{Catalog: userCatalog(cfg)}))
	if err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(out)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(absolute), 0o755); err != nil {
		return nil, err
	}
	source, log := reportSource(cfg, o, db), a.logger(false)
	for _, fault := range source.Editorial.Faults {
		log.Warn("a file of the report has a fault and is not used", "fault", fault)
	}
	kept := editionsOf(cfg.Warehouse)
	source.Editions, err = kept.before(o.Run().ID, func(err error) { log.Warn("an earlier edition of the report cannot be read", "fault", err.Error()) })
	if err != nil {
		return nil, err
	}
	places, err := archiveOf(cfg).Places(o.Run().ID)
	if err != nil {
		return nil, err
	}
	for i := range source.Editions {
		source.Editions[i].Place = places[source.Editions[i].Run]
	}
	pending, err := site.Prepare(ctx, site.Options{Out: absolute, Lang: lang, Source: source}, a.reportPages(cfg, log)...)
	if err != nil {
		return nil, err
	}
	if absolute != cfg.Site {
		kept = ""
	}
	return newPendingSite(ctx, pending, source, kept, archiveOf(cfg))
}

func (a *app) printSite(s site.Summary) error {
	_, err := fmt.Fprintf(a.stdout, "report site: %d pages, %d files, %.1f MB\nopen %s\n",
		s.Pages, s.Files, float64(s.Bytes)/1e6, filepath.Join(s.Out, "index.html"))
	return err
}
