package gate

import "net/http"

// single asks a provider of OpenID Connect who somebody is.
type single struct{}

func (g *Gate) sendAway(w http.ResponseWriter, r *http.Request) {}
func (g *Gate) comeBack(w http.ResponseWriter, r *http.Request) {}
