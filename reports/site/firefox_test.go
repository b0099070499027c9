package site

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/reports/site/sitetest"
)

// Pages in Firefox, from files: their charts come alive, nothing is wider than the
// window, and the console stays empty; with a faulty page it does not.
func TestPagesInFirefox(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	root := os.Getenv("VERSO_SITE") // a site built before, for a closer look
	if root == "" {
		root = built(t)
	}
	f := sitetest.OpenFirefox(t, 1440, 900)
	for _, v := range []struct {
		width  int
		folder string
		theme  string
	}{{1440, "", "light"}, {500, "zh", "dark"}} { // Firefox makes no window narrower
		f.Resize(v.width, 900)
		for _, slug := range []string{"index", "briefing", "sales", "customers"} {
			f.Go("file://" + filepath.Join(root, v.folder, slug+".html"))
			f.Eval(fmt.Sprintf(`(document.documentElement.dataset.theme??"light")!==%q&&document.querySelector(".theme").click()`, v.theme), nil)
			f.Eval(sitetest.ScrollThrough, nil)
			if all, live := f.Alive(); all != live || all == 0 {
				t.Errorf("%s/%s: %d of %d charts came alive", v.folder, slug, live, all)
			}
			if wide := f.Overflowing(); len(wide) > 0 {
				t.Errorf("%s/%s: wider than the page: %s", v.folder, slug, wide)
			}
			f.KeepAll(fmt.Sprintf("firefox-%s-%s%d-%s", slug, v.folder, v.width, v.theme))
		}
	}
	if said := f.Faults(); len(said) > 0 {
		t.Errorf("on the console:\n%s", strings.Join(said, "\n"))
	}
	bad := filepath.Join(t.TempDir(), "bad.html")
	if err := os.WriteFile(bad, []byte(`<!doctype html><title>Bad</title><script>console.error("trouble");nothing.at.all()</script>`), 0o600); err != nil {
		t.Fatal(err)
	}
	f.Go("file://" + bad)
	if said := strings.Join(f.Faults(), "\n"); !strings.Contains(said, "trouble") || !strings.Contains(said, "nothing is not defined") {
		t.Errorf("the faults of a page are not heard: %q", said)
	}
}
