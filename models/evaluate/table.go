// Package evaluate fits and judges models of propensity on a table of any
// origin, for comparison with other tools: columns are typed, folds found or
// drawn, leaks refused, settings chosen within each fold, and what came of it
// reported.
package evaluate

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"verso/models/propensity"
	"verso/olap/engine"
)

// Kinds of columns.
const (
	Number   = "number"
	Category = "category"
	Date     = "date" // days since 1970-01-01
)

// UnreadableError is a file that cannot be read as a table.
type UnreadableError struct {
	Path  string
	Cause error
}

// Error says which file and why.
func (e *UnreadableError) Error() string {
	return fmt.Sprintf("%s cannot be read: %v", e.Path, e.Cause)
}

// Unwrap is the cause.
func (e *UnreadableError) Unwrap() error { return e.Cause }

// Column is one column of the file as it was typed.
type Column struct {
	propensity.Column
	Kind  string
	Stray int // values that are no number in a column of numbers: taken as missing
}

// Table is a file in memory.
type Table struct {
	Columns []Column
	Rows    int
}

// Column is the one of that name; nil: there is none.
func (t *Table) Column(name string) *Column {
	for k := range t.Columns {
		if t.Columns[k].Name == name {
			return &t.Columns[k]
		}
	}
	return nil
}

// Names are those of all columns.
func (t *Table) Names() []string {
	out := make([]string, len(t.Columns))
	for k, c := range t.Columns {
		out[k] = c.Name
	}
	return out
}

// Text is the column's values as text, "" where missing, whatever its kind.
func (c *Column) Text() []string {
	if c.Levels != nil {
		return c.Levels
	}
	out := make([]string, len(c.Numbers))
	for i, v := range c.Numbers {
		if !math.IsNaN(v) {
			out[i] = fmt.Sprintf("%.15g", v)
		}
	}
	return out
}

// absent are the spellings of "missing" in a column whose other values are
// numbers or dates.
const absent = `('', '?', '-', '.', 'na', 'n/a', '#n/a', 'nan', 'null', 'none', '\n', 'missing', 'unknown')`

// Read reads a CSV or Parquet file (.csv, .tsv, .txt, also with .gz; .parquet)
// through the database, whose memory it is copied into. A column of text is one
// of numbers or dates when all its values are, or all but one in a hundred of at
// most three spellings; codes with leading zeros stay text. texts names columns
// that are categories or keys whatever they look like.
func Read(ctx context.Context, conn engine.Conn, path string, texts ...string) (*Table, error) {
	source, err := scan(path)
	if err != nil {
		return nil, &UnreadableError{path, err}
	}
	if _, err := conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TEMP TABLE evaluated AS SELECT * FROM "+source)); err != nil {
		return nil, &UnreadableError{path, err}
	}
	described, _, err := engine.Describe(ctx, conn, "evaluated")
	if err != nil {
		return nil, err
	}
	t := &Table{}
	var selects []string
	for _, d := range described {
		c := Column{Column: propensity.Column{Name: d.Name}}
		expression := ""
		if c.Kind, expression, c.Stray, err = kindOf(ctx, conn, d.Name, d.Type, contains(texts, d.Name)); err != nil {
			return nil, err
		}
		t.Columns = append(t.Columns, c)
		selects = append(selects, expression)
	}
	if len(selects) == 0 {
		return nil, &UnreadableError{path, errors.New("it has no columns")}
	}
	if err := t.fill(ctx, conn, "SELECT "+strings.Join(selects, ", ")+" FROM evaluated ORDER BY rowid"); err != nil {
		return nil, err
	}
	_, err = conn.Exec(ctx, engine.SQL("DROP TABLE evaluated"))
	return t, err
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// scan is the table function that reads the file.
func scan(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", errors.Unwrap(err)
	}
	if info.IsDir() {
		return "", errors.New("it is a folder")
	}
	// Signs of patterns stand for themselves in brackets.
	literal := engine.QuoteText(strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(path))
	switch name := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".gz"); filepath.Ext(name) {
	case ".parquet":
		return "read_parquet(" + literal + ")", nil
	case ".csv", ".tsv", ".txt":
		delimiter, err := delimiterOf(path)
		if err != nil {
			return "", err
		}
		// All that a guess could get wrong is said: a guess may skip rows in silence.
		return "read_csv(" + literal + ", header = true, skip = 0, all_varchar = true, delim = " + engine.QuoteText(delimiter) +
			`, quote = '"', escape = '"', comment = '', null_padding = false, ignore_errors = false, strict_mode = true)`, nil
	}
	return "", errors.New("it is neither .csv, .tsv, .txt nor .parquet (the text ones also with .gz)")
}

// delimiterOf is the most frequent of the usual delimiters in the header.
func delimiterOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(strings.ToLower(path), ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return "", err
		}
	}
	header, err := bufio.NewReader(io.LimitReader(r, 1<<20)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if strings.TrimSpace(header) == "" {
		return "", errors.New("it has no header line")
	}
	best := ","
	for _, d := range []string{",", ";", "\t", "|"} {
		if strings.Count(header, d) > strings.Count(header, best) {
			best = d
		}
	}
	return best, nil
}

// kindOf types a column and gives the expression that reads it as a DOUBLE or a
// VARCHAR.
func kindOf(ctx context.Context, conn engine.Conn, name, declared string, text bool) (kind, expression string, stray int, err error) {
	column := engine.QuoteIdent(name)
	asText := "trim(CAST(" + column + " AS VARCHAR))"
	asDays := "epoch(CAST(%s AS TIMESTAMP)) / 86400.0"
	declared = strings.ToUpper(declared)
	switch {
	case text:
		return Category, asText, 0, nil
	case strings.HasPrefix(declared, "DATE"), strings.HasPrefix(declared, "TIMESTAMP"):
		return Date, fmt.Sprintf(asDays, column), 0, nil
	case strings.HasPrefix(declared, "DECIMAL"), strings.Contains(declared, "INT"), declared == "DOUBLE", declared == "FLOAT", declared == "BOOLEAN":
		return Number, "CAST(" + column + " AS DOUBLE)", 0, nil
	case declared != "VARCHAR":
		return Category, asText, 0, nil
	}
	number := "TRY_CAST(" + asText + " AS DOUBLE)"
	given := "lower(" + asText + ") NOT IN " + absent
	n, err := counts(ctx, conn, given, given+" AND isfinite("+number+")", "regexp_matches("+asText+", '^[+-]?0[0-9]')")
	if err != nil {
		return "", "", 0, err
	}
	all, numbers, zeros := n[0], n[1], n[2]
	expression = "CASE WHEN isfinite(" + number + ") THEN " + number + " END"
	switch {
	case all == 0 || zeros > 0:
		return Category, asText, 0, nil
	case numbers == all:
		return Number, expression, 0, nil
	case all-numbers <= all/100:
		row, err := engine.One(ctx, conn, engine.SQL("SELECT count(DISTINCT "+asText+") FROM evaluated WHERE "+given+" AND NOT coalesce(isfinite("+number+"), false)"))
		if err != nil {
			return "", "", 0, err
		}
		if spellings, _ := engine.Int(row[0]); spellings <= 3 {
			return Number, expression, int(all - numbers), nil
		}
	case numbers > 0:
		return Category, asText, 0, nil
	}
	moment := "coalesce(TRY_CAST(" + asText + " AS TIMESTAMP), try_strptime(" + asText + ", ['%Y/%m/%d', '%d.%m.%Y']))"
	// Most text is no date: the first values say so without a look at all.
	for _, from := range []string{"(SELECT * FROM evaluated LIMIT 100)", "evaluated"} {
		row, err := engine.One(ctx, conn, engine.SQL("SELECT count(*) FROM "+from+" WHERE "+given+" AND "+moment+" IS NULL"))
		if err != nil {
			return "", "", 0, err
		}
		if strange, _ := engine.Int(row[0]); strange > 0 {
			return Category, asText, 0, nil
		}
	}
	return Date, fmt.Sprintf(asDays, moment), 0, nil
}

// counts are the numbers of rows for which conditions hold.
func counts(ctx context.Context, conn engine.Conn, conditions ...string) ([]int64, error) {
	var filters []string
	for _, c := range conditions {
		filters = append(filters, "count(*) FILTER ("+c+")")
	}
	row, err := engine.One(ctx, conn, engine.SQL("SELECT "+strings.Join(filters, ", ")+" FROM evaluated"))
	if err != nil {
		return nil, err
	}
	out := make([]int64, len(conditions))
	for k := range out {
		out[k], _ = engine.Int(row[k])
	}
	return out, nil
}

// fill copies the rows.
func (t *Table) fill(ctx context.Context, conn engine.Conn, sql string) error {
	seen := make([]map[string]string, len(t.Columns)) // each text is kept once
	for k := range t.Columns {
		if c := &t.Columns[k]; c.Kind == Category {
			c.Levels, seen[k] = []string{}, map[string]string{}
		} else {
			c.Numbers = []float64{}
		}
	}
	r, err := conn.Query(ctx, engine.SQL(sql))
	if err != nil {
		return err
	}
	return engine.Each(ctx, r, func(batch arrow.RecordBatch) error {
		t.Rows += int(batch.NumRows())
		for k := range t.Columns {
			c := &t.Columns[k]
			if c.Kind != Category {
				c.Numbers = append(c.Numbers, numbersOf(batch.Column(k))...)
				continue
			}
			for i := range int(batch.NumRows()) {
				v := textOf(batch.Column(k), i)
				kept, ok := seen[k][v]
				if !ok {
					kept = strings.Clone(v)
					seen[k][kept] = kept
				}
				c.Levels = append(c.Levels, kept)
			}
		}
		return nil
	})
}

func numbersOf(column arrow.Array) []float64 {
	out := make([]float64, column.Len())
	typed, fast := column.(*array.Float64)
	for i := range out {
		switch {
		case column.IsNull(i):
			out[i] = math.NaN()
		case fast:
			out[i] = typed.Value(i)
		default:
			out[i] = math.NaN()
			if v, ok := engine.Float(engine.Value(column, i)); ok {
				out[i] = v
			}
		}
		if math.IsInf(out[i], 0) {
			out[i] = math.NaN()
		}
	}
	return out
}

func textOf(column arrow.Array, i int) string {
	if column.IsNull(i) {
		return ""
	}
	if s, ok := column.(*array.String); ok {
		return s.Value(i)
	}
	return engine.Text(engine.Value(column, i))
}
