package compile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/compile"
	"verso/olap/cube"
)

// The SQL of facts behind cells, to be reviewed when it changes.
func TestGoldenDetail(t *testing.T) {
	m := shipped(t)
	var columns []compile.FactColumn
	for _, c := range strings.Split("line_id BIGINT,order_id BIGINT,order_key INTEGER,line_no INTEGER,date_key INTEGER,order_date DATE,customer_key INTEGER,qty INTEGER,gross DECIMAL(18,4),net DECIMAL(18,4),cost DECIMAL(18,4),status VARCHAR,source VARCHAR,source_row BIGINT", ",") {
		if name, kind, ok := strings.Cut(c, " "); ok {
			columns = append(columns, compile.FactColumn{Name: name, Type: kind})
		}
	}
	archives(t, "detail", func(t *testing.T, file func(string) (string, bool)) string {
		var q struct {
			cube.Query
			Cell compile.Cell
			Lang string
		}
		text, _ := file("query.json")
		if err := json.Unmarshal([]byte(text), &q); err != nil {
			t.Fatal(err)
		}
		d, err := compile.Detail(m, q.Query, q.Cell, columns, compile.Options{Lang: q.Lang})
		if err != nil {
			var refused *compile.QueryError
			if !errors.As(err, &refused) {
				t.Errorf("%v is no *QueryError", err)
			}
			return err.Error()
		}
		for _, sql := range []string{d.SQL, d.CountSQL} {
			if n := strings.Count(sql, "?"); n != len(d.Args) {
				t.Errorf("%d parameters, %d args", n, len(d.Args))
			}
		}
		var b strings.Builder
		for _, s := range d.Stages {
			fmt.Fprintf(&b, "# %s\n%s\n", s.Name, s.Text)
		}
		fmt.Fprintf(&b, "# sql\n%s\n# args\n", d.PageSQL)
		for _, a := range d.Args {
			fmt.Fprintf(&b, "%T %v\n", a, a)
		}
		return strings.TrimSuffix(b.String(), "\n")
	})
}

func TestParseCell(t *testing.T) {
	for text, want := range map[string]compile.Cell{
		"":                             {},
		"F":                            {Row: []string{"F"}},
		" F , F2 | 2024":               {Row: []string{"F", "F2"}, Column: []string{"2024"}},
		"|2024":                        {Column: []string{"2024"}},
		"(unknown),(others)||net:rank": {Row: []string{"(unknown)", "(others)"}, Ref: "net:rank"},
		`"a,b","say ""|""", ""`:        {Row: []string{"a,b", `say "|"`, ""}},
	} {
		got, err := compile.ParseCell(text)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v %s", text, err, diff)
		}
		if again, err := compile.ParseCell(got.String()); err != nil || cmp.Diff(got, again) != "" {
			t.Errorf("%q written as %q: %v %v", text, got.String(), again, err)
		}
	}
	for text, want := range map[string]string{
		`"a`:      `cell: column 1: the quote is not closed, or text follows it`,
		`a,,b`:    `cell: column 3: a key is missing; write the empty key as ""`,
		`a,`:      `cell: column 3: a key is missing; write the empty key as ""`,
		`a|b|c|d`: `cell: column 6: want row keys | column keys | measure, no more`,
		`a|b|c,d`: `cell: column 8: one measure at most`,
		`"a"b|c`:  `cell: column 1: the quote is not closed, or text follows it`,
	} {
		if _, err := compile.ParseCell(text); err == nil || strings.Split(err.Error(), "\n")[0] != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// What can be read can be written and read again.
func FuzzParseCell(f *testing.F) {
	for _, seed := range []string{"", "a,b|c|d", `"a,b"|"|"`, `""`, `"`, "||", "客户| ,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := compile.ParseCell(text)
		if err != nil {
			return
		}
		if again, err := compile.ParseCell(c.String()); err != nil || cmp.Diff(c, again) != "" {
			t.Errorf("%q written as %q: %v %v", text, c.String(), again, err)
		}
	})
}
