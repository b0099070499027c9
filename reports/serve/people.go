package serve

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"sync"
)

// NotYet is a site that is being made.
type NotYet struct{}

// Error says what to do.
func (*NotYet) Error() string {
	return "Your report is being made from what you may see. It will be here in a moment. 您的报表正在生成，请稍候。"
}

// siteHandler serves the one site, or to everybody their own.
func siteHandler(o Options) http.Handler {
	if o.SiteOf == nil {
		return &folder{dir: o.Site, log: o.Log}
	}
	return &sites{of: o.SiteOf, log: o.Log, open: map[string]*folder{}}
}

// sites serves to each person the site of what they may see.
type sites struct {
	of  func(*http.Request) (string, error)
	log *slog.Logger

	mu   sync.Mutex
	open map[string]*folder // by the path
}

// ServeHTTP finds the site of whoever asks.
func (s *sites) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	dir, err := s.of(r)
	var notYet *NotYet
	switch {
	case errors.As(err, &notYet):
		w.Header().Set("Refresh", "3")
		w.Header().Set("Retry-After", "3")
		http.Error(w, notYet.Error(), http.StatusServiceUnavailable)
		return
	case err != nil:
		s.log.Error("no site can be shown", "error", err)
		http.Error(w, "no report can be shown; the log says why", http.StatusInternalServerError)
		return
	}
	s.folder(dir).ServeHTTP(w, r)
}

// folder serves one site. Those whose folders are gone are let go.
func (s *sites) folder(dir string) *folder {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.open[dir]
	if f == nil {
		for path, old := range s.open {
			if _, err := os.Stat(path); err != nil {
				old.close()
				delete(s.open, path)
			}
		}
		f = &folder{dir: dir, log: s.log}
		s.open[dir] = f
	}
	return f
}
