package canon

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestPages(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"canon.md": Markdown, "canon.json": JSON,
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := write(&got); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v; write it with: go test ./etl/canon -update", err)
			}
			if !bytes.Equal(want, got.Bytes()) {
				t.Errorf("%s is stale; rewrite it with: go test ./etl/canon -update\n%s",
					golden, cmp.Diff(string(want), got.String()))
			}
		})
	}
}

func TestJSONReadsBack(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct{ Tables []Table }
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Tables(), got.Tables); d != "" {
		t.Error(d)
	}
}

func TestTableMarkdown(t *testing.T) {
	var b bytes.Buffer
	line, _ := Lookup("order_line")
	if err := TableMarkdown(&b, line); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"### order_line", "| `qty_ordered` | integer | **required**; copies |", "| `is_deleted` |"} {
		if !bytes.Contains(b.Bytes(), []byte(want)) {
			t.Errorf("lacks %q", want)
		}
	}
}
