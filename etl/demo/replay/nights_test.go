package replay_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/etl/canon"
	"verso/etl/demo/replay"
)

// table is a CSV file: its header and its records.
type table struct {
	header  []string
	records [][]string
}

func read(t *testing.T, path string) table {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(path, err)
	}
	return table{records[0], records[1:]}
}

// at is the position of a column, -1 when the table lacks it.
func (b table) at(column string) int { return slices.Index(b.header, column) }

// row is a record by column.
func (b table) row(record []string) map[string]string {
	row := map[string]string{}
	for i, c := range b.header {
		row[c] = record[i]
	}
	return row
}

// identity tells a record of a table from the others: by its canonical key, or
// for a table without one by all that it holds.
func (b table) identity(name string) func(record []string) string {
	t, _ := canon.Lookup(name)
	var places []int
	for _, c := range t.Key {
		places = append(places, b.at(c))
	}
	for i, c := range b.header {
		if len(t.Key) == 0 && c != "is_deleted" && c != "updated_at" {
			places = append(places, i)
		}
	}
	return func(record []string) string {
		parts := make([]string, len(places))
		for i, place := range places {
			parts[i] = record[place]
		}
		return strings.Join(parts, ", ")
	}
}

// plans are the dates that may lie ahead of the evening: what is due, promised,
// planned, valid or announced until then.
func plans() []string {
	return []string{
		"activity.next_step_date", "calendar_event.date", "campaign.plan_start", "campaign.plan_end", "catalogue_item.deadline",
		"channel_partner.cert_until", "contract.end_date", "invoice.due_date", "opportunity.expected_close", "order_header.required_date",
		"order_line_stage_event.promised_date", "purchase_line.due_date", "quote.valid_to", "supplier_invoice.due_date", "title.pub_date",
	}
}

// ahead lists the columns of a table with a value after the day.
func ahead(name string, b table, day time.Time) (found []string) {
	t, _ := canon.Lookup(name)
	for _, c := range t.Columns {
		place := b.at(c.Name)
		if place < 0 || c.Type != canon.Date && c.Type != canon.Timestamp || slices.Contains(plans(), name+"."+c.Name) {
			continue
		}
		for _, record := range b.records {
			if v := record[place]; len(v) >= 10 && v[:10] > day.Format(time.DateOnly) {
				found = append(found, fmt.Sprintf("%s.%s shows %s", name, c.Name, v))
				break
			}
		}
	}
	return found
}

// TestNights replays every night of a small company: nothing of the future is
// visible, and the first evening with the days' deltas folded into it by key is
// the evening's snapshot.
func TestNights(t *testing.T) {
	from, asOf := small(t, .02, "csv")
	const nights = 10
	r, err := replay.Open(t.Context(), connection(t), replay.Options{From: from, AsOf: asOf, Nights: nights, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	folded := map[string]map[string]string{} // table → identity → record
	for night := range nights + 1 {
		day := r.First().AddDate(0, 0, night)
		dir := filepath.Join(t.TempDir(), "data")
		if err := r.Snapshot(t.Context(), dir, day); err != nil {
			t.Fatal(err)
		}
		if night > 0 {
			if err := r.Delta(t.Context(), dir, day); err != nil {
				t.Fatal(err)
			}
		}
		for _, name := range replay.Tables() {
			whole := read(t, filepath.Join(dir, name+".csv"))
			for _, problem := range ahead(name, whole, day) {
				t.Errorf("on %s %s", day.Format(time.DateOnly), problem)
			}
			changed := whole
			if night > 0 {
				changed = read(t, filepath.Join(dir, name, day.Format(time.DateOnly)+".csv"))
			} else {
				folded[name] = map[string]string{}
			}
			fold(t, name, folded[name], changed)
			want := map[string]string{}
			fold(t, name, want, whole)
			if !maps.Equal(want, folded[name]) {
				t.Fatalf("%s of %s: deltas folded differ from the snapshot (-snapshot +folded):\n%.2000s", name, day.Format(time.DateOnly), cmp.Diff(want, folded[name]))
			}
		}
	}
}

// fold applies one day's rows by key.
func fold(t *testing.T, name string, into map[string]string, b table) {
	t.Helper()
	id, deleted := b.identity(name), b.at("is_deleted")
	for _, record := range b.records {
		key := id(record)
		if record[deleted] == "true" {
			if _, ok := into[key]; !ok {
				t.Errorf("%s: %s is deleted and never was there", name, key)
			}
			delete(into, key)
			continue
		}
		into[key] = strings.Join(record, "|")
	}
}

// TestLastNight compares the last evening with the complete company: row for
// row and value for value, but for rows that were deleted.
func TestLastNight(t *testing.T) {
	from, asOf := small(t, .05, "csv")
	r, err := replay.Open(t.Context(), connection(t), replay.Options{From: from, AsOf: asOf, Nights: 60, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	if err := r.Snapshot(t.Context(), to, asOf); err != nil {
		t.Fatal(err)
	}
	deleted := map[string]bool{}
	for _, z := range truth(t, r) {
		if z["kind"] == "deleted" {
			deleted[z["table"]+"|"+z["key"]] = true
		}
	}
	for _, name := range replay.Tables() {
		complete, last := read(t, filepath.Join(from, name+".csv")), read(t, filepath.Join(to, name+".csv"))
		var columns []string
		for _, c := range complete.header {
			if c != "updated_at" {
				columns = append(columns, c)
			}
		}
		own := func(record []string) bool { return !deleted[name+"|"+complete.row(record)[firstKey(name)]] }
		if !slices.Equal(values(complete, columns, own), values(last, columns, nil)) {
			t.Errorf("%s (-complete +last night):\n%.2000s", name, cmp.Diff(values(complete, columns, own), values(last, columns, nil)))
		}
	}
}

// firstKey is the key of the tables that lose rows, which have one column.
func firstKey(name string) string {
	if t, _ := canon.Lookup(name); len(t.Key) == 1 {
		return t.Key[0]
	}
	return ""
}

// values are the records of a table, sorted, each its columns joined; numbers
// lose the zeros after their point.
func values(b table, columns []string, keep func(record []string) bool) []string {
	var all []string
	for _, record := range b.records {
		if keep != nil && !keep(record) {
			continue
		}
		parts := make([]string, len(columns))
		for i, c := range columns {
			v := record[b.at(c)]
			if strings.Contains(v, ".") && strings.Trim(v, "-0123456789.") == "" {
				v = strings.TrimRight(strings.TrimRight(v, "0"), ".")
			}
			parts[i] = v
		}
		all = append(all, strings.Join(parts, "|"))
	}
	slices.Sort(all)
	return all
}

// truth is what a replay planted, row by row.
func truth(t *testing.T, r *replay.Replay) (rows []map[string]string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "replay_truth.csv")
	if err := r.WriteTruth(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	b := read(t, path)
	for _, record := range b.records {
		rows = append(rows, b.row(record))
	}
	return rows
}

// evenings reads the tables that have troubles, on the evenings asked for.
type evenings struct {
	t    *testing.T
	r    *replay.Replay
	dir  string
	seen map[string]map[string]map[string]string // table and day → key → row
}

// show is a row on an evening, nil when it is not there.
func (e *evenings) show(name string, day time.Time, key string) map[string]string {
	id := name + day.Format(time.DateOnly)
	if e.seen[id] == nil {
		to := filepath.Join(e.dir, day.Format(time.DateOnly))
		if _, err := os.Stat(to); err != nil {
			if err := e.r.Snapshot(e.t.Context(), to, day); err != nil {
				e.t.Fatal(err)
			}
		}
		b := read(e.t, filepath.Join(to, name+".csv"))
		e.seen[id] = map[string]map[string]string{}
		of := b.identity(name)
		for _, record := range b.records {
			e.seen[id][of(record)] = b.row(record)
		}
	}
	return e.seen[id][key]
}

// TestTroubles holds the truth file against the evenings before and after each
// trouble.
func TestTroubles(t *testing.T) {
	from, asOf := small(t, .03, "csv")
	r, err := replay.Open(t.Context(), connection(t), replay.Options{From: from, AsOf: asOf, Nights: 10, Seed: 3,
		Tables: []string{"activity", "customer", "fx_rate", "order_header", "order_line", "payment", "quote", "return_line", "ticket", "title"}})
	if err != nil {
		t.Fatal(err)
	}
	e := &evenings{t: t, r: r, dir: t.TempDir(), seen: map[string]map[string]map[string]string{}}
	kinds := map[string]int{}
	for _, z := range truth(t, r) {
		kinds[z["kind"]]++
		night, err := time.Parse(time.DateOnly, z["night"])
		if err != nil {
			t.Fatal(err)
		}
		if z["kind"] == "duplicate export" {
			continue
		}
		before, after := e.show(z["table"], night.AddDate(0, 0, -1), z["key"]), e.show(z["table"], night, z["key"])
		late, gone := z["kind"] == "late" || z["kind"] == "rate late", z["kind"] == "deleted"
		if (before == nil) != late || (after == nil) != gone {
			t.Errorf("%s %s %s on %s: was there before: %v, after: %v", z["kind"], z["table"], z["key"], z["night"], before != nil, after != nil)
			continue
		}
		if c := z["column"]; c != "" && (before[c] != z["shown"] || after[c] == z["shown"] || after["updated_at"][:10] != z["night"]) {
			t.Errorf("%s %s %s: %s showed %q, then %q at %s; planted %q until %s", z["kind"], z["table"], z["key"], c, before[c], after[c], after["updated_at"], z["shown"], z["night"])
		}
	}
	for _, kind := range []string{"late", "price corrected", "quantity corrected", "bad row", "deleted", "customer type changed", "customer region changed",
		"customer salesperson changed", "customer class moved", "customer merged", "rate late", "title class moved", "duplicate export"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s planted", kind)
		}
	}
}

// TestSameBytes writes an evening and a day twice, on other connections.
func TestSameBytes(t *testing.T) {
	for _, format := range []string{"csv", "parquet"} {
		from, asOf := small(t, .02, format)
		var files [2]map[string]string
		for i := range files {
			r, err := replay.Open(t.Context(), connection(t), replay.Options{From: from, Format: format, AsOf: asOf, Nights: 10, Seed: 5})
			if err != nil {
				t.Fatal(err)
			}
			to := t.TempDir()
			if err := r.Snapshot(t.Context(), to, asOf.AddDate(0, 0, -4)); err != nil {
				t.Fatal(err)
			}
			if err := r.Delta(t.Context(), to, asOf.AddDate(0, 0, -4)); err != nil {
				t.Fatal(err)
			}
			files[i] = map[string]string{}
			for _, name := range replay.Tables() {
				for _, path := range []string{name + "." + format, filepath.Join(name, "2026-06-26."+format)} {
					raw, err := os.ReadFile(filepath.Join(to, path))
					if err != nil {
						t.Fatal(err)
					}
					files[i][path] = string(raw)
				}
			}
		}
		for path, raw := range files[0] {
			if raw != files[1][path] {
				t.Errorf("%s differs between two runs", path)
			}
		}
	}
}
