package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"sort"
	"strings"
	"testing"

	"verso/etl/canon/preset"
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

// TestProposals measures how many of the columns that proposals take are right,
// on databases whose right answer is known: testdata/proposals/NAME.txt lists,
// for each column that was taken, whether a person agrees. A column that is not
// listed there fails the test, so that a change of the guess is looked at.
func TestProposals(t *testing.T) {
	var all []verdict
	t.Run("gravity", func(t *testing.T) {
		tables, err := listTables(t.Context(), config.Source{Kind: "sqlite", Path: sqliteShop(t, "testdata/gravity/shop.sql")})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, judged(t, "gravity", tables)...)
	})
	t.Run("northwind", func(t *testing.T) {
		script := sharedData(t, "northwind/northwind.sql")
		dsn := pgtest.Start(t)
		pgtest.Load(t, dsn, script)
		tables, err := listTables(t.Context(), config.Source{Kind: "postgres", DSN: dsn})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, judged(t, "northwind", tables)...)
	})
	t.Run("tryton", func(t *testing.T) {
		all = append(all, judged(t, "tryton", declaredTables(t, sharedData(t, "tryton_schema/columns.csv")))...)
	})
	t.Run("online retail", func(t *testing.T) {
		files, err := lookAtFiles(t.Context(), initFlags{dir: ".", files: []string{sharedData(t, "online_retail/online_retail.csv.gz")}})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, judged(t, "online_retail", preset.FileTables(files))...)
	})
	t.Run("renamed", func(t *testing.T) { all = append(all, judged(t, "renamed", renamedTables())...) })
	table(t, all)
}

// verdict is one column that was taken, and whether it is right.
type verdict struct {
	of         string
	confidence float64
	right      bool
}

// judged compares what a proposal takes with the answers.
func judged(t *testing.T, name string, tables []system.Table) []verdict {
	t.Helper()
	path := "testdata/proposals/" + name + ".txt"
	text, err := os.ReadFile(path)
	if err != nil && !*updateProposals {
		t.Fatal(err)
	}
	answers := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if answer, column, ok := strings.Cut(line, " "); ok {
			answers[column] = answer
		}
	}
	var lines []string
	var all []verdict
	for column, c := range accepted(propose.From(tables)) {
		answer := answers[column]
		if answer == "" {
			t.Errorf("%s (%.2f, %s) is taken; is it right? %s does not say", column, c.Confidence, c.Reason, path)
			answer = "right"
		}
		lines = append(lines, answer+" "+column)
		all = append(all, verdict{name, c.Confidence, answer == "right"})
	}
	sort.Strings(lines)
	if *updateProposals {
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

var updateProposals = flag.Bool("update-proposals", false, "write the columns that proposals take; new ones as right, to be looked at")

// table logs the share of right columns by source and by confidence, and fails
// when fewer than nine in ten are right, or the surest are not the rightest.
func table(t *testing.T, all []verdict) {
	t.Helper()
	var rows []string
	share := func(label string, of func(verdict) bool) float64 {
		n, right := 0, 0
		for _, v := range all {
			if of(v) {
				n++
				if v.right {
					right++
				}
			}
		}
		if n == 0 {
			return 1
		}
		rows = append(rows, fmt.Sprintf("%-16s %4d taken  %4d right  %.3f", label, n, right, float64(right)/float64(n)))
		return float64(right) / float64(n)
	}
	for _, name := range []string{"gravity", "northwind", "tryton", "online_retail", "renamed"} {
		share(name, func(v verdict) bool { return v.of == name })
	}
	low := share("0.60 to 0.79", func(v verdict) bool { return v.confidence < 0.8 })
	middle := share("0.80 to 0.89", func(v verdict) bool { return v.confidence >= 0.8 && v.confidence < 0.9 })
	high := share("0.90 and more", func(v verdict) bool { return v.confidence >= 0.9 })
	total := share("all", func(verdict) bool { return true })
	t.Log("columns taken by proposals\n" + strings.Join(rows, "\n"))
	if total < 0.9 || high < 0.95 || middle < 0.8 || low < 0.6 {
		t.Errorf("too many wrong columns: %.3f right, of the surest %.3f", total, high)
	}
}

// renamedTables are tables with canonical content whose columns bear other
// people's names.
func renamedTables() []system.Table {
	table := func(name, header string, rows ...string) system.Table {
		t := system.Table{Name: name, Rows: int64(len(rows)), Path: name + ".csv"}
		for _, c := range strings.Split(header, "|") {
			t.Columns = append(t.Columns, system.Column{Name: c, Type: "VARCHAR"})
		}
		for _, r := range rows {
			for i, v := range strings.Split(r, "|") {
				t.Columns[i].Samples = append(t.Columns[i].Samples, v)
			}
		}
		return t
	}
	return []system.Table{
		table("Kunden", "Kundennr|Firma|Ort|PLZ|Land|Angelegt am", "1|Stadtbibliothek|Kiel|24103|DE|03.02.2020", "2|Uni Bremen|Bremen|28359|DE|11.05.2021"),
		table("客户", "客户编号|客户名称|城市|邮编|信用额度", "1|北京图书馆|北京|100081|50000", "2|上海书城|上海|200001|20000"),
		table("Orders", "OrderNumber|ClientID|OrderDate|Currency|State|Remark", "1001|1|2024-01-05|EUR|open|x", "1002|2|2024-01-06|USD|shipped|y"),
		table("OrderDetails", "OrderNumber|Pos|ISBN|Qty|UnitPrice|Rabatt %", "1001|1|9783161484100|2|19.90|5", "1001|2|9780306406157|1|30.00|0", "1002|1|9783161484100|4|19.90|10"),
		table("Books", "book_id|isbn|book_title|press|pages|list price|curr", "1|9783161484100|Atlas|Page|320|19.90|EUR", "2|9780306406157|Lexicon|Leaf|410|30.00|EUR"),
		table("vendors", "vendor_id|vendor_name|country|currency|payment_days", "1|Page|DE|EUR|30", "2|Leaf|US|USD|60"),
		table("log", "ts|level|message", "2024-01-05 10:00:00|info|started", "2024-01-05 10:00:01|warn|slow"),
	}
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
