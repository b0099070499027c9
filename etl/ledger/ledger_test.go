package ledger

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func clockAt(t time.Time) func() time.Time { return func() time.Time { return t } }

func TestLedger(t *testing.T) {
	dir := t.TempDir()
	if runs, err := Read(dir); err != nil || runs != nil {
		t.Fatal(runs, err)
	}
	start := time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	l, err := Open(dir, clockAt(start), Run{})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Step(StepRun{Name: "land", Seconds: 1.5, Rows: 10}); err != nil {
		t.Fatal(err)
	}
	runs, err := Read(dir)
	if err != nil || len(runs) != 1 || runs[0].Status != StatusRunning || len(runs[0].Steps) != 1 {
		t.Fatal(runs, err)
	}
	if err := l.End(ClassRefused, errors.New("no")); err != nil {
		t.Fatal(err)
	}
	l.Close()
	runs, err = Read(dir)
	if err != nil || len(runs) != 1 || runs[0].Status != StatusRefused || runs[0].Class != ClassRefused || !runs[0].Finished.Equal(start) {
		t.Fatal(runs, err)
	}
}

// A run whose process is gone, and a line cut short by the crash.
func TestLedgerAfterCrash(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, File)
	crashed := `{"id":"a","started":"2026-03-01T02:00:00Z","status":"running","process":{"pid":1,"start":"not this one"}}` + "\n" + `{"id":"a","started":"2026-03-0`
	if err := os.WriteFile(path, []byte(crashed), 0o666); err != nil {
		t.Fatal(err)
	}
	runs, err := Read(dir)
	if err != nil || len(runs) != 1 || runs[0].Status != StatusDied {
		t.Fatal(runs, err)
	}
	for i := range 2 {
		l, err := Open(dir, clockAt(time.Date(2026, 3, 2+i, 0, 0, 0, 0, time.UTC)), Run{})
		if err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			if err := l.End(ClassDone, nil); err != nil {
				t.Fatal(err)
			}
		}
		l.Close() // the first run of this process never ends
	}
	runs, err = Read(dir)
	if err != nil || len(runs) != 3 || runs[0].Status != StatusDied || runs[1].Status != StatusDied || runs[2].Status != StatusSucceeded {
		t.Fatal(runs, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), "\n"); n != 7 {
		t.Errorf("%d lines: a died run is marked once\n%s", n, text)
	}
}
