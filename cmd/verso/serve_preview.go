package main

import (
	"context"
	"net/http"
	"path/filepath"

	"github.com/jonboulle/clockwork"

	"verso/olap"
	"verso/reports/html"
	"verso/reports/language"
	"verso/reports/page"
	"verso/reports/pages/written"
	"verso/reports/preview"
	"verso/reports/web"
)

// preview shows the pages of editors as their files are; nil where the browser's
// side is not built.
func (s *server) preview() http.Handler {
	assets, err := web.Load()
	if err != nil {
		s.log.Warn("no preview of pages", "error", err)
		return nil
	}
	renderer, err := html.New(assets)
	if err != nil {
		s.log.Warn("no preview of pages", "error", err)
		return nil
	}
	dir := filepath.Dir(s.config.File)
	return preview.New(preview.Options{Renderer: renderer, Lang: s.config.Company.Language, Clock: clockwork.NewRealClock(), Log: s.log, Open: s.openPreview,
		Watched: []string{pagesFolder(s.config), filepath.Join(dir, language.Folder), filepath.Join(dir, "annotations.yaml"), filepath.Join(dir, "goals.yaml")},
		Pages: func() []page.Page {
			return written.Load(pagesFolder(s.config), takenSlugs(), begunLanguages(s.config), func(error) {}) // the page itself says what is wrong
		}})
}

// openPreview is the published generation with the files of editors as they are.
func (s *server) openPreview(ctx context.Context) (page.Source, func(), error) {
	snapshot, err := s.warehouse.Acquire(ctx)
	if err != nil {
		return page.Source{}, nil, err
	}
	release := func() { _ = snapshot.Release() } // it was only read
	o, err := olap.Open(ctx, snapshot.DB(), olap.Options{Catalog: userCatalog(s.config)})
	if err != nil {
		release()
		return page.Source{}, nil, err
	}
	return reportSource(s.config, o, snapshot.DB()), release, nil
}
