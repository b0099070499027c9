package check

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

func TestParse(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"complete":    {"-- severity: warn\n-- threshold: 0.5\n-- description: d: e\n-- hint: h\n-- tested: SELECT 1\nSELECT 2;\n", ""},
		"no severity": {"-- description: d\n-- hint: h\n-- tested: SELECT 1\nSELECT 2\n", "severity"},
		"no select":   {"-- severity: warn\n-- description: d\n-- hint: h\n-- tested: SELECT 1\n", "SELECT"},
		"unknown key": {"-- severty: warn\nSELECT 1\n", `unknown key "severty"`},
		"threshold":   {"-- threshold: much\nSELECT 1\n", "much"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := parse("x", tt.text)
			if tt.want == "" {
				if err != nil || d.Offenders != "SELECT 2" || d.Description != "d: e" || d.Threshold != 0.5 {
					t.Errorf("%+v, %v", d, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
}

func TestDefinitions(t *testing.T) {
	supplied := map[string]int64{}
	for _, table := range canon.Tables() {
		supplied[table.Name] = 1
	}
	seen := map[string]bool{}
	for _, d := range Definitions(canon.Tables(), supplied) {
		if seen[d.ID] {
			t.Errorf("%s is there twice", d.ID)
		}
		seen[d.ID] = true
		for _, n := range d.Needs {
			if supplied[n] == 0 {
				t.Errorf("%s needs %s, which is no canonical table", d.ID, n)
			}
		}
		if !strings.HasPrefix(d.ID, d.Family) || d.Description == "" || d.Hint == "" || d.Threshold < 0 || d.Threshold > 1 {
			t.Errorf("%+v", d)
		}
		switch d.Severity {
		case Error, Warn, Info:
		default:
			t.Errorf("%s: severity %q", d.ID, d.Severity)
		}
	}
	for _, id := range []string{"orphan.order_line.order_id", "isbn-invalid", "cycle.customer.parent_customer_id", "future.order_header.order_date", "key.order_line", "empty.order_header"} {
		if !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
}

func TestOverridden(t *testing.T) {
	low, high := 0.1, 0.9
	d := Definition{ID: "orphan.order_line.title_id", Family: "orphan", Severity: Warn, Threshold: 0.01}
	got := overridden(d, map[string]config.Check{"orphan": {Severity: Error, Threshold: &high}, d.ID: {Threshold: &low}})
	if got.Severity != Error || got.Threshold != low {
		t.Errorf("%+v", got)
	}
}

func TestJudge(t *testing.T) {
	tests := []struct {
		r    Result
		want bool
	}{
		{Result{Tested: 100, Offenders: 0}, true},
		{Result{Tested: 0, Offenders: 0}, true},
		{Result{Tested: 100, Offenders: 1}, false},
		{Result{Tested: 100, Offenders: 1, Threshold: 0.01}, true},
		{Result{Tested: 100, Offenders: 2, Threshold: 0.01}, false},
		{Result{Tested: 0, Offenders: 1, Threshold: 1}, false},
	}
	for _, tt := range tests {
		tt.r.judge()
		if tt.r.Passed != tt.want {
			t.Errorf("%+v", tt.r)
		}
	}
}

func TestRunOne(t *testing.T) {
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{MaxConns: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows := `(VALUES (3, 'c'), (1, 'a"b'), (2, NULL), (6, 'f'), (5, 'e'), (4, 'd')) AS t(id, v)`
	got, err := newRunner(db).run(ctx, Definition{ID: "x", Severity: Warn, Threshold: 0.5, Tested: "SELECT 100", Offenders: "SELECT id, v AS value FROM " + rows})
	want := Result{ID: "x", Severity: Warn, Threshold: 0.5, Tested: 100, Offenders: 6, Passed: true,
		Samples: `[{"id": 1, "value": "a\"b"}, {"id": 2, "value": null}, {"id": 3, "value": "c"}, {"id": 4, "value": "d"}, {"id": 5, "value": "e"}]`}
	if err != nil || cmp.Diff(want, got) != "" {
		t.Error(err, cmp.Diff(want, got))
	}
	d := DuplicateRows("e", "t", "(VALUES (1, 'a'), (1, 'a'), (1, 'a'), (2, NULL), (2, NULL), (3, 'x')) AS t(a, b)", "", []string{"a", "b"})
	got, err = newRunner(db).run(ctx, d)
	if err != nil || got.Offenders != 3 || got.Tested != 6 || got.Samples != `[{"a": 1, "b": "a", "repeats": 2}, {"a": 2, "b": null, "repeats": 1}]` {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := newRunner(db).run(ctx, Definition{Tested: "SELECT 1", Offenders: "SELECT nope"}); !errors.As(err, new(*engine.StatementError)) {
		t.Error(err)
	}
}

func TestRefusedError(t *testing.T) {
	r := &Report{Results: []Result{{ID: "a", Table: "t", Severity: Warn}, {ID: "b", Table: "t", Severity: Error, Description: "Bad things", Hint: "Do this.", Tested: 10, Offenders: 5, Threshold: 0.1, Samples: `[{"id": 1}]`}}}
	err := r.Refusal()
	var refused *RefusedError
	if !errors.As(err, &refused) || len(refused.Failed) != 1 {
		t.Fatal(err)
	}
	for _, w := range []string{"b (t): Bad things: 5 of 10 (50.00%, allowed 10.00%)", `such as [{"id": 1}]`, "Do this.", "checks: in verso.yaml"} {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("want %q in: %v", w, err)
		}
	}
}
