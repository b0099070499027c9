package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"verso/etl/config"
	"verso/olap"
	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/store"
	"verso/olap/engine/duck"
	"verso/reports/page"
	"verso/reports/site"
	"verso/reports/view"
)

// asFlag is --as: the user through whose eyes the generation is seen.
type asFlag struct{ name string }

func (f *asFlag) register(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.name, "as", "", "see what this user of the users file may see, and nothing else")
}

// openStore opens what hands out cuts; the function returned closes it.
func (a *app) openStore(cfg *config.Config, policy *access.Policy, o olap.Options) (*store.Store, func(), error) {
	w, err := a.openWarehouse(cfg)
	if err != nil {
		return nil, nil, err
	}
	s := store.New(store.Options{Warehouse: w, Open: cutOpener(cfg), Policy: policy, Olap: o, Held: duck.Held})
	return s, func() {
		_ = s.Close()
		_ = w.Close()
	}, nil
}

// seen is a generation through a user's eyes.
type seen struct {
	*api.Lease
	config *config.Config
	close  func()
}

// openSeen opens what a user may see.
func (a *app) openSeen(ctx context.Context, name, lang string) (*seen, error) {
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return nil, err
	}
	policy, file, err := a.accessFiles(cfg)
	if err != nil {
		return nil, err
	}
	u := file.User(name)
	if u == nil {
		return nil, usagef("verso", "--as: there is no user %q in %s", name, cfg.Access.Users)
	}
	s, closeStore, err := a.openStore(cfg, policy, olap.Options{Catalog: userCatalog(cfg)})
	if err != nil {
		return nil, err
	}
	lease, err := s.Open(ctx, u.Person("--as"))
	if err != nil {
		closeStore()
		return nil, err
	}
	if lang != "" {
		lease.Olap = lease.Olap.In(lang)
	}
	return &seen{lease, cfg, func() {
		lease.Release()
		closeStore()
	}}, nil
}

// tell says on the standard error what is kept back.
func (s *seen) tell(a *app) {
	if told := s.Rights.ToldIn(s.Olap.Lang()); told != "" {
		fmt.Fprintln(a.stderr, told)
	}
}

// closedDoor is a door that a user's roles do not open.
type closedDoor struct{ user, what string }

func (e *closedDoor) Error() string {
	return fmt.Sprintf("the roles of %s do not let them %s", e.user, e.what)
}

// pages are the pages that the rights leave. What one of them cannot read of the
// cut is said on the page.
func (s *seen) pages(all []page.Page) []page.Page {
	var left []page.Page
	for _, p := range all {
		if s.Rights.Pages == nil || slices.Contains(s.Rights.Pages, p.Slug) {
			left = append(left, s.told(p))
		}
	}
	return left
}

// told is a page that says what is kept back, also where that is all of it.
func (s *seen) told(p page.Page) page.Page {
	build, below := p.Build, p.Below
	p.Build = func(ctx context.Context, c *page.Context) (view.Page, error) {
		v, err := build(ctx, c)
		if page.KeptBack(err) {
			v, err = c.Page(p.Slug), nil
			why, known := c.Word("access.page." + p.Slug)
			if !known {
				why = c.T("access.page")
			}
			v.Banners = append(v.Banners, view.Note{Tone: view.Caution, Text: why})
		}
		if s.Rights.Told != "" {
			v.Banners = append(v.Banners, view.Note{Tone: view.Neutral, Text: c.Lang.Either(s.Rights.ToldIn("en"), s.Rights.ToldIn("zh"))})
		}
		return v, err
	}
	if below != nil {
		p.Below = func(ctx context.Context, c *page.Context) ([]page.Page, error) {
			list, err := below(ctx, c)
			if page.KeptBack(err) {
				return nil, nil
			}
			for i := range list {
				list[i] = s.told(list[i])
			}
			return list, err
		}
	}
	return p
}

// errNoPage is rights that leave no page.
var errNoPage = errors.New("the rights leave no page of the report")

// siteAs writes the site of what a user may see.
func (a *app) siteAs(ctx context.Context, as, out, lang string) error {
	s, err := a.openSeen(ctx, as, lang)
	if err != nil {
		return err
	}
	defer s.close()
	summary, err := a.buildSiteAs(ctx, s, out, lang)
	if errors.Is(err, errNoPage) {
		return &closedDoor{as, "see any page of the report"}
	}
	if err != nil {
		return err
	}
	s.tell(a)
	return a.printSite(summary)
}

// pdfAs prints the pages that a user may see, or some of them, of what they may see.
func (a *app) pdfAs(ctx context.Context, as, out, lang string, chosen []string, landscape bool) error {
	s, err := a.openSeen(ctx, as, lang)
	if err != nil {
		return err
	}
	defer s.close()
	open := s.pages(a.reportPages(s.config, a.logger(false)))
	if len(open) == 0 {
		return &closedDoor{as, "see any page of the report"}
	}
	c, err := page.NewContext(ctx, reportSource(s.config, s.Olap, s.DB), s.Olap.Lang())
	if err != nil {
		return err
	}
	c.Place(open)
	if err := a.pdfOf(ctx, c, open, out, chosen, landscape); err != nil {
		return err
	}
	s.tell(a)
	return nil
}

// buildSiteAs writes the pages that a user may see, of what they may see.
func (a *app) buildSiteAs(ctx context.Context, s *seen, out, lang string) (site.Summary, error) {
	pages := s.pages(a.reportPages(s.config, a.logger(false)))
	if len(pages) == 0 {
		return site.Summary{}, errNoPage
	}
	absolute, err := filepath.Abs(out)
	if err != nil {
		return site.Summary{}, err
	}
	if err := os.MkdirAll(filepath.Dir(absolute), 0o755); err != nil {
		return site.Summary{}, err
	}
	return site.Build(ctx, site.Options{Out: absolute, Lang: lang, Source: reportSource(s.config, s.Olap, s.DB)}, pages...)
}
