package source

import (
	"strings"
	"time"

	"verso/olap/engine"
)

// Only narrows an extract of a database to a part of its rows. Conditions that
// are set hold together. Values are texts that the database converts to the
// type of the column.
type Only struct {
	Column string // of the SELECT, as the database names it; "": no range
	From   string // at least this value; "": open
	After  bool   // above From rather than from it on
	To     string // below this value; "": open
	Null   bool   // rows whose column is null are wanted too
	Among  *Among // rows whose key stands in another SELECT
}

// Among are the keys that another SELECT of the same database returns.
type Among struct {
	SQL    string            // the SELECT
	Keys   map[string]string // its columns, by the column of the extract that each equals
	Order  []string          // the columns of the extract, in order
	Column string            // of the SELECT: only its rows from From on; "": all
	From   string            // "": open
}

// Narrowed is the extract's SELECT, narrowed to what is asked for. quote quotes an
// identifier the way of the database.
func (r Request) Narrowed(quote func(string) string) string {
	sql := strings.TrimRight(r.SQL, "; \t\r\n")
	if r.Only == nil {
		return sql
	}
	var where []string
	if o := r.Only; o.Column != "" && (o.From != "" || o.To != "") {
		where = append(where, o.rangeOf("s."+quote(o.Column)))
	}
	if a := r.Only.Among; a != nil {
		where = append(where, a.exists(quote))
	}
	if len(where) == 0 {
		return sql
	}
	return "SELECT s.* FROM (\n" + sql + "\n) AS s WHERE " + strings.Join(where, " AND ")
}

func (o *Only) rangeOf(column string) string {
	var parts []string
	if o.From != "" {
		operator := " >= "
		if o.After {
			operator = " > "
		}
		parts = append(parts, column+operator+engine.QuoteText(o.From))
	}
	if o.To != "" {
		parts = append(parts, column+" < "+engine.QuoteText(o.To))
	}
	text := strings.Join(parts, " AND ")
	if o.Null {
		text += " OR " + column + " IS NULL"
	}
	return "(" + text + ")"
}

func (a *Among) exists(quote func(string) string) string {
	var same []string
	for _, k := range a.Order {
		same = append(same, "l."+quote(a.Keys[k])+" = s."+quote(k))
	}
	if a.Column != "" && a.From != "" {
		same = append(same, "l."+quote(a.Column)+" >= "+engine.QuoteText(a.From))
	}
	return "EXISTS (SELECT 1 FROM (\n" + strings.TrimRight(a.SQL, "; \t\r\n") + "\n) AS l WHERE " + strings.Join(same, " AND ") + ")"
}

// KnownFile is a source file that was read before.
type KnownFile struct {
	Bytes    int64
	SHA256   string
	Modified time.Time
}
