package config

import (
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"verso/etl/schedule"
)

// Night says when the warehouse is refreshed by itself, and how old its data may
// become.
type Night struct {
	Schedule   string        `yaml:"schedule"`    // cron, five fields, such as "0 2 * * *"; "": nothing runs by itself
	Timezone   string        `yaml:"timezone"`    // IANA name; default UTC
	CatchUp    bool          `yaml:"catch_up"`    // run once at start what was missed while nothing ran; default true
	StaleAfter time.Duration `yaml:"stale_after"` // age from which the published generation counts as stale; default 36h
	Grace      time.Duration `yaml:"grace"`       // what a running refresh is given when the server is told to stop; default 30s

	ResumeWithin time.Duration `yaml:"resume_within"` // how old a landing may be for the next refresh to go on from it, after the process of one died; default 6h, 0s never
	Recheck      int           `yaml:"recheck"`       // every check runs itself in at least one of so many refreshes; in the others the result of one that reads nothing that has changed is carried over; default 7, 1 in each
}

// The values of on_failure.
const (
	OnFailureStop      = "stop"
	OnFailureYesterday = "yesterday"
)

// Retry says how often a source that cannot be read is tried again.
type Retry struct {
	Attempts int           `yaml:"attempts"` // in all; default 3, 1 tries once
	Wait     time.Duration `yaml:"wait"`     // before the second attempt, then doubled; default 5s
	Longest  time.Duration `yaml:"longest"`  // wait; default 5m
}

// Alerts says who is told when something is wrong, and of what.
type Alerts struct {
	Email   *Email   `yaml:"email"`   // nil: no mail
	Webhook *Webhook `yaml:"webhook"` // nil: no webhook
	On      []string `yaml:"on"`      // of Occasions; default all
}

// Occasions are what alerts can be about: a refresh that failed, a published
// generation that is stale, checks that are breached, anomalies.
func Occasions() []string { return []string{"failure", "stale", "checks", "anomalies"} }

// Email is the mail server and who gets the alerts. The password is never in the
// file: it is read when mail is sent.
type Email struct {
	Host         string   `yaml:"host"`
	Port         int      `yaml:"port"`          // default 587 with starttls, 465 with tls, 25 with none
	TLS          string   `yaml:"tls"`           // starttls (default, required of the server), tls, or none
	User         string   `yaml:"user"`          // "": no login
	PasswordEnv  string   `yaml:"password_env"`  // environment variable that holds the password
	PasswordFile string   `yaml:"password_file"` // or a file that holds it
	From         string   `yaml:"from"`
	To           []string `yaml:"to"` // who gets the alerts; may be empty where mail is for digests only
}

// Webhook is an address that alerts are posted to as JSON.
type Webhook struct {
	URL       string            `yaml:"url"`
	URLEnv    string            `yaml:"url_env"`    // environment variable that holds the address, where it is a secret
	HeaderEnv map[string]string `yaml:"header_env"` // HTTP header → environment variable that holds its value
}

// Letter is the digest, the morning mail: to whom, what of.
type Letter struct {
	URL     string   `yaml:"url"`     // of the site, for the links; "": no links
	Readers []Reader `yaml:"readers"` //
	Pages   []string `yaml:"pages"`   // whose messages are sent; default index, sales, customers
	Quiet   []string `yaml:"quiet"`   // days without mail: monday … sunday
	// Briefing attaches the page of that name as a PDF, printed by an installed chromium.
	Briefing bool `yaml:"briefing"`
}

// Reader gets the digest.
type Reader struct {
	To   string `yaml:"to"`
	Name string `yaml:"name"`
	Lang string `yaml:"lang"` // en or zh; "": the company's language
}

func (r *reader) night(n *Night, p place) {
	r.mapping(p, fields{
		"schedule":    r.plain(&n.Schedule),
		"timezone":    r.zone(&n.Timezone),
		"catch_up":    r.flag(&n.CatchUp),
		"stale_after": r.duration(&n.StaleAfter, time.Minute, 366*24*time.Hour),
		"grace":       r.duration(&n.Grace, 0, 24*time.Hour),

		"resume_within": r.duration(&n.ResumeWithin, 0, 366*24*time.Hour),
		"recheck":       r.integer(&n.Recheck, 1, 366),
	})
	if e, ok := r.seen[p.below("schedule")]; ok && n.Schedule != "" {
		if _, err := schedule.Parse(n.Schedule, n.Timezone); err != nil {
			r.report(e.at(), "", "%s: %v", e.path, err)
		}
	}
}

func (r *reader) zone(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if _, err := schedule.Zone(s); err != nil {
			r.report(p.at(), "", "%s: %v", p.path, err)
			return
		}
		*to = s
	}
}

// flag reads true or false.
func (r *reader) flag(to *bool) func(place) {
	return func(p place) {
		var b *bool
		if r.boolean(&b)(p); b != nil {
			*to = *b
		}
	}
}

// duration reads a length of time between two.
func (r *reader) duration(to *time.Duration, low, high time.Duration) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		d, err := time.ParseDuration(s)
		switch {
		case err != nil:
			r.report(p.at(), "write a number and a unit, such as 90s, 15m or 36h", "%s cannot be %q", p.path, s)
		case d < low || d > high:
			r.report(p.at(), "", "%s must be from %v to %v, not %s", p.path, low, high, s)
		default:
			*to = d
		}
	}
}

func (r *reader) retry(t *Retry, p place) {
	r.mapping(p, fields{
		"attempts": r.integer(&t.Attempts, 1, 100),
		"wait":     r.duration(&t.Wait, 0, time.Hour),
		"longest":  r.duration(&t.Longest, 0, 6*time.Hour),
	})
}

func (r *reader) alerts(a *Alerts, p place) {
	r.mapping(p, fields{
		"email":   func(p place) { a.Email = &Email{TLS: "starttls"}; r.email(a.Email, p) },
		"webhook": func(p place) { a.Webhook = &Webhook{}; r.webhook(a.Webhook, p) },
		"on":      r.several(&a.On, Occasions()),
	})
}

// several reads a list of texts that must be among the values.
func (r *reader) several(to *[]string, values []string) func(place) {
	return func(p place) {
		*to = nil
		for _, e := range r.list(p) {
			var s string
			if r.oneOf(&s, values...)(e); s != "" && !slices.Contains(*to, s) {
				*to = append(*to, s)
			}
		}
	}
}

func (r *reader) email(m *Email, p place) {
	r.mapping(p, fields{
		"host":          r.plain(&m.Host),
		"port":          r.integer(&m.Port, 1, 65535),
		"tls":           r.oneOf(&m.TLS, "starttls", "tls", "none"),
		"user":          r.plain(&m.User),
		"password_env":  r.variable(&m.PasswordEnv),
		"password_file": r.expanded(&m.PasswordFile),
		"from":          r.address(&m.From),
		"to": func(p place) {
			for _, e := range r.list(p) {
				var s string
				r.address(&s)(e)
				m.To = append(m.To, s)
			}
		},
	})
	at := p.key
	if r.failed(p) {
		return
	}
	switch local := m.Host == "localhost" || m.Host == "127.0.0.1" || m.Host == "::1"; {
	case m.Host == "":
		r.report(at, "add host: the mail server, such as smtp.example.org", "%s has no host", p.path)
	case m.From == "":
		r.report(at, "add from: the sender's address", "%s has no from", p.path)
	case m.User != "" && m.PasswordEnv == "" && m.PasswordFile == "":
		r.report(at, "add password_env: the environment variable that holds it, or password_file", "%s has a user but no password", p.path)
	case m.PasswordEnv != "" && m.PasswordFile != "":
		r.report(at, "keep one of them", "%s has both password_env and password_file", p.path)
	case m.User != "" && m.TLS == "none" && !local:
		r.report(at, "take tls: starttls or tls; without encryption a login is allowed to this machine only", "%s would send the password in the clear", p.path)
	}
	if m.Port == 0 {
		m.Port = map[string]int{"starttls": 587, "tls": 465, "none": 25}[m.TLS]
	}
}

// variable reads the name of an environment variable; its value is not looked at.
func (r *reader) variable(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if !reference.MatchString("${" + s + "}") {
			r.report(p.at(), "write the name of an environment variable, without ${}: the value is read from there", "%s is no name of a variable", p.path)
			return
		}
		*to = s
	}
}

// address reads one mail address, with or without a name.
func (r *reader) address(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		if _, err := mail.ParseAddress(s); err != nil {
			r.report(p.at(), "write an address such as reports@example.org", "%s cannot be %q", p.path, s)
			return
		}
		*to = s
	}
}

func (r *reader) webhook(w *Webhook, p place) {
	w.HeaderEnv = map[string]string{}
	r.mapping(p, fields{
		"url":     r.link(&w.URL),
		"url_env": r.variable(&w.URLEnv),
		"header_env": func(p place) {
			for _, e := range r.entries(p) {
				var name string
				r.variable(&name)(e)
				w.HeaderEnv[e.key.Value] = name
			}
		},
	})
	if (w.URL == "") == (w.URLEnv == "") && !r.failed(p) {
		r.report(p.key, "add url: where to post to, or url_env: the environment variable that holds it", "%s needs one of url and url_env", p.path)
	}
}

// failed reports whether a problem stands below a place already.
func (r *reader) failed(p place) bool {
	return slices.ContainsFunc(r.problems, func(x Problem) bool { return strings.Contains(x.Message, p.path+".") })
}

// link reads an address of the web.
func (r *reader) link(to *string) func(place) {
	return func(p place) {
		s, ok := r.word(p)
		if !ok {
			return
		}
		u, err := url.Parse(s)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			r.report(p.at(), "write an address such as https://reports.example.org/", "%s is no web address", p.path)
			return
		}
		if u.User != nil {
			r.report(p.at(), "name the variable that holds the address with url_env", "%s holds a password", p.path)
			return
		}
		*to = s
	}
}

func (r *reader) digest(d *Letter, p place) {
	days := []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
	r.mapping(p, fields{
		"url":      r.link(&d.URL),
		"pages":    r.texts(&d.Pages),
		"quiet":    r.several(&d.Quiet, days),
		"briefing": r.flag(&d.Briefing),
		"readers": func(p place) {
			for _, e := range r.list(p) {
				var x Reader
				r.mapping(e, fields{"to": r.address(&x.To), "name": r.plain(&x.Name), "lang": r.language(&x.Lang)})
				if x.To == "" && !r.failed(e) {
					r.report(e.at(), "add to: the address", "%s has no to", e.path)
				}
				d.Readers = append(d.Readers, x)
			}
		},
	})
}

// mailed checks that there is a mail server where mail is to be sent.
func (r *reader) mailed(c *Config) {
	if e, ok := r.seen["digest.readers"]; ok && c.Alerts.Email == nil {
		r.report(e.key, "add alerts: {email: {host: …, from: …}}, the server that sends it", "digest.readers are named, but no mail server is")
	}
	if len(c.Alerts.On) == 0 {
		r.report(r.keyOf("alerts.on"), fmt.Sprintf("accepted: %s", strings.Join(Occasions(), ", ")), "alerts.on names nothing")
	}
}
