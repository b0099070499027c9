package api

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap"
	"verso/olap/change"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/export"
	"verso/olap/export/workbook"
)

// cell is a cell of an answer: by the keys of its row and column, or as text
// (see compile.ParseCell).
type cell struct{ olap.Cell }

// UnmarshalJSON reads either form.
func (c *cell) UnmarshalJSON(data []byte) (err error) {
	if len(data) == 0 || data[0] != '"' {
		return decode(string(data), &c.Cell)
	}
	var typed string
	if err := json.Unmarshal(data, &typed); err != nil {
		return err
	}
	c.Cell, err = compile.ParseCell(typed)
	return err
}

// factsRequest is the body of POST facts.
type factsRequest struct {
	Query  question `json:"query"`
	Cell   cell     `json:"cell"`
	Limit  int      `json:"limit"`
	Offset int      `json:"offset"`
	Format string   `json:"format"`
}

// facts answers POST facts: the rows behind a cell.
func (a *API) facts(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	if !lease.Rights.Facts {
		return &Error{Status: http.StatusForbidden, Code: "forbidden", Message: "you may not list the rows behind a number", Hint: "ask whoever keeps the access policy"}
	}
	var body factsRequest
	if err := r.body(&body); err != nil {
		return err
	}
	q, err := body.Query.read(o)
	if err != nil {
		return err
	}
	r.entry.What = textOf(q) + " facts " + body.Cell.String()
	form, err := r.bodyFormat(body.Format)
	if err != nil {
		return err
	}
	ctx, done, err := a.start(r, false)
	if err != nil {
		return err
	}
	defer done()
	if form != "json" {
		return a.factsFile(ctx, r, o, q, body.Cell.Cell, form)
	}
	limit := body.Limit
	if limit == 0 {
		limit = 1000
	}
	limit = min(limit, a.limits().Page)
	page, err := o.Facts(ctx, q, body.Cell.Cell, olap.Page{Limit: limit, Offset: body.Offset})
	if err != nil {
		return err
	}
	r.entry.Rows = int64(len(page.Rows))
	rows := make([][]any, len(page.Rows))
	for i, x := range page.Rows {
		rows[i] = cellsOf(x)
	}
	notes := policyNotes(lease)
	for _, text := range page.Notes {
		notes = append(notes, note{"cap", text})
	}
	return r.reply(map[string]any{"generation": lease.Generation, "as_of": page.AsOf, "text": textOf(q), "cell": body.Cell.Cell,
		"columns": columnsOf(page.Columns), "rows": rows, "total": page.Total, "offset": page.Offset, "more": int64(page.Offset+len(rows)) < page.Total,
		"notes": notes, "took_ms": milliseconds(a.o.Clock().Sub(r.entry.Time))})
}

// bodyFormat is the form that a body names, else that of the address.
func (r *request) bodyFormat(form string) (string, error) {
	known := []string{"json", "csv", "parquet", "arrow", "xlsx"}
	if form == "" {
		return r.format(known...)
	}
	if !slices.Contains(known, form) {
		return "", refusef("format", cube.OrList(known), "unknown format %q", form)
	}
	return form, nil
}

// errStopped ends a reading that nobody waits for any more.
var errStopped = errors.New("stopped")

// factsFile streams all facts behind a cell.
func (a *API) factsFile(ctx context.Context, r *request, o *olap.Olap, q cube.Query, c olap.Cell, form string) error {
	first, err := o.Facts(ctx, q, c, olap.Page{Limit: 1}) // a refusal comes before the file begins
	if err != nil {
		return err
	}
	if first.Total > a.limits().Rows {
		return &olap.LimitError{What: "rows", Got: first.Total, Limit: a.limits().Rows}
	}
	r.entry.Rows = first.Total
	var notes []string
	if told := r.lease.Rights.Told; told != "" {
		notes = append(notes, told)
	}
	r.attach(form, q.Cube+"-facts", notes)
	return writeRows(ctx, r, export.Facts(first.Columns, eachFact(ctx, o, q, c)), form)
}

// eachFact are the facts behind a cell as a sequence.
func eachFact(ctx context.Context, o *olap.Olap, q cube.Query, c olap.Cell) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		err := o.EachFact(ctx, q, c, func([]olap.Column) error { return nil }, func(row []any) error {
			if !yield(row, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(nil, err)
		}
	}
}

// writeRows writes rows as a file and releases them.
func writeRows(ctx context.Context, r *request, rows array.RecordReader, form string) error {
	switch form {
	case "csv":
		return export.WriteRowsCSV(ctx, r.w, rows)
	case "parquet":
		return export.WriteRowsParquet(ctx, r.w, rows)
	case "arrow":
		return export.WriteRowsArrow(ctx, r.w, rows)
	}
	return workbook.WriteRows(ctx, r.w, rows, workbook.Options{})
}

// whyRequest is the body of POST why: a question, of which one measure is
// explained, or a cube and a measure.
type whyRequest struct {
	Query   *question `json:"query"`
	Cell    cell      `json:"cell"` // of the question's answer: its members are kept
	Cube    string    `json:"cube"`
	Measure string    `json:"measure"` // "": the cell's, or the question's first
	change.Slices
	By      []string `json:"by"`
	Members int      `json:"members"`
}

// why answers POST why.
func (a *API) why(r *request) error {
	o, lease, err := a.olapOf(r)
	if err != nil {
		return err
	}
	var body whyRequest
	if err := r.body(&body); err != nil {
		return err
	}
	q, err := whyQuestion(o, body)
	if err != nil {
		return err
	}
	r.entry.What = "why " + q.Cube + " " + q.Measure
	ctx, done, err := a.start(r, false)
	if err != nil {
		return err
	}
	defer done()
	found, err := change.Explain(ctx, o, q)
	if err != nil {
		return err
	}
	t := found.Table(o.Lang())
	if text := change.Unfinished(q, o.Run().AsOf, o.Lang()); text != "" {
		t.Notes = append(t.Notes, text)
	}
	r.entry.Rows = int64(len(t.Rows))
	out := map[string]any{"generation": lease.Generation, "as_of": found.AsOf, "cube": q.Cube, "measure": q.Measure, "unit": found.Unit,
		"before": cellOf(found.Before), "after": cellOf(found.After), "delta": cellOf(found.Delta), "words": listOf(found.Words),
		"before_time": q.Before.Time, "after_time": q.After.Time, "where": q.Where,
		"columns": columnsOf(t.Columns), "rows": rowsOf(t, t.Rows), "notes": notesOf(lease, t), "took_ms": milliseconds(a.o.Clock().Sub(r.entry.Time))}
	if b := found.BridgeTable(o.Lang()); b != nil {
		out["bridge"] = map[string]any{"columns": columnsOf(b.Columns), "rows": rowsOf(b, b.Rows)}
	}
	return r.reply(out)
}

// whyQuestion is the comparison that a body asks for.
func whyQuestion(o *olap.Olap, body whyRequest) (change.Question, error) {
	var asked cube.Query
	if body.Query != nil {
		var err error
		if asked, err = body.Query.read(o); err != nil {
			return change.Question{}, err
		}
	}
	q, err := body.Question(o.Run().AsOf)
	if err != nil {
		return q, err
	}
	q.Cube, q.Measure, q.By, q.Members = body.Cube, body.Measure, body.By, body.Members
	if q.Cube == "" {
		q.Cube = asked.Cube
	}
	if q.Measure == "" {
		q.Measure = body.Cell.Ref
	}
	if q.Measure == "" && len(asked.Measures) > 0 {
		q.Measure = asked.Measures[0]
	}
	if ref, err := cube.ParseRef(q.Measure); err == nil {
		q.Measure = ref.Measure
	}
	if q.Cube == "" || q.Measure == "" {
		return q, refusef("question", `{"cube": "sales", "measure": "net"}`, "name a cube and a measure, or a question")
	}
	if body.After == "" && asked.Time != nil {
		q.After.Time = asked.Time
		if body.Before == "" {
			q.Before.Time = change.YearBefore(asked.Time)
		}
	}
	kept := asked
	for _, axis := range []struct{ fields, keys []string }{{asked.Rows, body.Cell.Row}, {asked.Columns, body.Cell.Column}} {
		for i, key := range axis.keys {
			if i >= len(axis.fields) || key == "(others)" {
				return q, refusef("cell", "name the members of the question's attributes", "the cell has a key %q that stands for no member", key)
			}
			kept = cube.Keep(kept, axis.fields[i], key)
		}
	}
	q.Where = slices.Concat(q.Where, kept.Where)
	return q, nil
}

// navigateRequest is the body of POST navigate.
type navigateRequest struct {
	Query    question `json:"query"`
	Step     string   `json:"step"`     // drill_down, roll_up, drill_across, pivot, swap, keep or exclude
	Field    string   `json:"field"`    // of drill_down, roll_up, keep and exclude
	Keys     []string `json:"keys"`     // members: of drill_down, keep and exclude
	To       string   `json:"to"`       // the cube, of drill_across
	Measures []string `json:"measures"` // of drill_across
	With     string   `json:"with"`     // of swap: the other attribute
}

// navigate answers POST navigate: the next question.
func (a *API) navigate(r *request) error {
	o, _, err := a.olapOf(r)
	if err != nil {
		return err
	}
	var body navigateRequest
	if err := r.body(&body); err != nil {
		return err
	}
	q, err := body.Query.read(o)
	if err != nil {
		return err
	}
	steps := map[string]func() (cube.Query, error){
		"drill_down":   func() (cube.Query, error) { return cube.DrillDown(o.Model(), q, body.Field, body.Keys...) },
		"roll_up":      func() (cube.Query, error) { return cube.RollUp(o.Model(), q, body.Field) },
		"drill_across": func() (cube.Query, error) { return cube.DrillAcross(o.Model(), q, body.To, body.Measures...) },
		"pivot":        func() (cube.Query, error) { return cube.Pivot(q) },
		"swap":         func() (cube.Query, error) { return cube.Swap(q, body.Field, body.With) },
		"keep":         func() (cube.Query, error) { return cube.Keep(q, body.Field, body.Keys...), nil },
		"exclude":      func() (cube.Query, error) { return cube.Exclude(q, body.Field, body.Keys...), nil },
	}
	step := steps[body.Step]
	if step == nil {
		return refusef("step", "drill_down, roll_up, drill_across, pivot, swap, keep or exclude", "unknown step %q", body.Step)
	}
	next, err := step()
	if err != nil {
		return err
	}
	return a.replyQuestion(r, next)
}

// replyQuestion answers with a question in both forms.
func (a *API) replyQuestion(r *request, q cube.Query) error {
	encoded, err := cube.EncodeJSON(q)
	if err != nil {
		return err
	}
	return r.reply(map[string]any{"query": json.RawMessage(encoded), "text": textOf(q)})
}
