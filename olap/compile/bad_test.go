package compile_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"verso/olap/catalog"
	"verso/olap/compile"
	"verso/olap/cube"
)

var update = flag.Bool("update", false, "write the golden files anew")

func shipped(t testing.TB) *cube.Model {
	t.Helper()
	m, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var asOf = time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)

// archives calls fn with every archive of a folder; what it returns must be the
// archive's file "message".
func archives(t *testing.T, dir string, fn func(t *testing.T, file func(name string) (string, bool)) string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", dir, "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := fn(t, func(name string) (string, bool) {
				for _, f := range a.Files {
					if f.Name == name {
						return strings.TrimSuffix(string(f.Data), "\n"), true
					}
				}
				return "", false
			})
			got += "\n"
			last := &a.Files[len(a.Files)-1]
			if *update {
				last.Data = []byte(got)
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(last.Data), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Every bad question causes exactly its message.
func TestBadQuestions(t *testing.T) {
	m := shipped(t)
	archives(t, "bad", func(t *testing.T, file func(string) (string, bool)) string {
		var err error
		if text, ok := file("where"); ok {
			_, err = cube.ParseWhere(text)
		} else if text, ok := file("time"); ok {
			_, err = cube.ParseTime(text, asOf)
		} else {
			text, _ := file("query.json")
			var q cube.Query
			d := json.NewDecoder(bytes.NewReader([]byte(text)))
			d.DisallowUnknownFields()
			if err := d.Decode(&q); err != nil {
				t.Fatal(err)
			}
			_, err = compile.Compile(m, q, compile.Options{})
			var queryError *compile.QueryError
			if !errors.As(err, &queryError) || queryError.Part == "" {
				t.Errorf("%v is no *QueryError with a part", err)
			}
		}
		if err == nil {
			return "accepted"
		}
		return err.Error()
	})
}

// Every bad catalog causes exactly its message, with its place.
func TestBadCatalogs(t *testing.T) {
	archives(t, "catalog", func(t *testing.T, file func(string) (string, bool)) string {
		text, _ := file("own.yaml")
		_, err := cube.Load([]cube.File{{Name: "own.yaml", Data: []byte(text)}})
		if err == nil {
			return "accepted"
		}
		var catalogError *cube.CatalogError
		if !errors.As(err, &catalogError) {
			t.Errorf("%v is no *CatalogError", err)
		}
		return err.Error()
	})
}
