// Package text is the compact form of a question, for people to write and read:
//
//	sales by region.area, class.l1 × date.quarter
//	  show net, margin_pct, net@py:delta
//	  where customer.type in (library, university) and (region.area = North or class.l1 = T)
//	  having net > 1000
//	  time 2025 vs py, pp
//	  top 10 customer.name by net with others
//	  totals grand, rows, cols
//	  sort net under 2025-Q1 desc
//	  limit 500
//
// The cube comes first, then the clauses, each at most once, in any order:
//
//	by ROW, … [× COLUMN, …]         rows and columns; the sign between them is ×, x, * or across
//	across COLUMN, …                columns alone
//	show REF, …                     measures: net, net@ytd.py:pct (see cube.Ref)
//	where FILTERS                   as cube.ParseWhere reads them
//	having REF OP NUMBER and …      = != < <= > >=, between a and b, is null, is not null; 20% is 0.2
//	time|in|during RANGE [on DIM]   as cube.ParseTime reads it
//	vs|compare SCOPE, …             py, pp, pw, plan
//	top|bottom N[%] [ROW] by REF [with others]
//	totals KIND, …                  grand, rows, cols, colsub, all
//	sort [by] REF|ROW [under MEMBER|(MEMBER, …)] [asc|desc], …
//	limit N
//
// Upper and lower case do not matter in the words of the grammar. A name that is
// such a word, or holds special characters, stands in quotes, single or double,
// the quote doubled inside. The words have Chinese equivalents: 按 显示 其中 满足
// 时间 对比 前 后 其余 合计 排序 升序 降序 限.
package text

import (
	"time"

	"verso/olap/cube"
)

// Parse reads a question. Relative ranges of time count from asOf. Names are
// kept as they are written; they are checked when the query is compiled. An error
// is a *cube.ParseError.
func Parse(text string, asOf time.Time) (cube.Query, error) {
	return parse(&parser{text: text, asOf: asOf})
}

// ParseWith is Parse with the names looked up in a model, where people may write
// less than the full name: an attribute without its dimension where only one has
// the name, a synonym, or a label in either language, whatever the case and
// spaces: margin% or 毛利率 for margin_pct, region for region.name. The query
// has the full names. An unknown or ambiguous name is a *cube.ParseError at its
// place.
func ParseWith(m *cube.Model, text string, asOf time.Time) (cube.Query, error) {
	return parse(&parser{text: text, asOf: asOf, names: &names{model: m}})
}

func parse(p *parser) (cube.Query, error) {
	if len(p.text) > cube.MaxText {
		return cube.Query{}, cube.ErrorAt("query", p.text, cube.MaxText, "more than %d bytes", cube.MaxText)
	}
	p.seen = map[clause]bool{}
	p.next()
	p.cube()
	for p.err == nil && p.tok.kind != endToken {
		p.clause()
	}
	if p.err != nil {
		return cube.Query{}, p.err
	}
	return p.q, nil
}

// ParseSort reads what follows the word sort, for a flag of the command line; a
// leading - means desc.
func ParseSort(text string) ([]cube.Sort, error) {
	p := &parser{text: text, what: "sort"}
	p.next()
	p.sort()
	p.end()
	return p.q.Sort, p.err
}

// ParseHaving reads what follows the word having.
func ParseHaving(text string) ([]cube.Having, error) {
	p := &parser{text: text, what: "having"}
	p.next()
	p.having()
	p.end()
	return p.q.Having, p.err
}
