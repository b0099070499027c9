package site

import (
	"context"
	"testing"

	"verso/olap"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/web"
)

// open makes the source of pages of a warehouse.
func open(t *testing.T, db engine.Database) page.Source {
	t.Helper()
	o, err := olap.Open(context.Background(), db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return page.FromOlap(o, db)
}

// assets are the built assets, or the test is skipped.
func assets(t *testing.T) web.Assets {
	t.Helper()
	a, err := web.Load()
	if err != nil {
		t.Skip(err)
	}
	return a
}

// built is the folder of the site of the test warehouse.
func built(t *testing.T) string {
	t.Helper()
	a := assets(t)
	out := t.TempDir() + "/site"
	if _, err := Build(context.Background(), Options{Out: out, Source: open(t, olaptest.Star(t)), Assets: a}, page.All()...); err != nil {
		t.Fatal(err)
	}
	return out
}
