package sqlworker

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// hostile is a statement of testdata/hostile.txt.
type hostile struct {
	line      int
	want, sql string
}

var (
	repeated = regexp.MustCompile(`\{rep (\d+) ([^}]*)\}`)
	escaped  = strings.NewReplacer(`\x00`, "\x00", `\n`, "\n")
)

// readHostile reads the statements, about the files of a folder.
func readHostile(t *testing.T, files map[string]string) (list []hostile) {
	t.Helper()
	text, err := os.ReadFile("testdata/hostile.txt")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		want, sql, _ := strings.Cut(line, " ")
		for name, path := range files {
			sql = strings.ReplaceAll(sql, "{"+name+"}", path)
		}
		sql = repeated.ReplaceAllStringFunc(sql, func(m string) string {
			parts := repeated.FindStringSubmatch(m)
			n, err := strconv.Atoi(parts[1])
			if err != nil {
				t.Fatal(err)
			}
			return strings.Repeat(parts[2], n)
		})
		if strings.Contains(sql, `\x00`) || strings.Contains(sql, `--\n`) {
			sql = escaped.Replace(sql)
		}
		list = append(list, hostile{i + 1, want, sql})
	}
	return list
}

// hidden is in a file beside the database, in somebody else's database, and in
// the environment.
const hidden = "hidden-7f3a"

// lair is a folder with what must not be read.
func lair(t *testing.T) (path string, files map[string]string) {
	t.Helper()
	t.Setenv("VERSO_HOSTILE", hidden)
	path = published(t)
	dir := filepath.Dir(path)
	files = map[string]string{"db": path, "dir": dir, "secret": filepath.Join(dir, "secret.csv"), "other": filepath.Join(dir, "other.duckdb")}
	if err := os.WriteFile(files["secret"], []byte("a\n"+hidden+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	db, err := duck.Open(t.Context(), duck.Options{Path: files["other"], Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(t.Context(), engine.SQL(`CREATE TABLE t AS SELECT '`+hidden+`' AS "a"; CHECKPOINT`))
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	return path, files
}

// leak says what of an answer or an error should not be there; "" where nothing
// is.
func leak(h hostile, text string) string {
	for _, secret := range []string{hidden, "root:x:0"} {
		if strings.Contains(text, secret) && !strings.Contains(h.sql, secret) {
			return secret
		}
	}
	return ""
}

// Every statement of testdata/hostile.txt is refused or bounded, tells nothing of
// what it should not see, leaves nothing behind, and the next one is answered.
func TestHostile(t *testing.T) {
	path, files := lair(t)
	list := readHostile(t, files)
	if len(list) < 279 {
		t.Fatalf("only %d statements", len(list))
	}
	before := listed(t, files["dir"])
	db, err := duck.OpenSandboxed(t.Context(), path, duck.SandboxOptions{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	pool := NewPool(2, 4)
	defer pool.Close()
	var work errgroup.Group
	work.SetLimit(3)
	for _, h := range list {
		// What the gate refuses is refused by the same gate in the worker; some
		// of each go the whole way.
		if h.want == "refused" || h.want == "error" {
			_, err := db.Gate(t.Context(), h.sql)
			if problem := judged(h, err); problem != "" {
				t.Errorf("line %d: %.120s\n  %s", h.line, h.sql, problem)
			}
			if h.line%20 != 0 {
				continue
			}
		}
		work.Go(func() error {
			got, _, err := rowsOf(pool.Run(t.Context(), Request{Path: path, SQL: h.sql, Timeout: 200 * time.Millisecond, MaxRows: 5000, CutRows: true,
				MaxBytes: 8 << 20, MemoryBytes: 200 << 20, AddressSpace: 2500 << 20, Threads: 1}))
			problem := judged(h, err)
			if secret := leak(h, fmt.Sprint(got, err)); secret != "" {
				problem = "tells " + secret
			}
			if problem != "" {
				t.Errorf("line %d: %.120s\n  %s", h.line, h.sql, problem)
			}
			return nil
		})
	}
	_ = work.Wait() // no function of it fails
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if after := listed(t, files["dir"]); !slices.Equal(before, after) {
		t.Errorf("files before %v, after %v", before, after)
	}
	got, _, err := rowsOf(pool.Run(t.Context(), Request{Path: path, SQL: `SELECT count(*) AS n FROM core.t`}))
	if err != nil || got[0][0] != int64(5000) {
		t.Error(got, err)
	}
}

// judged holds what became of a statement against what must.
func judged(h hostile, err error) string {
	var refused *duck.RefusedError
	var statement *engine.StatementError
	switch {
	case h.want == "refused" && !errors.As(err, &refused):
		return fmt.Sprintf("is not refused: %.300v", err)
	case h.want == "error" && err == nil:
		return "answers"
	case h.want == "error" && !errors.As(err, &refused) && !errors.As(err, &statement):
		return fmt.Sprintf("is no error of the statement: %.300v", err)
	case h.want == "answers" && err != nil:
		return fmt.Sprintf("does not answer: %.300v", err)
	case h.want != "refused" && h.want != "error" && h.want != "answers" && h.want != "bounded":
		return "begins with none of the words"
	}
	return ""
}

func listed(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
