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

// table is a CSV file as rows of column → text.
type table []map[string]string

func read(t *testing.T, path string) (header []string, rows table) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(path, err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, v := range record {
			row[records[0][i]] = v
		}
		rows = append(rows, row)
	}
	return records[0], rows
}

// identity tells a row of a table from the others: by its canonical key, or for
// a table without one by all that it holds.
func identity(name string) func(row map[string]string) string {
	t, _ := canon.Lookup(name)
	columns := t.Key
	if len(columns) == 0 {
		for _, c := range replay.Columns(name) {
			if c != "is_deleted" && c != "updated_at" {
				columns = append(columns, c)
			}
		}
	}
	return func(row map[string]string) string {
		parts := make([]string, len(columns))
		for i, c := range columns {
			parts[i] = row[c]
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
func ahead(name string, rows table, day time.Time) (found []string) {
	t, _ := canon.Lookup(name)
	for _, c := range t.Columns {
		if c.Type != canon.Date && c.Type != canon.Timestamp || slices.Contains(plans(), name+"."+c.Name) {
			continue
		}
		for _, row := range rows {
			if v := row[c.Name]; len(v) >= 10 && v[:10] > day.Format(time.DateOnly) {
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
	const nights = 12
	r, err := replay.Open(t.Context(), connection(t), replay.Options{From: from, AsOf: asOf, Nights: nights, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	folded := map[string]map[string]map[string]string{}
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
			_, rows := read(t, filepath.Join(dir, name+".csv"))
			for _, problem := range ahead(name, rows, day) {
				t.Errorf("on %s %s", day.Format(time.DateOnly), problem)
			}
			changed := rows
			if night > 0 {
				_, changed = read(t, filepath.Join(dir, name, day.Format(time.DateOnly)+".csv"))
			} else {
				folded[name] = map[string]map[string]string{}
			}
			fold(t, name, folded[name], changed)
			want, id := map[string]map[string]string{}, identity(name)
			for _, row := range rows {
				want[id(row)] = row
			}
			if !maps.EqualFunc(want, folded[name], maps.Equal[map[string]string]) {
				diff := cmp.Diff(want, folded[name])
				t.Fatalf("%s of %s: deltas folded differ from the snapshot (-snapshot +folded):\n%.2000s", name, day.Format(time.DateOnly), diff)
			}
		}
	}
}

// fold applies one day's rows by key.
func fold(t *testing.T, name string, into map[string]map[string]string, rows table) {
	t.Helper()
	id := identity(name)
	for _, row := range rows {
		if row["is_deleted"] == "true" {
			if _, ok := into[id(row)]; !ok {
				t.Errorf("%s: %s is deleted and never was there", name, id(row))
			}
			delete(into, id(row))
			continue
		}
		into[id(row)] = row
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
	if err := r.WriteTruth(t.Context(), filepath.Join(to, "replay_truth.csv")); err != nil {
		t.Fatal(err)
	}
	deleted := map[string]bool{}
	_, truth := read(t, filepath.Join(to, "replay_truth.csv"))
	for _, row := range truth {
		if row["kind"] == "deleted" {
			deleted[row["table"]+"|"+row["key"]] = true
		}
	}
	for _, name := range replay.Tables() {
		header, complete := read(t, filepath.Join(from, name+".csv"))
		header = slices.DeleteFunc(header, func(c string) bool { return c == "updated_at" })
		_, last := read(t, filepath.Join(to, name+".csv"))
		var want, got []string
		id := identity(name)
		for _, row := range complete {
			if !deleted[name+"|"+id(row)] {
				want = append(want, values(header, row))
			}
		}
		for _, row := range last {
			got = append(got, values(header, row))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			diff := cmp.Diff(want, got)
			t.Errorf("%s (-complete +last night):\n%.2000s", name, diff)
		}
	}
}

// values joins a row's values; numbers lose the zeros after their point.
func values(header []string, row map[string]string) string {
	parts := make([]string, len(header))
	for i, c := range header {
		v := row[c]
		if strings.Contains(v, ".") && strings.Trim(v, "-0123456789.") == "" {
			v = strings.TrimRight(strings.TrimRight(v, "0"), ".")
		}
		parts[i] = v
	}
	return strings.Join(parts, "|")
}

// TestTroubles holds the truth file against the evenings before and after each
// trouble.
func TestTroubles(t *testing.T) {
	from, asOf := small(t, .05, "csv")
	r, err := replay.Open(t.Context(), connection(t), replay.Options{From: from, AsOf: asOf, Nights: 30, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := r.WriteTruth(t.Context(), filepath.Join(dir, "truth.csv")); err != nil {
		t.Fatal(err)
	}
	_, truth := read(t, filepath.Join(dir, "truth.csv"))
	evenings := map[string]map[string]map[string]string{}
	show := func(name string, day time.Time, key string) map[string]string {
		id := name + day.Format(time.DateOnly)
		if evenings[id] == nil {
			to := filepath.Join(dir, day.Format(time.DateOnly))
			if _, err := os.Stat(to); err != nil {
				if err := r.Snapshot(t.Context(), to, day); err != nil {
					t.Fatal(err)
				}
			}
			evenings[id] = map[string]map[string]string{}
			of := identity(name)
			_, rows := read(t, filepath.Join(to, name+".csv"))
			for _, row := range rows {
				evenings[id][of(row)] = row
			}
		}
		return evenings[id][key]
	}
	kinds := map[string]int{}
	for _, z := range truth {
		kinds[z["kind"]]++
		night, err := time.Parse(time.DateOnly, z["night"])
		if err != nil {
			t.Fatal(err)
		}
		if z["kind"] == "duplicate export" {
			continue
		}
		before, after := show(z["table"], night.AddDate(0, 0, -1), z["key"]), show(z["table"], night, z["key"])
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
	t.Log(kinds)
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
