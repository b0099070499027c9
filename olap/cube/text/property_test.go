package text_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"verso/olap/cube"
	"verso/olap/cube/text"
)

// randomQuery makes questions of every form that has a text, names and values
// included that need quotes.
type randomQuery struct{ *rand.Rand }

func (r randomQuery) pick(list ...string) string { return list[r.IntN(len(list))] }

func (r randomQuery) name() string {
	return r.pick("net", "customer.name", "region.area", "a", "按", "top", "Limit", "x", "not", "客户.名称", "a b", `a"b`, "it's", "(none)", "a×b", "-a", "100%", "%", "a,b", "a(b")
}

func (r randomQuery) names(least, most int) (list []string) {
	for range least + r.IntN(most-least+1) {
		list = append(list, r.name())
	}
	return list
}

func (r randomQuery) ref() string {
	measure := r.pick("net", "margin_pct", "top", "a b", "净额", "margin%", "x")
	return measure + r.pick("", "", "@py", "@ytd", "@ytd.py", "@roll12m.py2", "@plan", "@py:delta", "@ytd.pp:pct", ":share.parent", ":rank", ":running")
}

func (r randomQuery) refs(least, most int) (list []string) {
	for range least + r.IntN(most-least+1) {
		list = append(list, r.ref())
	}
	return list
}

func (r randomQuery) value() string {
	return r.pick("2025", "library", "(none)", "(unknown)", "with", "set", "and", "", " ", "a b", `"`, "'", `a""b`, "图书馆", "a×b", "(x)", "=", "or", "show", "\n", "é\t", "top 10", "≤")
}

func (r randomQuery) filter(depth int) cube.Filter {
	if depth > 0 && r.IntN(3) == 0 {
		var group []cube.Filter
		for range 2 + r.IntN(2) {
			group = append(group, r.filter(depth-1))
		}
		if r.IntN(2) == 0 {
			return cube.Filter{Any: group}
		}
		return cube.Filter{All: group}
	}
	f := cube.Filter{Field: r.name(), Op: r.pick("=", "!=", "<", "<=", ">", ">=", "in", "not_in", "between", "contains", "not_contains",
		"starts", "ends", "is_null", "not_null", "in_set", "not_in_set", "under", "not_under", "key_in", "not_key_in", "all")}
	values := 1
	switch f.Op {
	case "in", "not_in", "key_in", "not_key_in", "under", "not_under":
		values = 1 + r.IntN(3)
	case "between":
		values = 2
	case "is_null", "not_null", "all":
		values = 0
	}
	for range values {
		f.Values = append(f.Values, r.value())
	}
	return f
}

func (r randomQuery) time() *cube.Time {
	day := func() string {
		return time.Date(2020, 1, 1+r.IntN(2000), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	field := r.pick("", "", "ship", "on")
	switch r.IntN(6) {
	case 0:
		return nil
	case 1:
		return &cube.Time{Field: "ship"}
	case 2:
		return &cube.Time{From: day(), Field: field}
	case 3:
		return &cube.Time{To: day(), Field: field}
	}
	from, to := day(), day()
	if from > to {
		from, to = to, from
	}
	if r.IntN(2) == 0 {
		from, to = from[:8]+"01", to[:5]+"12-31"
	}
	return &cube.Time{From: from, To: to, Field: field}
}

func (r randomQuery) query() cube.Query {
	flip := func() bool { return r.IntN(2) == 0 }
	q := cube.Query{Cube: r.name(), Rows: r.names(0, 3), Columns: r.names(0, 2), Measures: r.refs(0, 3), Time: r.time()}
	for range r.IntN(3) {
		q.Compare = append(q.Compare, r.pick("py", "pp", "pw", "py3", "plan", "top"))
		q.Where = append(q.Where, r.filter(cube.MaxGroups-1))
	}
	for range r.IntN(3) {
		h := cube.Having{By: r.ref(), Op: r.pick("=", "!=", "<", "<=", ">", ">=")}
		h.Values = []string{r.pick("0", "-1", "1000.50", "0.2", "+3")}
		switch r.IntN(4) {
		case 0:
			h.Op, h.Values = "between", []string{"1", "2.5"}
		case 1:
			h.Op, h.Values = r.pick("is_null", "not_null"), nil
		}
		q.Having = append(q.Having, h)
	}
	if flip() {
		q.Top = &cube.Top{N: 1 + r.IntN(50), Percent: flip(), By: r.ref(), Others: flip(), Bottom: flip()}
		if flip() {
			q.Top.Field = r.name()
		}
	}
	q.Totals = cube.Totals{Grand: flip(), Rows: flip(), Cols: flip(), ColSub: flip()}
	for range r.IntN(3) {
		s := cube.Sort{By: r.name(), Desc: flip()}
		if flip() {
			s.By = r.ref()
		}
		for range r.IntN(3) {
			s.Members = append(s.Members, r.value())
		}
		q.Sort = append(q.Sort, s)
	}
	if flip() {
		q.Limit = 1 + r.IntN(1000)
	}
	return q
}

// Every question can be written and is then read as the same question, from
// text, JSON and YAML.
func TestRoundTrip(t *testing.T) {
	r := randomQuery{rand.New(rand.NewPCG(2025, 1))}
	for i := range 3000 {
		q := cube.Canonical(r.query())
		checkFixedPoint(t, q)
		if i%10 == 0 {
			checkEncodings(t, q)
		}
		if t.Failed() {
			return
		}
	}
}

func checkEncodings(t *testing.T, q cube.Query) {
	t.Helper()
	for name, form := range map[string]struct {
		encode func(cube.Query) ([]byte, error)
		decode func([]byte) (cube.Query, error)
	}{"JSON": {cube.EncodeJSON, cube.DecodeJSON}, "YAML": {cube.EncodeYAML, cube.DecodeYAML}} {
		data, err := form.encode(q)
		if err != nil {
			t.Fatal(err)
		}
		got, err := form.decode(data)
		if err != nil {
			t.Errorf("%s:\n%s\n%v", name, data, err)
			continue
		}
		if diff := cmp.Diff(q, got); diff != "" {
			t.Errorf("%s:\n%s\n(-want +got):\n%s", name, data, diff)
		}
	}
}

// A text of a megabyte, whatever it holds, is read or refused at once.
func TestLongTexts(t *testing.T) {
	m := model(t)
	for name, unit := range map[string]string{
		"names": "a, ", "open brackets": "(", "not": "not ", "quotes": "'", "word": "a", "conditions": "region = a and ", "ors": "a = b or ",
		"spaces": " ", "time": "2025 ", "having": "net > 1 and ", "refs": "net, ", "scopes": "py, ", "members": "2025, ", "signs": "@:",
	} {
		for _, start := range []string{"", "sales by ", "sales show ", "sales where ", "sales where region in (", "sales having ", "sales time ", "sales sort net under (", "sales top 10 by "} {
			in := start + strings.Repeat(unit, (cube.MaxText-len(start))/len(unit))
			begin := time.Now()
			_, err := text.ParseWith(m, in, asOf)
			checkPlace(t, in, err)
			if took := time.Since(begin); took > 5*time.Second { // anything quadratic takes minutes
				t.Errorf("%s after %q took %v", name, start, took)
			}
		}
	}
	_, err := text.Parse(strings.Repeat("a", cube.MaxText+1), asOf)
	checkPlace(t, strings.Repeat("a", cube.MaxText+1), err)
	if err == nil {
		t.Error("more than a megabyte is accepted")
	}
}

// checkPlace wants every error to be short and at a place inside the text.
func checkPlace(t *testing.T, in string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var parse *cube.ParseError
	if !errors.As(err, &parse) {
		t.Errorf("%.80q: %v is no *cube.ParseError", in, err)
		return
	}
	if most := utf8.RuneCountInString(in) + 1; parse.Column < 1 || parse.Column > most || parse.Message == "" {
		t.Errorf("%.80q: column %d of %d: %s", in, parse.Column, most, parse.Message)
	}
	if message := err.Error(); len(message) > 4000 {
		t.Errorf("%.80q: a message of %d bytes: %.300s", in, len(message), message)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{whole, "sales by a × b show net", "sales show net time last 3 months on ship", "销售 按 大区 显示 净额 前 10% 按 净额 其余",
		"c where not (a = 1 or b < 2) having x > 5% and y is null", "c sort -a under (b, (none)), d asc", "c 'q''r' \"", "c by (none)", "c top 5 percent a by b"} {
		f.Add(seed)
	}
	m := model(f)
	f.Fuzz(func(t *testing.T, in string) {
		_, err := text.ParseWith(m, in, asOf)
		checkPlace(t, in, err)
		q, err := text.Parse(in, asOf)
		checkPlace(t, in, err)
		if err == nil {
			checkFixedPoint(t, q)
		}
	})
}
