package sitetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The look at a page must be able to fail: each kind of fault is found in a
// page that has it, and none in a page without.
func TestFaultsAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("short: no browser")
	}
	ctx := Browser(t)
	axe := Axe(t)
	const good = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title><main><h1>Page</h1>%s</main></html>`
	for _, c := range []struct{ name, body, want string }{
		{"nothing wrong", `<p>Text.</p>`, ""},
		{"too wide", `<div style="width:2000px">wide</div>`, "wider than the page: DIV"},
		{"too wide without a name", `<div style="height:1px;margin-right:-900px;width:auto;padding-left:900px"></div><style>main::after{content:"";position:absolute;left:1500px;width:9px;height:9px}</style>`, "wider than the page"},
		{"error on the console", `<script>console.error("trouble")</script>`, "console: \"trouble\""},
		{"exception", `<script>throw new Error("thrown")</script>`, "thrown"},
		{"request elsewhere", `<img alt="" src="http://127.0.0.1:9/picture.png">`, "request: http://127.0.0.1:9/picture.png"},
		{"dead chart", `<div class="plot"></div>`, "0 of 1 charts came alive"},
		{"picture without a text", `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">`, "axe: image-alt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.HasPrefix(c.want, "axe") && axe == "" {
				t.Skip("axe-core is not installed")
			}
			file := filepath.Join(t.TempDir(), "page.html")
			if err := os.WriteFile(file, []byte(strings.Replace(good, "%s", c.body, 1)), 0o644); err != nil {
				t.Fatal(err)
			}
			found, err := Problems(ctx, Look{File: file, Name: "fault", Theme: "light", Width: 1440, Axe: axe})
			if err != nil {
				t.Fatal(err)
			}
			var rest []string // a small page satisfies fewer rules
			for _, f := range found {
				if !strings.Contains(f, "rules only") {
					rest = append(rest, f)
				}
			}
			if text := strings.Join(rest, "\n"); c.want == "" && text != "" || !strings.Contains(text, c.want) {
				t.Errorf("found %q, want %q", text, c.want)
			}
		})
	}
}
