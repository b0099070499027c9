package warehouse_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/olap/warehouse"
)

// harm is something that happened to the folder of a warehouse with two
// generations, and what Acquire then says.
type harm struct {
	name string
	do   func(t *testing.T, dir, current string)
	want []string
}

func harms() []harm {
	return []harm{
		{"CURRENT names a missing file", func(t *testing.T, dir, current string) {
			must(t, os.Remove(current))
		}, []string{"00000002-b.duckdb", "CURRENT names this generation, which cannot be found", "verso refresh", "there: 00000001-a.duckdb"}},
		{"CURRENT is rubbish", func(t *testing.T, dir, current string) {
			must(t, os.WriteFile(filepath.Join(dir, "CURRENT"), []byte("\x00\x01rubbish"), 0o644))
		}, []string{"CURRENT", `holds "\x00\x01rubbish"`, "00000001-a.duckdb, 00000002-b.duckdb"}},
		{"CURRENT is empty", func(t *testing.T, dir, current string) {
			must(t, os.WriteFile(filepath.Join(dir, "CURRENT"), nil, 0o644))
		}, []string{`holds ""`, "verso refresh"}},
		{"CURRENT leaves the folder", func(t *testing.T, dir, current string) {
			must(t, os.WriteFile(filepath.Join(dir, "CURRENT"), []byte("../../00000001-a.duckdb"), 0o644))
		}, []string{"not the name of a generation"}},
		{"truncated to a third", func(t *testing.T, dir, current string) {
			rewrite(t, current, func(b []byte) []byte { return b[:len(b)/3] })
		}, []string{"the generation is damaged", "verso refresh", "there: 00000001-a.duckdb"}},
		{"truncated to nothing", func(t *testing.T, dir, current string) {
			rewrite(t, current, func(b []byte) []byte { return nil })
		}, []string{"the generation is damaged"}},
		{"truncated in the header", func(t *testing.T, dir, current string) {
			rewrite(t, current, func(b []byte) []byte { return b[:100] })
		}, []string{"the generation is damaged"}},
		{"not a database", func(t *testing.T, dir, current string) {
			rewrite(t, current, func(b []byte) []byte { return []byte(strings.Repeat("hello ", 9000)) })
		}, []string{"the generation is damaged"}},
		{"flipped bytes in the header", func(t *testing.T, dir, current string) {
			rewrite(t, current, func(b []byte) []byte { return flip(b, 4096, 4200) })
		}, []string{"the generation is damaged"}},
		{"flipped bytes in the blocks", func(t *testing.T, dir, current string) {
			rewrite(t, current, func(b []byte) []byte { return flip(b, 12300, len(b)) })
		}, []string{"the generation is damaged"}},
		{"a write-ahead log beside it", func(t *testing.T, dir, current string) {
			must(t, os.WriteFile(current+".wal", []byte("x"), 0o644))
		}, []string{"write-ahead log", "move it away"}},
	}
}

func TestBadFolders(t *testing.T) {
	for _, c := range harms() {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			w := open(t, dir)
			publish(t, w, "a", 1, 1000)
			g := publish(t, w, "b", 2, 1000)
			must(t, w.Close())
			c.do(t, dir, g.Path)
			w = open(t, dir)
			_, err := w.Acquire(t.Context())
			wantError(t, err, c.want...)
			var d *warehouse.DamagedError
			if !errors.As(err, &d) {
				t.Errorf("want a DamagedError, got %T", err)
			}
			// Whatever is broken, the next refresh mends it.
			publish(t, w, "c", 3, 30)
			wantLook(t, w, 3, 30)
		})
	}
}

func rewrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	must(t, os.Remove(path))
	must(t, os.WriteFile(path, change(b), 0o444))
}

func flip(b []byte, from, to int) []byte {
	for i := from; i < min(to, len(b)); i += 17 {
		b[i] ^= 0xff
	}
	return b
}

func TestFolderIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	must(t, os.WriteFile(path, nil, 0o644))
	_, err := warehouse.Open(path, openDuck)
	wantError(t, err, "is a file, not a folder")
}

func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small tmpfs (%v: %s)", err, out)
	}
	t.Cleanup(func() { exec.Command("umount", "-l", dir).Run() })
	w := open(t, dir)
	defer w.Close()
	publish(t, w, "good", 1, 1000)
	before, err := os.ReadFile(filepath.Join(dir, "CURRENT"))
	must(t, err)
	for _, rows := range []int{700_000, 3_000_000} {
		d, err := w.Begin(t.Context(), "big")
		must(t, err)
		_, err = d.DB().Exec(t.Context(), engine.SQL(fmt.Sprintf(`CREATE TABLE t AS SELECT hash(range) AS "h", hash(range+1) AS "g" FROM range(%d)`, rows)))
		if err == nil {
			_, err = d.Publish(t.Context())
			wantError(t, err, "the disk is full")
		}
		if err == nil || !strings.Contains(err.Error(), "No space left") && !strings.Contains(err.Error(), "no space left") {
			t.Errorf("%d rows: want a full disk, got %v", rows, err)
		}
		must(t, d.Discard())
	}
	after, err := os.ReadFile(filepath.Join(dir, "CURRENT"))
	must(t, err)
	if string(before) != string(after) {
		t.Fatalf("CURRENT changed from %q to %q", before, after)
	}
	wantLook(t, w, 1, 1000)
	publish(t, w, "small", 2, 1000)
	wantLook(t, w, 2, 1000)
}
