package gate

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"sync"
	"time"
)

// session is a login of a browser.
type session struct {
	user     string
	password string // the hash at login: with another one the session is over
	by       string
	as       string // an administrator looks through the eyes of
	csrf     string
	begun    time.Time
	used     time.Time
}

// sessions are kept here, by the hash of what the browser has.
type sessions struct {
	idle, absolute time.Duration

	mu   sync.Mutex
	kept map[[32]byte]*session
}

const (
	maxSessions     = 10_000
	sessionsPerUser = 20
)

func newSessions(idle, absolute time.Duration) *sessions {
	return &sessions{idle: idle, absolute: absolute, kept: map[[32]byte]*session{}}
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
	x.csrf, x.begun, x.used = secret(), now, now
	s.mu.Lock()
	s.sweep(now, x.user)
	s.kept[sha256.Sum256([]byte(id))] = &x
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
	found := *x
	return &found
}

// see changes through whose eyes the session of a request looks.
func (s *sessions) see(r *http.Request, as string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x := s.kept[sha256.Sum256([]byte(cookieOf(r, sessionCookie)))]; x != nil {
		x.as = as
	}
}

// end forgets the session of a request.
func (s *sessions) end(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, sha256.Sum256([]byte(cookieOf(r, sessionCookie))))
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
