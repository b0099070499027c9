package site

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/reports/html"
)

// Whole editions stand beside the published one as they were, share its files, are
// dropped beyond what is kept, and come back from their files alone.
func TestWholeEditions(t *testing.T) {
	dir := t.TempDir()
	out, archive := filepath.Join(dir, "site"), Archive{Dir: filepath.Join(dir, "editions"), Keep: 2}
	publish := func(mark string) {
		t.Helper()
		p, err := begin(out)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"index.html": mark, "assets/app.css": "p{}", "editions.html": `<a href="editions/a/index.html">`, "zh/editions.html": `<a href="../editions/a/index.html">`} {
			if err := p.folder.add(html.File{Path: name, Data: []byte(text)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(p.folder.finish(), p.Publish()); err != nil {
			t.Fatal(err)
		}
	}
	for i, run := range []string{"a", "b", "c", "d"} {
		publish(run)
		if err := archive.Store(out, "00000"+string(rune('1'+i))+"-"+run); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string, want ...string) {
		t.Helper()
		files := tree(t, out)
		var runs []string
		for name, text := range files {
			if rel, err := filepath.Rel(Editions, name); err == nil && filepath.Base(name) == "index.html" && filepath.Dir(rel) == text {
				runs = append(runs, text)
			}
		}
		slices.Sort(runs)
		if d := cmp.Diff(want, runs); d != "" {
			t.Errorf("%s:\n%s", when, d)
		}
	}
	check("after four", "b", "c", "d")
	places, err := archive.Places("d")
	if d := cmp.Diff(map[string]string{"b": "editions/b/index.html", "c": "editions/c/index.html"}, places); err != nil || d != "" {
		t.Error(err, d)
	}
	files := tree(t, out)
	if files["editions/c/editions.html"] != `<a href="../a/index.html">` || files["editions/c/zh/editions.html"] != `<a href="../../a/index.html">` {
		t.Errorf("within an edition, others are sought at %s and %s", files["editions/c/editions.html"], files["editions/c/zh/editions.html"])
	}
	one, err := os.Stat(filepath.Join(out, "assets", "app.css"))
	if err != nil {
		t.Fatal(err)
	}
	if two, err := os.Stat(filepath.Join(out, Editions, "d", "assets", "app.css")); err != nil || !os.SameFile(one, two) {
		t.Error("the edition has files of its own, ", err)
	}
	// Published again, a run replaces its edition; the others stay.
	publish("d")
	if err := archive.Store(out, "000004-d"); err != nil {
		t.Fatal(err)
	}
	check("again", "b", "c", "d")
	// A backup has the compressed files alone.
	if err := os.RemoveAll(out); err != nil {
		t.Fatal(err)
	}
	publish("d")
	if err := archive.Store(out, "000004-d"); err != nil {
		t.Fatal(err)
	}
	check("restored", "b", "c", "d")
	if err := os.WriteFile(filepath.Join(out, Editions, "mine.txt"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	archive.Keep = 0
	if err := archive.Store(out, "000004-d"); err != nil {
		t.Fatal(err)
	}
	check("none kept")
	if tree(t, out)["editions/mine.txt"] != "mine" {
		t.Error("a file that verso did not write is gone")
	}
}
