package preview

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"verso/olap"
	"verso/olap/olaptest"
	"verso/reports/html"
	"verso/reports/page"
	"verso/reports/pages/written"
	"verso/reports/site/sitetest"
	"verso/reports/web"
)

const where = `title: {en: Where we sell, zh: 销售去向}
values: {all: sales show net time 2025}
message: {en: "All regions bring {all}.", zh: "各地区合计 {all}。"}
sections:
  - title: {en: Regions, zh: 地区}
    blocks:
      - title: {en: By region, zh: 按地区}
        table: sales by region.area show net time 2025
`

// serving is a server that previews the pages of a folder.
func serving(t *testing.T, dir string) *httptest.Server {
	t.Helper()
	assets, err := web.Load()
	if err != nil {
		t.Skip(err)
	}
	renderer, err := html.New(assets)
	if err != nil {
		t.Fatal(err)
	}
	db := olaptest.Star(t)
	h := New(Options{Renderer: renderer, Watched: []string{dir}, Lang: "en", Clock: clockwork.NewRealClock(), Log: slog.New(slog.DiscardHandler),
		Pages: func() []page.Page { return written.Load(dir, nil, []string{"en", "zh"}, func(error) {}) },
		Open: func(ctx context.Context) (page.Source, func(), error) {
			o, err := olap.Open(ctx, db, olap.Options{})
			if err != nil {
				return page.Source{}, nil, err
			}
			return page.FromOlap(o, db), func() {}, nil
		}})
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func save(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "where.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text) + r.Header.Get("Location")
}

// A page is as its file is now, in every language, with its tables; what is wrong
// with the file stands at its line and column.
func TestPreview(t *testing.T) {
	dir := t.TempDir()
	s := serving(t, dir)
	if _, text := get(t, s.URL+"/preview/"); !strings.Contains(text, "There is no page in the folder pages yet") {
		t.Error("an empty folder does not say so")
	}
	save(t, dir, where)
	for _, c := range []struct {
		path   string
		status int
		want   string
	}{
		{"", 200, `href="where.html">Where we sell`}, {"where.html", 200, "All regions bring CNY"}, {"zh/where.html", 200, "各地区合计"}, {"zh/", 200, "销售去向"},
		{"where.html", 200, "/preview/reload.js"}, {"sales.html", 303, "/sales.html"}, {"zh/sales.html", 303, "/zh/sales.html"}, {"data/where-table-1-1.csv", 200, "net"}, {"reload.js", 200, "EventSource"}, {"nosuch.txt", 404, "no such file"},
	} {
		if status, text := get(t, s.URL+"/preview/"+c.path); status != c.status || !strings.Contains(strings.ToLower(text), strings.ToLower(c.want)) {
			t.Errorf("%s: %d without %q", c.path, status, c.want)
		}
	}
	for name, c := range map[string][2]string{
		"not YAML":    {strings.Replace(where, "sections:", "sections: [", 1), "where.yaml: ["},
		"no measure":  {strings.Replace(where, "region.area show net", "region.area show nett", 1), "where.yaml:8:"},
		"unknown key": {where + "more: 1\n", "[9:1]"},
	} {
		save(t, dir, c[0])
		if status, text := get(t, s.URL+"/preview/where.html"); status != 200 || !strings.Contains(text, c[1]) {
			i := strings.Index(text, "where.yaml")
			t.Errorf("%s: %d, no %q: %.300s", name, status, c[1], text[max(0, i):])
		}
	}
}

// A page in the browser shows itself anew when its file is saved, and obeys the
// policy of its server.
func TestAPageShowsItselfAnew(t *testing.T) {
	dir := t.TempDir()
	save(t, dir, where)
	s := serving(t, dir)
	tab := sitetest.OpenTab(t, sitetest.Browser(t), s.URL, "/preview/where.html", "light", 1440)
	tab.Wait(`document.querySelector("h1")?.textContent === "Where we sell"`)
	save(t, dir, strings.Replace(where, "Where we sell", "Regions of the year", 1))
	tab.Wait(`document.querySelector("h1")?.textContent === "Regions of the year"`)
	save(t, dir, strings.Replace(where, "message:", "massage:", 1))
	tab.Wait(`document.body.innerText.includes("where.yaml")`)
	save(t, dir, where)
	tab.Wait(`document.querySelector("h1")?.textContent === "Where we sell"`)
	for _, fault := range tab.Faults("preview", "") {
		t.Error(fault)
	}
}
