// Package gate lets people and programs in: by a login form and sessions, by
// password or token in a header, or by the word of a trusted proxy.
package gate

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"verso/olap/access"
	"verso/olap/access/users"
)

// Options say who is let in and how.
type Options struct {
	// Users gives the users file as it is now; it is asked at every request, so
	// that who is taken out of it is out at once. nil: open mode, in which
	// everybody is let in and sees everything.
	Users func() (*users.File, error)
	// Local is set in open mode where only this machine is served: requests under
	// a foreign host name are refused, which a web page elsewhere could send.
	Local bool
	Hosts []string // names in lower case by which a local server may be called besides

	Sessions string // file that keeps sessions over a restart; "": none does

	Header  string         // by which a trusted proxy names the user; "": none does
	Trusted []netip.Prefix // addresses of such proxies

	Single *Single // a provider of OpenID Connect; nil: none

	Idle     time.Duration // after which an unused session ends; default 1 h
	Absolute time.Duration // after which any session ends; default 12 h

	Clock func() time.Time
	Log   *slog.Logger // nil: silent; logins, refusals, and looks through the eyes of others
}

// Gate implements api.Gate. It is safe for many goroutines.
type Gate struct {
	options  Options
	sessions *sessions
	guesses  *guesses
	proven   *proven
	single   *single       // nil: no provider of OpenID Connect
	hashing  chan struct{} // one for each password that is tried at once
}

// tries is how many passwords are tried at once: each takes 64 MiB.
const tries = 2

// New makes a gate.
func New(o Options) *Gate {
	if o.Idle <= 0 {
		o.Idle = time.Hour
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Absolute <= 0 {
		o.Absolute = 12 * time.Hour
	}
	return &Gate{options: o, sessions: newSessions(o), guesses: newGuesses(), proven: newProven(), hashing: make(chan struct{}, tries),
		single: newSingle(o.Single)}
}

// Refused is a request that is not let in.
type Refused struct {
	Status  int           // HTTP status: 401, 403, 429 or 500
	Message string        // for the person; never says whether a user exists
	Retry   time.Duration // 429: wait so long
}

// Error is the message.
func (e *Refused) Error() string { return e.Message }

// StatusCode is the HTTP status.
func (e *Refused) StatusCode() int { return e.Status }

var (
	errWho      = &Refused{Status: http.StatusUnauthorized, Message: "say who you are: log in, or send a token or a user and password"}
	errWrong    = &Refused{Status: http.StatusUnauthorized, Message: "not let in: the user, password or token is wrong"}
	errForged   = &Refused{Status: http.StatusForbidden, Message: "refused: the request does not come from a page of this server"}
	errNotAdmin = &Refused{Status: http.StatusForbidden, Message: "only an administrator may look through the eyes of others"}
	errForeign  = &Refused{Status: http.StatusForbidden, Message: "refused: this server serves this machine only, under the name localhost and those of serve.hosts"}
	errBroken   = &Refused{Status: http.StatusInternalServerError, Message: "the users cannot be read; the log says why"}
)

type personKey struct{}

// Authenticate is api.Gate: who sends a request, or a *Refused. A request that
// Protect let in is not asked again.
func (g *Gate) Authenticate(r *http.Request) (access.Person, error) {
	if p, ok := r.Context().Value(personKey{}).(access.Person); ok {
		return p, nil
	}
	return g.authenticate(r)
}

func (g *Gate) authenticate(r *http.Request) (access.Person, error) {
	if g.options.Users == nil {
		if g.options.Local && !localHost(r.Host) && !slices.Contains(g.options.Hosts, strings.ToLower(hostName(r.Host))) {
			return access.Person{}, errForeign
		}
		if !sameSite(r) {
			return access.Person{}, errForged
		}
		return access.Person{Name: "open", Admin: true, By: "open"}, nil
	}
	file, err := g.options.Users()
	if err != nil {
		g.options.Log.Error("the users file cannot be read", "error", err)
		return access.Person{}, errBroken
	}
	u, by, err := g.identify(r, file)
	if err != nil {
		return access.Person{}, err
	}
	return g.through(u, by, r.Header.Get("X-Verso-As"), file, r)
}

// identify finds the user by the credentials that a request carries. What is
// said in a header counts before a cookie, and wrong credentials are never passed
// over for others.
func (g *Gate) identify(r *http.Request, file *users.File) (*users.User, string, error) {
	if name, said, err := g.proxied(r); said || err != nil {
		if u := file.User(name); err == nil && u != nil {
			// The proxy's own session may be a cookie, which other sites could use.
			if sameSite(r) {
				return u, "proxy", nil
			}
			return nil, "", errForged
		}
		return nil, "", errWrong
	}
	if header := r.Header.Get("Authorization"); header != "" {
		return g.byHeader(r, header, file)
	}
	s := g.sessions.find(r, g.options.Clock())
	if s == nil {
		return nil, "", errWho
	}
	u := file.User(s.user)
	if u == nil || fingerprint(u.Password) != s.password {
		g.sessions.end(r, g.options.Clock())
		return nil, "", errWho
	}
	if !safe(r.Method) && !s.proves(r) && !(r.Header.Get("Sec-Fetch-Site") == "same-origin") {
		return nil, "", errForged
	}
	if s.as != "" && r.Header.Get("X-Verso-As") == "" {
		r.Header.Set("X-Verso-As", s.as)
	}
	return u, s.by, nil
}

// through is the person that a user is, or, for an administrator, looks through
// the eyes of.
func (g *Gate) through(u *users.User, by, as string, file *users.File, r *http.Request) (access.Person, error) {
	if as == "" || as == u.Name {
		return u.Person(by), nil
	}
	if !u.Admin {
		return access.Person{}, errNotAdmin
	}
	other := file.User(as)
	if other == nil {
		return access.Person{}, &Refused{Status: http.StatusForbidden, Message: "there is no user " + strconv.Quote(as) + " to look through the eyes of"}
	}
	p := other.Person(by)
	p.Asker = u.Name
	g.options.Log.Info("seen as another", "user", u.Name, "as", other.Name, "method", r.Method, "path", r.URL.Path)
	return p, nil
}

// proxied is the name that a trusted proxy gives. The header of anybody else is
// no word at all.
func (g *Gate) proxied(r *http.Request) (name string, said bool, err error) {
	if g.options.Header == "" || !g.trusted(r) {
		return "", false, nil
	}
	switch values := r.Header.Values(g.options.Header); {
	case len(values) == 0:
		return "", false, nil
	case len(values) > 1:
		return "", true, errWrong
	default:
		return values[0], true, nil
	}
}

// trusted reports whether a request comes from a trusted proxy.
func (g *Gate) trusted(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && slices.ContainsFunc(g.options.Trusted, func(p netip.Prefix) bool { return p.Contains(from.Addr().Unmap()) })
}

// address is where a request comes from: behind a trusted proxy what that says,
// else the other end of the connection.
func (g *Gate) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if g.trusted(r) {
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if a, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
			return a.String()
		}
	}
	return host
}

// byHeader takes a token, or a user and password.
func (g *Gate) byHeader(r *http.Request, header string, file *users.File) (*users.User, string, error) {
	now, from := g.options.Clock(), g.address(r)
	if token, ok := strings.CutPrefix(header, "Bearer "); ok {
		// A token cannot be guessed, so a right one is let in whoever guesses from
		// the same address.
		if u := file.Token(strings.TrimSpace(token), now); u != nil {
			return u, "token", nil
		}
		if wait := g.guesses.wait(now, from); wait > 0 {
			return nil, "", slowDown(wait)
		}
		g.guesses.failed(now, from)
		g.options.Log.Warn("a token was refused", "address", from)
		return nil, "", errWrong
	}
	name, password, ok := r.BasicAuth()
	if !ok {
		return nil, "", errWrong
	}
	if u := file.User(name); u != nil && g.proven.knows(u, password, now) {
		return u, "password", nil
	}
	u, err := g.checkPassword(r.Context(), name, password, from, file)
	if err == nil {
		g.proven.add(u, password, now)
	}
	return u, "password", err
}

// checkPassword is the user of a name and password. A wrong password, a user who
// is not there and one who has none take the same time and get the same answer.
func (g *Gate) checkPassword(ctx context.Context, name, password, from string, file *users.File) (*users.User, error) {
	keys := []string{from, "user " + strings.ToLower(name), strings.ToLower(name) + " at " + from}
	if wait := g.guesses.wait(g.options.Clock(), keys...); wait > 0 {
		return nil, slowDown(wait)
	}
	select {
	case g.hashing <- struct{}{}:
		defer func() { <-g.hashing }()
	case <-time.After(10 * time.Second):
		return nil, slowDown(10 * time.Second)
	case <-ctx.Done():
		return nil, errWrong
	}
	// Guesses that waited beside this one may have used the last try up.
	if wait := g.guesses.wait(g.options.Clock(), keys...); wait > 0 {
		return nil, slowDown(wait)
	}
	u := file.User(name)
	if users.Check(u, password) {
		g.guesses.forget(keys[2])
		return u, nil
	}
	g.guesses.failed(g.options.Clock(), keys...)
	g.options.Log.Warn("a password was refused", "user", name, "address", from)
	return nil, errWrong
}

func slowDown(wait time.Duration) *Refused {
	return &Refused{Status: http.StatusTooManyRequests, Message: "too many wrong passwords or tokens: wait and try again", Retry: wait}
}

// Protect lets in who may come in and hands their requests on; the person is
// then known to Authenticate. A browser that asks for a page is sent to log in.
// The paths of open are for everybody.
func (g *Gate) Protect(next http.Handler, open ...string) http.Handler {
	login := g.handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/login" || strings.HasPrefix(r.URL.Path, "/login/") || r.URL.Path == "/logout" || r.URL.Path == "/session" {
			login.ServeHTTP(w, r)
			return
		}
		if slices.Contains(open, r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		p, err := g.authenticate(r)
		if err != nil {
			g.refuse(w, r, err)
			return
		}
		w.Header().Set("Cache-Control", "private, no-cache")
		w.Header().Add("Vary", "Cookie, Authorization")
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), personKey{}, p)))
	})
}

// refuse answers a request that is not let in.
func (g *Gate) refuse(w http.ResponseWriter, r *http.Request, err error) {
	refused := errBroken
	errors.As(err, &refused)
	page := safe(r.Method) && r.Header.Get("Authorization") == "" && strings.Contains(r.Header.Get("Accept"), "text/html")
	w.Header().Set("Cache-Control", "no-store")
	switch {
	case refused.Status == http.StatusUnauthorized && page && g.options.Users != nil:
		http.Redirect(w, r, "/login?next="+escaped(r.URL.RequestURI()), http.StatusSeeOther)
		return
	case refused.Status == http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="verso"`)
		if r.Header.Get("Sec-Fetch-Mode") == "" { // a program: a browser would ask with a window of its own
			w.Header().Add("WWW-Authenticate", `Basic realm="verso", charset="UTF-8"`)
		}
	case refused.Retry > 0:
		w.Header().Set("Retry-After", strconv.Itoa(int(refused.Retry/time.Second)+1))
	}
	http.Error(w, refused.Message, refused.Status)
}

// safe reports whether a method changes nothing.
func safe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// sameSite reports whether a request that changes something may come from a page
// of this server or from a program, by what browsers say of it.
func sameSite(r *http.Request) bool {
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	switch {
	case safe(r.Method), site == "same-origin", site == "none":
		return true
	case site != "":
		return false
	}
	_, host, _ := strings.Cut(origin, "://")
	return origin == "" || host == r.Host
}

// localHost reports whether a host name means this machine.
func localHost(host string) bool {
	host = hostName(host)
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && a.IsLoopback()
}

// hostName is a host without its port.
func hostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// CheckAddress refuses to serve without users on an address that others reach.
func CheckAddress(address string, hasUsers, open bool) error {
	if hasUsers || open {
		return nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if host != "" && localHost(host) {
		return nil
	}
	return errors.New("on " + address + " others could read everything, and no users are configured: write access: {policy: …, users: …}, serve 127.0.0.1, or say --open")
}
