package gate

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// FuzzIdentity reads identity tokens: only one that the provider signed for this
// server, this login and this time names somebody.
func FuzzIdentity(f *testing.F) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			f.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	sign := func(claims map[string]any) string {
		text := part(map[string]any{"alg": "ES256"}) + "." + part(claims)
		sum := sha256.Sum256([]byte(text))
		r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			f.Fatal(err)
		}
		return text + "." + base64.RawURLEncoding.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
	}
	claims := func(change func(map[string]any)) map[string]any {
		c := map[string]any{"iss": "https://id.example", "aud": "verso", "exp": now.Add(time.Hour).Unix(), "nonce": "n", "email": "li", "email_verified": true}
		change(c)
		return c
	}
	right := sign(claims(func(map[string]any) {}))
	f.Add(right)
	for _, wrong := range []func(map[string]any){
		func(c map[string]any) { c["iss"] = "https://other.example" }, func(c map[string]any) { c["aud"] = "other" }, func(c map[string]any) { c["exp"] = now.Add(-time.Hour).Unix() },
		func(c map[string]any) { c["nonce"] = "m" }, func(c map[string]any) { c["email_verified"] = false }, func(c map[string]any) { c["email"] = 7 }, func(c map[string]any) { delete(c, "email") },
	} {
		f.Add(sign(claims(wrong)))
	}
	f.Add(part(map[string]any{"alg": "none"}) + "." + part(claims(func(map[string]any) {})) + ".")
	f.Add(right + "A")
	v := oidc.NewVerifier("https://id.example", &oidc.StaticKeySet{PublicKeys: []crypto.PublicKey{&key.PublicKey}},
		&oidc.Config{ClientID: "verso", Now: func() time.Time { return now }, SupportedSigningAlgs: []string{oidc.ES256}})
	f.Fuzz(func(t *testing.T, raw string) {
		if name, err := named(context.Background(), v, raw, "n", "email"); (err == nil) != (raw == right) {
			t.Errorf("%q names %q: %v", raw, name, err)
		}
	})
}

// FuzzSessions reads session files and cookies.
func FuzzSessions(f *testing.F) {
	f.Add("[]", "x")
	f.Add(`[{"id":"00","user":"li"}]`, "")
	f.Add("{", "verso=a; verso=b")
	f.Fuzz(func(t *testing.T, text, cookie string) {
		path := filepath.Join(t.TempDir(), "sessions.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
		g := New(Options{Sessions: path, Clock: func() time.Time { return now }})
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", "verso="+cookie)
		if x := g.sessions.find(r, now); x != nil {
			t.Errorf("%q and %q begin a session: %+v", text, cookie, x)
		}
	})
}
