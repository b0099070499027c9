package lineage

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/olap/engine"
)

// Recorder is a connection that keeps what was run on it.
type Recorder struct {
	engine.Conn
	log   []entry
	read  []string // SELECTs since the program last wrote rows
	quiet bool     // what runs is told by another statement
}

// entry is one thing that was done: SQL that ran, or rows the program wrote.
type entry struct {
	sql   string
	table string   // rows were written here by the program
	names []string // their columns
	read  []string // SELECTs it had run before
}

// Record begins to record what is run on conn.
func Record(conn engine.Conn) *Recorder { return &Recorder{Conn: conn} }

// On is the recorder with what it has recorded, on another connection.
func (r *Recorder) On(conn engine.Conn) *Recorder {
	return &Recorder{Conn: conn, log: r.log, read: r.read}
}

// recorded is an entry as it is written.
type recorded struct {
	SQL   string   `json:"sql,omitempty"`
	Table string   `json:"table,omitempty"`
	Names []string `json:"names,omitempty"`
	Read  []string `json:"read,omitempty"`
}

// MarshalJSON writes what was recorded, without the connection.
func (r *Recorder) MarshalJSON() ([]byte, error) {
	out := make([]recorded, len(r.log))
	for i, e := range r.log {
		out[i] = recorded{e.sql, e.table, e.names, e.read}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote; the recorder has no connection.
func (r *Recorder) UnmarshalJSON(text []byte) error {
	var in []recorded
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	for _, e := range in {
		r.log = append(r.log, entry{e.SQL, e.Table, e.Names, e.Read})
	}
	return nil
}

// Query runs and records; what asks which tables there are gives no rows to any.
func (r *Recorder) Query(ctx context.Context, s engine.Statement) (array.RecordReader, error) {
	if !r.quiet && !strings.Contains(s.SQL, "information_schema.") && !strings.HasPrefix(s.SQL, "DESCRIBE ") {
		r.read = append(r.read, s.SQL)
	}
	return r.Conn.Query(ctx, s)
}

// Exec runs and records.
func (r *Recorder) Exec(ctx context.Context, s engine.Statement) (int64, error) {
	n, err := r.Conn.Exec(ctx, s)
	if err == nil && !r.quiet {
		r.log = append(r.log, entry{sql: s.SQL})
	}
	return n, err
}

// Instead records statements in the place of all that runs until end is called:
// those that say what the columns of a table mean, where only some of its rows
// are made anew in another way. Calls do not nest: within one, another changes
// nothing.
func (r *Recorder) Instead(statements ...string) (end func()) {
	if r.quiet {
		return func() {}
	}
	for _, sql := range statements {
		r.log = append(r.log, entry{sql: sql})
	}
	r.quiet = true
	return func() { r.quiet = false }
}

// Ingest runs and records.
func (r *Recorder) Ingest(ctx context.Context, table string, rows array.RecordReader) (int64, error) {
	var names []string
	for _, f := range rows.Schema().Fields() {
		names = append(names, f.Name)
	}
	n, err := r.Conn.Ingest(ctx, table, rows)
	if err == nil && !r.quiet {
		r.log = append(r.log, entry{table: strings.TrimPrefix(table, "temp.main."), names: names, read: slices.Clone(r.read)})
		r.read = nil
	}
	return n, err
}
