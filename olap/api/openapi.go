package api

import (
	_ "embed"
	"net/http"

	"github.com/goccy/go-yaml"
)

//go:embed openapi.yaml
var openAPIYAML []byte

// openAPI answers GET openapi.json. It tells nothing of the data, so nobody has
// to be known.
func (a *API) openAPI(w http.ResponseWriter, _ *http.Request) {
	data, err := yaml.YAMLToJSON(openAPIYAML)
	if err != nil {
		fail(w, told(err))
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	// A reader that has gone away gets nothing; nothing else can fail here.
	_, _ = w.Write(data)
}

// unknown answers what no route does: a path that is not there, or a method that
// the path does not take.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != Root && pattern != "" {
			fail(w, &Error{Status: http.StatusMethodNotAllowed, Code: "method", Message: r.Method + " is not for this address", Hint: "see " + Root + "openapi.json"})
			return
		}
	}
	fail(w, &Error{Status: http.StatusNotFound, Code: "not_found", Message: "there is nothing at this address", Hint: "see " + Root + "openapi.json"})
}
