// Package ssb is the Star Schema Benchmark (O'Neil, O'Neil, Chen: "Star Schema
// Benchmark", 2009) for verso's cubes: a seeded generator, the star as cubes, the
// 13 queries as hand-written SQL and as cube queries, and an annex of what people
// ask of cubes that the benchmark lacks.
//
// Three things differ from the published generator. The columns lo_discounted
// (lo_extendedprice × lo_discount) and lo_profit (lo_revenue − lo_supplycost) hold
// the expressions that the queries add up, and both sides read them: a cube adds
// up columns. The hand-written queries select in the order of the cube's answers
// and end every ORDER BY in the members, so that answers are compared row by row.
// The date table has all 2,557 days of the seven years.
package ssb

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"verso/olap"
	"verso/olap/cube"
)

var (
	//go:embed ssb.yaml
	starYAML []byte
	//go:embed balance.yaml
	balanceYAML []byte
	//go:embed queries
	queries embed.FS
)

// Model is the star as cubes: ssb over the order lines, and balance over the
// month ends, which do not add up over time.
func Model() (*cube.Model, error) {
	return cube.Load([]cube.File{{Name: "ssb/ssb.yaml", Data: starYAML}, {Name: "ssb/balance.yaml", Data: balanceYAML}})
}

// Case is one question asked both ways.
type Case struct {
	Name  string
	Title string
	// Annex is what the benchmark lacks and this asks for; "" for its own queries.
	Annex string
	SQL   string
	Query *cube.Query // nil: cubes cannot be asked, what Annex says is not built
	// Cell asks for the facts behind this cell of the query's answer, in the place
	// of the answer: the first Page of them.
	Cell *olap.Cell
	Page olap.Page
}

// Cases are the 13 queries of the benchmark and its annex, in order.
func Cases() ([]Case, error) {
	list := []Case{
		{Name: "q1_1", Title: "Q1.1 discounts, a year"},
		{Name: "q1_2", Title: "Q1.2 discounts, a month"},
		{Name: "q1_3", Title: "Q1.3 discounts, a week"},
		{Name: "q2_1", Title: "Q2.1 brands of a category"},
		{Name: "q2_2", Title: "Q2.2 eight brands"},
		{Name: "q2_3", Title: "Q2.3 one brand"},
		{Name: "q3_1", Title: "Q3.1 nations of a region"},
		{Name: "q3_2", Title: "Q3.2 cities of a nation"},
		{Name: "q3_3", Title: "Q3.3 two cities"},
		{Name: "q3_4", Title: "Q3.4 two cities, a month"},
		{Name: "q4_1", Title: "Q4.1 profit by nation"},
		{Name: "q4_2", Title: "Q4.2 profit by category"},
		{Name: "q4_3", Title: "Q4.3 profit by brand"},
		{Name: "ratio", Title: "ratio, grand total", Annex: "ratios"},
		{Name: "pivot_finest", Title: "pivot, finest level", Annex: "columns"},
		{Name: "pivot", Title: "pivot, all subtotals", Annex: "columns"},
		{Name: "distinct", Title: "distinct, all subtotals", Annex: "distinct counts"},
		{Name: "year_on_year", Title: "year on year, to date", Annex: "scopes of time"},
		{Name: "rolling", Title: "rolling 12 months", Annex: "scopes of time"},
		{Name: "balance", Title: "balance, last of period", Annex: "semi-additive measures"},
		{Name: "top", Title: "top 10 and others", Annex: "rankings"},
		{Name: "drill_through", Title: "drill-through", Annex: "the rows behind a cell",
			Cell: &olap.Cell{Row: []string{"CHINA", "MFGR#12"}, Column: []string{"1997"}, Ref: "orders"}, Page: olap.Page{Limit: 100}},
		{Name: "policy", Title: "row policy", Annex: "row policies"},
	}
	for i := range list {
		if err := list[i].read(); err != nil {
			return nil, fmt.Errorf("ssb: %s: %w", list[i].Name, err)
		}
	}
	return list, nil
}

func (c *Case) read() error {
	sql, err := queries.ReadFile("queries/" + c.Name + ".sql")
	if err != nil {
		return err
	}
	c.SQL = string(sql)
	text, err := queries.ReadFile("queries/" + c.Name + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c.Query = &cube.Query{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(c.Query)
}
