package gate

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// session is a login of a browser.
type session struct {
	user     string
	password string // a hash of the user's at login: with another one the session is over
	by       string
	as       string // an administrator looks through the eyes of
	csrf     string // see csrfOf; only of what find gives
	begun    time.Time
	used     time.Time
}

// sessions are kept here, by the hash of what the browser has.
type sessions struct {
	idle, absolute time.Duration

	mu    sync.Mutex
	kept  map[[32]byte]*session
	saved shelf
	log   *slog.Logger
}

const (
	maxSessions     = 10_000
	sessionsPerUser = 20
)

// newSessions goes on with the sessions of a file; "" keeps them in memory only.
func newSessions(o Options) *sessions {
	s := &sessions{idle: o.Idle, absolute: o.Absolute, kept: map[[32]byte]*session{}, saved: shelf{path: o.Sessions}, log: o.Log}
	kept, err := s.saved.read()
	if err != nil {
		s.log.Error("sessions of before cannot be read: people log in again", "error", err)
	}
	now := o.Clock()
	for id, x := range kept {
		if !s.over(x, now) {
			s.kept[id] = x
		}
	}
	return s
}

// save writes the sessions to their file. One that cannot be written must not keep
// people out. The caller holds s.mu.
func (s *sessions) save(now time.Time) {
	if err := s.saved.write(s.kept, now); err != nil {
		s.log.Error("sessions cannot be saved: people log in again after a restart", "error", err)
	}
}

// csrfOf is a session's token against forgery, which only who has the session's
// name can know.
func csrfOf(id string) string {
	sum := sha256.Sum256([]byte("csrf " + id))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// fingerprint stands for the hash of a password, which is kept in one file only.
func fingerprint(hash string) string {
	sum := sha256.Sum256([]byte("password " + hash))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// secret is 256 random bits as text.
func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// begin starts a session under a new random name and sends it to the browser.
func (s *sessions) begin(w http.ResponseWriter, secure bool, x session, now time.Time) {
	id := secret()
	x.begun, x.used = now, now
	s.mu.Lock()
	s.sweep(now, x.user)
	s.kept[sha256.Sum256([]byte(id))] = &x
	s.save(now)
	s.mu.Unlock()
	http.SetCookie(w, cookie(sessionCookie, id, secure, int(s.absolute/time.Second)))
}

// sweep drops what has ended, and the oldest where there are too many: all of a
// user's beyond their share. The caller holds s.mu.
func (s *sessions) sweep(now time.Time, user string) {
	for id, x := range s.kept {
		if s.over(x, now) {
			delete(s.kept, id)
		}
	}
	for s.count(user) >= sessionsPerUser {
		s.dropOldest(func(x *session) bool { return x.user == user })
	}
	for len(s.kept) >= maxSessions {
		s.dropOldest(func(*session) bool { return true })
	}
}

func (s *sessions) count(user string) (n int) {
	for _, x := range s.kept {
		if x.user == user {
			n++
		}
	}
	return n
}

func (s *sessions) dropOldest(of func(*session) bool) {
	var oldest *session
	var key [32]byte
	for id, x := range s.kept {
		if of(x) && (oldest == nil || x.used.Before(oldest.used)) {
			oldest, key = x, id
		}
	}
	delete(s.kept, key)
}

func (s *sessions) over(x *session, now time.Time) bool {
	return now.Sub(x.used) > s.idle || now.Sub(x.begun) > s.absolute
}

// find is the session of a request as it is now, nil for none.
func (s *sessions) find(r *http.Request, now time.Time) *session {
	id := cookieOf(r, sessionCookie)
	if id == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := sha256.Sum256([]byte(id))
	x := s.kept[key]
	if x == nil {
		return nil
	}
	if s.over(x, now) {
		delete(s.kept, key)
		return nil
	}
	x.used = now
	if now.Sub(s.saved.at) >= savedEvery {
		s.save(now)
	}
	found := *x
	found.csrf = csrfOf(id)
	return &found
}

// see changes through whose eyes the session of a request looks.
func (s *sessions) see(r *http.Request, as string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.kept[sha256.Sum256([]byte(cookieOf(r, sessionCookie)))]; x != nil {
		x.as = as
		s.save(now)
	}
}

// end forgets the session of a request.
func (s *sessions) end(r *http.Request, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := sha256.Sum256([]byte(cookieOf(r, sessionCookie)))
	if s.kept[id] != nil {
		delete(s.kept, id)
		s.save(now)
	}
}

// proves reports whether a request carries the session's token against forgery.
func (x *session) proves(r *http.Request) bool {
	given := r.Header.Get("X-CSRF-Token")
	if given == "" && r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		given = r.PostFormValue("csrf")
	}
	return subtle.ConstantTimeCompare([]byte(given), []byte(x.csrf)) == 1
}

const (
	sessionCookie = "verso"
	loginCookie   = "verso_login"
	stateCookie   = "verso_state"
)

// cookie is one that only this server gets back, in requests of its own pages.
func cookie(name, value string, secure bool, seconds int) *http.Cookie {
	if secure {
		name = "__Host-" + name
	}
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: secure, SameSite: http.SameSiteStrictMode}
}

// cookieOf is the value of a cookie, under the name that a secure connection or
// another one gives it; "" where it is there more than once.
func cookieOf(r *http.Request, name string) string {
	for _, n := range []string{"__Host-" + name, name} {
		switch found := r.CookiesNamed(n); len(found) {
		case 0:
		case 1:
			return found[0].Value
		default:
			return ""
		}
	}
	return ""
}
