package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"verso/olap/access"
	"verso/olap/engine"
	"verso/olap/sqlworker"
)

// sqlRequest is the body of POST sql and sql/check.
type sqlRequest struct {
	SQL        string          `json:"sql"`
	Parameters json.RawMessage `json:"parameters"` // a list for ?, an object for $name
	MaxRows    int64           `json:"max_rows"`
	Format     string          `json:"format"`
	Statement  int             `json:"statement"` // of several the one to run, from 1; 0: all, in order
}

// sqlResult is the result of one statement.
type sqlResult struct {
	Statement string      `json:"statement"`
	Line      int         `json:"line"` // where it begins, from 1
	Columns   []sqlColumn `json:"columns"`
	Rows      [][]any     `json:"rows"`
	RowCount  int         `json:"row_count"` // of the rows given
	More      bool        `json:"more"`      // there are more rows
	TookMS    float64     `json:"took_ms"`
	Error     *Error      `json:"error,omitempty"`
}

type sqlColumn struct {
	Name string `json:"name"`
	Type string `json:"type"` // as SQL says it: BIGINT, DECIMAL(18,4) …
}

// statements reads the body and picks the statements to run.
func (a *API) statements(r *request) (body sqlRequest, list []sqlworker.Statement, lease *Lease, err error) {
	if lease, err = a.open(r); err != nil {
		return body, nil, nil, err
	}
	if !lease.Rights.SQL {
		return body, nil, nil, &Error{Status: http.StatusForbidden, Code: "forbidden", Message: "you may not write SQL", Hint: "ask cubes instead, or ask whoever keeps the access policy"}
	}
	if r.isText() {
		if body.SQL, err = r.text(); err != nil {
			return body, nil, nil, err
		}
	} else if err = r.body(&body); err != nil {
		return body, nil, nil, err
	}
	r.entry.What = body.SQL
	list = sqlworker.Split(body.SQL)
	switch n := body.Statement; {
	case len(list) == 0:
		return body, nil, nil, refusef("statement", `{"sql": "SELECT 1"}`, "there is no statement")
	case n < 0 || n > len(list):
		return body, nil, nil, refusef("statement", "", "statement %d of %d", n, len(list))
	case n > 0:
		list = list[n-1 : n]
	case len(list) > maxStatements:
		return body, nil, nil, refusef("statement", "send fewer", "%d statements at once, the most is %d", len(list), maxStatements)
	}
	return body, list, lease, nil
}

// maxStatements bounds the statements of one request.
const maxStatements = 50

// sql answers POST sql.
func (a *API) sql(r *request) error {
	body, list, lease, err := a.statements(r)
	if err != nil {
		return err
	}
	form, err := r.bodyFormat(body.Format)
	if err != nil {
		return err
	}
	ctx, done, err := a.start(r, true)
	if err != nil {
		return err
	}
	defer done()
	if form != "json" {
		if len(list) > 1 {
			return refusef("statement", `name one: "statement": 2`, "a file holds the result of one statement, these are %d", len(list))
		}
		return a.sqlFile(ctx, r, lease, body, list[0], form)
	}
	results, left := []sqlResult{}, len(list)
	for _, s := range list {
		result, err := a.sqlRun(ctx, r, body, s)
		if err != nil && len(list) == 1 {
			return err
		}
		left--
		if err != nil {
			result.Error = told(err)
		}
		results = append(results, result)
		r.entry.Rows += int64(result.RowCount)
		if err != nil {
			r.entry.Outcome = result.Error.Code
			break
		}
	}
	notes := policyNotes(lease)
	for i, x := range results {
		if x.More {
			text := "Result %d has more rows than the %d shown."
			if lease.Olap.Lang() == "zh" {
				text = "结果 %d 的行数多于所示的 %d 行。"
			}
			notes = append(notes, note{"cap", fmt.Sprintf(text, i+1, x.RowCount)})
		}
	}
	return r.reply(map[string]any{"id": r.id, "generation": r.lease.Generation, "as_of": lease.Olap.Run().AsOf, "results": results, "not_run": left,
		"notes": notes, "took_ms": milliseconds(a.o.Clock().Sub(r.entry.Time))})
}

// worker is what every statement on a file has in common.
func (a *API) worker(path string) sqlworker.Request {
	l := a.limits()
	return sqlworker.Request{Path: path, MaxBytes: l.Bytes, MemoryBytes: l.Memory, Threads: l.Threads, Timeout: l.Time}
}

// Warm has workers wait for statements on the published generation.
func (a *API) Warm(ctx context.Context, person access.Person) error {
	if a.o.Pool == nil {
		return nil
	}
	lease, err := a.o.Store.Open(ctx, person)
	if err != nil {
		return err
	}
	defer lease.Release()
	return a.o.Pool.Warm(a.worker(lease.Path))
}

// runSQL starts a statement in a worker; on a generation that has gone
// meanwhile it runs on the one that took its place.
func (a *API) runSQL(ctx context.Context, r *request, q sqlworker.Request) (*sqlworker.Result, error) {
	own := a.worker(r.lease.Path)
	own.SQL, own.Parameters, own.MaxRows, own.CutRows, own.Plan = q.SQL, q.Parameters, q.MaxRows, q.CutRows, q.Plan
	if at, ok := ctx.Deadline(); ok {
		own.Timeout = min(own.Timeout, max(at.Sub(a.o.Clock()), time.Millisecond))
	}
	run := sqlworker.Run
	if a.o.Pool != nil {
		run = a.o.Pool.Run
	}
	result, err := run(ctx, own)
	if err == nil {
		return result, nil
	}
	lease, err := a.reopen(r, err)
	if err != nil {
		return nil, err
	}
	own.Path = lease.Path
	return run(ctx, own)
}

// sqlRun runs a statement for a JSON answer.
func (a *API) sqlRun(ctx context.Context, r *request, body sqlRequest, s sqlworker.Statement) (out sqlResult, err error) {
	began := a.o.Clock()
	out = sqlResult{Statement: s.Text, Line: s.Line, Columns: []sqlColumn{}, Rows: [][]any{}}
	limit := int64(a.limits().Page)
	if body.MaxRows > 0 {
		limit = min(body.MaxRows, a.limits().Rows)
	}
	result, err := a.runSQL(ctx, r, sqlworker.Request{SQL: s.Text, Parameters: body.Parameters, MaxRows: limit, CutRows: true})
	if err != nil {
		return out, shifted(err, s)
	}
	defer result.Release()
	for _, f := range result.Schema().Fields() {
		out.Columns = append(out.Columns, sqlColumn{f.Name, typeName(f.Type)})
	}
	for result.Next() {
		b := result.RecordBatch()
		for i := range int(b.NumRows()) {
			row := make([]any, b.NumCols())
			for c := range row {
				row[c] = cellOf(engine.Value(b.Column(c), i))
			}
			out.Rows = append(out.Rows, row)
		}
	}
	out.RowCount, out.More = len(out.Rows), result.Cut()
	out.TookMS = milliseconds(a.o.Clock().Sub(began))
	return out, shifted(result.Err(), s)
}

// shifted moves the place of an error to where the statement stands in the text.
func shifted(err error, s sqlworker.Statement) error {
	if err == nil {
		return nil
	}
	e := *told(err)
	if e.Line > 0 {
		if e.Line == 1 && e.Column > 0 {
			e.Column += s.Column - 1
		}
		e.Line += s.Line - 1
	}
	return &e
}

// sqlFile streams the result of a statement as a file.
func (a *API) sqlFile(ctx context.Context, r *request, lease *Lease, body sqlRequest, s sqlworker.Statement, form string) error {
	limit := a.limits().Rows
	if body.MaxRows > 0 {
		limit = min(body.MaxRows, limit)
	}
	result, err := a.runSQL(ctx, r, sqlworker.Request{SQL: s.Text, Parameters: body.Parameters, MaxRows: limit})
	if err != nil {
		return shifted(err, s)
	}
	var notes []string
	if lease.Rights.Told != "" {
		notes = append(notes, lease.Rights.Told)
	}
	counted := &countedRows{Result: result}
	r.attach(form, "result", notes)
	err = writeRows(ctx, r, counted, form)
	r.entry.Rows = counted.rows
	return err
}

// countedRows counts what passes.
type countedRows struct {
	*sqlworker.Result
	rows int64
}

// Next moves to the next batch.
func (c *countedRows) Next() bool {
	more := c.Result.Next()
	if more {
		c.rows += c.RecordBatch().NumRows()
	}
	return more
}

// sqlChecked is what is known of a statement before it runs.
type sqlChecked struct {
	OK        bool    `json:"ok"`
	Statement string  `json:"statement"`
	Line      int     `json:"line"`
	Error     *Error  `json:"error,omitempty"`
	Plan      string  `json:"plan,omitempty"`
	Estimated float64 `json:"estimated_rows"` // of the result, as DuckDB guesses
	Scanned   float64 `json:"scanned_rows"`   // of the tables read, as DuckDB guesses
}

// sqlCheck answers POST sql/check.
func (a *API) sqlCheck(r *request) error {
	body, list, _, err := a.statements(r)
	if err != nil {
		return err
	}
	ctx, done, err := a.start(r, true)
	if err != nil {
		return err
	}
	defer done()
	out, ok := []sqlChecked{}, true
	for _, s := range list {
		c := sqlChecked{Statement: s.Text, Line: s.Line, OK: true}
		if err := a.planOf(ctx, r, body, s, &c); err != nil {
			t := told(err)
			if t.Status >= 500 {
				return err
			}
			c.OK, c.Error, ok = false, t, false
		}
		out = append(out, c)
	}
	return r.reply(map[string]any{"ok": ok, "statements": out})
}

// planOf has the plan of a statement explained.
func (a *API) planOf(ctx context.Context, r *request, body sqlRequest, s sqlworker.Statement, c *sqlChecked) error {
	result, err := a.runSQL(ctx, r, sqlworker.Request{SQL: s.Text, Parameters: body.Parameters, Plan: true, MaxRows: 100})
	if err != nil {
		return shifted(err, s)
	}
	defer result.Release()
	var text string
	for result.Next() {
		b := result.RecordBatch()
		for i := range int(b.NumRows()) {
			text = engine.Text(engine.Value(b.Column(int(b.NumCols())-1), i))
		}
	}
	if err := result.Err(); err != nil {
		return shifted(err, s)
	}
	var tree []planNode
	if json.Unmarshal([]byte(text), &tree) != nil {
		c.Plan = text // of SHOW and DESCRIBE, which have no plan of this form
		return nil
	}
	var b strings.Builder
	for i, n := range tree {
		if i == 0 {
			c.Estimated = n.rows()
		}
		n.write(&b, "", &c.Scanned)
	}
	c.Plan = b.String()
	return nil
}

// planNode is an operator of a plan as EXPLAIN (FORMAT json) gives it.
type planNode struct {
	Name     string         `json:"name"`
	Children []planNode     `json:"children"`
	Extra    map[string]any `json:"extra_info"`
}

func (n planNode) rows() float64 {
	text, _ := n.Extra["Estimated Cardinality"].(string)
	var rows float64
	_, _ = fmt.Sscan(text, &rows) // 0 where it is not told
	if rows == 0 && len(n.Children) == 1 {
		return n.Children[0].rows()
	}
	return rows
}

// write draws the tree and adds up the rows scanned.
func (n planNode) write(b *strings.Builder, indent string, scanned *float64) {
	fmt.Fprintf(b, "%s%s", indent, strings.TrimSpace(n.Name))
	if table, _ := n.Extra["Table"].(string); table != "" {
		fmt.Fprintf(b, " %s", table)
	}
	if _, told := n.Extra["Estimated Cardinality"]; told {
		fmt.Fprintf(b, " ~%.0f rows", n.rows())
	}
	for _, key := range []string{"Filters", "Conditions", "Groups", "Join Type"} {
		if v := n.Extra[key]; v != nil && v != "" {
			fmt.Fprintf(b, " %s: %v", key, v)
		}
	}
	b.WriteByte('\n')
	if len(n.Children) == 0 {
		*scanned += n.rows()
	}
	for _, c := range n.Children {
		c.write(b, indent+"  ", scanned)
	}
}

// typeName is an Arrow type as DuckDB's SQL says it.
func typeName(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.Decimal128Type:
		if t.Precision == 38 && t.Scale == 0 {
			return "HUGEINT"
		}
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
	case *arrow.DictionaryType:
		return "ENUM"
	case *arrow.ListType:
		return typeName(t.Elem()) + "[]"
	case *arrow.MapType:
		return "MAP(" + typeName(t.KeyType()) + ", " + typeName(t.ItemType()) + ")"
	case *arrow.StructType:
		var fields []string
		for _, f := range t.Fields() {
			fields = append(fields, f.Name+" "+typeName(f.Type))
		}
		return "STRUCT(" + strings.Join(fields, ", ") + ")"
	case *arrow.TimestampType:
		if t.TimeZone != "" {
			return "TIMESTAMP WITH TIME ZONE"
		}
		return "TIMESTAMP"
	}
	names := map[arrow.Type]string{arrow.BOOL: "BOOLEAN", arrow.INT8: "TINYINT", arrow.INT16: "SMALLINT", arrow.INT32: "INTEGER", arrow.INT64: "BIGINT",
		arrow.UINT8: "UTINYINT", arrow.UINT16: "USMALLINT", arrow.UINT32: "UINTEGER", arrow.UINT64: "UBIGINT", arrow.FLOAT32: "FLOAT", arrow.FLOAT64: "DOUBLE",
		arrow.STRING: "VARCHAR", arrow.LARGE_STRING: "VARCHAR", arrow.BINARY: "BLOB", arrow.LARGE_BINARY: "BLOB", arrow.DATE32: "DATE", arrow.TIME64: "TIME",
		arrow.INTERVAL_MONTH_DAY_NANO: "INTERVAL", arrow.NULL: "NULL"}
	if name := names[t.ID()]; name != "" {
		return name
	}
	return strings.ToUpper(t.Name())
}
