package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/ledger"
	"verso/etl/outage"
)

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

func keys(all []Condition) (out []string) {
	for _, c := range all {
		out = append(out, c.Key+"|"+c.Mark)
	}
	return out
}

func TestJudge(t *testing.T) {
	good := ledger.Run{Started: at("2026-06-28 02:00"), Finished: at("2026-06-28 02:10"), Status: ledger.StatusSucceeded, Class: ledger.ClassDone, Generation: "g1"}
	failed := ledger.Run{Started: at("2026-06-29 02:00"), Finished: at("2026-06-29 02:01"), Status: ledger.StatusFailed, Class: ledger.ClassSource, Error: "source erp: refused"}
	died := ledger.Run{Started: at("2026-06-29 02:00"), Status: ledger.StatusDied}
	checked, stale := good, good
	checked.Checks = &ledger.CheckRun{Ran: 9, Breached: []ledger.Breach{{ID: "a", Severity: "warn"}, {ID: "b", Severity: "error"}, {ID: "c", Severity: "info"}}}
	stale.Stale = []outage.Stale{{Source: "erp", Since: "2026-06-27", Reason: "refused"}}
	broken := ledger.Run{Started: at("2026-06-29 02:00"), Status: ledger.StatusInterrupted}
	all := []string{Failure, Stale, Checks, Anomalies}
	for _, c := range []struct {
		name string
		runs []ledger.Run
		now  string
		on   []string
		want []string
	}{
		{"nothing ever ran", nil, "2026-06-28 03:00", all, nil},
		{"all is well", []ledger.Run{good}, "2026-06-28 03:00", all, nil},
		{"failed", []ledger.Run{good, failed}, "2026-06-29 03:00", all, []string{"failure|source"}},
		{"failed, and the reports grow old", []ledger.Run{good, failed}, "2026-06-30 03:00", all, []string{"failure|source", "stale|"}},
		{"only what was asked for", []ledger.Run{good, failed}, "2026-06-30 03:00", []string{Stale}, []string{"stale|"}},
		{"died", []ledger.Run{good, died}, "2026-06-29 03:00", all, []string{"failure|died"}},
		{"broken off by somebody", []ledger.Run{good, broken}, "2026-06-29 03:00", all, nil},
		{"a dry run that fails is somebody's own", []ledger.Run{good, {Status: ledger.StatusFailed, Dry: true}}, "2026-06-28 03:00", all, nil},
		{"still running", []ledger.Run{good, {Status: ledger.StatusRunning}}, "2026-06-28 03:00", all, nil},
		{"checks", []ledger.Run{checked}, "2026-06-28 03:00", all, []string{"check a|warn", "check b|error"}},
		{"checks stay known while a later run fails before them", []ledger.Run{checked, failed}, "2026-06-29 03:00", all, []string{"failure|source", "check a|warn", "check b|error"}},
		{"a source is stale", []ledger.Run{stale}, "2026-06-28 03:00", all, []string{"source erp|2026-06-27"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Judge(State{Now: at(c.now), Runs: c.runs, StaleAfter: 36 * time.Hour}, c.on)
			if d := cmp.Diff(c.want, keys(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

// desk is a box whose sender can be made to fail.
type desk struct {
	*Box
	fails error
	sent  []Message
	log   bytes.Buffer
}

func newDesk(t *testing.T) *desk {
	d := &desk{}
	d.Box = &Box{Path: filepath.Join(t.TempDir(), "alerts.json"), Company: "Page & Co", Log: slog.New(slog.NewTextHandler(&d.log, nil)),
		Senders: map[string]Sender{"email": func(_ context.Context, m Message) error {
			if d.fails == nil {
				d.sent = append(d.sent, m)
			}
			return d.fails
		}}}
	return d
}

func (d *desk) tell(t *testing.T, now string, all ...Condition) (subjects []string) {
	t.Helper()
	d.sent = nil
	if err := d.Tell(t.Context(), at(now), all); err != nil {
		t.Fatal(err)
	}
	for _, m := range d.sent {
		subjects = append(subjects, m.Subject)
	}
	return subjects
}

func TestToldOnceAndOnceWhenOver(t *testing.T) {
	d := newDesk(t)
	fails := Condition{Key: "failure", Subject: "the refresh failed", Text: "why", Mark: "source"}
	worse := fails
	worse.Mark = "configuration"
	odd := Condition{Key: "anomaly sales.net 2026-06", Subject: "unusual: sales.net 2026-06", Text: "x", Past: true}
	for _, c := range []struct {
		now  string
		is   []Condition
		want []string
	}{
		{"2026-06-28 02:10", nil, nil},
		{"2026-06-29 02:10", []Condition{fails}, []string{"Page & Co: the refresh failed"}},
		{"2026-06-29 02:11", []Condition{fails}, nil},
		{"2026-06-30 02:10", []Condition{fails, odd}, []string{"Page & Co: unusual: sales.net 2026-06"}},
		{"2026-07-01 02:10", []Condition{worse}, []string{"Page & Co: the refresh failed"}},
		{"2026-07-02 02:10", nil, []string{"Page & Co: over: the refresh failed"}},
		{"2026-07-03 02:10", nil, nil},
		{"2026-07-04 02:10", []Condition{fails, odd}, []string{"Page & Co: the refresh failed, and 1 more"}},
	} {
		if diff := cmp.Diff(c.want, d.tell(t, c.now, c.is...)); diff != "" {
			t.Errorf("%s: %s", c.now, diff)
		}
	}
}

// A mail server that is down loses nothing: the message waits, longer each time,
// and is given up after a week.
func TestUnsentMessagesWait(t *testing.T) {
	d := newDesk(t)
	d.fails = errors.New("connection refused")
	d.tell(t, "2026-06-29 02:10", Condition{Key: "failure", Subject: "the refresh failed"})
	d.fails = nil
	if got := d.tell(t, "2026-06-29 02:10", Condition{Key: "failure", Subject: "the refresh failed"}); got != nil {
		t.Errorf("tried again at once: %v", got)
	}
	if err := d.Deliver(t.Context(), at("2026-06-29 02:11")); err != nil || len(d.sent) != 1 {
		t.Errorf("a minute later: %v, %v", d.sent, err)
	}
	d.sent = nil
	if err := d.Deliver(t.Context(), at("2026-06-29 02:12")); err != nil || len(d.sent) != 0 {
		t.Errorf("sent twice: %v, %v", d.sent, err)
	}
	d.fails = errors.New("connection refused")
	d.tell(t, "2026-07-01 00:00")
	d.fails = nil
	if err := d.Deliver(t.Context(), at("2026-07-09 00:00")); err != nil || len(d.sent) != 0 || !strings.Contains(d.log.String(), "given up") {
		t.Errorf("after a week: %v, %v", d.sent, err)
	}
	if info, err := os.Stat(d.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
}

func TestDamagedFile(t *testing.T) {
	d := newDesk(t)
	if err := os.WriteFile(d.Path, []byte("{cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := d.tell(t, "2026-06-29 02:10", Condition{Key: "failure", Subject: "the refresh failed"}); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

func TestWebhook(t *testing.T) {
	var got struct {
		body   map[string]any
		header http.Header
	}
	status := http.StatusNoContent
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		got.header, got.body = r.Header, map[string]any{}
		if err := json.Unmarshal(text, &got.body); err != nil {
			t.Error(err)
		}
		w.Header().Set("Location", "http://elsewhere.invalid/")
		w.WriteHeader(status)
	}))
	defer server.Close()
	address := server.URL + "/hooks/s3cret-path"
	h := Webhook{Company: "Page & Co", Address: func() (string, error) { return address, nil },
		Headers: func() (map[string]string, error) { return map[string]string{"Authorization": "Bearer s3cret"}, nil }}
	m := Message{ID: "7-webhook", Created: at("2026-06-29 02:10"), Subject: "the refresh failed", Text: "Why.\n", Begun: []Condition{{Key: "failure", Occasion: Failure, Subject: "the refresh failed", Text: "Why."}}}
	if err := h.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if got.header.Get("Authorization") != "Bearer s3cret" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v", got.header)
	}
	if d := cmp.Diff(map[string]any{"text": "the refresh failed\n\nWhy.\n", "subject": "the refresh failed", "company": "Page & Co", "id": "7-webhook", "created": "2026-06-29T02:10:00Z",
		"begun": []any{map[string]any{"key": "failure", "occasion": "failure", "subject": "the refresh failed", "text": "Why."}}, "over": []any{}}, got.body); d != "" {
		t.Error(d)
	}
	for _, status = range []int{302, 404, 500} {
		if err := h.Send(t.Context(), m); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%d: %v", status, err)
		}
	}
	for _, address = range []string{"http://127.0.0.1:1/s3cret", "http://s3cret\x7f/", "ftp://127.0.0.1/s3cret"} {
		if err := h.Send(t.Context(), m); err == nil || strings.Contains(err.Error(), "s3cret-") || strings.Contains(err.Error(), "/s3cret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
