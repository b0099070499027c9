package gate_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"verso/olap/api/gate"
)

// issuer is a provider of OpenID Connect on a loopback socket. It lets everybody
// in under the claims that a test sets.
type issuer struct {
	*httptest.Server
	key *ecdsa.PrivateKey

	mu     sync.Mutex
	claims map[string]any    // put over the right ones
	nonces map[string]string // by code
	signer *ecdsa.PrivateKey
	clock  func() time.Time
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key, signer: key, nonces: map[string]string{}}
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token",
			"jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{"ES256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("code_challenge") == "" || q.Get("nonce") == "" {
			http.Error(w, "no challenge", http.StatusBadRequest)
			return
		}
		i.mu.Lock()
		i.nonces["the-code"] = q.Get("nonce")
		i.mu.Unlock()
		http.Redirect(w, r, q.Get("redirect_uri")+"?code=the-code&state="+url.QueryEscape(q.Get("state")), http.StatusSeeOther)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		i.mu.Lock()
		defer i.mu.Unlock()
		if r.PostFormValue("code") != "the-code" || r.PostFormValue("code_verifier") == "" {
			http.Error(w, "no code", http.StatusBadRequest)
			return
		}
		claims := map[string]any{"iss": i.URL, "aud": "verso", "sub": "1", "nonce": i.nonces["the-code"], "email": "li", "email_verified": true,
			"iat": i.clock().Unix(), "exp": i.clock().Add(time.Minute).Unix()}
		maps.Copy(claims, i.claims)
		text, err := json.Marshal(claims)
		if err != nil {
			t.Error(err)
		}
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.signer, KeyID: "k"}}, nil)
		if err != nil {
			t.Error(err)
			return
		}
		signed, err := signer.Sign(text)
		if err != nil {
			t.Error(err)
			return
		}
		raw, err := signed.CompactSerialize()
		if err != nil {
			t.Error(err)
		}
		answer(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": raw})
	})
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func TestSingleLogin(t *testing.T) {
	i := newIssuer(t)
	single := &gate.Single{Issuer: i.URL, ClientID: "verso", Secret: "s", Claim: "email"}
	d := newDoor(t, func(o *gate.Options) { o.Single = single })
	i.clock = d.clock
	// The address of the server is known only now.
	d.redirectTo(t, single)

	// login walks to the provider and back, and gives the last answer.
	login := func(c *http.Client) (*http.Response, string) {
		r, _ := d.send(t, c, "GET", "/login/single?next=/report", nil)
		want(t, "sent to the provider", r, http.StatusSeeOther)
		q, err := http.NewRequestWithContext(t.Context(), "GET", r.Header.Get("Location"), nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err = c.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		back, err := url.Parse(r.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		return d.send(t, c, "GET", back.RequestURI(), nil)
	}
	c := browser(t)
	r, body := login(c)
	want(t, "come back", r, http.StatusOK)
	if !strings.Contains(body, "0;url=/report") {
		t.Errorf("goes on to %s", body)
	}
	r, body = d.send(t, c, "GET", "/x", nil)
	want(t, "logged in", r, http.StatusOK)
	if !strings.Contains(body, `"Name":"li"`) || !strings.Contains(body, `"By":"oidc"`) {
		t.Errorf("known as %s", body)
	}
	r, _ = d.send(t, browser(t), "GET", "/login/callback?code=the-code&state=x", nil)
	want(t, "an answer that nobody asked for", r, http.StatusForbidden)

	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for what, x := range map[string]struct {
		claims map[string]any
		signer *ecdsa.PrivateKey
	}{
		"another audience":      {map[string]any{"aud": "other"}, i.key},
		"another issuer":        {map[string]any{"iss": "https://evil.example"}, i.key},
		"an old token":          {map[string]any{"exp": d.clock().Add(-time.Hour).Unix()}, i.key},
		"another login's nonce": {map[string]any{"nonce": "other"}, i.key},
		"an unverified address": {map[string]any{"email_verified": false}, i.key},
		"no address":            {map[string]any{"email": ""}, i.key},
		"nobody known here":     {map[string]any{"email": "stranger@example.com"}, i.key},
		"another key":           {nil, other},
	} {
		i.mu.Lock()
		i.claims, i.signer = x.claims, x.signer
		i.mu.Unlock()
		c := browser(t)
		r, _ := login(c)
		want(t, what, r, http.StatusForbidden)
		r, _ = d.send(t, c, "GET", "/x", nil)
		want(t, what+": logged in", r, http.StatusUnauthorized)
	}
}
