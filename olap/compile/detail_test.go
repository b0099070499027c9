package compile_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

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
