package duck

import (
	"context"
	"database/sql/driver"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go/v2"

	"verso/olap/engine"
)

// preparedKept bounds the prepared statements of a connection.
const preparedKept = 64

// prepared is a statement that is asked again and again, ready on its
// connection. What it was planned with may change: DuckDB plans it anew then.
type prepared struct {
	stmt    *duckdb.Stmt
	columns []column // nil before the first answer
	used    int64    // when it was used last, by count
	busy    bool     // its rows are being read
}

// queryAgain answers from the prepared statement of the connection; ok is false
// where s has to go the usual way: while an earlier answer of it is being read,
// and with arguments or results that only the usual way takes.
//
// DuckDB plans a statement with parameters anew for every set of arguments,
// which takes longer than answering from a small table. So whole numbers are
// bound when the statement is prepared, which is then one for these numbers.
func (c *Conn) queryAgain(ctx context.Context, s engine.Statement) (r array.RecordReader, ok bool, err error) {
	args, casts, err := values(s.Args)
	if err != nil || len(casts) > 0 {
		return nil, false, err
	}
	sql, named := bindNumbers(s.SQL, args)
	p := c.again[sql]
	if p == nil {
		if p, err = c.prepareAgain(sql); err != nil {
			return nil, true, err
		}
	}
	if p.busy || p.stmt == nil || p.stmt.NumInput() != len(named) {
		return nil, false, nil
	}
	rows, err := p.stmt.QueryContext(ctx, named)
	if err != nil {
		return nil, true, statementError(ctx, s.SQL, err)
	}
	if p.columns == nil {
		p.columns = columnsOf(rows)
		for _, k := range p.columns {
			if k.nested {
				err := rows.Close()
				p.close()
				return nil, false, err
			}
		}
	}
	c.clock++
	p.busy, p.used = true, c.clock
	return newRowReader(ctx, &againRows{Rows: rows, done: func() { c.freed(p) }}, p.columns), true, nil
}

// bindNumbers writes the arguments that are whole numbers as numerals and gives
// the others to the driver. A number of arguments that the statement does not
// have is left to the usual way, which refuses it.
func bindNumbers(sql string, args []any) (text string, rest []driver.NamedValue) {
	marks := 0
	text = replacePlaceholders(sql, func(n int, mark string) string {
		marks++
		if mark == "?" && n <= len(args) {
			if v, whole := args[n-1].(int64); whole {
				return "CAST(" + strconv.FormatInt(v, 10) + " AS BIGINT)"
			}
			rest = append(rest, driver.NamedValue{Ordinal: len(rest) + 1, Value: args[n-1]})
		}
		return mark
	})
	if marks != len(args) {
		return sql, make([]driver.NamedValue, len(args)+marks+1)
	}
	return text, rest
}

// withNumbers writes whole numbers into a statement that has no other arguments,
// which is then planned once and not again for its arguments.
func withNumbers(sql string, args []any) (string, []any) {
	for _, v := range args {
		if _, whole := v.(int64); !whole {
			return sql, args
		}
	}
	if n, sure := placeholders(sql); len(args) == 0 || !sure || n != len(args) {
		return sql, args
	}
	text, _ := bindNumbers(sql, args)
	return text, nil
}

// prepareAgain prepares a statement and keeps it, in the place of the one used longest
// ago where there are too many.
func (c *Conn) prepareAgain(sql string) (*prepared, error) {
	if len(c.again) >= preparedKept {
		c.forgetOldest()
	}
	stmt, err := c.raw.Prepare(sql)
	if err != nil {
		return nil, statementError(context.Background(), sql, err)
	}
	if c.again == nil {
		c.again = map[string]*prepared{}
	}
	p := &prepared{stmt: stmt.(*duckdb.Stmt)}
	c.again[sql] = p
	return p, nil
}

func (c *Conn) forgetOldest() {
	var oldest string
	for sql, p := range c.again {
		if !p.busy && (oldest == "" || p.used < c.again[oldest].used) {
			oldest = sql
		}
	}
	if p := c.again[oldest]; p != nil {
		p.close()
		delete(c.again, oldest)
	}
}

// forget closes what is prepared; the connection is about to close.
func (c *Conn) forget() {
	for _, p := range c.again {
		if !p.busy {
			p.close()
		}
	}
	c.again = nil
}

// freed takes a statement back whose rows are read.
func (c *Conn) freed(p *prepared) {
	p.busy = false
	if c.again == nil {
		p.close()
	}
}

func (p *prepared) close() {
	if p.stmt != nil {
		_ = p.stmt.Close() // frees memory, cannot fail
		p.stmt = nil
	}
}

// againRows tell when they are read to the end or given up.
type againRows struct {
	driver.Rows
	done func()
}

// Close ends the reading.
func (r *againRows) Close() error {
	err := r.Rows.Close()
	r.done()
	return err
}
