package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/olap"
	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/pages"
	"verso/reports/site"
)

func (a *app) siteCommand() *cobra.Command {
	var out, lang string
	cmd := &cobra.Command{
		Use:   "site",
		Short: "Build the report site from the published generation",
		Long: `site writes every page in English and Chinese, with the CSV behind every figure,
as a folder that opens from the disk without a server. --lang says which
language stands at the root of the folder.`,
		Example: "  verso site\n  verso site --lang zh --out /srv/reports",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if lang != "" && lang != "en" && lang != "zh" {
				return usagef(cmd.CommandPath(), "--lang: %q is not a language of the site: en or zh", lang)
			}
			p, err := a.openPublished(cmd.Context(), lang)
			if err != nil {
				return err
			}
			defer p.close()
			if out == "" {
				out = p.config.Site
			}
			pending, err := a.prepareSite(cmd.Context(), p.snapshot.DB(), p.config, out, lang)
			if err != nil {
				return err
			}
			if err := pending.Publish(); err != nil {
				return err
			}
			return a.printSite(pending.Summary)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder of the site (default: site: of the configuration)")
	cmd.Flags().StringVar(&lang, "lang", "", "language at the root: en or zh (default: the configuration's)")
	return cmd
}

// prepareSite writes the site of a filled generation beside the published one.
func (a *app) prepareSite(ctx context.Context, db engine.Database, cfg *config.Config, out, lang string) (*site.Pending, error) {
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
	return site.Prepare(ctx, site.Options{Out: absolute, Lang: lang, Source: page.FromOlap(o, db)}, pages.All()...)
}

func (a *app) printSite(s site.Summary) error {
	_, err := fmt.Fprintf(a.stdout, "report site: %d pages, %d files, %.1f MB\nopen %s\n",
		s.Pages, s.Files, float64(s.Bytes)/1e6, filepath.Join(s.Out, "index.html"))
	return err
}
