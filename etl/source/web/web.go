// Package web downloads one file over HTTP and reads it as a file source does.
// The download is kept: what the server says is unchanged is not loaded again,
// and a broken download goes on where it ended.
package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/file"
)

// defaultMax bounds a download where the configuration does not.
const defaultMax = 10e9

// Options are what a Source works with besides its configuration.
type Options struct {
	Cache     string            // folder for downloads, of all sources; "": in spool, for this run only
	Spool     string            // folder for temporary files ("": beside the landing)
	Transport http.RoundTripper // nil: the usual one, proxies of the environment included
	Agent     string            // what the request says of this program
	Stall     time.Duration     // a download that stands still so long is broken off; 0: a minute
}

// Source is one file of the web. It implements source.Source, source.Sampler,
// source.Locator and source.Checker.
type Source struct {
	*file.Source
	name    string
	url     string
	conf    config.HTTP
	dir     string // of this source's download
	options Options
	client  *http.Client
}

// New checks the settings; nothing is asked of the server yet.
func New(name string, s config.Source, o Options) (source.Source, error) {
	u, err := url.Parse(s.HTTP.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("source %s: the url cannot be used: it looks like https://host/path/orders.csv", name)
	}
	w := &Source{name: name, url: s.HTTP.URL, conf: s.HTTP, options: o}
	if w.conf.MaxSize == 0 {
		w.conf.MaxSize = defaultMax
	}
	if w.options.Stall == 0 {
		w.options.Stall = time.Minute
	}
	folder := o.Cache
	if folder == "" {
		folder = o.Spool
	}
	w.dir = filepath.Join(folder, name)
	transport := o.Transport
	if transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.DisableCompression = true // the file is kept as it is
		t.ResponseHeaderTimeout = w.options.Stall
		transport = t
	}
	w.client = &http.Client{Transport: transport, CheckRedirect: w.redirect}
	if w.Source, err = file.NewFetched(name, s, o.Spool, w.fetch); err != nil {
		return nil, err
	}
	return w, nil
}

// redirect follows a few redirects, none to where the connection is not
// protected, and takes the headers to no other host.
func (w *Source) redirect(req *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	switch {
	case len(via) >= 6:
		return &refusedError{"the server redirects more than five times"}
	case last.URL.Scheme == "https" && req.URL.Scheme != "https":
		return &refusedError{"the server redirects from https to " + shown(req.URL.String()) + ", which is not protected"}
	}
	if req.URL.Host != via[0].URL.Host {
		for name := range w.conf.Headers {
			req.Header.Del(name)
		}
	}
	return nil
}

// refusedError is an answer that another attempt would not change.
type refusedError struct{ text string }

// Error says what was refused.
func (e *refusedError) Error() string { return e.text }

// shown is an address without what may be secret in it.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the url"
	}
	u.User, u.Fragment = nil, ""
	if u.RawQuery != "" {
		u.RawQuery = "…"
	}
	return strings.Replace(u.String(), "?%E2%80%A6", "?…", 1)
}

// Forget drops the download that is kept.
func (w *Source) Forget() error { return os.RemoveAll(w.dir) }

// Check implements source.Checker: it asks for the file's head only.
func (w *Source) Check(ctx context.Context) (string, error) {
	req, err := w.request(ctx, http.MethodHead)
	if err != nil {
		return "", err
	}
	answer, err := w.client.Do(req)
	if err != nil {
		return "", w.unreachable(ctx, err)
	}
	answer.Body.Close()
	if answer.StatusCode == http.StatusMethodNotAllowed || answer.StatusCode == http.StatusNotImplemented {
		return shown(w.url) + " answers", nil
	}
	if answer.StatusCode != http.StatusOK {
		return "", w.status(answer)
	}
	text := shown(w.url) + " answers"
	if answer.ContentLength > 0 {
		text += fmt.Sprintf(", %.1f MB", float64(answer.ContentLength)/1e6)
	}
	if when := answer.Header.Get("Last-Modified"); when != "" {
		text += ", last modified " + when
	}
	return text, nil
}

var (
	_ source.Source  = (*Source)(nil)
	_ source.Sampler = (*Source)(nil)
	_ source.Locator = (*Source)(nil)
	_ source.Checker = (*Source)(nil)
)
