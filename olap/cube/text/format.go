package text

import (
	"strconv"
	"strings"
	"time"

	"verso/olap/cube"
)

// Format writes a question as Parse reads it, in one line, clauses always in the
// same order.
func Format(q cube.Query) string {
	var parts []string
	add := func(c clause, body string) {
		if body != "" {
			parts = append(parts, string(c)+" "+body)
		}
	}
	parts = append(parts, name(q.Cube))
	switch columns := list(q.Columns); {
	case len(q.Rows) > 0 && columns != "":
		add(rowsClause, list(q.Rows)+" × "+columns)
	case len(q.Rows) > 0:
		add(rowsClause, list(q.Rows))
	default:
		add(columnsClause, columns)
	}
	add(showClause, list(q.Measures))
	add(whereClause, cube.FormatWhere(q.Where))
	add(havingClause, formatHaving(q.Having))
	if q.Time != nil {
		add(timeClause, formatTime(*q.Time))
	}
	add(vsClause, list(q.Compare))
	if q.Top != nil {
		c := topClause
		if q.Top.Bottom {
			c = "bottom"
		}
		add(c, formatTop(*q.Top))
	}
	add(totalsClause, formatTotals(q.Totals))
	add(sortClause, formatSort(q.Sort))
	if q.Limit > 0 {
		add(limitClause, strconv.Itoa(q.Limit))
	}
	return strings.Join(parts, " ")
}

// name writes a name, in quotes where it would not be read as one.
func name(text string) string {
	if text == "" || reserved(text) || strings.IndexFunc(text, endsWord) >= 0 || strings.HasPrefix(text, "-") {
		return cube.Quote(text)
	}
	return text
}

func list(names []string) string {
	written := make([]string, len(names))
	for i, n := range names {
		written[i] = name(n)
	}
	return strings.Join(written, ", ")
}

func formatHaving(having []cube.Having) string {
	parts := make([]string, len(having))
	for i, h := range having {
		by := name(h.By)
		switch h.Op {
		case "between":
			parts[i] = by + " between " + strings.Join(h.Values, " and ")
		case "is_null":
			parts[i] = by + " is null"
		case "not_null":
			parts[i] = by + " is not null"
		default:
			parts[i] = by + " " + h.Op + " " + strings.Join(h.Values, " ")
		}
	}
	return strings.Join(parts, " and ")
}

func formatTop(t cube.Top) string {
	var b strings.Builder
	b.WriteString(strconv.Itoa(t.N))
	if t.Percent {
		b.WriteByte('%')
	}
	if t.Field != "" {
		b.WriteString(" " + name(t.Field))
	}
	b.WriteString(" by " + name(t.By))
	if t.Others {
		b.WriteString(" with others")
	}
	return b.String()
}

func formatTotals(t cube.Totals) string {
	var kinds []string
	for _, k := range []struct {
		asked bool
		kind  string
	}{{t.Grand, "grand"}, {t.Rows, "rows"}, {t.Cols, "cols"}, {t.ColSub, "colsub"}} {
		if k.asked {
			kinds = append(kinds, k.kind)
		}
	}
	return strings.Join(kinds, ", ")
}

func formatSort(keys []cube.Sort) string {
	parts := make([]string, len(keys))
	for i, s := range keys {
		parts[i] = name(s.By)
		switch len(s.Members) {
		case 0:
		case 1:
			parts[i] += " under " + name(s.Members[0])
		default:
			parts[i] += " under (" + list(s.Members) + ")"
		}
		if s.Desc {
			parts[i] += " desc"
		}
	}
	return strings.Join(parts, ", ")
}

// formatTime writes a range by the shortest period that is the same days.
func formatTime(t cube.Time) string {
	text := t.From + ".." + t.To
	if t.From == "" && t.To == "" {
		if t.Field == "" {
			return ""
		}
		text = "all"
	}
	for _, period := range periods(t.From, t.To) {
		same, err := cube.ParseTime(period, time.Time{})
		if err == nil && same.From == t.From && same.To == t.To {
			text = period
			break
		}
	}
	if t.Field != "" {
		text += " on " + name(t.Field)
	}
	return text
}

// periods are the periods that begin and end on these days, perhaps.
func periods(from, to string) (list []string) {
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return nil
	}
	last, err := time.Parse(time.DateOnly, to)
	if err != nil {
		return nil
	}
	year, month := first.Format("2006"), int(first.Month())
	isoYear, week := first.ISOWeek()
	number := func(n int) string { return strconv.Itoa(n) }
	list = append(list, year, year+"-H"+number((month+5)/6), year+"-Q"+number((month+2)/3), first.Format("2006-01"), from)
	if weekText := number(week); isoYear > 999 {
		if week < 10 {
			weekText = "0" + weekText
		}
		list = append(list, number(isoYear)+"-W"+weekText)
	}
	return append(list, year+".."+last.Format("2006"), first.Format("2006-01")+".."+last.Format("2006-01"))
}
