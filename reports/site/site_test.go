package site

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/reports/html"
	"verso/reports/page"
	"verso/reports/pages"
	"verso/reports/view"
	"verso/reports/web"
)

// open makes the source of pages of a warehouse.
func open(t testing.TB, db engine.Database) page.Source {
	t.Helper()
	o, err := olap.Open(context.Background(), db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return page.FromOlap(o, db)
}

// assets are the built assets, or the test is skipped.
func assets(t testing.TB) web.Assets {
	t.Helper()
	a, err := web.Load()
	if err != nil {
		t.Skip(err)
	}
	return a
}

// built is the folder of the site of the test warehouse.
func built(t testing.TB) string {
	t.Helper()
	a := assets(t)
	out := t.TempDir() + "/site"
	if _, err := Build(context.Background(), Options{Out: out, Source: open(t, olaptest.Star(t)), Assets: a}, pages.All()...); err != nil {
		t.Fatal(err)
	}
	return out
}

// tree reads a folder: path to content.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		out[rel] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func names(files map[string]string) []string { return slices.Sorted(maps.Keys(files)) }

func TestTheSameWarehouseGivesTheSameBytes(t *testing.T) {
	a := assets(t)
	var sites []map[string]string
	for range 2 {
		out := filepath.Join(t.TempDir(), "site")
		s, err := Build(context.Background(), Options{Out: out, Source: open(t, olaptest.Star(t)), Assets: a}, pages.All()...)
		if err != nil {
			t.Fatal(err)
		}
		files := tree(t, out)
		if s.Pages < 2*len(pages.All()) || s.Files != len(files)-1 {
			t.Errorf("summary %+v for %d files", s, len(files))
		}
		sites = append(sites, files)
	}
	if d := cmp.Diff(names(sites[0]), names(sites[1])); d != "" {
		t.Fatal(d)
	}
	for name, text := range sites[0] {
		if sites[1][name] != text {
			t.Errorf("%s differs", name)
		}
		if strings.HasSuffix(name, ".html") && len(text) > 150_000 {
			t.Errorf("%s has %d bytes, more than 150,000", name, len(text))
		}
	}
}

// Every link of every page leads somewhere.
func TestLinksLead(t *testing.T) {
	out := built(t)
	files := tree(t, out)
	link := regexp.MustCompile(` (?:href|src)="([^"#:]+)(#[^"]*)?"`)
	for name, text := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target := path.Join(path.Dir(filepath.ToSlash(name)), m[1])
			if _, ok := files[filepath.FromSlash(target)]; !ok {
				t.Errorf("%s: no %s", name, target)
			}
			if m[2] != "" && !strings.Contains(files[filepath.FromSlash(target)], `id="`+m[2][1:]+`"`) {
				t.Errorf("%s: no %s in %s", name, m[2], target)
			}
		}
	}
}

func TestSmallWarehouses(t *testing.T) {
	a := assets(t)
	for name, statement := range map[string]string{
		"no rows": `DELETE FROM core.fact_order_line; DELETE FROM core.fact_return; DELETE FROM score.rfm; DELETE FROM score.pyramid; DELETE FROM score.concentration; DELETE FROM meta.check_result; DELETE FROM meta.table_load; DELETE FROM meta.extract; DELETE FROM meta.quarantine_reason; DELETE FROM meta.reconciliation; DELETE FROM card.model`,
		"one row": `DELETE FROM core.fact_order_line WHERE line_id <> (SELECT max(line_id) FROM core.fact_order_line WHERE net > 0); DELETE FROM core.fact_return`,
	} {
		t.Run(name, func(t *testing.T) {
			db := olaptest.Star(t)
			if _, err := db.Exec(context.Background(), engine.SQL(statement)); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(t.TempDir(), "site")
			if _, err := Build(context.Background(), Options{Out: out, Lang: "zh", Source: open(t, db), Assets: a}, pages.All()...); err != nil {
				t.Fatal(err)
			}
			files := tree(t, out)
			if !strings.Contains(files["index.html"], `lang="zh-CN"`) || !strings.Contains(files["en/index.html"], `lang="en"`) {
				t.Error("the languages are not where they were asked for")
			}
		})
	}
}

func TestAFailedBuildLeavesTheLastSite(t *testing.T) {
	a := assets(t)
	out := filepath.Join(t.TempDir(), "site")
	o := Options{Out: out, Source: open(t, olaptest.Star(t)), Assets: a}
	if _, err := Build(context.Background(), o, pages.All()...); err != nil {
		t.Fatal(err)
	}
	before := tree(t, out)
	broken := page.Page{Slug: "sales", Build: func(context.Context, *page.Context) (view.Page, error) { return view.Page{}, errors.New("broken") }}
	if _, err := Build(context.Background(), o, pages.All()[0], broken); err == nil || !strings.Contains(err.Error(), "page sales") {
		t.Errorf("got %v", err)
	}
	p, err := Prepare(context.Background(), o, pages.All()[0])
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(names(before), names(tree(t, out))); d != "" {
		t.Errorf("preparing changed the site:\n%s", d)
	}
	if err := p.Discard(); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(before, tree(t, out)); d != "" {
		t.Errorf("the site changed:\n%s", d)
	}
	if left, _ := os.ReadDir(filepath.Dir(out)); len(left) != 1 {
		t.Errorf("left beside the site: %v", left)
	}
}

func TestPublishKeepsWhatItDidNotWrite(t *testing.T) {
	out := filepath.Join(t.TempDir(), "site")
	put := func(files ...html.File) error {
		p, err := begin(out)
		if err != nil {
			return err
		}
		for _, f := range files {
			if err := p.folder.add(f); err != nil {
				return err
			}
		}
		if err := p.folder.finish(); err != nil {
			return err
		}
		return p.Publish()
	}
	if err := put(html.File{Path: "index.html", Data: []byte("1")}, html.File{Path: "old.html", Data: []byte("1")}); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(out, "own"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "own", "notes.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := put(html.File{Path: "index.html", Data: []byte("2")}); err != nil {
		t.Fatal(err)
	}
	files := tree(t, out)
	if d := cmp.Diff([]string{manifest, "index.html", "own/notes.txt"}, names(files)); d != "" || files["index.html"] != "2" {
		t.Errorf("%s %q", d, files["index.html"])
	}
	// A crash between the exchange and the clearing leaves the old site beside.
	beside := filepath.Join(filepath.Dir(out), ".site.verso-new")
	left, err := create(beside)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(left.add(html.File{Path: "index.html", Data: []byte("1")}), left.finish()); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(beside, "more.txt"), []byte("mine too"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := put(html.File{Path: "index.html", Data: []byte("3")}); err != nil {
		t.Fatal(err)
	}
	if files = tree(t, out); files["more.txt"] != "mine too" || files["index.html"] != "3" {
		t.Errorf("after a crash: %v", names(files))
	}
}

func TestPublishRefusesAForeignFolder(t *testing.T) {
	out := t.TempDir()
	if err := os.WriteFile(filepath.Join(out, "thesis.txt"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	var foreign *ForeignError
	if _, err := begin(out); !errors.As(err, &foreign) {
		t.Errorf("got %v", err)
	}
}

func TestExchangeByRename(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, d := range []string{a, b} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, filepath.Base(d)), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := exchangeByRename(a, b); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"a/b", "b/a"}, names(tree(t, dir))); d != "" {
		t.Error(d)
	}
}

// Every page as built keeps what html owes: checked on all of them.
func TestEveryFigureHasItsCSV(t *testing.T) {
	files := tree(t, built(t))
	id := regexp.MustCompile(`<figure class="(?:chart|table)" id="([^"]+)"`)
	for name, text := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		slug := strings.TrimSuffix(filepath.Base(name), ".html")
		for _, m := range id.FindAllStringSubmatch(text, -1) {
			file := filepath.Join(filepath.Dir(name), "data", slug+"-"+m[1]+".csv")
			if !strings.HasPrefix(files[file], "\ufeff") || !strings.Contains(files[file], "run,") {
				t.Errorf("%s: %s is not whole", name, file)
			}
		}
	}
}
