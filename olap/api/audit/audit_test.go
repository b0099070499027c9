package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
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
