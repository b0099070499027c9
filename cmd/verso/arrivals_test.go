package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
)

// The rule by which arrivals are expected stands twice: in the star, for the lines
// open today, and in the model that judges it, for those that were open on earlier
// days. What the model says of such a day is what a warehouse of that day says,
// beside what became of the lines.
func TestArrivalsAreJudgedByTheirOwnRule(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config := shippedCompany(t, dir)
	verso(t, exitDone, "refresh", "-c", config, "--skip", "rollups,site")
	asOf := time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	judged, ends := map[string][]string{}, map[int64]ending{}
	func() {
		db, release := pinned(t, dir)
		defer release()
		each(t, db, `SELECT CAST(cutoff AS VARCHAR), stage_key, lines, dated, withdrawn, judged_p50, by_p50, judged_p90, by_p90, off_p50 FROM score.arrival_backtest ORDER BY cutoff, stage_key`, func(row []any) {
			cutoff := engine.Text(row[0])
			judged[cutoff] = append(judged[cutoff], cellTexts(row[1:]))
		})
		each(t, db, `SELECT line_id, CASE WHEN is_complete THEN completed_date_key END, is_cancelled FROM core.fact_order_stage ORDER BY line_id`, func(row []any) {
			id, _ := engine.Int(row[0])
			ends[id] = ending{dayOf(t, row[1]), row[2].(bool)}
		})
	}()
	if len(judged) != 5 {
		t.Fatalf("%d earlier days are judged, want 5", len(judged))
	}
	for _, cutoff := range []string{"2025-05-31", "2025-09-30"} {
		verso(t, exitDone, "refresh", "-c", config, "--as-of", cutoff, "--full", "--skip", "models,rollups,site")
		db, release := pinned(t, dir)
		stages := map[int64][]expectation{}
		each(t, db, `SELECT current_stage_key, line_id, CAST(strftime(eta_p50, '%Y%m%d') AS INTEGER), CAST(strftime(eta_p90, '%Y%m%d') AS INTEGER) FROM core.fact_order_stage WHERE is_open AND order_date <= DATE '`+cutoff+`' ORDER BY line_id`, func(row []any) {
			stage, _ := engine.Int(row[0])
			id, _ := engine.Int(row[1])
			stages[stage] = append(stages[stage], expectation{ends[id], dayOf(t, row[2]), dayOf(t, row[3])})
		})
		release()
		var want []string
		for stage := int64(1); stage <= 9; stage++ {
			if lines := stages[stage]; len(lines) > 0 {
				want = append(want, fmt.Sprintf("%d|%s", stage, judge(lines, asOf)))
			}
		}
		if diff := cmp.Diff(want, judged[cutoff]); diff != "" || len(want) < 4 {
			t.Errorf("%s: stage, lines, dated, withdrawn, judged and here by p50, by p90, days off (-star of the day +model):\n%s", cutoff, diff)
		}
	}
}

// ending is what became of a line: the day it was here, zero for not, or that it
// was cancelled.
type ending struct {
	completed time.Time
	cancelled bool
}

// expectation is what was expected of an open line, zero for no day, and its end.
type expectation struct {
	ending
	p50, p90 time.Time
}

// judge counts expectations as score.arrival_backtest does.
func judge(lines []expectation, asOf time.Time) string {
	var dated, withdrawn, judged50, by50, judged90, by90 int
	var off []int
	due := func(day time.Time) bool { return !day.IsZero() && !day.After(asOf) }
	for _, l := range lines {
		arrived := !l.completed.IsZero()
		gone := !arrived && l.cancelled
		if !l.p50.IsZero() {
			dated++
			if gone {
				withdrawn++
			}
		}
		if due(l.p50) {
			judged50 += count(!gone)
			by50 += count(arrived && !l.completed.After(l.p50))
			if arrived {
				off = append(off, int(l.completed.Sub(l.p50).Abs().Hours()/24))
			}
		}
		if due(l.p90) {
			judged90 += count(!gone)
			by90 += count(arrived && !l.completed.After(l.p90))
		}
	}
	middle := ""
	if slices.Sort(off); len(off) > 0 {
		middle = fmt.Sprint(off[(len(off)+1)/2-1])
	}
	return fmt.Sprintf("%d|%d|%d|%d|%d|%d|%d|%s", len(lines), dated, withdrawn, judged50, by50, judged90, by90, middle)
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

func each(t *testing.T, db engine.Database, sql string, row func([]any)) {
	t.Helper()
	if err := engine.Rows(t.Context(), db, engine.SQL(sql), func(values []any) error { row(values); return nil }); err != nil {
		t.Fatal(err)
	}
}

func cellTexts(row []any) string {
	out := make([]string, len(row))
	for i, v := range row {
		out[i] = strings.Clone(engine.Text(v))
	}
	return strings.Join(out, "|")
}

// dayOf reads a day written as 20251231; null is the zero time.
func dayOf(t *testing.T, v any) time.Time {
	t.Helper()
	if v == nil {
		return time.Time{}
	}
	day, err := time.Parse("20060102", engine.Text(v))
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// shippedCompany writes a company whose order lines of 500 days come by six stages:
// of a fast publisher and a slow one, some of titles yet to appear, some in two
// parts, some cancelled on their way. Nothing but events tells what became of them.
func shippedCompany(t *testing.T, dir string) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(11, 1))
	last := time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
	files := map[string]*strings.Builder{}
	add := func(name, format string, args ...any) {
		if files[name] == nil {
			files[name] = &strings.Builder{}
		}
		fmt.Fprintf(files[name], format+"\n", args...)
	}
	add("customer", "customer_id,name\n1,Library")
	add("supplier", "supplier_id,name\n1,Fast\n2,Slow")
	add("title", "title_id,title,publisher_id,pub_date")
	for i := 1; i <= 40; i++ {
		add("title", "%d,Title %d,%d,%s", i, i, 1+i%2, last.AddDate(0, 0, -rng.IntN(900)).Format(time.DateOnly))
	}
	add("order_header", "order_id,order_no,customer_id,order_date")
	add("order_line", "line_id,order_id,line_no,title_id,qty_ordered,unit_price")
	add("order_line_stage_event", "event_id,line_id,stage,event_ts,qty")
	events := 0
	for id := 1; id <= 1500; id++ {
		title, copies, day := 1+rng.IntN(40), 1+rng.IntN(2), last.AddDate(0, 0, -rng.IntN(500))
		add("order_header", "%d,A%d,1,%s", id, id, day.Format(time.DateOnly))
		add("order_line", "%d,%d,1,%d,%d,100", id, id, title, copies)
		event := func(stage string, at time.Time, qty int) {
			if events++; !at.After(last) {
				add("order_line_stage_event", "%d,%d,%s,%s 09:00:00,%d", events, id, stage, at.Format(time.DateOnly), qty)
			}
		}
		slow, ends := 1+title%2, rng.IntN(30) // of thirty lines one ends at each of the stages
		for i, stage := range []string{"received", "supplier_ordered", "shipped_abroad", "arrived_port", "inbound", "delivered"} {
			if ends == i && i > 0 {
				event("cancelled", day, copies)
				break
			}
			second := day
			if copies == 2 && rng.IntN(3) == 0 {
				event(stage, day, 1)
				second = day.AddDate(0, 0, 1+rng.IntN(4))
				event(stage, second, 1)
			} else {
				event(stage, day, copies)
			}
			day = second.AddDate(0, 0, 1+rng.IntN(7*slow)+[]int{0, 0, 0, 20 * rng.IntN(2), 0, 0}[i])
		}
	}
	config := "version: 1\ncompany: {name: Shipped, currency: CNY}\nas_of: 2025-12-31\nsources:\n"
	tables := "tables:\n"
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name].String()
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		header, _, _ := strings.Cut(text, "\n")
		var columns []string
		for c := range strings.SplitSeq(header, ",") {
			columns = append(columns, c+": "+c)
		}
		config += "  " + name + ": {kind: file, path: " + name + ".csv}\n"
		tables += "  " + name + ":\n    from: " + name + "\n    columns: {" + strings.Join(columns, ", ") + "}\n"
	}
	path := filepath.Join(dir, "verso.yaml")
	if err := os.WriteFile(path, []byte(config+tables), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
