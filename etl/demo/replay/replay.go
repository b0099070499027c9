// Package replay shows the demo company as its systems looked on the evening of
// any of its last nights. The generator writes a company whose history is
// complete; replay takes back what had not happened yet: rows that did not
// exist are absent, facts of later days (a delivery, a payment, an answer) are
// blank, and updated_at says when a row last changed. Plans may lie ahead: due
// dates, promises, deadlines, publication dates, the calendar.
//
// # Troubles
//
// As nights of real systems do, these bring rows that come late, prices and
// quantities corrected days after, rows deleted, customers who change type,
// region, salesperson and class, a merge of two customers, an exchange rate two
// days late, an export delivered twice, a row that cannot be read and is right
// the next night, a title that moves to another class. They are chosen by seed;
// [Replay.WriteTruth] lists every one. The last night is the generator's company
// again, but for the rows deleted and what that night's troubles spoil.
//
// # Exactness
//
// A line counts as delivered or cancelled on the day of its stage event; lines
// older than the stage events, nine days after they were received. What changed
// before the first night counts as of the first day of its row. The budget of a
// customer, and a title's state other than forthcoming, stay as they end.
package replay

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"verso/etl/demo/sheet"
	"verso/olap/engine"
)

//go:embed sql/*.sql
var scripts embed.FS

// Options say which company is replayed, and how.
type Options struct {
	From   string    // folder of the complete company's files, <table>.csv or .parquet
	Format string    // of the files read and written: csv (the default) or parquet
	AsOf   time.Time // last day of the complete company
	Nights int       // nights to replay, 1 to 300; the first evening is AsOf minus Nights
	Seed   uint64    // chooses the troubles
	Tables []string  // the tables to write; nil is all of them
}

// MaxNights is the most that can be replayed: it keeps the window within the year that has stage events.
const MaxNights = 300

// Replay writes the evenings of one company. It holds temporary tables and
// views named replay_… on the connection, and is used by one goroutine.
type Replay struct {
	o     Options
	conn  engine.Conn
	wrong map[string][]string // table → columns that troubles spoil
	moved []string            // tables with rows that come late or are deleted
	again map[string]string   // table → day (YYYY-MM-DD) delivered twice
}

// Open reads what the troubles and the delayed facts need. The connection stays
// the caller's and must outlive the Replay.
func Open(ctx context.Context, conn engine.Conn, o Options) (*Replay, error) {
	if o.Format == "" {
		o.Format = "csv"
	}
	if o.Format != "csv" && o.Format != "parquet" {
		return nil, fmt.Errorf("replay: format %q is neither csv nor parquet", o.Format)
	}
	if o.Nights < 1 || o.Nights > MaxNights {
		return nil, fmt.Errorf("replay: %d nights; 1 to %d can be replayed", o.Nights, MaxNights)
	}
	for _, name := range o.Tables {
		if !slices.Contains(Tables(), name) {
			return nil, fmt.Errorf("replay: there is no table %q", name)
		}
	}
	r := &Replay{o: o, conn: conn}
	if err := r.sources(ctx); err != nil {
		return nil, err
	}
	for _, name := range []string{"plant", "fate"} {
		text, err := scripts.ReadFile("sql/" + name + ".sql")
		if err != nil {
			return nil, err
		}
		if _, err := conn.Exec(ctx, engine.SQL(string(text))); err != nil {
			return nil, fmt.Errorf("replay: %s: %w", name, err)
		}
	}
	if err := r.second(ctx); err != nil {
		return nil, err
	}
	return r, r.readTroubles(ctx)
}

// First is the first evening.
func (r *Replay) First() time.Time { return r.o.AsOf.AddDate(0, 0, -r.o.Nights) }

// Last is the last evening, the as-of date of the complete company.
func (r *Replay) Last() time.Time { return r.o.AsOf }

// Tables lists the tables replayed, in the order of the generator.
func Tables() []string {
	var names []string
	for _, t := range sheet.Tables() {
		if !t.Truth {
			names = append(names, t.Name)
		}
	}
	return names
}

// Numbered is the key column of a table's replayed files that the complete
// company's file leaves to be numbered; "" for none.
func Numbered(table string) string { return rules()[table].number }

// Columns lists the columns of a table's replayed files: the generator's, the
// keys it leaves to be numbered (which must not change from night to night),
// updated_at and is_deleted. It is nil for a table that is not replayed.
func Columns(table string) []string {
	var names []string
	for _, t := range sheet.Tables() {
		if t.Name != table || t.Truth {
			continue
		}
		if c := rules()[table].number; c != "" {
			names = append(names, c)
		}
		for _, c := range t.Cols {
			if c.Name != "updated_at" {
				names = append(names, c.Name)
			}
		}
		names = append(names, "updated_at", "is_deleted")
	}
	return names
}

// Snapshot writes every table as it stood on the evening of a day, as
// to/<table>.<format>. A file is replaced whole; an error leaves those written
// before it.
func (r *Replay) Snapshot(ctx context.Context, to string, day time.Time) error {
	return r.each(ctx, to, day, func(table string) error {
		sql := r.statement(table, day, false)
		if r.again[table] == day.Format(time.DateOnly) {
			sql = ordered(table, "("+sql+") UNION ALL ("+r.statement(table, day, true)+")")
		}
		return r.copy(ctx, sql, filepath.Join(to, table+"."+r.o.Format))
	})
}

// Delta writes the rows that appeared, changed or were deleted on a day, as
// to/<table>/<day>.<format>; a deleted row has is_deleted true. A table without
// changes has a file without rows.
func (r *Replay) Delta(ctx context.Context, to string, day time.Time) error {
	name := day.Format(time.DateOnly)
	return r.each(ctx, to, day, func(table string) error {
		sql := r.statement(table, day, true)
		if err := r.folder(ctx, sql, to, table, name); err != nil || r.again[table] != name {
			return err
		}
		return r.folder(ctx, sql, to, table, name+"-again")
	})
}

// Base writes the tables of a day as the first of their folders of daily files:
// to/<table>/<day>.<format> with every row of that evening.
func (r *Replay) Base(ctx context.Context, to string, day time.Time) error {
	return r.each(ctx, to, day, func(table string) error {
		return r.folder(ctx, r.statement(table, day, false), to, table, day.Format(time.DateOnly))
	})
}

// each checks the day and calls fn for every table.
func (r *Replay) each(ctx context.Context, to string, day time.Time, fn func(table string) error) error {
	if day.Before(r.First()) || day.After(r.Last()) {
		return fmt.Errorf("replay: %s is outside the nights %s to %s", day.Format(time.DateOnly),
			r.First().Format(time.DateOnly), r.Last().Format(time.DateOnly))
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	tables := r.o.Tables
	if tables == nil {
		tables = Tables()
	}
	for _, table := range tables {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(table); err != nil {
			return fmt.Errorf("replay: %s of %s: %w", table, day.Format(time.DateOnly), err)
		}
	}
	return nil
}

// folder writes one daily file of a table.
func (r *Replay) folder(ctx context.Context, sql, to, table, name string) error {
	dir := filepath.Join(to, table)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return r.copy(ctx, sql, filepath.Join(dir, name+"."+r.o.Format))
}

// copy writes the rows of a SELECT beside a file and renames them onto it.
func (r *Replay) copy(ctx context.Context, sql, path string) error {
	format := "FORMAT csv, HEADER true"
	if r.o.Format == "parquet" {
		format = "FORMAT parquet"
	}
	part := path + ".part"
	if _, err := r.conn.Exec(ctx, engine.SQL("COPY ("+sql+") TO "+engine.QuoteText(part)+" ("+format+")")); err != nil {
		return errors.Join(err, remove(part))
	}
	return os.Rename(part, path)
}

// remove deletes a file that may not exist.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// WriteTruth writes what was planted as CSV: night, table, key (its columns
// joined by ', '), kind, the row's own date, and for a wrong value its column
// and what it showed until the night.
func (r *Replay) WriteTruth(ctx context.Context, path string) error {
	sql := `SELECT CAST(night AS DATE) AS "night", table_name AS "table", key AS "key", kind AS "kind",
    CAST(dated AS DATE) AS "dated", col AS "column", wrong AS "shown"
FROM replay_trouble ORDER BY night, table_name, key, kind, col NULLS LAST`
	_, err := r.conn.Exec(ctx, engine.SQL("COPY ("+sql+") TO "+engine.QuoteText(path)+" (FORMAT csv, HEADER true)"))
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return nil
}

// readTroubles learns which columns are spoiled and which exports come twice.
func (r *Replay) readTroubles(ctx context.Context) error {
	r.wrong, r.again = map[string][]string{}, map[string]string{}
	return engine.Rows(ctx, r.conn, engine.SQL(`SELECT DISTINCT table_name, col, CASE WHEN kind = 'duplicate export' THEN key END AS day
FROM replay_trouble ORDER BY table_name, col NULLS LAST, day NULLS LAST`), func(row []any) error {
		table := engine.Text(row[0])
		if row[2] != nil {
			r.again[table] = engine.Text(row[2])
		} else if row[1] == nil {
			r.moved = append(r.moved, table)
		} else if col := engine.Text(row[1]); !slices.Contains(r.wrong[table], col) {
			r.wrong[table] = append(r.wrong[table], col)
		}
		return nil
	})
}

// sources makes a view replay_<table> of every file, and the one row of
// replay_window: the moments after the first and the last evening, and the seed.
func (r *Replay) sources(ctx context.Context) error {
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE OR REPLACE TEMP TABLE replay_window AS SELECT TIMESTAMP '%s' AS opening, TIMESTAMP '%s' AS closing, %d AS nights, '%d' AS seed;\n",
		r.First().AddDate(0, 0, 1).Format(time.DateTime), r.Last().AddDate(0, 0, 1).Format(time.DateTime), r.o.Nights, r.o.Seed)
	for _, t := range sheet.Tables() {
		if t.Truth {
			continue
		}
		path := filepath.Join(r.o.From, t.Name+"."+r.o.Format)
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("replay: the complete company lacks a file: %w", err)
		}
		scan := "read_parquet(" + engine.QuoteText(path) + ")"
		if r.o.Format == "csv" {
			scan = "read_csv(" + engine.QuoteText(path) + ", auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', columns = {" + csvColumns(&t) + "})"
		}
		fmt.Fprintf(&b, "CREATE OR REPLACE TEMP VIEW replay_%s AS SELECT %s FROM %s;\n", t.Name, columnList(&t), scan)
	}
	if _, err := r.conn.Exec(ctx, engine.SQL(b.String())); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return nil
}

// second makes the views of the tables that hold orders entered twice: the
// file's rows and the second entries, which nobody works on.
func (r *Replay) second(ctx context.Context) error {
	const shift = "5000000000000"
	var b strings.Builder
	for _, table := range []string{"order_header", "order_line"} {
		t := sheetTable(table)
		var parts []string
		for _, c := range t.Cols {
			value := engine.QuoteIdent(c.Name)
			switch c.Name {
			case "order_id", "line_id":
				value = r.typed("CAST("+value+" AS BIGINT) + "+shift, sheet.KInt)
			case "order_no":
				value += " || '-2'"
			case "status":
				value = "'open'"
			case "qty_cancelled":
				value = r.typed("0", sheet.KInt)
			case "cancel_reason":
				value = "NULL"
			}
			parts = append(parts, value+" AS "+engine.QuoteIdent(c.Name))
		}
		fmt.Fprintf(&b, "CREATE OR REPLACE TEMP VIEW replay_all_%[1]s AS SELECT %[2]s FROM replay_%[1]s UNION ALL SELECT %[3]s FROM replay_%[1]s WHERE order_id IN (SELECT order_id FROM replay_twice);\n",
			table, columnList(t), strings.Join(parts, ", "))
	}
	if _, err := r.conn.Exec(ctx, engine.SQL(b.String())); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return nil
}

// csvColumns declares the columns of a CSV file, all as text.
func csvColumns(t *sheet.Table) string {
	var parts []string
	for _, c := range t.Cols {
		parts = append(parts, engine.QuoteText(c.Name)+": 'VARCHAR'")
	}
	return strings.Join(parts, ", ")
}

// columnList names the columns of a file.
func columnList(t *sheet.Table) string {
	var parts []string
	for _, c := range t.Cols {
		parts = append(parts, engine.QuoteIdent(c.Name))
	}
	return strings.Join(parts, ", ")
}
