package gate_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"verso/olap/access/users"
	"verso/olap/api/gate"
)

const password = "correct horse battery"

// door is a server behind a gate on a loopback socket, with a clock that tests move.
type door struct {
	*httptest.Server
	path string // of the users file
	gate *gate.Gate

	mu  sync.Mutex
	now time.Time
}

// redirectTo tells the provider's settings where the server is, by a gate of its own.
func (d *door) redirectTo(t *testing.T, s *gate.Single) {
	t.Helper()
	s.Redirect = d.URL + "/login/callback"
	o := gate.Options{Users: func() (*users.File, error) { return users.Load(d.path) }, Clock: d.clock, Single: s,
		Log: slog.New(slog.DiscardHandler)}
	d.gate = gate.New(o)
	d.Config.Handler = d.gate.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := d.gate.Authenticate(r)
		if err != nil {
			t.Error(err)
		}
		_ = json.NewEncoder(w).Encode(p)
	}))
}

func (d *door) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *door) later(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

// hashOnce is the hash of password: making one is dear.
var hashOnce = sync.OnceValues(func() (string, error) { return users.Hash(password) })

func newDoor(t *testing.T, change func(*gate.Options)) *door {
	t.Helper()
	hash, err := hashOnce()
	if err != nil {
		t.Fatal(err)
	}
	d := &door{path: filepath.Join(t.TempDir(), "users.yaml"), now: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)}
	f := &users.File{Users: []users.User{
		{Name: "li", Password: hash, Roles: []string{"north"}, Attributes: map[string][]string{"employee": {"2"}}},
		{Name: "boss", Password: hash, Roles: []string{"manager"}, Admin: true},
		{Name: "robot", Roles: []string{"north"}},
	}}
	if err := f.Save(d.path); err != nil {
		t.Fatal(err)
	}
	o := gate.Options{Users: func() (*users.File, error) { return users.Load(d.path) }, Clock: d.clock,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if change != nil {
		change(&o)
	}
	d.gate = gate.New(o)
	d.Server = httptest.NewServer(d.gate.Protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			return
		}
		p, err := d.gate.Authenticate(r)
		if err != nil {
			t.Errorf("let in by Protect, refused by Authenticate: %v", err)
		}
		_ = json.NewEncoder(w).Encode(p)
	}), "/healthz"))
	t.Cleanup(d.Close)
	return d
}

// send makes a request and gives its status and body.
func (d *door) send(t *testing.T, c *http.Client, method, path string, form url.Values, header ...string) (*http.Response, string) {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, d.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

// browser keeps cookies and follows no redirect.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

var tokenField = regexp.MustCompile(`name="token" value="([^"]+)"`)

// login fills the form in.
func (d *door) login(t *testing.T, c *http.Client, name, pass, next string) (*http.Response, string) {
	t.Helper()
	_, page := d.send(t, c, "GET", "/login", nil)
	token := tokenField.FindStringSubmatch(page)
	if token == nil {
		t.Fatalf("no token in the form:\n%s", page)
	}
	return d.send(t, c, "POST", "/login", url.Values{"token": {token[1]}, "name": {name}, "password": {pass}, "next": {next}})
}

func (d *door) cookies(t *testing.T, c *http.Client) map[string]string {
	t.Helper()
	u, err := url.Parse(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, x := range c.Jar.Cookies(u) {
		found[x.Name] = x.Value
	}
	return found
}

func want(t *testing.T, what string, r *http.Response, status int) {
	t.Helper()
	if r.StatusCode != status {
		t.Errorf("%s: status %d, want %d", what, r.StatusCode, status)
	}
}

func TestStrangers(t *testing.T) {
	d := newDoor(t, nil)
	c := browser(t)
	r, _ := d.send(t, c, "GET", "/report?x=1", nil, "Accept", "text/html")
	want(t, "a stranger's browser", r, http.StatusSeeOther)
	if to := r.Header.Get("Location"); to != "/login?next=%2Freport%3Fx%3D1" {
		t.Errorf("sent to %s", to)
	}
	r, _ = d.send(t, c, "GET", "/report", nil)
	want(t, "a stranger's program", r, http.StatusUnauthorized)
	if asked := r.Header.Values("WWW-Authenticate"); len(asked) != 2 {
		t.Errorf("asked for %q", asked)
	}
	r, _ = d.send(t, c, "GET", "/healthz", nil)
	want(t, "an open path", r, http.StatusOK)
}

func TestSession(t *testing.T) {
	d := newDoor(t, nil)
	c := browser(t)
	// A session that somebody planted before the login is not the one after it.
	planted := strings.Repeat("A", 43)
	u, _ := url.Parse(d.URL)
	c.Jar.SetCookies(u, []*http.Cookie{{Name: "verso", Value: planted, Path: "/"}})
	r, _ := d.login(t, c, "Li", password, "/report")
	want(t, "the right password", r, http.StatusSeeOther)
	if to := r.Header.Get("Location"); to != "/report" {
		t.Errorf("after the login sent to %s", to)
	}
	for _, x := range r.Cookies() {
		if x.Name == "verso" && (!x.HttpOnly || x.SameSite != http.SameSiteStrictMode || x.Path != "/") {
			t.Errorf("the session's cookie is %v", x)
		}
	}
	if got := d.cookies(t, c)["verso"]; got == planted || len(got) != 43 {
		t.Errorf("session %q after the login, planted %q", got, planted)
	}
	r, body := d.send(t, c, "GET", "/x", nil)
	want(t, "logged in", r, http.StatusOK)
	if !strings.Contains(body, `"Name":"li"`) || !strings.Contains(body, `"By":"password"`) {
		t.Errorf("known as %s", body)
	}

	// State-changing requests need a proof that they come from a page of ours.
	_, body = d.send(t, c, "GET", "/session", nil)
	var told struct{ CSRF string }
	if err := json.Unmarshal([]byte(body), &told); err != nil || told.CSRF == "" {
		t.Fatalf("%v: %s", err, body)
	}
	for _, x := range []struct {
		what   string
		status int
		header []string
	}{
		{"no proof", http.StatusForbidden, nil},
		{"a wrong token", http.StatusForbidden, []string{"X-CSRF-Token", told.CSRF + "x"}},
		{"another site", http.StatusForbidden, []string{"Sec-Fetch-Site", "cross-site"}},
		{"another host of the site", http.StatusForbidden, []string{"Sec-Fetch-Site", "same-site"}},
		{"the token", http.StatusOK, []string{"X-CSRF-Token", told.CSRF}},
		{"what the browser says", http.StatusOK, []string{"Sec-Fetch-Site", "same-origin"}},
	} {
		r, _ = d.send(t, c, "POST", "/x", nil, x.header...)
		want(t, x.what, r, x.status)
	}
	r, _ = d.send(t, c, "POST", "/logout", url.Values{})
	want(t, "a forged logout", r, http.StatusForbidden)
	before := d.cookies(t, c)["verso"]
	r, _ = d.send(t, c, "POST", "/logout", url.Values{"csrf": {told.CSRF}})
	want(t, "the logout", r, http.StatusSeeOther)
	r, _ = d.send(t, browser(t), "GET", "/x", nil, "Cookie", "verso="+before)
	want(t, "the cookie of before the logout", r, http.StatusUnauthorized)
}

func TestSessionsEnd(t *testing.T) {
	d := newDoor(t, nil)
	c := browser(t)
	d.login(t, c, "li", password, "/")
	status := func(what string, status int) {
		t.Helper()
		r, _ := d.send(t, c, "GET", "/x", nil)
		want(t, what, r, status)
	}
	for range 13 { // used every 50 minutes it lives until its absolute end
		d.later(50 * time.Minute)
		status("in use", http.StatusOK)
	}
	d.later(80 * time.Minute)
	status("after 12 hours", http.StatusUnauthorized)
	d.login(t, c, "li", password, "/")
	d.later(61 * time.Minute)
	status("unused for an hour", http.StatusUnauthorized)
	d.login(t, c, "li", password, "/")
	status("again", http.StatusOK)
	if err := users.Change(d.path, func(f *users.File) error { f.Users[0].Disabled = true; return nil }); err != nil {
		t.Fatal(err)
	}
	status("disabled", http.StatusUnauthorized)
}

func TestForgedLogin(t *testing.T) {
	d := newDoor(t, nil)
	r, _ := d.send(t, browser(t), "POST", "/login", url.Values{"token": {""}, "name": {"li"}, "password": {password}})
	want(t, "no cookie", r, http.StatusForbidden)
	c := browser(t)
	d.send(t, c, "GET", "/login", nil)
	r, _ = d.send(t, c, "POST", "/login", url.Values{"token": {"other"}, "name": {"li"}, "password": {password}})
	want(t, "another token", r, http.StatusForbidden)
	for _, next := range []string{"//evil.example/", "https://evil.example/", `/\evil.example`, "javascript:alert(1)", "evil", "/a\r\nSet-Cookie: x=1"} {
		r, _ := d.login(t, browser(t), "li", password, next)
		if to := r.Header.Get("Location"); to != "/" {
			t.Errorf("next %q sends to %q", next, to)
		}
	}
	_, page := d.send(t, browser(t), "GET", `/login?next=/"><script>alert(1)</script>`, nil)
	if strings.Contains(page, "<script>") {
		t.Errorf("the form shows a script:\n%s", page)
	}
}

func TestWrongPasswords(t *testing.T) {
	d := newDoor(t, nil)
	wrong, text := d.login(t, browser(t), "li", "not the password", "/")
	unknown, other := d.login(t, browser(t), "nobody", "not the password", "/")
	want(t, "wrong password", wrong, http.StatusUnauthorized)
	want(t, "unknown user", unknown, http.StatusUnauthorized)
	if same(text, "li") != same(other, "nobody") {
		t.Errorf("a wrong password and an unknown user get different answers:\n%s\n%s", text, other)
	}
	r, _ := d.login(t, browser(t), "robot", "", "/")
	want(t, "a user without a password", r, http.StatusUnauthorized)
	for range 4 {
		d.login(t, browser(t), "li", "not the password", "/")
	}
	r, text = d.login(t, browser(t), "li", password, "/")
	want(t, "the right one after five wrong ones", r, http.StatusTooManyRequests)
	if r.Header.Get("Retry-After") != "16" || !strings.Contains(text, "Too many attempts") {
		t.Errorf("Retry-After %q:\n%s", r.Header.Get("Retry-After"), text)
	}
	r, _ = d.login(t, browser(t), "boss", password, "/")
	want(t, "another user at the address", r, http.StatusSeeOther)
	d.later(16 * time.Second)
	r, _ = d.login(t, browser(t), "li", password, "/")
	want(t, "after the wait", r, http.StatusSeeOther)
}

// same is an answer without what differs between any two.
func same(text, name string) string {
	return strings.ReplaceAll(tokenField.ReplaceAllString(text, ""), `value="`+name+`"`, "")
}

func TestHeaders(t *testing.T) {
	d := newDoor(t, nil)
	token, kept := users.NewToken(d.now.Add(24 * time.Hour))
	if err := users.Change(d.path, func(f *users.File) error { f.Users[2].Tokens = []users.Token{kept}; return nil }); err != nil {
		t.Fatal(err)
	}
	c := browser(t)
	get := func(what string, status int, header ...string) string {
		t.Helper()
		r, body := d.send(t, c, "GET", "/x", nil, header...)
		want(t, what, r, status)
		return body
	}
	bearer := "Bearer " + token
	if body := get("token", http.StatusOK, "Authorization", bearer); !strings.Contains(body, `"Name":"robot"`) || !strings.Contains(body, `"By":"token"`) {
		t.Errorf("known as %s", body)
	}
	get("a forged token", http.StatusUnauthorized, "Authorization", bearer[:len(bearer)-2]+"xx")
	get("the id of a token alone", http.StatusUnauthorized, "Authorization", "Bearer verso_"+kept.ID+"_")
	get("its hash", http.StatusUnauthorized, "Authorization", "Bearer "+kept.SHA256)
	get("another scheme", http.StatusUnauthorized, "Authorization", "Digest x")
	get("broken Basic", http.StatusUnauthorized, "Authorization", "Basic !!!")
	get("the header of a proxy that is none", http.StatusUnauthorized, "X-Remote-User", "boss")
	get("looking through others' eyes", http.StatusForbidden, "Authorization", bearer, "X-Verso-As", "boss")
	d.later(25 * time.Hour)
	get("an expired token", http.StatusUnauthorized, "Authorization", bearer)

	r, err := http.NewRequestWithContext(t.Context(), "GET", d.URL+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth("boss", password)
	r.Header.Set("X-Verso-As", "li")
	for range 3 { // only the first costs a hash
		answer, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if !strings.Contains(string(text), `"Name":"li"`) || !strings.Contains(string(text), `"Asker":"boss"`) || strings.Contains(string(text), `"Admin":true`) {
			t.Errorf("through the eyes of li: %s", text)
		}
	}
	if err := users.Change(d.path, func(f *users.File) error { f.Users[2].Tokens = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	get("a revoked token", http.StatusUnauthorized, "Authorization", bearer)
}

func TestViewAs(t *testing.T) {
	d := newDoor(t, nil)
	c := browser(t)
	d.login(t, c, "boss", password, "/")
	csrf := func() string {
		_, body := d.send(t, c, "GET", "/session", nil)
		var told struct{ CSRF string }
		if err := json.Unmarshal([]byte(body), &told); err != nil {
			t.Fatal(err)
		}
		return told.CSRF
	}()
	r, _ := d.send(t, c, "POST", "/login/as", url.Values{"user": {"li"}})
	want(t, "forged", r, http.StatusForbidden)
	r, _ = d.send(t, c, "POST", "/login/as", url.Values{"user": {"nobody"}, "csrf": {csrf}})
	want(t, "nobody", r, http.StatusForbidden)
	r, _ = d.send(t, c, "POST", "/login/as", url.Values{"user": {"li"}, "csrf": {csrf}})
	want(t, "view as", r, http.StatusSeeOther)
	if _, body := d.send(t, c, "GET", "/x", nil); !strings.Contains(body, `"Name":"li"`) || !strings.Contains(body, `"Asker":"boss"`) {
		t.Errorf("seen as %s", body)
	}
	d.send(t, c, "POST", "/login/as", url.Values{"user": {""}, "csrf": {csrf}})
	if _, body := d.send(t, c, "GET", "/x", nil); !strings.Contains(body, `"Name":"boss"`) {
		t.Errorf("back as %s", body)
	}
	li := browser(t)
	d.login(t, li, "li", password, "/")
	r, _ = d.send(t, li, "POST", "/login/as", url.Values{"user": {"boss"}}, "Sec-Fetch-Site", "same-origin")
	want(t, "li as boss", r, http.StatusForbidden)
}

func TestProxy(t *testing.T) {
	d := newDoor(t, func(o *gate.Options) {
		o.Header, o.Trusted = "X-Remote-User", []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	c := browser(t)
	r, body := d.send(t, c, "GET", "/x", nil, "X-Remote-User", "li")
	want(t, "trusted", r, http.StatusOK)
	if !strings.Contains(body, `"By":"proxy"`) {
		t.Errorf("known as %s", body)
	}
	r, _ = d.send(t, c, "GET", "/x", nil, "X-Remote-User", "nobody")
	want(t, "an unknown name", r, http.StatusUnauthorized)
	r, _ = d.send(t, c, "GET", "/x", nil, "X-Remote-User", "")
	want(t, "no name", r, http.StatusUnauthorized)
	r, _ = d.send(t, c, "POST", "/x", nil, "X-Remote-User", "li", "Origin", "https://evil.example")
	want(t, "a request of another site through the proxy", r, http.StatusForbidden)
}

func TestOpenMode(t *testing.T) {
	d := newDoor(t, func(o *gate.Options) { o.Users, o.Local = nil, true })
	c := browser(t)
	r, body := d.send(t, c, "GET", "/x", nil)
	want(t, "this machine", r, http.StatusOK)
	if !strings.Contains(body, `"By":"open"`) {
		t.Errorf("known as %s", body)
	}
	q, err := http.NewRequestWithContext(t.Context(), "GET", d.URL+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Host = "evil.example"
	answer, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	want(t, "a foreign name for this machine", answer, http.StatusForbidden)
	r, _ = d.send(t, c, "POST", "/x", nil, "Sec-Fetch-Site", "cross-site")
	want(t, "another site", r, http.StatusForbidden)
	for address, ok := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "localhost:80": true, ":80": false, "0.0.0.0:80": false, "10.0.0.1:80": false} {
		if err := gate.CheckAddress(address, false, false); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
		if gate.CheckAddress(address, true, false) != nil || gate.CheckAddress(address, false, true) != nil {
			t.Errorf("%s is refused with users, or with --open", address)
		}
	}
}
