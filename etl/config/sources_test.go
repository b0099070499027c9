package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSourceOf(t *testing.T) {
	for dsn, want := range map[string]Source{
		"mysql://r@db/shop":            {Kind: "mysql", DSN: "mysql://r@db/shop"},
		"MariaDB://r@db/shop":          {Kind: "mysql", DSN: "MariaDB://r@db/shop"},
		"r:${PW}@tcp(db:3306)/shop":    {Kind: "mysql", DSN: "r:${PW}@tcp(db:3306)/shop"},
		"postgresql://r@db/shop":       {Kind: "postgres", DSN: "postgresql://r@db/shop"},
		"host=/run user=r dbname=shop": {Kind: "postgres", DSN: "host=/run user=r dbname=shop"},
		"https://host/orders.csv":      {Kind: "http", HTTP: HTTP{URL: "https://host/orders.csv"}},
		"data/Shop.SQLite":             {Kind: "sqlite", Path: "data/Shop.SQLite"},
		"sqlite:///srv/shop.db":        {Kind: "sqlite", Path: "/srv/shop.db"},
		"sqlite:shop":                  {Kind: "sqlite", Path: "shop"},
		"${SHOP}":                      {},
		"orders.csv":                   {},
	} {
		got, ok := SourceOf(dsn)
		if d := cmp.Diff(want, got); d != "" || ok != (want.Kind != "") {
			t.Errorf("%s: %v %s", dsn, ok, d)
		}
	}
}
