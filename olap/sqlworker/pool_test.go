package sqlworker

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
)

// waits waits until so many workers wait.
func (p *Pool) waits(t *testing.T, n int) {
	t.Helper()
	for range 1000 {
		if p.Waiting() == n {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("%d workers wait, want %d", p.Waiting(), n)
}

func TestPool(t *testing.T) {
	one, two := published(t), published(t)
	p := NewPool(1, 1)
	defer p.Close()
	request := func(path string) Request {
		return Request{Path: path, SQL: `SELECT count(*) AS n FROM core.t`, Threads: 1}
	}
	if err := p.Warm(request(one)); err != nil {
		t.Fatal(err)
	}
	p.waits(t, 1)
	p.mu.Lock()
	first := p.idle[0].work
	p.mu.Unlock()
	if got, _, err := rowsOf(p.Run(t.Context(), request(one))); err != nil || got[0][0] != int64(5000) {
		t.Fatal(got, err)
	}
	if first.cmd.ProcessState == nil {
		t.Error("the worker that waited did not answer")
	}
	p.waits(t, 1)
	// One that ends while it waits is replaced without anybody noticing.
	p.mu.Lock()
	waiting := p.idle[0].work
	p.mu.Unlock()
	if err := waiting.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = waiting.cmd.Wait() // killed
	if got, _, err := rowsOf(p.Run(t.Context(), request(one))); err != nil || got[0][0] != int64(5000) {
		t.Error(got, err)
	}
	// Another file takes the place of the one before.
	if _, _, err := rowsOf(p.Run(t.Context(), request(two))); err != nil {
		t.Error(err)
	}
	p.waits(t, 1)
	p.Keep(func(path string) bool { return path == one })
	p.mu.Lock()
	for _, w := range p.idle {
		if w.file.Path != one {
			t.Error("a worker waits for", w.file.Path)
		}
	}
	p.mu.Unlock()
	p.Close()
	if _, _, err := rowsOf(p.Run(t.Context(), request(one))); err != nil || p.Waiting() != 0 {
		t.Error("a closed pool: ", p.Waiting(), err)
	}
}

// A file that is not there is told by a worker that waited too.
func TestPoolOpensInVain(t *testing.T) {
	p := NewPool(1, 1)
	defer p.Close()
	r := Request{Path: published(t) + ".missing", SQL: `SELECT 1 AS a`, Threads: 1}
	if err := p.Warm(r); err != nil {
		t.Fatal(err)
	}
	p.waits(t, 1)
	if _, _, err := rowsOf(p.Run(t.Context(), r)); err == nil || !strings.Contains(err.Error(), ".missing") {
		t.Error(err)
	}
}

func TestPlan(t *testing.T) {
	path := published(t)
	for _, sql := range []string{`SELECT count(*) FROM core.t WHERE k > 10`, `EXPLAIN SELECT k FROM core.t`, `SELECT k FROM core.t WHERE k = $k`} {
		r := Request{Path: path, SQL: sql, Plan: true, Threads: 1}
		if strings.Contains(sql, "$k") {
			r.Parameters = json.RawMessage(`{"k": 7}`)
		}
		got, _, err := rows(t.Context(), r)
		if err != nil || !strings.Contains(engine.Text(got[0][1]), `"Estimated Cardinality"`) {
			t.Errorf("%s: %v, %v", sql, got, err)
		}
	}
}

func TestParameters(t *testing.T) {
	path := published(t)
	for _, c := range []struct {
		sql, given string
		want       []any
		wrong      string
	}{
		{`SELECT ? AS a, ? AS b`, `[7, "x"]`, []any{int64(7), "x"}, ""},
		{`SELECT $2 AS a, $1 AS b`, `["one", 2.5]`, []any{2.5, "one"}, ""},
		{`SELECT name FROM core.t WHERE k = $key`, `{"key": 3}`, []any{"name 3"}, ""},
		{`SELECT $B AS b, $a AS a, $b AS c`, `{"a": null, "b": true}`, []any{true, nil, true}, ""},
		{`SELECT count(*) AS n FROM core.t WHERE name = $n`, `{"n": "x' OR true --"}`, []any{int64(0)}, ""},
		{`SELECT DATE '2024-03-01' = $d AS a`, `{"d": "2024-03-01"}`, []any{true}, ""},
		{`SELECT ? AS a`, ``, nil, "no values"},
		{`SELECT ? AS a`, `[1, 2]`, nil, "1 parameters, 2 values"},
		{`SELECT 1 AS a`, `[1]`, nil, "0 parameters, 1 values"},
		{`SELECT $a AS a`, `{"b": 1}`, nil, "no parameter $b"},
		{`SELECT $a AS a, $b AS b`, `{"a": 1}`, nil, "$b has no value"},
		{`SELECT $a AS a`, `{"a": [1]}`, nil, "no lists"},
		{`SELECT $a AS a`, `{"a": 1e999}`, nil, "too large"},
		{`SELECT $a AS a`, `7`, nil, "give a list"},
	} {
		got, _, err := rows(t.Context(), Request{Path: path, SQL: c.sql, Parameters: json.RawMessage(c.given), Threads: 1})
		var wrong *ParameterError
		switch {
		case c.wrong != "" && (!errors.As(err, &wrong) || !strings.Contains(err.Error(), c.wrong)):
			t.Errorf("%s %s: want %q, got %v", c.sql, c.given, c.wrong, err)
		case c.wrong == "" && (err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], c.want)):
			t.Errorf("%s %s: want %v, got %v, %v", c.sql, c.given, c.want, got, err)
		}
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string][]Statement{
		"":                                   nil,
		" ; -- a;b\n /* ; */ ;":              nil,
		"SELECT 1":                           {{"SELECT 1", 1, 1}},
		"SELECT ';' AS a; \n SELECT 2":       {{"SELECT ';' AS a", 1, 1}, {"SELECT 2", 2, 2}},
		"-- first\nSELECT $$a;b$$;;x":        {{"SELECT $$a;b$$", 2, 1}, {"x", 2, 17}},
		`SELECT "a;b" /* ; */, 'it''s;'; y `: {{`SELECT "a;b" /* ; */, 'it''s;'`, 1, 1}, {"y", 1, 33}},
		"名; SELECT 1":                        {{"名", 1, 1}, {"SELECT 1", 1, 4}},
	} {
		if diff := cmp.Diff(want, Split(text)); diff != "" {
			t.Errorf("%q\n%s", text, diff)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{"SELECT 1; SELECT 2", "';'", "$a$;$a$;", "/*", "--", "E'\\';'", ";;;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range Split(text) {
			if s.Text == "" || s.Line < 1 || s.Column < 1 || !strings.Contains(text, s.Text) {
				t.Errorf("%q: %+v", text, s)
			}
		}
	})
}

func FuzzParameters(f *testing.F) {
	f.Add([]byte(`{"a": 1}`), "a")
	f.Add([]byte(`[1, "x", null]`), "1 2 3")
	f.Add([]byte(`[`), "")
	f.Fuzz(func(t *testing.T, given []byte, names string) {
		list := strings.Fields(names)
		if args, err := arguments(given, list); err == nil && len(args) != len(list) {
			t.Errorf("%s for %v: %v", given, list, args)
		}
	})
}
