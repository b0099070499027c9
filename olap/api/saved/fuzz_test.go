package saved

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// FuzzItem saves and reads under any name: nothing is written or read beside the
// folder, and what is saved is read again as it is.
func FuzzItem(f *testing.F) {
	f.Add("li", "../../etc/passwd", "sql", "title", `{"a":1}`)
	f.Add("../x", "", "query", "", "null")
	f.Add("\x00", "a/b", "nosuch", "标题", "[")
	f.Fuzz(func(t *testing.T, person, id, kind, title, content string) {
		outside := t.TempDir()
		dir := filepath.Join(outside, "a", "b")
		folder := Open(dir, func() time.Time { return time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC) })
		var missing *NotFoundError
		if _, err := folder.Get(person, id); !errors.As(err, &missing) {
			t.Errorf("%q %q: %v", person, id, err)
		}
		item, err := folder.Create(person, Item{Kind: kind, Title: title, Content: json.RawMessage(content)})
		if err == nil {
			got, err := folder.Get(person, item.ID)
			if err != nil || got.Title != item.Title {
				t.Errorf("%+v came as %+v: %v", item, got, err)
			}
			if person != "somebody else" {
				if _, err := folder.Get("somebody else", item.ID); err == nil {
					t.Error("others read it")
				}
			}
		}
		entries, err := os.ReadDir(outside)
		if err != nil || len(entries) > 1 || len(entries) == 1 && entries[0].Name() != "a" {
			t.Errorf("beside the folder: %v %v", entries, err)
		}
	})
}
