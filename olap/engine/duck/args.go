package duck

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"verso/olap/engine"
)

// bind turns verso's arguments into the driver's and refuses a number of them
// that the statement does not have (the driver ignores too many).
//
// The driver takes a decimal as text only, which would round it to the type it
// is compared with or turn it into a double. So the placeholder of a Decimal is
// wrapped in a cast to its own type.
func bind(raw *duckdb.Conn, sql string, args []any) (text string, out []any, err error) {
	if len(args) == 0 {
		return sql, nil, nil
	}
	out, casts, err := values(args)
	if err != nil {
		return "", nil, err
	}
	if len(casts) > 0 {
		sql = castPlaceholders(sql, casts)
	}
	if n, sure := placeholders(sql); sure && n == len(args) {
		return sql, out, nil
	}
	stmt, err := raw.Prepare(sql)
	if err != nil {
		return "", nil, statementError(context.Background(), sql, err)
	}
	defer stmt.Close()
	if n := stmt.NumInput(); n != len(args) {
		return "", nil, &engine.StatementError{SQL: sql, Message: fmt.Sprintf("the statement has %d parameters, %d arguments were given", n, len(args))}
	}
	return sql, out, nil
}

// values are the arguments for the driver, and the casts that placeholders of
// decimals need.
func values(args []any) (out []any, casts map[int]string, err error) {
	out, casts = make([]any, len(args)), map[int]string{}
	for i, v := range args {
		switch t := v.(type) {
		case nil, bool, int64, float64, string, []byte, []string, []int64:
			out[i] = v
		case int:
			out[i] = int64(t)
		case int32:
			out[i] = int64(t)
		case engine.Decimal:
			out[i] = t.String()
			casts[i+1] = decimalType(t)
		case time.Time:
			out[i] = moment(t)
		default:
			return nil, nil, fmt.Errorf("duck: argument %d is a %T: use nil, bool, int, int64, float64, string, time.Time, []byte, engine.Decimal, []string or []int64", i+1, v)
		}
	}
	return out, casts, nil
}

// placeholders counts the parameters of a statement without having it planned,
// which takes a millisecond or two for a star of four joins. It is not sure of
// numbered and named ones, and of several statements.
func placeholders(sql string) (n int, sure bool) {
	for i := 0; i < len(sql); {
		if end := skip(sql, i); end > i {
			i = end
			continue
		}
		switch c := sql[i]; {
		case c == ';' || c == '$':
			return 0, false
		case c == '?' && i+1 < len(sql) && sql[i+1] >= '0' && sql[i+1] <= '9':
			return 0, false
		case c == '?':
			n++
		}
		i++
	}
	return n, true
}

// decimalType is the narrowest type of DuckDB's usual widths that holds d.
func decimalType(d engine.Decimal) string {
	digits := len(strings.TrimPrefix(d.Num.BigInt().String(), "-"))
	width := 18
	if digits > 18 || d.Scale > 18 {
		width = 38
	}
	return fmt.Sprintf("DECIMAL(%d,%d)", width, d.Scale)
}

// moment binds a time: as what the statement compares it with at midnight, as
// a TIMESTAMP otherwise, so that a time of day is never cut off.
func moment(t time.Time) any {
	t = t.UTC()
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t
	}
	return duckdb.Typed(t, duckdb.TYPE_TIMESTAMP)
}

// castPlaceholders wraps the n-th placeholder of sql in a cast to casts[n].
func castPlaceholders(sql string, casts map[int]string) string {
	return replacePlaceholders(sql, func(n int, mark string) string {
		if cast := casts[n]; cast != "" {
			return "CAST(" + mark + " AS " + cast + ")"
		}
		return mark
	})
}

// replacePlaceholders writes something else for the placeholders (? or ?n) of
// sql, outside of strings, quoted names and comments.
func replacePlaceholders(sql string, with func(n int, mark string) string) string {
	var out strings.Builder
	n := 0
	for i := 0; i < len(sql); {
		if end := skip(sql, i); end > i {
			out.WriteString(sql[i:end])
			i = end
			continue
		}
		if sql[i] != '?' {
			out.WriteByte(sql[i])
			i++
			continue
		}
		end := i + 1
		for end < len(sql) && sql[end] >= '0' && sql[end] <= '9' {
			end++
		}
		n++
		which := n
		if explicit, err := strconv.Atoi(sql[i+1 : end]); err == nil {
			which = explicit
		}
		out.WriteString(with(which, sql[i:end]))
		i = end
	}
	return out.String()
}

// skip returns the end of the string, quoted name or comment that starts at i,
// or i when none does.
func skip(sql string, i int) int {
	rest := sql[i:]
	until := func(open, end string) int {
		if k := strings.Index(rest[len(open):], end); k >= 0 {
			return i + len(open) + k + len(end)
		}
		return len(sql)
	}
	switch {
	case rest[0] == '\'' && i > 0 && (sql[i-1] == 'e' || sql[i-1] == 'E') && (i == 1 || !isName(sql[i-2])):
		for k := 1; k < len(rest); k++ { // E'…': a backslash escapes
			if rest[k] == '\\' {
				k++
			} else if rest[k] == '\'' {
				return i + k + 1
			}
		}
		return len(sql)
	case rest[0] == '\'' || rest[0] == '"': // a doubled quote is a second string that follows at once
		return until(rest[:1], rest[:1])
	case strings.HasPrefix(rest, "--"):
		return until("--", "\n")
	case strings.HasPrefix(rest, "/*"):
		return until("/*", "*/")
	case rest[0] == '$' && (i == 0 || !isName(sql[i-1])):
		k := 1
		for k < len(rest) && isName(rest[k]) {
			k++
		}
		if k < len(rest) && rest[k] == '$' && (k == 1 || rest[1] > '9') {
			return until(rest[:k+1], rest[:k+1])
		}
	}
	return i
}

func isName(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}
