package main

import (
	"net/http"

	"verso/reports/explore"
)

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
