package oracletest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/olaptest"
	"verso/olap/oracle"
)

// Judge asks the engine and the oracle. It says how their answers differ, ""
// if not; a question that one refuses the other must refuse. An answer beyond
// its limit is neither right nor wrong. Refused is whether both refuse.
func Judge(ctx context.Context, o *olap.Olap, truth *oracle.Oracle, q cube.Query) (diff string, refused bool) {
	want, refusal := truth.Evaluate(q)
	got, err := o.Ask(ctx, q)
	var limit *olap.LimitError
	switch {
	case errors.As(err, &limit):
		return "", true
	case err == nil && refusal != nil:
		return answeredWord + refusal.Error(), false
	case err != nil && refusal == nil:
		return refusedWord + err.Error(), false
	case err != nil:
		return "", true
	}
	return Differs(got, want), false
}

// Open writes the warehouse into a new database in memory and opens its cubes.
// Call close at the end.
func (w *Warehouse) Open(ctx context.Context, threads int) (o *olap.Olap, closing func(), err error) {
	db, err := duck.Open(ctx, duck.Options{Threads: threads})
	if err != nil {
		return nil, nil, err
	}
	if err = olaptest.Load(ctx, db, w.Data); err == nil {
		o, err = olap.Open(ctx, db, olap.Options{Catalog: w.Catalog})
	}
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return o, func() { db.Close() }, nil
}

// Explain shrinks a query that fails, then the facts, and shows the smallest
// question with its facts, both answers and the statement.
func (w *Warehouse) Explain(t testing.TB, o *olap.Olap, q cube.Query) string {
	t.Helper()
	ctx := context.Background()
	first, _ := json.Marshal(q)
	truth := oracle.New(w.Model, w.Data)
	kind := w.failure(ctx, o, truth, q)
	q = Shrink(q, func(c cube.Query) bool { return w.failure(ctx, o, truth, c) == kind })
	for _, name := range factTables {
		ShrinkFacts(w.Data.Table(name), 40, func() bool {
			smaller, closing, err := w.Open(ctx, 2)
			if err != nil {
				return false
			}
			defer closing()
			return w.failure(ctx, smaller, oracle.New(w.Model, w.Data), q) == kind
		})
	}
	smaller, closing, err := w.Open(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer closing()
	return "question " + string(first) + w.show(ctx, smaller, q)
}

// factTables are those that are made smaller to explain a difference.
var factTables = []string{"core.fact_order_line", "core.fact_return", "core.fact_move", "core.fact_stock", "core.fact_plan"}

// failure is in which way a query fails: a smaller one must fail in the same
// way. A question that lost a name it needs does not fail.
func (w *Warehouse) failure(ctx context.Context, o *olap.Olap, truth *oracle.Oracle, q cube.Query) (kind string) {
	defer func() {
		if recover() != nil {
			kind = ""
		}
	}()
	diff, _ := Judge(ctx, o, truth, q)
	for _, kind := range []string{refusedWord, answeredWord} {
		if strings.HasPrefix(diff, kind) {
			return kind
		}
	}
	if diff != "" {
		return "differs"
	}
	return ""
}

// How Judge begins where one side refuses.
const (
	refusedWord  = "refused: "
	answeredWord = "answered, and should be refused: "
)

func (w *Warehouse) show(ctx context.Context, o *olap.Olap, q cube.Query) string {
	var b strings.Builder
	text, _ := json.Marshal(q)
	truth := oracle.New(w.Model, w.Data)
	diff, _ := Judge(ctx, o, truth, q)
	fmt.Fprintf(&b, "\nsmallest %s\ndiffers: %s\n", text, diff)
	fmt.Fprintf(&b, "as of %s\n", o.Run().AsOf)
	tables := []string{w.Model.Cube(q.Cube).Table}
	for _, from := range w.Model.Cube(q.Cube).Combines {
		tables = append(tables, from.Of.Table)
	}
	for _, s := range w.Model.Cube(q.Cube).Scenarios {
		tables = append(tables, s.Of.Table)
	}
	for _, name := range tables {
		if name == "" {
			continue
		}
		facts := w.Data.Table(name)
		fmt.Fprintf(&b, "%s %v\n", facts.Name, facts.Columns)
		for _, row := range facts.Rows {
			fmt.Fprintf(&b, "  %s\n", printed(row))
		}
		w.showMembers(&b, q, facts)
	}
	got, err := o.Ask(ctx, q)
	if err != nil {
		fmt.Fprintf(&b, "engine: %v\n", err)
	} else {
		b.WriteString("engine:\n")
		for _, r := range got.Rows {
			fmt.Fprintf(&b, "  level %d %s\n", r.Level, printed(r.Cells))
		}
	}
	want, err := truth.Evaluate(q)
	if err != nil {
		fmt.Fprintf(&b, "oracle: %v\n", err)
	} else {
		fmt.Fprintf(&b, "oracle: %v %v\n", want.Columns, want.Refs)
		for _, r := range want.Rows {
			fmt.Fprintf(&b, "  level %d %s\n", r.Level, printed(r.Cells))
		}
	}
	if e, err := o.Explain(q); err == nil {
		fmt.Fprintf(&b, "%s\n%v\n", e.SQL, e.Args)
	}
	return b.String()
}

// showMembers shows the rows of the dimensions asked that the facts point to.
func (w *Warehouse) showMembers(b *strings.Builder, q cube.Query, facts *olaptest.Table) {
	c := w.Model.Cube(q.Cube)
	var done []string
	fields := slices.Concat(q.Rows, q.Columns)
	for _, f := range q.Where {
		fields = append(fields, f.Field)
	}
	for _, field := range fields {
		dimension, _, _ := strings.Cut(field, ".")
		use := c.Use(dimension)
		if use == nil || use.Of.Date || !slices.Contains(facts.Columns, use.Key) || slices.Contains(done, dimension) {
			continue
		}
		done = append(done, dimension)
		t := w.Data.Table(use.Of.Table)
		fmt.Fprintf(b, "%s %v\n", t.Name, t.Columns)
		for _, row := range t.Rows {
			key := row[t.Column(use.Of.Key)]
			if slices.ContainsFunc(facts.Rows, func(f []any) bool { return f[facts.Column(use.Key)] == key }) {
				fmt.Fprintf(b, "  %s\n", printed(row))
			}
		}
	}
}

func printed(cells []any) string {
	var list []string
	for _, c := range cells {
		switch c := c.(type) {
		case nil:
			list = append(list, "·")
		case oracle.Near:
			list = append(list, fmt.Sprintf("≈%v", c.Value))
		default:
			list = append(list, engine.Text(c))
		}
	}
	return strings.Join(list, " | ")
}
