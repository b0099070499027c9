package extract

import (
	"strings"
	"testing"
	"time"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/etl/landing"
	"verso/etl/source"
)

func TestWhole(t *testing.T) {
	b := newBench(t, nil, "id INTEGER, n INTEGER", "(1, 10), (2, 20)")
	b.lands(landing.Full, "1|10", "2|20")
	b.lands(landing.Full) // as it was
	b.exec("UPDATE src SET n = 21 WHERE id = 2")
	if out := b.lands(landing.Full, "1|10", "2|21"); !out.Direct || out.Segment.No != 2 || out.Segment.Offset != 0 {
		t.Errorf("%+v", out.Segment)
	}
	b.exec("ALTER TABLE src RENAME n TO m")
	b.lands(landing.Full, "1|10", "2|21")
	b.job.Full = true
	b.lands(landing.Full) // nothing of it can be different
	b.chain.Segments[len(b.chain.Segments)-1].Kind = landing.Delta
	b.lands(landing.Full, "1|10", "2|21") // its last whole one is another
	b.lose = 1
	b.refuses("3 records were read, but 2 landed")
	b.job.SQL = "SELECT * FROM nothing"
	b.refuses("nothing")
}

// A whole segment of a table with a way of its own is always kept: it begins
// anew what is known of it.
func TestWholeAgain(t *testing.T) {
	b := newBench(t, &config.Incremental{By: "updated_at"}, "id INTEGER, updated_at TIMESTAMP", "(1, '2026-03-01')")
	b.lands(landing.Full, "1|2026-03-01")
	b.job.Full = true
	b.lands(landing.Full, "1|2026-03-01")
}

func TestSince(t *testing.T) {
	for name, x := range map[string]struct {
		kind          string
		way           config.Incremental
		first, second string // values of the column: of two rows, and of what comes later
		wants         []string
		marks         [2]string
	}{
		"moments":          {"TIMESTAMP", config.Incremental{By: "updated_at"}, "'2026-03-01', '2026-03-02 10:00'", "'2026-03-02 09:00', '2026-03-02 10:00', '2026-03-03', NULL, '2026-03-12'", []string{"2", "4", "5", "6", "7"}, [2]string{"2026-03-02 10:00:00", "2026-03-03 00:00:00"}},
		"with overlap":     {"TIMESTAMP", config.Incremental{By: "updated_at", Overlap: "2h"}, "'2026-03-01', '2026-03-02 10:00'", "'2026-03-02 09:00', '2026-03-02 07:00'", []string{"2", "3"}, [2]string{"2026-03-02 10:00:00", "2026-03-02 10:00:00"}},
		"tomorrow":         {"TIMESTAMP", config.Incremental{By: "updated_at"}, "'2026-03-01', '2026-03-11 12:00'", "'2026-03-11 12:00:01'", []string{"2", "3"}, [2]string{"2026-03-11 12:00:00", "2026-03-11 12:00:00"}},
		"fractions":        {"TIMESTAMP", config.Incremental{By: "updated_at"}, "'2026-03-01', '2026-03-02 10:00:00.25'", "'2026-03-02 10:00:00.2'", []string{"2"}, [2]string{"2026-03-02 10:00:00.25", "2026-03-02 10:00:00.25"}},
		"moments of zones": {"TIMESTAMPTZ", config.Incremental{By: "updated_at", Overlap: "1h"}, "'2026-03-01 00:00:00+00', '2026-03-02 10:00:00+08'", "'2026-03-02 09:00:00+08', '2026-03-02 08:59:00+08'", []string{"2", "3"}, [2]string{"2026-03-02 02:00:00", "2026-03-02 02:00:00"}},
		"dates":            {"DATE", config.Incremental{By: "day", Overlap: "1d"}, "'2026-03-01', '2026-03-05'", "'2026-03-04', '2026-03-03', '2026-03-20'", []string{"2", "3", "5"}, [2]string{"2026-03-05", "2026-03-05"}},
		"texts of days":    {"VARCHAR", config.Incremental{By: "day"}, "'2026-03-01', '2026-03-05'", "'2026-03-04', '2026-03-06'", []string{"2", "4"}, [2]string{"2026-03-05", "2026-03-06"}},
		"numbers":          {"INTEGER", config.Incremental{By: "n", Overlap: "3"}, "90, 100", "97, 96, 101, NULL", []string{"2", "3", "5", "6"}, [2]string{"100", "101"}},
		"keys":             {"INTEGER", config.Incremental{By: config.ByKey}, "9, 10", "11", []string{"3"}, [2]string{"2", "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			column := x.way.By
			if column == config.ByKey {
				column = "n"
			}
			values := func(list string, from int) string {
				var rows []string
				for i, v := range strings.Split(list, ", ") {
					rows = append(rows, "("+string(rune('0'+from+i))+", "+v+")")
				}
				return strings.Join(rows, ", ")
			}
			b := newBench(t, &x.way, "id INTEGER, "+column+" "+x.kind, values(x.first, 1))
			b.job.SQL = "SELECT id, " + column + " FROM src"
			out, err := b.from(b)
			if err != nil || out.Segment.Kind != landing.Full {
				t.Fatal(out, err)
			}
			b.at(landing.Position{Watermark: x.marks[0]})
			b.exec("INSERT INTO src VALUES " + values(x.second, 3))
			if out, err = b.from(b); err != nil {
				t.Fatal(err)
			}
			b.at(landing.Position{Watermark: x.marks[1]})
			if g := out.Segment; g.Kind != landing.Delta || g.Offset != 2 || g.Window != nil {
				t.Errorf("%+v", g)
			}
			ids := b.rows("SELECT id FROM read_parquet('" + b.dir + "/" + out.Segment.File + "')")
			if got := strings.Join(ids, " "); got != strings.Join(x.wants, " ") {
				t.Errorf("read again: %s, want %v", got, x.wants)
			}
		})
	}
}

// A night without rows leaves the chain and its watermark as they are.
func TestNothingNew(t *testing.T) {
	b := newBench(t, &config.Incremental{By: config.ByKey}, "id INTEGER, n INTEGER", "(1, 10)")
	b.lands(landing.Full, "1|10")
	b.lands(landing.Delta)
	b.at(landing.Position{Watermark: "1"})
	b.exec("INSERT INTO src VALUES (10, 1)") // above as a number, below as a text
	b.lands(landing.Delta, "10|1")
	b.at(landing.Position{Watermark: "10"})
	b.exec("INSERT INTO src VALUES (9, 1)")
	b.lands(landing.Delta)
	b.chain.Position.Watermark = "5"
	b.lands(landing.Delta, "10|1", "9|1")
	b.at(landing.Position{Watermark: "10"})
}

// Columns that a mapping does not have, or of kinds that no watermark is kept of.
func TestUnfit(t *testing.T) {
	b := newBench(t, &config.Incremental{By: "n"}, "id INTEGER, n VARCHAR", "(1, 'a')")
	b.refuses("the watermark column n arrives as text")
	b = newBench(t, &config.Incremental{By: "updated_at"}, "id INTEGER, n INTEGER", "(1, 1)")
	b.refuses("the mapping has no column updated_at, which incremental needs")
	b = newBench(t, &config.Incremental{By: "updated_at"}, "id INTEGER, changed TIMESTAMP", "(1, '2026-03-01')")
	b.job.Source = map[string]string{"id": "id", "updated_at": "CHANGED"} // as the mapping names it, in whatever case
	b.lands(landing.Full, "1|2026-03-01")
	b.at(landing.Position{Watermark: "2026-03-01 00:00:00"})
	b.chain.Position.Watermark = "yesterday"
	b.refuses(`the watermark "yesterday" is neither a number nor a date`)
	b = newBench(t, &config.Incremental{Compare: true}, "n INTEGER", "(1)")
	b.refuses("the mapping has no column id")
}

func TestWindow(t *testing.T) {
	b := newBench(t, &config.Incremental{Window: "day", Days: 3}, "id INTEGER, day DATE", "(1, '2026-03-01'), (2, '2026-03-05'), (3, NULL)")
	b.lands(landing.Full, "1|2026-03-01", "2|2026-03-05", "3|")
	b.at(landing.Position{Watermark: "2026-03-05"})
	b.exec("INSERT INTO src VALUES (4, '2026-03-06'), (5, '2026-03-02'), (6, '2026-03-01')")
	out := b.lands(landing.Delta, "2|2026-03-05", "3|", "4|2026-03-06", "5|2026-03-02")
	if w := out.Segment.Window; w == nil || *w != (landing.Window{Column: "day", From: "2026-03-02", Null: true}) {
		t.Errorf("window %+v", w)
	}
	b.at(landing.Position{Watermark: "2026-03-06"})
	b.chain.Position.Watermark = ""
	out = b.lands(landing.Delta, "1|2026-03-01", "2|2026-03-05", "3|", "4|2026-03-06", "5|2026-03-02", "6|2026-03-01")
	if w := out.Segment.Window; w == nil || w.From != "" || w.To != "" || !w.Null {
		t.Errorf("window without a watermark: %+v", w)
	}
}

// A period is read again by mappings that can be asked for one, and the watermark
// stays: what came since is read by the next refresh.
func TestPeriod(t *testing.T) {
	period := &Period{From: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 3, 0, 0, 0, 0, time.UTC)}
	const rows = "(1, '2026-02-28'), (2, '2026-03-01'), (3, '2026-03-02'), (4, '2026-03-03'), (5, NULL)"
	b := newBench(t, &config.Incremental{By: "day"}, "id INTEGER, day DATE", rows)
	b.job.Period = period
	b.lands(landing.Full, "1|2026-02-28", "2|2026-03-01", "3|2026-03-02", "4|2026-03-03", "5|") // there was nothing yet
	b.exec("INSERT INTO src VALUES (6, '2026-03-04')")
	if out := b.lands(landing.Delta, "2|2026-03-01", "3|2026-03-02"); out.Segment.Window != nil {
		t.Error("rows of a watermark that were not read may only have moved on")
	}
	b.at(landing.Position{Watermark: "2026-03-03"})
	b.job.Way = &config.Incremental{Window: "day", Days: 1}
	out := b.lands(landing.Delta, "2|2026-03-01", "3|2026-03-02")
	if w := out.Segment.Window; w == nil || *w != (landing.Window{Column: "day", From: "2026-03-01", To: "2026-03-03"}) {
		t.Errorf("window %+v", w)
	}
	b.job.Way, b.job.Period = &config.Incremental{By: "day"}, &Period{From: period.From, To: noon()}
	b.lands(landing.Delta, "2|2026-03-01", "3|2026-03-02", "4|2026-03-03", "6|2026-03-04")
	b.at(landing.Position{Watermark: "2026-03-03"})                                  // though the period went beyond it
	for _, way := range []*config.Incremental{{By: config.ByKey}, {Compare: true}} { // these read what they always do
		b := newBench(t, way, "id INTEGER, day DATE", rows)
		b.lands(landing.Full, "1|2026-02-28", "2|2026-03-01", "3|2026-03-02", "4|2026-03-03", "5|")
		b.job.Period = period
		b.exec("INSERT INTO src VALUES (6, '2026-03-04')")
		b.lands(landing.Delta, "6|2026-03-04")
	}
}

func TestCompare(t *testing.T) {
	b := newBench(t, &config.Incremental{Compare: true}, "id INTEGER, n INTEGER", "(1, 10), (2, 20), (3, 30), (NULL, 0), (4, 40), (4, 41)")
	b.lands(landing.Full, "1|10", "2|20", "3|30", "4|40", "4|41", "|0")
	if known := b.rows("SELECT id FROM read_parquet('" + b.dir + "/" + b.chain.Position.Known + "')"); len(known) != 5 {
		t.Errorf("digests of %v, want one for each key", known)
	}
	before := b.chain.Position.Known
	b.lands(landing.Delta) // as it was
	if b.chain.Position.Known != before {
		t.Error("the digests are others after a night without changes")
	}
	b.exec("UPDATE src SET n = 21 WHERE id = 2; UPDATE src SET n = 42 WHERE n = 41; DELETE FROM src WHERE id = 3 OR id IS NULL; INSERT INTO src VALUES (5, NULL)")
	out := b.lands(landing.Delta, "2|21", "4|40", "4|42", "5|", "-", "-3")
	if out.Direct || !out.Segment.Whole || out.Report.Read != 5 || out.Segment.Read != 4 {
		t.Errorf("%+v, %+v", out.Segment, out.Report)
	}
	b.exec("DELETE FROM src WHERE id = 5")
	b.lands(landing.Delta, "-5")
	b.exec("ALTER TABLE src ADD m INTEGER")
	b.lands(landing.Full, "1|10|", "2|21|", "4|40|", "4|42|")
	b.lands(landing.Delta)
}

// A key column with a default that the source does not have is no part of the
// comparison.
func TestCompareWithoutDefault(t *testing.T) {
	b := newBench(t, &config.Incremental{Compare: true}, "id INTEGER, n INTEGER", "(1, 10), (2, 20)")
	b.job.Table.Key = []string{"id", "kind"}
	b.job.Table.Columns = append(b.job.Table.Columns, canon.Column{Name: "kind", Type: canon.Text, Default: "x"})
	b.lands(landing.Full, "1|10", "2|20")
	b.exec("UPDATE src SET n = 11 WHERE id = 1; DELETE FROM src WHERE id = 2")
	b.lands(landing.Delta, "1|11", "-2")
	b = newBench(t, &config.Incremental{Compare: true}, "id INTEGER, kind VARCHAR", "(1, 'a'), (1, 'b')")
	b.job.Table.Key = []string{"id", "kind"}
	b.job.Table.Columns = append(b.job.Table.Columns, canon.Column{Name: "kind", Type: canon.Text, Default: "x"})
	b.lands(landing.Full, "1|a", "1|b")
	b.exec("DELETE FROM src WHERE kind = 'b'")
	b.lands(landing.Delta, "-1|b")
}

func TestLog(t *testing.T) {
	for name, x := range map[string]struct{ kind, first, second string }{
		"moments":          {"TIMESTAMP", "2026-03-01 10:00:00", "2026-03-02 08:30:00"},
		"moments of zones": {"TIMESTAMPTZ", "2026-03-01 10:00:00+00", "2026-03-02 08:30:00+00"},
		"numbers":          {"INTEGER", "7", "10"}, // the larger number, not the larger text
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, &config.Incremental{Log: "SELECT id, changed AS changed_at FROM changes;\n"}, "id INTEGER, n INTEGER", "(1, 10), (2, 20), (3, 30), (4, 40)")
			b.exec("CREATE TABLE changes (id INTEGER, changed " + x.kind + "); INSERT INTO changes VALUES (4, '" + x.first + "')")
			b.lands(landing.Full, "1|10", "2|20", "3|30", "4|40")
			b.at(landing.Position{Log: x.first})
			b.exec("UPDATE src SET n = 21 WHERE id = 2; UPDATE src SET n = 11 WHERE id = 1; DELETE FROM src WHERE id = 3; INSERT INTO changes VALUES (2, '" + x.second + "'), (3, '" + x.second + "')")
			b.lands(landing.Delta, "2|21", "4|40", "-3") // from the last change on; of 1 the log does not tell
			b.at(landing.Position{Log: x.second})
			b.exec("DELETE FROM changes")
			b.lands(landing.Delta)
			b.at(landing.Position{Log: x.second})
		})
	}
	b := newBench(t, &config.Incremental{Log: "SELECT id, changed_at FROM changes"}, "id INTEGER", "(1)")
	b.exec("CREATE TABLE changes (id INTEGER, changed_at TIMESTAMP)")
	b.lands(landing.Full, "1")
	b.at(landing.Position{})
}

func TestLater(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want bool
	}{{"10", "9", true}, {"9", "10", false}, {"9", "9", false}, {"b", "a", true}, {"a", "b", false}, {"a", "a", false}, {"10", "9a", false}, {"9a", "10", true}, {"", "1", false}} {
		if got := later(x.a, x.b); got != x.want {
			t.Errorf("%q later than %q: %v", x.a, x.b, got)
		}
	}
}

func TestSameColumns(t *testing.T) {
	a := []source.Column{{Name: "a", Type: "DATE"}, {Name: "b", Type: "DATE"}}
	if !sameColumns(a, a) || sameColumns(a, a[:1]) || sameColumns(a[:1], a) || sameColumns(a, []source.Column{a[0], {Name: "b", Type: "TIMESTAMP"}}) {
		t.Error("columns are told apart by name, type and number")
	}
}
