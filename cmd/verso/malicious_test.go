package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// malicious are texts that break careless SQL, HTML, scripts, CSV, format
// strings, file names and terminals. The first 16 letters of each stand nowhere
// else.
func malicious() []string {
	return []string{
		`<script>alert(1)</script>`,
		`</script><script>alert(2)</script>`,
		`"><img src=x onerror=alert(3)>`,
		`' onmouseover='alert(4)`,
		`javascript:alert(5)//`,
		`<svg/onload=alert(6)>`,
		`]]><!-- comment --><b>bold</b>`,
		`&lt;b&gt; &amp;amp; already`,
		"`${alert(7)}` {{.}} {b}:{c}",
		`'; DROP TABLE core.dim_customer; --`,
		`" UNION SELECT * FROM meta.run --`,
		`%s%s%n%x %!d(string=hi) \x41 \u0041`,
		`=cmd|' /C calc'!A0`,
		`+1+1;@SUM(1+1)*cmd`,
		"-2+3,\"quoted\",\nsecond line",
		"\u202etfel ot thgir\u202c",
		"e\u0301\u0301\u0301\u0301\u0301\u0301 zalgo\u0336\u0336",
		"\x1b[31mred\x1b[0m\x07bell",
		`../../../../etc/passwd`,
		strings.Repeat("Donaudampfschifffahrtsgesellschaft", 300),
		`NULL`, `undefined`, `\N`, `(unknown)`, `others`,
	}
}

// maliciousCompany writes a company all of whose texts are malicious.
func maliciousCompany(t *testing.T, dir string) string {
	t.Helper()
	file := func(name string, header []string, row func(i int, evil string) []string) {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		w := csv.NewWriter(f)
		rows := [][]string{header}
		for i, evil := range malicious() {
			rows = append(rows, row(i, evil))
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
	}
	id := func(i int) string { return fmt.Sprint(i + 1) }
	file("customer.csv", []string{"id", "no", "name", "type", "city", "industry", "region", "status"}, func(i int, evil string) []string {
		return []string{id(i), evil, evil, evil, evil, evil, evil, evil}
	})
	file("title.csv", []string{"id", "title", "isbn", "class", "language", "publisher", "series"}, func(i int, evil string) []string {
		return []string{id(i), evil, evil, evil, evil, id(i), evil}
	})
	file("supplier.csv", []string{"id", "name", "country"}, func(i int, evil string) []string { return []string{id(i), evil, evil} })
	file("employee.csv", []string{"id", "name", "dept"}, func(i int, evil string) []string { return []string{id(i), evil, evil} })
	file("order.csv", []string{"id", "no", "customer", "day", "channel", "region", "status", "seller"}, func(i int, evil string) []string {
		return []string{id(i), evil, id(i), fmt.Sprintf("2025-%02d-11", 1+i%12), evil, evil, evil, id(i)}
	})
	file("line.csv", []string{"id", "order", "no", "title", "text", "qty", "price"}, func(i int, evil string) []string {
		return []string{id(i), id(i), "1", id(i), evil, "2", fmt.Sprint(1000 - i)}
	})
	file("bad.csv", []string{"id", "order", "no", "title", "text", "qty", "price"}, func(i int, evil string) []string {
		return []string{id(i + 1000), id(i), "2", id(i), evil, evil, evil}
	})
	path := filepath.Join(dir, "verso.yaml")
	text := `version: 1
company: {name: '</title><script>alert(8)</script>', currency: CNY}
as_of: 2025-12-31
sources:
  customer: {kind: file, path: customer.csv}
  title: {kind: file, path: title.csv}
  supplier: {kind: file, path: supplier.csv}
  employee: {kind: file, path: employee.csv}
  orders: {kind: file, path: order.csv}
  line: {kind: file, path: line.csv}
  bad: {kind: file, path: bad.csv}
tables:
  customer: {from: customer, columns: {customer_id: id, customer_no: no, name: name, customer_type: type, city: city, industry: industry, region_code: region, status: status}}
  title: {from: title, columns: {title_id: id, title: title, isbn13: isbn, clc_primary: class, language: language, publisher_id: publisher}}
  supplier: {from: supplier, columns: {supplier_id: id, name: name, country: country}}
  employee: {from: employee, columns: {employee_id: id, name: name, dept: dept}}
  order_header: {from: orders, columns: {order_id: id, order_no: no, customer_id: customer, order_date: day, entry_channel: channel, ship_to_region: region, status: status, salesperson_id: seller}}
  order_line:
    - {from: line, columns: {line_id: id, order_id: order, line_no: no, title_id: title, title_text: text, qty_ordered: qty, unit_price: price}}
    - {from: bad, columns: {line_id: id, order_id: order, line_no: no, title_id: title, title_text: text, qty_ordered: qty, unit_price: price}}
checks:
  mostly-quarantined: {severity: warn}
`
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMaliciousTexts loads a company all of whose texts are attacks and follows
// them to the end: tables hold them unchanged, pages show them escaped and run
// nothing, the site's CSV files hold no formula, terminals get no control codes.
func TestMaliciousTexts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := maliciousCompany(t, dir)
	verso(t, exitDone, "refresh", "-c", config)
	db := generation(t, dir)
	got := lines(t, db, "SELECT name FROM core.dim_customer WHERE customer_key > 0 ORDER BY CAST(customer_id AS INTEGER)")
	for i, evil := range malicious() {
		if i >= len(got) || got[i] != evil && evil != "NULL" && evil != `\N` { // these two are nulls in most exports
			t.Errorf("customer %d: %q", i+1, got[min(i, len(got)-1)])
		}
	}
	if n := figure(t, db, "SELECT count(*) FROM quarantine.order_line WHERE source = 'bad' AND file = 'bad.csv' AND line > 1 AND reason IS NOT NULL AND raw IS NOT NULL"); n != fmt.Sprint(len(malicious())) {
		t.Errorf("%s of %d bad lines in quarantine", n, len(malicious()))
	}
	shown, read := "", 0
	err := filepath.WalkDir(filepath.Join(dir, "site"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".html":
			read++
			shown += harmlessPage(t, path)
		case ".csv":
			harmlessCSV(t, path)
		}
		return nil
	})
	if err != nil || read < 8 {
		t.Fatalf("%d pages: %v", read, err)
	}
	for _, evil := range malicious()[:15] {
		if !strings.Contains(shown, evil[:16]) {
			t.Errorf("no page shows %q", evil)
		}
	}
	for _, format := range []string{"table", "csv", "json"} {
		stdout, _ := verso(t, exitDone, "query", "sales", "--rows", "customer.name", "--measures", "net", "--format", format, "-c", config)
		if strings.ContainsAny(stdout, "\x1b\x07") && format != "csv" {
			t.Errorf("control codes reach the terminal in format %s", format)
		}
		if format == "json" && !json.Valid([]byte(stdout)) {
			t.Error("the JSON is not valid")
		}
		if _, err := csv.NewReader(strings.NewReader(stdout)).ReadAll(); format == "csv" && err != nil {
			t.Error("the CSV cannot be read:", err)
		}
	}
	for _, evil := range malicious()[:12] {
		stdout, _ := verso(t, exitDone, "query", "sales", "--measures", "orders", "--format", "csv", "-c", config,
			"--where", "customer.name = '"+strings.ReplaceAll(evil, "'", "''")+"'")
		if !strings.Contains(stdout, "\n1\r\n") {
			t.Errorf("a filter on %q finds %q, want one order", evil, stdout)
		}
	}
	verso(t, exitDone, "check", "-c", config)
}

// harmlessPage fails when a page could run anything that is not verso's own, and
// returns the text it shows.
func harmlessPage(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(path)
	var shown strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && (n.Parent == nil || n.Parent.Data != "script" && n.Parent.Data != "style") {
			shown.WriteString(n.Data + " ")
		}
		if n.Type == html.CommentNode && strings.Contains(n.Data, "comment") {
			t.Errorf("%s: a text became a comment", name)
		}
		if n.Type == html.ElementNode {
			harmlessElement(t, name, n)
		}
	}
	return shown.String()
}

func harmlessElement(t *testing.T, page string, n *html.Node) {
	t.Helper()
	if slices.Contains([]string{"iframe", "object", "embed", "base", "form", "foreignobject"}, strings.ToLower(n.Data)) {
		t.Errorf("%s: <%s> on the page", page, n.Data)
	}
	if n.Data == "b" && n.FirstChild != nil && n.FirstChild.Data == "bold" {
		t.Errorf("%s: a text became bold", page)
	}
	source := ""
	for _, a := range n.Attr {
		key, value := strings.ToLower(a.Key), strings.ToLower(strings.TrimSpace(a.Val))
		if strings.HasPrefix(key, "on") || key == "srcdoc" {
			t.Errorf("%s: <%s %s=%q>", page, n.Data, a.Key, a.Val)
		}
		if key == "src" || key == "href" || key == "xlink:href" || key == "action" {
			source = value
			if strings.Contains(value, "alert(") || strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") && value != "data:," || strings.Contains(value, "//") {
				t.Errorf("%s: <%s %s=%q>", page, n.Data, a.Key, a.Val)
			}
		}
	}
	if n.Data != "script" {
		return
	}
	if source != "" && n.FirstChild == nil {
		return // a file of the site
	}
	if n.FirstChild == nil || !json.Valid([]byte(n.FirstChild.Data)) {
		t.Errorf("%s: a script that is neither a file of the site nor data: %.80q", page, n.FirstChild.Data)
	}
	if !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "type" && a.Val == "application/json" }) {
		t.Errorf("%s: an inline script that would run", page)
	}
}

// harmlessCSV fails when a spreadsheet would take a text of the file as a formula.
func harmlessCSV(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1 // the last lines say where the figures come from
	rows, err := r.ReadAll()
	if err != nil {
		t.Errorf("%s: %v", path, err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "@") || strings.HasPrefix(cell, "+1+1") || strings.HasPrefix(cell, "-2+3") {
				t.Errorf("%s: the cell %q is a formula", filepath.Base(path), cell)
			}
		}
	}
}
