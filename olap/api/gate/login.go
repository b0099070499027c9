package gate

import (
	"crypto/subtle"
	_ "embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"verso/olap/access/users"
)

//go:embed login.html
var loginText string

//go:embed login.css
var loginStyle []byte

// form is what the login page shows.
type form struct {
	Lang, Name, Next, Token, Message string
	Single                           bool // a provider of OpenID Connect can be asked
}

// maxForm bounds the body of a login.
const maxForm = 16 << 10

// handler serves what belongs to logging in: /login, /logout, /login/as, /session.
func (g *Gate) handler() http.Handler {
	page := template.Must(template.New("login").Parse(loginText))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		if g.options.Users == nil {
			http.Redirect(w, r, "/", http.StatusSeeOther)
			return
		}
		g.show(w, r, page, http.StatusOK, form{Next: local(r.URL.Query().Get("next"))})
	})
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) { g.login(w, r, page) })
	mux.HandleFunc("GET /login/style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(loginStyle)
	})
	mux.HandleFunc("POST /login/as", g.see)
	mux.HandleFunc("POST /logout", g.logout)
	mux.HandleFunc("GET /session", g.session)
	if g.single != nil {
		mux.HandleFunc("GET /login/single", g.sendAway)
		mux.HandleFunc("GET /login/callback", g.comeBack)
	}
	return headers(mux)
}

// headers keep the pages of the login out of frames, caches and scripts.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}

// show writes the login page. Its form carries a token that only goes with the
// cookie sent beside it, so that nobody can log somebody else in under a name of
// theirs.
func (g *Gate) show(w http.ResponseWriter, r *http.Request, page *template.Template, status int, f form) {
	f.Lang, f.Token, f.Single = "en", secret(), g.single != nil
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "zh") {
		f.Lang = "zh"
	}
	http.SetCookie(w, cookie(loginCookie, f.Token, g.secure(r), 3600))
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := page.Execute(w, f); err != nil {
		g.options.Log.Warn("the login page was not sent", "error", err)
	}
}

// login tries a name and password and begins a session.
func (g *Gate) login(w http.ResponseWriter, r *http.Request, page *template.Template) {
	token := cookieOf(r, loginCookie)
	name, next := r.PostFormValue("name"), local(r.PostFormValue("next"))
	if token == "" || subtle.ConstantTimeCompare([]byte(token), []byte(r.PostFormValue("token"))) != 1 {
		g.show(w, r, page, http.StatusForbidden, form{Name: name, Next: next, Message: "stale"})
		return
	}
	file, err := g.file()
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	u, err := g.checkPassword(r.Context(), name, r.PostFormValue("password"), g.address(r), file)
	if err != nil {
		var refused *Refused
		errors.As(err, &refused)
		message := "wrong"
		if refused.Retry > 0 {
			message = "wait"
			w.Header().Set("Retry-After", strconv.Itoa(int(refused.Retry/time.Second)+1))
		}
		g.show(w, r, page, refused.Status, form{Name: name, Next: next, Message: message})
		return
	}
	g.begin(w, r, u, "password", next)
}

// begin starts a session of a user, in the place of any there was.
func (g *Gate) begin(w http.ResponseWriter, r *http.Request, u *users.User, by, next string) {
	g.sessions.end(r, g.options.Clock())
	g.sessions.begin(w, g.secure(r), session{user: u.Name, password: fingerprint(u.Password), by: by}, g.options.Clock())
	http.SetCookie(w, cookie(loginCookie, "", g.secure(r), -1))
	g.options.Log.Info("logged in", "user", u.Name, "by", by, "address", g.address(r))
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func (g *Gate) file() (*users.File, error) {
	if g.options.Users == nil {
		return &users.File{}, nil
	}
	file, err := g.options.Users()
	if err != nil {
		g.options.Log.Error("the users file cannot be read", "error", err)
		return nil, errBroken
	}
	return file, nil
}

// logout ends the session. Its cookie is Strict and the request proves that it
// comes from a page of this server.
func (g *Gate) logout(w http.ResponseWriter, r *http.Request) {
	s := g.sessions.find(r, g.options.Clock())
	if s != nil && !s.proves(r) && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		g.refuse(w, r, errForged)
		return
	}
	g.sessions.end(r, g.options.Clock())
	http.SetCookie(w, cookie(sessionCookie, "", g.secure(r), -1))
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// see lets an administrator look through the eyes of another user; of nobody
// with an empty name.
func (g *Gate) see(w http.ResponseWriter, r *http.Request) {
	name := r.PostFormValue("user")
	s := g.sessions.find(r, g.options.Clock())
	if s == nil {
		g.refuse(w, r, errWho)
		return
	}
	if !s.proves(r) && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		g.refuse(w, r, errForged)
		return
	}
	file, err := g.file()
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	u := file.User(s.user)
	switch {
	case u == nil || fingerprint(u.Password) != s.password:
		err = errWho
	case name == "":
	default:
		_, err = g.through(u, s.by, name, file, r)
	}
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	g.sessions.see(r, name, g.options.Clock())
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// session tells a page who is logged in, and the token that its requests carry
// in the header X-CSRF-Token.
func (g *Gate) session(w http.ResponseWriter, r *http.Request) {
	p, err := g.authenticate(r)
	if err != nil {
		g.refuse(w, r, err)
		return
	}
	answer := struct {
		Name  string   `json:"name"`
		Roles []string `json:"roles"`
		Admin bool     `json:"admin"`
		By    string   `json:"by"`
		Asker string   `json:"asker,omitempty"`
		CSRF  string   `json:"csrf,omitempty"`
	}{p.Name, p.Roles, p.Admin, p.By, p.Asker, ""}
	if s := g.sessions.find(r, g.options.Clock()); s != nil && r.Header.Get("Authorization") == "" {
		answer.CSRF = s.csrf
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		g.options.Log.Warn("the session was not told", "error", err)
	}
}

// secure reports whether the browser's connection is encrypted, to this server or
// to the proxy before it.
func (g *Gate) secure(r *http.Request) bool {
	return r.TLS != nil || g.trusted(r) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// local is where to go after a login: a path of this server, else its first page.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

func escaped(text string) string { return url.QueryEscape(text) }
