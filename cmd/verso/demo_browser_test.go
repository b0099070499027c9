package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"verso/reports/pages"
	"verso/reports/site/sitetest"
)

// The site of a demo company, where every model has an answer, in a real browser:
// every page in both languages and both themes, on a desk and on a telephone.
// VERSO_SITE names another built site to look at, English at its root.
func TestDemoInABrowser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a company and looks at every page of it")
	}
	ctx := sitetest.Browser(t)
	axe := sitetest.Axe(t)
	root := demoSite(t)
	for _, p := range pages.All() {
		t.Run(p.Slug, func(t *testing.T) {
			t.Parallel()
			for i, width := range []int64{1440, 390, 1440, 390, 390, 1440, 390, 1440} {
				lang, theme := []string{"en", "zh"}[i/2%2], []string{"light", "dark"}[i/4]
				folder := root
				if lang == "zh" {
					folder = filepath.Join(root, lang)
				}
				look := sitetest.Look{File: filepath.Join(folder, p.Slug+".html"), Name: fmt.Sprintf("%s-%s-%d-%s", p.Slug, lang, width, theme), Theme: theme, Width: width, Axe: axe}
				t.Run(look.Name, func(t *testing.T) { sitetest.Inspect(t, ctx, look) })
			}
		})
	}
}

// demoSite is the folder of the site of a small demo company.
func demoSite(t *testing.T) string {
	t.Helper()
	if site := os.Getenv("VERSO_SITE"); site != "" {
		return site
	}
	needsAssets(t)
	dir := t.TempDir()
	verso(t, exitDone, "demo", "--dir", dir, "--scale", "0.05")
	return filepath.Join(dir, "site")
}
