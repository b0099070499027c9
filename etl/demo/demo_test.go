package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/etl/demo/market"
	"verso/etl/demo/sheet"
)

// data is one file read back.
type data struct {
	rows [][]string
	at   map[string]int
}

// get is a value by column name.
func (d *data) get(row []string, column string) string { return row[d.at[column]] }

// generate writes a company into a temporary folder.
func generate(t *testing.T, o Options) string {
	t.Helper()
	o.Dir = t.TempDir()
	if _, err := Generate(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return o.Dir
}

// read reads a file of the company.
func read(t *testing.T, dir, name string) *data {
	t.Helper()
	folder := "data"
	if strings.HasPrefix(name, "truth_") {
		folder = "truth"
	}
	text, err := os.ReadFile(filepath.Join(dir, folder, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	d := &data{rows: all[1:], at: map[string]int{}}
	for i, c := range all[0] {
		d.at[c] = i
	}
	return d
}

func TestColumnsAreCanonical(t *testing.T) {
	kinds := map[canon.Type]sheet.Kind{canon.ID: sheet.KInt, canon.Text: sheet.KText, canon.Integer: sheet.KInt, canon.Money: sheet.KMoney, canon.Rate: sheet.KRate,
		canon.Percent: sheet.KMoney, canon.Double: sheet.KFloat, canon.Date: sheet.KDate, canon.Timestamp: sheet.KTime, canon.Boolean: sheet.KBool, canon.Currency: sheet.KText}
	for _, tab := range sheet.Tables() {
		if tab.Truth {
			continue
		}
		c, ok := canon.Lookup(tab.Name)
		if !ok {
			t.Errorf("%s is no canonical table", tab.Name)
			continue
		}
		have := map[string]bool{}
		for _, col := range tab.Cols {
			have[col.Name] = true
			cc, ok := c.Column(col.Name)
			if !ok {
				t.Errorf("%s.%s is no canonical column", tab.Name, col.Name)
			} else if want := kinds[cc.Type]; want != col.Kind && !(cc.Type == canon.Percent && col.Kind == sheet.KRate) {
				t.Errorf("%s.%s is written as %c, its canonical type is %s", tab.Name, col.Name, col.Kind, cc.Type)
			}
		}
		for _, cc := range c.Columns {
			if cc.Required && !have[cc.Name] {
				t.Errorf("%s lacks the required column %s", tab.Name, cc.Name)
			}
		}
	}
}

func TestSameBytesOnAnyNumberOfWorkers(t *testing.T) {
	for _, o := range []Options{{Scale: .02}, {Scale: .02, Dirty: true, Seed: 5}, {Scale: .01, Format: "parquet"}} {
		t.Run(fmt.Sprintf("%s dirty %v", o.Format, o.Dirty), func(t *testing.T) {
			o.Workers = 1
			one := digests(t, generate(t, o))
			o.Workers = 4
			four := digests(t, generate(t, o))
			if len(one) != len(four) {
				t.Fatalf("%d files with one worker, %d with four", len(one), len(four))
			}
			for name, sum := range one {
				if four[name] != sum {
					t.Errorf("%s differs", name)
				}
			}
		})
	}
}

// digests are the hashes of all files below a folder.
func digests(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	out := map[string][32]byte{}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = sha256.Sum256(text)
	}
	return out
}

func TestSeedsDiffer(t *testing.T) {
	a := digests(t, generate(t, Options{Scale: .01, Seed: 1}))
	b := digests(t, generate(t, Options{Scale: .01, Seed: 2}))
	if a["order_line.csv"] == b["order_line.csv"] {
		t.Error("two seeds give the same order lines")
	}
}

func TestConfigIsAccepted(t *testing.T) {
	for _, o := range []Options{{}, {Dirty: true}, {Format: "parquet", Scale: 3, Seed: 9}} {
		o.Dir = t.TempDir()
		path := filepath.Join(o.Dir, "verso.yaml")
		c, err := config.Parse(Config(o), "verso.yaml", path, func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatalf("%+v: %v", o, err)
		}
		if c.AsOf != "2026-06-30" || c.Company.Currency != "CNY" || len(c.Tables) < 50 {
			t.Errorf("as of %s, currency %s, %d tables", c.AsOf, c.Company.Currency, len(c.Tables))
		}
		for name, s := range c.Sources {
			if !strings.HasPrefix(s.Path, o.Dir) {
				t.Errorf("source %s is at %s, outside the folder", name, s.Path)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want string
	}{
		{"no folder", Options{}, "no folder"},
		{"too small", Options{Dir: "x", Scale: .001}, "outside 0.01 to 1000"},
		{"too large", Options{Dir: "x", Scale: 1001}, "outside 0.01 to 1000"},
		{"one year", Options{Dir: "x", Years: 1}, "2 to 12"},
		{"format", Options{Dir: "x", Format: "xml"}, "csv or parquet"},
		{"dirty parquet", Options{Dir: "x", Format: "parquet", Dirty: true}, "csv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Generate(t.Context(), c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestCancelStops(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := Generate(ctx, Options{Dir: t.TempDir(), Scale: 30})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want the deadline", err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("stopped after %v", took)
	}
}

func TestPlaceboPlantsNothing(t *testing.T) {
	dir := generate(t, Options{Scale: .05, Placebo: true})
	if n := len(read(t, dir, "truth_events").rows) + len(read(t, dir, "truth_duplicate").rows) + len(read(t, dir, "truth_supplier").rows); n > 0 {
		t.Errorf("%d planted effects in a placebo", n)
	}
	d := read(t, dir, "truth_customer")
	for _, r := range d.rows {
		if d.get(r, "plant") != "" || d.get(r, "elasticity") != "-0.4" || d.get(r, "drift_date") != "" || d.get(r, "sleep_from") != "" {
			t.Fatalf("planted: %v", r)
		}
	}
}

func TestDirtyCasesAreThere(t *testing.T) {
	dir := generate(t, Options{Scale: .05, Dirty: true})
	d := read(t, dir, "truth_dirty")
	seen := map[string]int{}
	for _, r := range d.rows {
		seen[d.get(r, "kind")]++
	}
	for _, want := range []string{"file in GBK", "file with a UTF-8 byte order mark", "full-width digits", "ISBN with hyphens", "ISBN-10 in the column of ISBN-13",
		"ISBN-10 without its check character", "wrong check digit", "EAN that is no ISBN", "merged into another customer", "library under three names",
		"line without title", "negative quantity", "rate missing", "retired currency", "order in a retired currency", "currency without any rate",
		"stages out of order", "event before the order", "cancelled then delivered", "export delivered twice", "date format", "type changed in mid-year",
		"payment entered long after its date", "catalogue issued later than the order"} {
		if seen[want] == 0 {
			t.Errorf("no case of %q", want)
		}
	}
	t.Logf("%v", seen)
	bom, err := os.ReadFile(filepath.Join(dir, "data", "employee.csv"))
	if err != nil || !bytes.HasPrefix(bom, []byte("\xef\xbb\xbfemployee_id")) {
		t.Errorf("employee.csv has no byte order mark: %v", err)
	}
	again, err := os.ReadFile(filepath.Join(dir, "data", market.DuplicateFile+".csv"))
	if err != nil || bytes.Count(again, []byte("\n")) != 41 {
		t.Errorf("%s: %v", market.DuplicateFile, err)
	}
}
