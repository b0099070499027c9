package main

import (
	"net/http"
	"os"
	"path/filepath"

	"verso/olap"
	"verso/olap/api"
	"verso/olap/api/audit"
	"verso/olap/api/saved"
	"verso/reports/explore"
)

// The logs of who asked what beside the generations.
const (
	auditLogName = "audit.jsonl"
	auditLogMax  = 64 << 20 // bytes; a full log is kept as .1, in the place of the one before
)

// apiParts are what the API of a server stands on, to be closed with it.
type apiParts struct {
	handler *api.API
	store   *api.Whole
	audit   *audit.Log
}

func (p *apiParts) close() error {
	p.store.Close()
	return p.audit.Close()
}

// openAPI answers ad hoc questions over HTTP: everybody who reaches the server may see everything.
func (s *server) openAPI() (*apiParts, error) {
	if err := os.MkdirAll(s.config.Warehouse, 0o755); err != nil {
		return nil, err
	}
	log, err := audit.Open(filepath.Join(s.config.Warehouse, auditLogName), auditLogMax)
	if err != nil {
		return nil, err
	}
	store := api.NewWhole(s.warehouse, s.app.logTo(s.config.Warehouse, queryLogName, olap.Options{Catalog: userCatalog(s.config)}))
	handler := api.New(api.Options{Store: store, Gate: api.Everybody{}, Clock: s.app.now, Log: s.log, Audit: log,
		Saved: saved.Open(filepath.Join(s.config.Warehouse, "saved"), s.app.now)})
	return &apiParts{handler, store, log}, nil
}

// workPages are the explorer and the SQL workbench; nil where the browser's side
// is not built: the API answers without it.
func (s *server) workPages() http.Handler {
	pages, err := explore.New(s.config.Company.Language)
	if err != nil {
		s.log.Warn("no explorer and no SQL workbench", "error", err)
		return nil
	}
	return pages
}
