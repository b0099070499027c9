package gate

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"html"
	"net/http"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Single is a provider of OpenID Connect that says who somebody is.
type Single struct {
	Issuer, ClientID, Secret string
	Redirect                 string       // this server's address, ending in /login/callback
	Claim                    string       // of the identity token, that names a user
	Client                   *http.Client // nil: one that waits 10 seconds
}

// pendingFor is how long somebody may take at the provider, maxPending how many
// may be there at once.
const (
	pendingFor = 10 * time.Minute
	maxPending = 1000
)

// single asks the provider. It is looked up when it is first needed, so that the
// server starts without it.
type single struct {
	Single

	mu      sync.Mutex
	found   *oidc.Provider
	pending map[[32]byte]pending // by hash of what the browser has
}

// pending is somebody who was sent to the provider.
type pending struct {
	state, nonce, verifier, next string
	until                        time.Time
}

func newSingle(s *Single) *single {
	if s == nil {
		return nil
	}
	x := &single{Single: *s, pending: map[[32]byte]pending{}}
	if x.Client == nil {
		x.Client = &http.Client{Timeout: 10 * time.Second}
	}
	return x
}

// provider looks the provider up, once.
func (s *single) provider(ctx context.Context) (*oidc.Provider, oauth2.Config, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found == nil {
		// The provider keeps the context for later requests of its keys.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), s.Client), s.Issuer)
		if err != nil {
			return nil, oauth2.Config{}, err
		}
		s.found = found
	}
	return s.found, oauth2.Config{ClientID: s.ClientID, ClientSecret: s.Secret, Endpoint: s.found.Endpoint(),
		RedirectURL: s.Redirect, Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}, nil
}

// add notes somebody who is sent to the provider, and what their browser keeps.
func (s *single) add(p pending, now time.Time) (id string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, other := range s.pending {
		if now.After(other.until) {
			delete(s.pending, key)
		}
	}
	if len(s.pending) >= maxPending {
		return "", false
	}
	id = secret()
	s.pending[sha256.Sum256([]byte(id))] = p
	return id, true
}

// take gives what was noted, once.
func (s *single) take(id string, now time.Time) (p pending, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := sha256.Sum256([]byte(id))
	p, ok = s.pending[key]
	delete(s.pending, key)
	return p, ok && now.Before(p.until)
}

// sendAway sends a browser to the provider.
func (g *Gate) sendAway(w http.ResponseWriter, r *http.Request) {
	_, c, err := g.single.provider(r.Context())
	if err != nil {
		g.options.Log.Error("the provider of OpenID Connect cannot be reached", "error", err)
		http.Error(w, "the company's accounts cannot be reached; try again later", http.StatusBadGateway)
		return
	}
	now := g.options.Clock()
	p := pending{state: secret(), nonce: secret(), verifier: oauth2.GenerateVerifier(), next: local(r.URL.Query().Get("next")), until: now.Add(pendingFor)}
	id, ok := g.single.add(p, now)
	if !ok {
		http.Error(w, "too many people are logging in; try again later", http.StatusTooManyRequests)
		return
	}
	x := cookie(stateCookie, id, g.secure(r), int(pendingFor/time.Second))
	x.SameSite = http.SameSiteLaxMode // it has to come back with the provider's redirect
	http.SetCookie(w, x)
	http.Redirect(w, r, c.AuthCodeURL(p.state, oidc.Nonce(p.nonce), oauth2.S256ChallengeOption(p.verifier)), http.StatusSeeOther)
}

// comeBack begins the session of whom the provider names.
func (g *Gate) comeBack(w http.ResponseWriter, r *http.Request) {
	p, ok := g.single.take(cookieOf(r, stateCookie), g.options.Clock())
	http.SetCookie(w, cookie(stateCookie, "", g.secure(r), -1))
	if !ok || subtle.ConstantTimeCompare([]byte(p.state), []byte(r.URL.Query().Get("state"))) != 1 {
		g.refuse(w, r, errForged)
		return
	}
	name, err := g.single.name(r.Context(), p, r.URL.Query().Get("code"), g.options.Clock)
	if err != nil {
		g.options.Log.Warn("the provider's word was refused", "error", err, "address", g.address(r))
		http.Error(w, errWrong.Message, http.StatusForbidden)
		return
	}
	file, err := g.file()
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	u := file.User(name)
	if u == nil {
		g.options.Log.Warn("somebody whom the provider knows is no user here", "user", name, "address", g.address(r))
		http.Error(w, errWrong.Message, http.StatusForbidden)
		return
	}
	g.sessions.end(r, g.options.Clock())
	g.sessions.begin(w, g.secure(r), session{user: u.Name, password: fingerprint(u.Password), by: "oidc"}, g.options.Clock())
	g.options.Log.Info("logged in", "user", u.Name, "by", "oidc", "address", g.address(r))
	// A redirect would still count as the provider's and go without the Strict
	// cookie; a page of this server's own goes on with it.
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0;url=%s\"><title>verso</title>\n", html.EscapeString(p.next))
}

// name is the user that the provider names for a code, by an identity token that
// it signed for this server and this login.
func (s *single) name(ctx context.Context, p pending, code string, clock func() time.Time) (string, error) {
	provider, c, err := s.provider(ctx)
	if err != nil {
		return "", err
	}
	ctx = oidc.ClientContext(ctx, s.Client)
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(p.verifier))
	if err != nil {
		return "", err
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", errors.New("no identity token came")
	}
	return named(ctx, provider.VerifierContext(ctx, &oidc.Config{ClientID: s.ClientID, Now: clock}), raw, p.nonce, s.Claim)
}

// named is the user whom an identity token names, if it is signed for this server
// and for the login with the nonce.
func named(ctx context.Context, v *oidc.IDTokenVerifier, raw, nonce, claim string) (string, error) {
	id, err := v.Verify(ctx, raw)
	if err != nil {
		return "", err
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(nonce)) != 1 {
		return "", errors.New("the identity token is of another login")
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return "", err
	}
	name, _ := claims[claim].(string)
	if verified, _ := claims["email_verified"].(bool); claim == "email" && !verified {
		return "", errors.New("the provider has not verified the address")
	}
	if name == "" {
		return "", fmt.Errorf("the identity token has no %s", claim)
	}
	return name, nil
}
