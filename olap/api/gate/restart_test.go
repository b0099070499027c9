package gate_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"verso/olap/access/users"
	"verso/olap/api/gate"
)

// A session goes on after a restart of the server, by what a file holds that is of
// no use to who reads it; it ends when it would have ended, and with the password.
func TestSessionsOutliveTheServer(t *testing.T) {
	kept := filepath.Join(t.TempDir(), "sessions.json")
	d := newDoor(t, func(o *gate.Options) { o.Sessions = kept })
	restart := func() {
		t.Helper()
		g := gate.New(gate.Options{Users: func() (*users.File, error) { return users.Load(d.path) }, Clock: d.clock, Sessions: kept})
		d.Config.Handler = g.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			p, err := g.Authenticate(r)
			if err != nil {
				t.Error(err)
			}
			_ = json.NewEncoder(w).Encode(p)
		}))
	}
	c := browser(t)
	d.login(t, c, "li", password, "")
	_, told := d.send(t, c, "GET", "/session", nil)
	var session struct{ CSRF string }
	if err := json.Unmarshal([]byte(told), &session); err != nil || session.CSRF == "" {
		t.Fatalf("%s: %v", told, err)
	}
	text, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(kept)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for _, value := range d.cookies(t, c) {
		if strings.Contains(string(text), value) {
			t.Error("the file holds what a browser shows")
		}
	}
	if strings.Contains(string(text), session.CSRF) || strings.Contains(string(text), "argon2") {
		t.Errorf("the file holds a secret: %s", text)
	}
	restart()
	if r, body := d.send(t, c, "POST", "/x", nil, "X-CSRF-Token", session.CSRF); r.StatusCode != http.StatusOK || !strings.Contains(body, `"li"`) {
		t.Errorf("after a restart: %d %s", r.StatusCode, body)
	}
	if r, _ := d.send(t, c, "POST", "/x", nil, "X-CSRF-Token", session.CSRF[1:]); r.StatusCode != http.StatusForbidden {
		t.Errorf("with another token: %d", r.StatusCode)
	}
	d.later(2 * time.Hour)
	restart()
	if r, _ := d.send(t, c, "GET", "/x", nil); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("after the idle time: %d", r.StatusCode)
	}
	if err := os.WriteFile(kept, []byte("{broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	restart() // everybody logs in again
	d.login(t, c, "li", password, "")
	if r, _ := d.send(t, c, "GET", "/x", nil); r.StatusCode != http.StatusOK {
		t.Errorf("with a broken file before: %d", r.StatusCode)
	}
}

// Without users a server of this machine may be called by the names configured,
// and by no other.
func TestConfiguredHosts(t *testing.T) {
	d := newDoor(t, func(o *gate.Options) { o.Users, o.Local, o.Hosts = nil, true, []string{"reports.example"} })
	for host, want := range map[string]int{"reports.example": 200, "Reports.Example:8080": 200, "localhost": 200, "evil.example": 403} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", d.URL+"/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, answer.StatusCode, want)
		}
	}
}

// Who guesses tokens is held up; a right one from the same address is not.
func TestGuessesHoldUpNoToken(t *testing.T) {
	d := newDoor(t, nil)
	text, token := users.NewToken(d.clock().Add(time.Hour))
	err := users.Change(d.path, func(f *users.File) error {
		u := f.Users[2]
		u.Tokens = append(u.Tokens, token)
		f.Put(u)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c := browser(t)
	held := false
	for range 100 {
		r, _ := d.send(t, c, "GET", "/x", nil, "Authorization", "Bearer verso_000000000000_guessed")
		held = held || r.StatusCode == http.StatusTooManyRequests
		if r.StatusCode != http.StatusUnauthorized && r.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("a guess: %d", r.StatusCode)
		}
	}
	if !held {
		t.Error("a hundred guesses were not held up")
	}
	if r, body := d.send(t, c, "GET", "/x", nil, "Authorization", "Bearer "+text); r.StatusCode != http.StatusOK || !strings.Contains(body, "robot") {
		t.Errorf("a right token after that: %d %s", r.StatusCode, body)
	}
}

// A flood of logins is held up after a few; who has a token asks on meanwhile.
func TestFloodOfLogins(t *testing.T) {
	d := newDoor(t, nil)
	text, token := users.NewToken(d.clock().Add(time.Hour))
	err := users.Change(d.path, func(f *users.File) error {
		u := f.Users[2]
		u.Tokens = append(u.Tokens, token)
		f.Put(u)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 60 {
		wg.Go(func() {
			r, err := http.NewRequestWithContext(t.Context(), "GET", d.URL+"/x", nil)
			if err != nil {
				t.Error(err)
				return
			}
			r.SetBasicAuth("li", "guessed it wrong")
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			answer.Body.Close()
			mu.Lock()
			defer mu.Unlock()
			statuses[answer.StatusCode]++
		})
	}
	for range 20 {
		if r, body := d.send(t, browser(t), "GET", "/x", nil, "Authorization", "Bearer "+text); r.StatusCode != http.StatusOK {
			t.Errorf("a token during the flood: %d %s", r.StatusCode, body)
		}
	}
	wg.Wait()
	if n := statuses[http.StatusUnauthorized]; n == 0 || n > 10 || statuses[http.StatusTooManyRequests] != 60-n {
		t.Errorf("%v: want a few 401 and 429 for the others", statuses)
	}
}
