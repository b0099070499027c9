package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// Many write at once, the file turns over, and the last entries are read back
// whole and in order.
func TestLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l, err := Open(path, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				if err := l.Write(Entry{ID: fmt.Sprintf("%d-%d", w, i), Door: "query", What: "sales by year show net", Outcome: "ok"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := l.Write(Entry{ID: "long", What: strings.Repeat("名", maxWhat)}); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	for _, name := range []string{path, path + ".1"} {
		info, err := os.Stat(name)
		if err != nil || info.Size() > 20_000 || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	all, err := Tail(path, 1000)
	if err != nil || len(all) < 50 || all[len(all)-1].ID != "long" || !strings.HasSuffix(all[len(all)-1].What, "名…") {
		t.Errorf("%d entries, %v", len(all), err)
	}
	last, err := Tail(path, 3)
	if err != nil || len(last) != 3 || last[0].ID != all[len(all)-3].ID {
		t.Errorf("%v, %v", last, err)
	}
	// Half a line, as a full disk leaves it, hides nothing else.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(`{"id":"half`)
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	if again, err := Tail(path, 1000); err != nil || len(again) != len(all) {
		t.Errorf("%d entries, %v", len(again), err)
	}
	if none, err := Tail(path+".missing", 5); err != nil || len(none) != 0 {
		t.Errorf("%v, %v", none, err)
	}
}

// Checks made while somebody types are one line for each minute, person and end,
// with their number and the last text; nothing of it is lost at the close.
func TestGather(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	l, err := Open(path, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	for i := range 90 { // a check a second, every third of them by bob, every tenth in vain
		e := Entry{Time: began.Add(time.Duration(i) * time.Second), ID: fmt.Sprint("c", i), Person: "ann", Door: "sqlcheck", What: strings.Repeat("x", i+1), Took: time.Millisecond, Outcome: "ok"}
		if i%3 == 0 {
			e.Person = "bob"
		}
		if i%10 == 9 {
			e.Outcome = "statement"
		}
		if err := l.Gather(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Write(Entry{Time: began.Add(90 * time.Second), ID: "q", Door: "sql", Outcome: "ok"}); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := Tail(path, 100)
	if err != nil || len(all) != 9 {
		t.Fatalf("%d lines, %v", len(all), err)
	}
	count, took := 0, time.Duration(0)
	for _, e := range all {
		count, took = count+e.Count, took+e.Took
		if e.Door == "sqlcheck" && (e.Until.Before(e.Time) || e.Until.Sub(e.Time) >= time.Minute || len(e.What) != int(e.Until.Sub(began)/time.Second)+1) {
			t.Errorf("%+v", e)
		}
	}
	if count != 90 || took != 90*time.Millisecond {
		t.Errorf("%d checks of %s", count, took)
	}
	if err := func() error {
		l, err := Open(path, 1<<20)
		if err != nil {
			return err
		}
		defer l.Close()
		if err := l.Gather(Entry{Time: began, ID: "late", Door: "cost", Outcome: "ok"}); err != nil {
			return err
		}
		return l.Flush(began.Add(time.Minute))
	}(); err != nil {
		t.Error(err)
	}
	if all, err := Tail(path, 1); err != nil || all[0].ID != "late" || all[0].Count != 1 {
		t.Errorf("%+v, %v", all, err)
	}
}
