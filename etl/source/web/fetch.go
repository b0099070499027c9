package web

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"verso/etl/source"
	"verso/etl/source/file"
	"verso/etl/source/landing"
)

// kept is what is known of a download: the whole one, or the part of one.
type kept struct {
	URL          string
	ETag         string
	LastModified string
	File         string // name in the folder
	Size         int64
}

// Names in the folder of a download.
const (
	wholeInfo = "download.json"
	partInfo  = "part.json"
	partFile  = "part"
)

// load reads what is known; ok is false when nothing fits this source.
func (w *Source) load(name string) (k kept, ok bool) {
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil || json.Unmarshal(text, &k) != nil || k.URL != w.url {
		return kept{}, false
	}
	info, err := os.Stat(filepath.Join(w.dir, k.File))
	return k, err == nil && (name == partInfo || info.Size() == k.Size)
}

func (w *Source) save(name string, k kept) error {
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	at := filepath.Join(w.dir, name)
	if err := os.WriteFile(at+".tmp", text, 0o600); err != nil {
		return landing.Explain(err, at)
	}
	return os.Rename(at+".tmp", at)
}

// validator is what a server recognises the same content by; "" is nothing to
// rely on.
func (k kept) validator() string {
	if k.ETag != "" && !strings.HasPrefix(k.ETag, "W/") {
		return k.ETag
	}
	return k.LastModified
}

func (w *Source) request(ctx context.Context, method string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, w.url, nil)
	if err != nil {
		return nil, fmt.Errorf("source %s: the url cannot be used", w.name)
	}
	req.Header.Set("Accept-Encoding", "identity")
	if w.options.Agent != "" {
		req.Header.Set("User-Agent", w.options.Agent)
	}
	for name, value := range w.conf.Headers {
		req.Header.Set(name, value)
	}
	return req, nil
}

// fetch brings the file: the kept one when the server says it is unchanged.
func (w *Source) fetch(ctx context.Context) (*file.Fetched, error) {
	if err := os.MkdirAll(w.dir, 0o700); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := w.request(ctx, http.MethodGet)
	if err != nil {
		return nil, err
	}
	whole, have := w.load(wholeInfo)
	part, begun := w.load(partInfo)
	offset := int64(0)
	if info, err := os.Stat(filepath.Join(w.dir, partFile)); begun && err == nil && info.Size() > 0 && part.validator() != "" {
		offset = info.Size()
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", offset))
		req.Header.Set("If-Range", part.validator())
	} else if have {
		if whole.ETag != "" {
			req.Header.Set("If-None-Match", whole.ETag)
		}
		if whole.LastModified != "" {
			req.Header.Set("If-Modified-Since", whole.LastModified)
		}
	}
	answer, err := w.client.Do(req)
	if err != nil {
		return nil, w.unreachable(ctx, err)
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusNotModified && have:
		return w.fetched(whole, fmt.Sprintf("unchanged%s: the last download is used", since(whole))), nil
	case answer.StatusCode == http.StatusPartialContent && offset > 0 && startsAt(answer, offset):
	case answer.StatusCode == http.StatusOK:
		offset = 0
	case answer.StatusCode == http.StatusRequestedRangeNotSatisfiable && offset > 0:
		return nil, errors.Join(w.passing("the file shrank while it was downloaded in parts", nil), os.Remove(filepath.Join(w.dir, partInfo)))
	default:
		return nil, w.status(answer)
	}
	if err := w.fits(answer, offset); err != nil {
		return nil, err
	}
	return w.download(ctx, cancel, answer, offset)
}

func since(k kept) string {
	if k.LastModified != "" {
		return " since " + k.LastModified
	}
	return ""
}

// startsAt says that a part begins where ours ends.
func startsAt(answer *http.Response, offset int64) bool {
	return strings.HasPrefix(answer.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", offset))
}

// fits checks an answer before it is taken.
func (w *Source) fits(answer *http.Response, offset int64) error {
	if want := w.conf.ContentType; want != "" {
		got, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
		if err != nil || !strings.EqualFold(got, want) {
			return w.refuse(fmt.Sprintf("%s is %q, not %s as content_type says: perhaps a log-in page", shown(w.url), answer.Header.Get("Content-Type"), want))
		}
	}
	if answer.ContentLength > 0 && offset+answer.ContentLength > w.conf.MaxSize {
		return w.tooLarge()
	}
	return nil
}

func (w *Source) tooLarge() error {
	return w.refuse(fmt.Sprintf("%s is larger than max_size, %d bytes: raise max_size if that is right", shown(w.url), w.conf.MaxSize))
}

// download takes the body to the end and gives the file its name.
func (w *Source) download(ctx context.Context, cancel context.CancelCauseFunc, answer *http.Response, offset int64) (*file.Fetched, error) {
	k := kept{URL: w.url, ETag: answer.Header.Get("ETag"), LastModified: answer.Header.Get("Last-Modified"), File: partFile}
	mode := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if offset == 0 {
		mode |= os.O_TRUNC
		if err := w.save(partInfo, k); err != nil {
			return nil, err
		}
	}
	to := filepath.Join(w.dir, partFile)
	f, err := os.OpenFile(to, mode, 0o600)
	if err != nil {
		return nil, err
	}
	n, err := w.copy(f, answer.Body, offset, cancel)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, w.brokeOff(ctx, err, offset+n)
	}
	k.Size, k.File = offset+n, w.fileName(answer)
	if err := w.keep(k); err != nil {
		return nil, err
	}
	note := "downloaded"
	if offset > 0 {
		note = fmt.Sprintf("downloaded, from byte %d on after an attempt that broke off", offset)
	}
	return w.fetched(k, note), nil
}

// errTooLarge ends a copy beyond the limit.
var errTooLarge = errors.New("too large")

// copy takes the body while it flows.
func (w *Source) copy(f *os.File, body io.Reader, offset int64, cancel context.CancelCauseFunc) (n int64, err error) {
	stall := time.AfterFunc(w.options.Stall, func() { cancel(errStalled) })
	defer stall.Stop()
	buf := make([]byte, 256<<10)
	for {
		m, err := body.Read(buf)
		if m > 0 {
			stall.Reset(w.options.Stall)
			if offset+n+int64(m) > w.conf.MaxSize {
				return n, errTooLarge
			}
			if _, err := f.Write(buf[:m]); err != nil {
				return n, landing.Explain(err, f.Name())
			}
			n += int64(m)
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

var errStalled = errors.New("nothing came any more")

// keep makes the part the whole download. The old one goes.
func (w *Source) keep(k kept) error {
	old, had := w.load(wholeInfo)
	if had && old.File != k.File {
		if err := os.Remove(filepath.Join(w.dir, old.File)); err != nil {
			return err
		}
	}
	for _, step := range []func() error{
		func() error { return os.Rename(filepath.Join(w.dir, partFile), filepath.Join(w.dir, k.File)) },
		func() error { return w.save(wholeInfo, k) },
		func() error { return os.Remove(filepath.Join(w.dir, partInfo)) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (w *Source) fetched(k kept, note string) *file.Fetched {
	return &file.Fetched{Path: filepath.Join(w.dir, k.File), Shown: shown(w.url), Notes: []string{note}}
}

// fileName is what the file is called by the server: its ending tells the format.
func (w *Source) fileName(answer *http.Response) string {
	name := ""
	if _, params, err := mime.ParseMediaType(answer.Header.Get("Content-Disposition")); err == nil {
		name = path.Base(params["filename"])
	}
	if u, err := url.Parse(w.url); err == nil && path.Ext(name) == "" {
		name = path.Base(u.Path)
	}
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\*?[]{}`, r) {
			return '_'
		}
		return r
	}, name)
	kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if err == nil && path.Ext(name) == "" && strings.HasSuffix(kind, "spreadsheetml.sheet") {
		name += ".xlsx"
	}
	if len(name) > 100 {
		name = name[len(name)-100:]
	}
	return "file-" + strings.TrimLeft(name, ".")
}

func (w *Source) refuse(what string) error {
	return &source.UnreadableError{Source: w.name, What: what}
}

func (w *Source) passing(what string, cause error) error {
	return &source.UnreadableError{Source: w.name, What: what, Cause: cause, Passing: true}
}

// brokeOff explains why a download did not come to its end. What came is kept.
func (w *Source) brokeOff(ctx context.Context, err error, got int64) error {
	var full *landing.FullDiskError
	switch cause := context.Cause(ctx); {
	case errors.As(err, &full):
		return err
	case errors.Is(err, errTooLarge):
		return errors.Join(w.tooLarge(), os.Remove(filepath.Join(w.dir, partFile)))
	case errors.Is(cause, errStalled):
		err = errStalled
	case ctx.Err() != nil:
		return fmt.Errorf("source %s: %w", w.name, cause)
	}
	return w.passing(fmt.Sprintf("the download of %s broke off after %d bytes; it goes on from there at the next attempt where the server can", shown(w.url), got), err)
}

// unreachable explains why there is no answer.
func (w *Source) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), errStalled) {
		return fmt.Errorf("source %s: %w", w.name, context.Cause(ctx))
	}
	var refused *refusedError
	if errors.As(err, &refused) {
		return w.refuse(refused.text)
	}
	var outer *url.Error // it repeats the address, with what is secret in it
	if errors.As(err, &outer) {
		err = outer.Err
	}
	var dns *net.DNSError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	hint := "is the address right, and is there a network?"
	switch {
	case errors.As(err, &dns):
		hint = "the host name is not known: check its spelling and the network"
	case errors.Is(err, syscall.ECONNREFUSED):
		hint = "no server answers there"
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &invalid):
		return &source.UnreadableError{Source: w.name, What: "the certificate of " + shown(w.url) + " cannot be trusted (a company's own authority belongs into the system's store, or SSL_CERT_FILE)", Cause: err}
	}
	return w.passing("cannot reach "+shown(w.url)+" ("+hint+")", err)
}

// status explains an answer that is no file.
func (w *Source) status(answer *http.Response) error {
	hint, again := "", false
	switch code := answer.StatusCode; {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		hint = ": check headers, and the secret in the environment"
	case code == http.StatusNotFound, code == http.StatusGone:
		hint = ": check the url"
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		hint, again = ": the server cannot at the moment", true
	}
	return &source.UnreadableError{Source: w.name, What: shown(w.url) + " answers " + answer.Status + hint, Passing: again}
}
