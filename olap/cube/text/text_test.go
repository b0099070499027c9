package text_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"verso/olap/catalog"
	"verso/olap/cube"
	"verso/olap/cube/text"
)

var asOf = time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)

func model(t testing.TB) *cube.Model {
	t.Helper()
	m, err := catalog.Load("")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func f(field, op string, values ...string) cube.Filter {
	return cube.Filter{Field: field, Op: op, Values: values}
}

// whole is a question with every clause.
const whole = `sales by region.area, class.l1 × date.quarter show net, margin_pct, net@py:delta` +
	` where customer.type in (library, university) and (region.area = North or class.l1 = T)` +
	` having net > 1000 and margin_pct between 0.1 and 0.5 time 2025 vs py, pp` +
	` top 10% class.l1 by net@py with others totals grand, rows, cols, colsub sort net under 2025-Q1 desc, region.area limit 500`

func wholeQuery() cube.Query {
	return cube.Query{Cube: "sales", Rows: []string{"region.area", "class.l1"}, Columns: []string{"date.quarter"},
		Measures: []string{"net", "margin_pct", "net@py:delta"}, Compare: []string{"py", "pp"},
		Where: []cube.Filter{f("customer.type", "in", "library", "university"),
			{Any: []cube.Filter{f("region.area", "=", "North"), f("class.l1", "=", "T")}}},
		Having: []cube.Having{{By: "net", Op: ">", Values: []string{"1000"}}, {By: "margin_pct", Op: "between", Values: []string{"0.1", "0.5"}}},
		Time:   &cube.Time{From: "2025-01-01", To: "2025-12-31"},
		Top:    &cube.Top{N: 10, Percent: true, Field: "class.l1", By: "net@py", Others: true},
		Totals: cube.Totals{Grand: true, Rows: true, Cols: true, ColSub: true},
		Sort:   []cube.Sort{{By: "net", Members: []string{"2025-Q1"}, Desc: true}, {By: "region.area"}}, Limit: 500}
}

func TestParse(t *testing.T) {
	time25 := &cube.Time{From: "2025-01-01", To: "2025-12-31"}
	for in, want := range map[string]cube.Query{
		whole:                               wholeQuery(),
		"sales":                             {Cube: "sales"},
		"SALES2 SHOW net BY a.b X c.d":      {Cube: "SALES2", Rows: []string{"a.b"}, Columns: []string{"c.d"}, Measures: []string{"net"}},
		"sales by a.b×c.d show net":         {Cube: "sales", Rows: []string{"a.b"}, Columns: []string{"c.d"}, Measures: []string{"net"}},
		"sales by a.b * c.d , e.f show net": {Cube: "sales", Rows: []string{"a.b"}, Columns: []string{"c.d", "e.f"}, Measures: []string{"net"}},
		"sales across c.d show net":         {Cube: "sales", Columns: []string{"c.d"}, Measures: []string{"net"}},
		"sales limit 5 totals all during last 3 months show net":    {Cube: "sales", Measures: []string{"net"}, Limit: 5, Totals: cube.Totals{Grand: true, Rows: true, Cols: true}, Time: &cube.Time{From: "2025-04-01", To: "2025-06-30"}},
		"sales show net in 2025 on ship by a.b":                     {Cube: "sales", Measures: []string{"net"}, Rows: []string{"a.b"}, Time: &cube.Time{Field: "ship", From: "2025-01-01", To: "2025-12-31"}},
		"sales show net time all":                                   {Cube: "sales", Measures: []string{"net"}},
		"sales show net time all on ship":                           {Cube: "sales", Measures: []string{"net"}, Time: &cube.Time{Field: "ship"}},
		"sales show net time '2025-03' .. 2025-04":                  {Cube: "sales", Measures: []string{"net"}, Time: &cube.Time{From: "2025-03-01", To: "2025-04-30"}},
		"sales show net where a.b = top top 3 by net":               {Cube: "sales", Measures: []string{"net"}, Where: []cube.Filter{f("a.b", "=", "top")}, Top: &cube.Top{N: 3, By: "net"}},
		"sales show \"limit\", 'a''b' by 'x'":                       {Cube: "sales", Measures: []string{"limit", "a'b"}, Rows: []string{"x"}},
		"sales bottom 5 percent a.b by net others show net":         {Cube: "sales", Measures: []string{"net"}, Top: &cube.Top{N: 5, Percent: true, Field: "a.b", By: "net", Others: true, Bottom: true}},
		"sales show net sort by -net under (2025, (none)), a.b asc": {Cube: "sales", Measures: []string{"net"}, Sort: []cube.Sort{{By: "net", Members: []string{"2025", "(none)"}, Desc: true}, {By: "a.b"}}},
		"sales show net having net >= 20%, net is not null and net is null and net <> -2.5%": {Cube: "sales", Measures: []string{"net"}, Having: []cube.Having{{By: "net", Op: ">=", Values: []string{"0.2"}},
			{By: "net", Op: "not_null"}, {By: "net", Op: "is_null"}, {By: "net", Op: "!=", Values: []string{"-0.025"}}}},
		"sales show net where not (a.b = 1 or c.d is null) and not e.f < 3 vs py": {Cube: "sales", Measures: []string{"net"}, Compare: []string{"py"}, Where: []cube.Filter{
			{All: []cube.Filter{f("a.b", "!=", "1"), f("c.d", "not_null")}}, {Any: []cube.Filter{f("e.f", ">=", "3"), f("e.f", "is_null")}}}},
		"销售 按 客户.类型 × 日期.年 显示 净额，毛利 其中 客户.类型 = 高校 时间 2025 对比 py 前 10 客户.类型 按 净额 其余 合计 总计、行 排序 净额 降序 限 20": {
			Cube: "销售", Rows: []string{"客户.类型"}, Columns: []string{"日期.年"}, Measures: []string{"净额", "毛利"}, Where: []cube.Filter{f("客户.类型", "=", "高校")},
			Time: time25, Compare: []string{"py"}, Top: &cube.Top{N: 10, Field: "客户.类型", By: "净额", Others: true},
			Totals: cube.Totals{Grand: true, Rows: true}, Sort: []cube.Sort{{By: "净额", Desc: true}}, Limit: 20},
	} {
		got, err := text.Parse(in, asOf)
		if err != nil {
			t.Errorf("%s:\n%v", in, err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", in, diff)
		}
		checkFixedPoint(t, got)
	}
}

// checkFixedPoint wants that what is written is read as the same, and written
// the same again.
func checkFixedPoint(t *testing.T, q cube.Query) {
	t.Helper()
	written := text.Format(q)
	again, err := text.Parse(written, asOf)
	if err != nil {
		t.Errorf("written as %s:\n%v", written, err)
		return
	}
	if diff := cmp.Diff(q, again); diff != "" {
		t.Errorf("written as %s (-first +again):\n%s", written, diff)
	}
	if twice := text.Format(again); twice != written {
		t.Errorf("written as\n%s\nand then as\n%s", written, twice)
	}
}

func TestFormat(t *testing.T) {
	if got := text.Format(wholeQuery()); got != whole {
		t.Errorf("got\n%s\nwant\n%s", got, whole)
	}
	for days, want := range map[[2]string]string{
		{"2025-01-01", "2025-12-31"}: "2025", {"2025-07-01", "2025-12-31"}: "2025-H2", {"2025-04-01", "2025-06-30"}: "2025-Q2",
		{"2024-02-01", "2024-02-29"}: "2024-02", {"2025-03-31", "2025-04-06"}: "2025-W14", {"2025-03-31", "2025-03-31"}: "2025-03-31",
		{"2023-01-01", "2024-12-31"}: "2023..2024", {"2023-01-01", "2024-05-31"}: "2023-01..2024-05",
		{"2025-01-01", "2025-05-30"}: "2025-01-01..2025-05-30", {"2025-01-01", ""}: "2025-01-01..", {"", "2025-01-01"}: "..2025-01-01",
		{"2024-12-30", "2025-01-05"}: "2025-W01",
	} {
		got := text.Format(cube.Query{Cube: "c", Time: &cube.Time{From: days[0], To: days[1]}})
		if got != "c time "+want {
			t.Errorf("%v is written as %q, want %q", days, got, want)
		}
	}
}

func TestParseWith(t *testing.T) {
	m := model(t)
	for in, want := range map[string]string{
		"sales by region, class.l1 x quarter show net, margin% where year = 2025 vs py": "sales by region.name, class.l1 × date.quarter show net, margin_pct where date.year = 2025 vs py",
		"Sales by customer type, month show revenue":                                    "",
		"sales by 'customer type', month show revenue@py:pct":                           "sales by customer.type, date.month show net@py:pct",
		"销售 按 大区 × 年 显示 销售净额、毛利率 其中 客户类型 = library 前 10 大区 按 毛利率 排序 销售净额 降序":                                              "sales by region.area × date.year show net, margin_pct where customer.type = library top 10 region.area by margin_pct sort net desc",
		"returns by customer.type+ show return_value where customer in set big and 客户 is all and customer.groups under 5": "returns by customer.type+ show return_value where customer in set big and customer is all and customer.groups under 5",
		"returns by publisher show return_value time 2025 on date sort publisher":                                         "returns by publisher.name show return_value time 2025 on date sort publisher.name",
		"sales show net where (area = North or not language in (en, zh)) and \"Price band\" = 5":                          "sales show net where (region.area = North or title.language not in (en, zh)) and title.price_band = 5",
	} {
		got, err := text.ParseWith(m, in, asOf)
		if want == "" {
			if err == nil {
				t.Errorf("%s is accepted", in)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s:\n%v", in, err)
			continue
		}
		if written := text.Format(got); written != want {
			t.Errorf("%s\nis  %s\nwant %s", in, written, want)
		}
	}
}

// Every bad question causes its message at its place, which ^ marks in the
// text.
func TestParseErrors(t *testing.T) {
	m := model(t)
	for _, c := range []struct{ text, message string }{
		{"^", "want the name of a cube first, found the end"},
		{"^by region.area show net", `want the name of a cube first, found "by"`},
		{"^sale show net", `no cube "sale"; did you mean sales`},
		{"sales show net ^shwo net", `"shwo" begins no clause; did you mean show?`},
		{"sales show net ^margin", `"margin" begins no clause; a further name takes a comma before it`},
		{"sales show net by region.area ^show net", "show is there twice"},
		{"sales by region.area × date.year show net ^× date.month", "across is there twice"},
		{"sales show ^nett", `no measure "nett" in cube sales; did you mean net?`},
		{"sales show ^by region.area", `want a measure such as net or net@py:delta, found "by", a word of the grammar`},
		{"sales show net, ^", "want a measure such as net or net@py:delta, found the end"},
		{"sales show ^region.area", "region.area is an attribute, and here stands a measure such as net"},
		{"sales show ^return_value", "return_value is a measure of cube returns"},
		{"sales show net@^ytq..x", `"ytq..x" is no scope`},
		{"sales show net:^dleta", `no calculation "dleta"; did you mean delta?`},
		{"sales by ^customer.nme show net", `dimension customer has no attribute "nme"; did you mean customer.name?`},
		{"sales by ^custmer.name show net", `cube sales has no dimension "custmer"; did you mean customer?`},
		{"sales by ^class show net", "class is a dimension; name one of its attributes: class.group"},
		{"sales by ^type show net", `"type" may be customer.type, publisher.type or campaign.type; write which`},
		{"sales by ^net show net", "net is a measure, and here stands an attribute"},
		{"sales show net where ^customer.nme = Ann", `dimension customer has no attribute "nme"`},
		{"sales show net where customer.name = ^", "want a value, found the end"},
		{"sales show net where customer.name = ^'Ann", "the quote ' is not closed"},
		{"sales show ^\"net", "the quote \" is not closed"},
		{"sales show net where (customer.name = Ann^", `want "and", "or" or the closing bracket, found the end`},
		{"sales show net where customer.name = Ann^)", `want a clause or the end, found ")"`},
		{"sales show net where year = 2025^, month = 2025-01", "conditions are joined by and or or, not by commas"},
		{"sales show net where not customer.name ^like A", "after customer.name comes ="},
		{"sales show net having net > ^much", `want a number such as 1000 or -0.5, found "much"`},
		{"sales show net having net > 5 ^or net < 2", "having takes conditions joined by and"},
		{"sales show net having net ^show", "after net comes = != < <= > >="},
		{"sales show net time ^lest year", `"lestyear" is no period`},
		{"sales show net time 2025 ^lmit 5", `"lmit" begins no clause; did you mean limit?`},
		{"sales show net time ^2025-13", "there is no month 13"},
		{"sales show net time ^", "want a range such as 2025"},
		{"sales show net time 2025 on ^customer", "customer holds no days"},
		{"sales show net vs ^ytd", `"ytd" is nothing to compare with`},
		{"sales show net top ^ten by net", "want how many, such as top 10 customer.name by net"},
		{"sales show net top ^0 by net", "want how many"},
		{"sales show net top 10 customer.name^", "top 10 of what? write by and a measure"},
		{"sales show net top 10 ^net", "net is a measure, and here stands an attribute"},
		{"sales show net top 10 by ^customer.name", "customer.name is an attribute, and here stands a measure"},
		{"sales show net top 10 by net with ^totals", "after with comes others"},
		{"sales show net totals ^grnd", `no totals "grnd"; did you mean grand?`},
		{"sales show net totals ^", "want the totals: grand, rows, cols, colsub or all"},
		{"sales show net sort ^lunch", `no measure "lunch"`},
		{"sales show net sort net under ^", "want a member of the columns"},
		{"sales show net limit ^few", "want the largest number of rows wanted"},
		{"sales show net ^; drop table x", `";" begins no clause`},
		{"sales show net ^! by a", "unexpected '!'"},
		{"sales show 销售净额 按 ^大去", `no attribute "大去"`},
		{"sales show net where ^((((((((((year = 2025))))))))))", "more than 8 groups inside one another"},
	} {
		before, _, _ := strings.Cut(c.text, "^")
		_, err := text.ParseWith(m, strings.Replace(c.text, "^", "", 1), asOf)
		var parse *cube.ParseError
		if !errors.As(err, &parse) {
			t.Errorf("%s: %v is no *cube.ParseError", c.text, err)
			continue
		}
		want := utf8.RuneCountInString(before) + 1
		if strings.Contains(c.text, "((((") {
			want += cube.MaxGroups
		}
		if parse.Column != want || !strings.HasPrefix(parse.Message, c.message) && !strings.Contains(parse.Message, c.message) {
			t.Errorf("%s: column %d, want %d\n%v\nwant %s", c.text, parse.Column, want, err, c.message)
		}
	}
}

func TestErrorsShowTheLine(t *testing.T) {
	_, err := text.Parse("sales\n  show net\n  lmit 5\n", asOf)
	want := "query: line 3, column 3: \"lmit\" begins no clause; did you mean limit?\n    lmit 5\n    ^"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	_, err = text.Parse("sales show "+strings.Repeat("net, ", 100)+"net lmit 5", asOf)
	if err == nil || len(err.Error()) > 400 || !strings.Contains(err.Error(), "lmit 5") {
		t.Errorf("a long line: %v", err)
	}
}
