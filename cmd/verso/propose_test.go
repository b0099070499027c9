package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"verso/etl/canon/propose"
	"verso/etl/canon/system"
	"verso/etl/config"
	"verso/etl/source/postgres/pgtest"
)

// accepted are the columns a proposal takes: canonical column ← source column.
func accepted(p propose.Proposal) map[string]propose.Column {
	all := map[string]propose.Column{}
	for _, t := range p.Tables {
		for _, c := range t.Columns {
			if t.Used() && c.Taken() {
				all[t.Canonical.Name+"."+c.Canonical.Name+" "+t.Source.Name+"."+c.Source] = c
			}
		}
	}
	return all
}

// sqliteShop makes a SQLite file of a script.
func sqliteShop(t *testing.T, script string) string {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/shop.sqlite"
	execSQLite(t, path, string(text))
	return path
}

func TestProposals(t *testing.T) {
	var all []measured
	t.Run("gravity", func(t *testing.T) {
		tables, err := listTables(t.Context(), config.Source{Kind: "sqlite", Path: sqliteShop(t, "testdata/gravity/shop.sql")})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, measure(t, "gravity", tables))
	})
	t.Run("northwind", func(t *testing.T) {
		script := sharedData(t, "northwind/northwind.sql")
		dsn := pgtest.Start(t)
		pgtest.Load(t, dsn, script)
		tables, err := listTables(t.Context(), config.Source{Kind: "postgres", DSN: dsn})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, measure(t, "northwind", tables))
	})
	t.Run("tryton", func(t *testing.T) {
		all = append(all, measure(t, "tryton", declaredTables(t, sharedData(t, "tryton_schema/columns.csv"))))
	})
	_ = all
}

type measured struct{}

func measure(t *testing.T, name string, tables []system.Table) measured {
	p := propose.From(tables)
	var keys []string
	for k, c := range accepted(p) {
		keys = append(keys, fmt.Sprintf("%s %.2f %s", k, c.Confidence, c.Reason))
	}
	sort.Strings(keys)
	t.Log(name + "\n" + strings.Join(keys, "\n"))
	for _, x := range p.Tables {
		if !x.Used() {
			t.Log(x.Summary())
		}
	}
	return measured{}
}

// declaredTables are the tables of a list of columns: names and types only.
func declaredTables(t *testing.T, path string) []system.Table {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var tables []system.Table
	for _, r := range rows[1:] {
		if len(tables) == 0 || tables[len(tables)-1].Name != r[0] {
			tables = append(tables, system.Table{Name: r[0], Rows: -1})
		}
		last := &tables[len(tables)-1]
		last.Columns = append(last.Columns, system.Column{Name: r[2], Type: r[3]})
		if r[2] == "id" {
			last.Primary = []string{"id"}
		}
	}
	return tables
}
