package cube_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap/cube"
)

var asOf = time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)

func TestParseWhere(t *testing.T) {
	f := func(field, op string, values ...string) cube.Filter {
		return cube.Filter{Field: field, Op: op, Values: values}
	}
	for text, want := range map[string][]cube.Filter{
		"":    nil,
		"   ": nil,
		"date.year = 2025 and customer.type in (library, university)": {f("date.year", "=", "2025"), f("customer.type", "in", "library", "university")},
		"date.year<>2025":                                              {f("date.year", "!=", "2025")},
		"date.year>=2024 AND date.month<2025-03":                       {f("date.year", ">=", "2024"), f("date.month", "<", "2025-03")},
		"customer.name = \"Chen \"\"W\"\" Wei\"":                       {f("customer.name", "=", `Chen "W" Wei`)},
		"customer.name = 'O''Brien and sons'":                          {f("customer.name", "=", "O'Brien and sons")},
		"customer.type not in (library, (unknown), (none))":            {f("customer.type", "not_in", "library", "(unknown)", "(none)")},
		"customer.type = (unknown)":                                    {f("customer.type", "=", "(unknown)")},
		"date.month between 2025-01 and 2025-06 and class.l1 = T":      {f("date.month", "between", "2025-01", "2025-06"), f("class.l1", "=", "T")},
		"title.language is null and title.level IS NOT NULL":           {f("title.language", "is_null"), f("title.level", "not_null")},
		"publisher.name contains Press and class.code starts TP":       {f("publisher.name", "contains", "Press"), f("class.code", "starts", "TP")},
		"region.area = 华北 and customer.type = ''":                      {f("region.area", "=", "华北"), f("customer.type", "=", "")},
		"customer.name key in (7, (none)) and class.l1 key not in (T)": {f("customer.name", "key_in", "7", "(none)"), f("class.l1", "not_key_in", "T")},
		"customer.name in ('and', and, \"in\")":                        {f("customer.name", "in", "and", "and", "in")},
		"a.b = 1 or c.d = 2 and e.f = 3":                               {{Any: []cube.Filter{f("a.b", "=", "1"), {All: []cube.Filter{f("c.d", "=", "2"), f("e.f", "=", "3")}}}}},
		"(a.b = 1 or c.d = 2) and e.f = 3":                             {{Any: []cube.Filter{f("a.b", "=", "1"), f("c.d", "=", "2")}}, f("e.f", "=", "3")},
		"((a.b = 1)) and (c.d = 2 and (e.f = 3))":                      {f("a.b", "=", "1"), {All: []cube.Filter{f("c.d", "=", "2"), f("e.f", "=", "3")}}},
		"a.b not contains x and a.b ends with y and a.b starts z":      {f("a.b", "not_contains", "x"), f("a.b", "ends", "y"), f("a.b", "starts", "z")},
		"a.b in set big and a.b not in set 'our own'":                  {f("a.b", "in_set", "big"), f("a.b", "not_in_set", "our own")},
		"a.b under T and a.b under (T, U) and a.b key in (1, 2)":       {f("a.b", "under", "T"), f("a.b", "under", "T", "U"), f("a.b", "key_in", "1", "2")},
		"not a.b = 1 and not not c.d = 2 and not (a.b in (1) and c.d in set s)": {f("a.b", "!=", "1"), f("c.d", "=", "2"),
			{Any: []cube.Filter{f("a.b", "not_in", "1"), f("c.d", "not_in_set", "s")}}},
		"a.b not under (T, U) and a.b not under T and a.b not key in (1) and a.b key not in (2) and a is all": {f("a.b", "not_under", "T", "U"), f("a.b", "not_under", "T"),
			f("a.b", "not_key_in", "1"), f("a.b", "not_key_in", "2"), f("a", "all")},
		"not a.b between 1 and 2":                                  {{Any: []cube.Filter{f("a.b", "<", "1"), f("a.b", ">", "2"), f("a.b", "is_null")}}},
		"title.price_band = 100-199/USD:%.x and date.day=2025-1-1": {f("title.price_band", "=", "100-199/USD:%.x"), f("date.day", "=", "2025-1-1")},
	} {
		got, err := cube.ParseWhere(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		again, err := cube.ParseWhere(cube.FormatWhere(got))
		if diff := cmp.Diff(got, again); err != nil || diff != "" {
			t.Errorf("%q written as %q: %v %s", text, cube.FormatWhere(got), err, diff)
		}
	}
}

// What can be read can be written and read again, and nothing makes the parser
// fail in another way than with an error.
func FuzzParseWhere(f *testing.F) {
	for _, seed := range []string{"date.year = 2025", "a.b in (x, 'y''z', (none))", "a between 1 and 2 and b is not null",
		"a not in (\"q\"\"r\")", "a <> (unknown)", "客户 = '图书馆'", "a = '", "a in (", "\xff = \xfe", "a = \"\x00\"", "a starts (none)(unknown)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filters, err := cube.ParseWhere(text)
		if err != nil {
			checkPlace(t, text, err)
			return
		}
		written := cube.FormatWhere(filters)
		again, err := cube.ParseWhere(written)
		if err != nil {
			t.Fatalf("%q was read, but written as %q it gives %v", text, written, err)
		}
		if diff := cmp.Diff(filters, again); diff != "" {
			t.Errorf("%q written as %q (-first +again):\n%s", text, written, diff)
		}
	})
}

func TestParseTime(t *testing.T) {
	for _, c := range []struct{ asOf, text, from, to string }{
		{"2025-06-30", "2025", "2025-01-01", "2025-12-31"},
		{"2025-06-30", "2025-H2", "2025-07-01", "2025-12-31"},
		{"2025-06-30", "2025-Q1", "2025-01-01", "2025-03-31"},
		{"2025-06-30", "2025q4", "2025-10-01", "2025-12-31"},
		{"2025-06-30", "2024-02", "2024-02-01", "2024-02-29"},
		{"2025-06-30", "2025-W01", "2024-12-30", "2025-01-05"},
		{"2025-06-30", "2020-W53", "2020-12-28", "2021-01-03"},
		{"2025-06-30", "2025-03-31", "2025-03-31", "2025-03-31"},
		{"2025-06-30", "2025-01-01..2025-03-31", "2025-01-01", "2025-03-31"},
		{"2025-06-30", "2024-Q4 .. 2025-03", "2024-10-01", "2025-03-31"},
		{"2025-06-30", "2024..", "2024-01-01", ""},
		{"2025-06-30", "..2024-06", "", "2024-06-30"},
		{"2025-06-30", "YTD", "2025-01-01", "2025-06-30"},
		{"2025-06-30", "qtd", "2025-04-01", "2025-06-30"},
		{"2025-06-15", "mtd", "2025-06-01", "2025-06-15"},
		{"2025-06-15", "this month", "2025-06-01", "2025-06-30"},
		{"2025-06-15", "previous month", "2025-05-01", "2025-05-31"},
		{"2025-01-15", "previous quarter", "2024-10-01", "2024-12-31"},
		{"2025-06-15", "previous year", "2024-01-01", "2024-12-31"},
		{"2025-06-15", "this half", "2025-01-01", "2025-06-30"},
		{"2025-06-15", "this week", "2025-06-09", "2025-06-15"}, // a Sunday
		{"2025-06-16", "previous week", "2025-06-09", "2025-06-15"},
		{"2025-06-30", "last 12 months", "2024-07-01", "2025-06-30"},
		{"2025-06-15", "last 12 months", "2024-06-16", "2025-06-15"},
		{"2025-02-28", "last 12 months", "2024-03-01", "2025-02-28"},
		{"2024-02-29", "last 12 months", "2023-03-01", "2024-02-29"},
		{"2025-03-31", "last month", "2025-03-01", "2025-03-31"},
		{"2025-03-30", "last 1 month", "2025-02-28", "2025-03-30"},
		{"2025-06-30", "last 4 quarters", "2024-07-01", "2025-06-30"},
		{"2025-06-30", "last 2 years", "2023-07-01", "2025-06-30"},
		{"2025-06-30", "last 7 days", "2025-06-24", "2025-06-30"},
		{"2025-06-30", "last 2 weeks", "2025-06-17", "2025-06-30"},
	} {
		asOf, err := time.Parse(time.DateOnly, c.asOf)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cube.ParseTime(c.text, asOf)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if got.From != c.from || got.To != c.to {
			t.Errorf("%s as of %s: %s to %s, want %s to %s", c.text, c.asOf, got.From, got.To, c.from, c.to)
		}
	}
	if got, err := cube.ParseTime("all", asOf); got != nil || err != nil {
		t.Errorf("all: %v, %v", got, err)
	}
}

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"2025", "2025-Q1", "2025-W53", "a..b", "last 3 weeks", "ytd", "2025-02-30..", "0000-00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := cube.ParseTime(text, asOf)
		if err != nil || got == nil {
			return
		}
		for _, end := range []string{got.From, got.To} {
			if end == "" {
				continue
			}
			if _, err := time.Parse(time.DateOnly, end); err != nil {
				t.Errorf("%q gives the day %q", text, end)
			}
		}
		if got.To != "" && got.From > got.To {
			t.Errorf("%q gives %s to %s", text, got.From, got.To)
		}
	})
}

// A catalog is read or refused with a reason, whatever it says.
func FuzzLoad(f *testing.F) {
	f.Add("cubes:\n  - name: s\n    table: a.b\n")
	f.Add("dimensions:\n  - {name: d, key: k, table: a.b, attributes: [{name: x, column: c}]}\n")
	f.Add("cubes: [{name: s, measures: [{name: r, kind: ratio, numerator: r, denominator: r}]}]")
	f.Add("cubes: [{name: s, table: a.b, measures: [{name: a, kind: count}, {name: f, kind: formula, formula: 'if(a < 1, a / 2, -f)'}, {name: q, kind: quantile, q: .5, column: c}, {name: w, kind: weighted, column: c, weight: d}, {nme: x, <<: {a: b}}]}]")
	f.Add("x: &a {y: *a}\ncubes: !!map [&b {name: *b, ? [a] : c}]")
	f.Add("cubes: [null]\ndimensions: [null, {attributes: [null], beside: [null], hierarchies: [null]}]")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := cube.Load([]cube.File{{Name: "f.yaml", Data: []byte(text)}})
		if (m == nil) == (err == nil) {
			t.Errorf("model %v, error %v", m, err)
		}
	})
}

func TestListsOfSets(t *testing.T) {
	want := []cube.Filter{{Field: "class", Op: "in_set", Values: []string{"a", "b"}}, {Field: "class", Op: "not_in_set", Values: []string{"a", "b"}}}
	got, err := cube.ParseWhere(cube.FormatWhere(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
