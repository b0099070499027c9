package catalog

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"verso/olap/cube"
)

// rules are what every answer follows, stated once.
var rules = []string{
	"Every total and subtotal is computed from the facts at its own level: ratios are divided there, distinct counts counted there. Nothing is averaged or added up that may not be.",
	"A fact is never lost or counted twice: dimensions are joined on a key that is checked to be unique, and a fact whose member is missing belongs to `(unknown)`.",
	"`(unknown)`: the fact does not say which member, or names one that its dimension does not have. `(none)`: the member is known and has no value for this attribute. Both stand after all other members.",
	"Distinct counts (orders, customers, titles) count the different members that facts name; a fact that does not say which member adds none.",
	"Where there are no facts, counts are 0 and every other measure is empty. A sum over facts whose values are all missing is empty. Groups without facts are not listed.",
	"A division by zero, or of a missing value, is empty. Shares are fractions (0.25), shown as percent.",
	"A time range includes both its days. Facts without a date are in no time range.",
	"`!=` and `not in` keep exactly what `=` and `in` leave out, `(none)` and `(unknown)` included. Comparisons with `<` and `>` keep neither. `is null` keeps both.",
	"Members that look the same are told apart by their keys, which the rows and columns of every answer carry and which are the same in every language; `key in` and `key not in` filter by them.",
	"A top-N ranks the members of the first row attribute, or of the one named within each combination of those before it, over everything that the filters keep, all columns together; equal members in the order of their values, members without a value last. A percentage of the members is rounded up. `(others)`, one row for each parent, is computed over the facts of all other members; totals cover everything, shown or not.",
	"A condition on a measure (having) keeps the finest rows whose value, all columns together, satisfies it. With a top-N it applies to the finest rows of the members that the ranking keeps; the ranking itself does not see it, and `(others)` is not tested. A subtotal without rows left, and an `(others)` row of such a parent, are left out. Totals still cover everything that the filters keep; a note says how many rows are shown. `!=` also keeps rows without a value, the other comparisons do not.",
	"Rows are sorted by what is asked for, then by their members: by the order column or value, text by code point; by a measure all columns together, or in the column named. With subtotals, or members ranked within their parents, members are sorted among their siblings and each subtotal follows its rows. `(others)` comes after its siblings, the grand total last; columns stand in the order of their members, each subtotal after its columns.",
	"Shares divide a value by another of the same measure: share.parent by that of the row one level up in the same column (the grand total has none), share.row by that of all columns together in the same row, share.column by that of all rows together in the same column, share.total by that of everything; whether those are shown or not.",
	"rank is among the rows shown of the same parent, in the same column: 1 is the largest, or the least where less is better; equal values share the best rank and the next is one more than the rows before it. `(others)`, the grand total and empty values have none; subtotals are ranked among subtotals.",
	"running adds the rows of the same parent from the first shown to this one, `(others)` included; only for sums and counts of facts. index is 100 × the value ÷ that of the first row shown of the same parent.",
	"The facts behind a cell (drill-through) are all that the filters keep for its row's and its column's members, by day, then by identifier; those of an `(others)` row are of the members that the ranking leaves out, those of a total of all its members. Conditions on measures take none away. A page says how many there are.",
	"A measure may carry a scope of time, `net@py`, `net@ytd`, `net@ytd.py`, and be compared, `net@py:delta`, `net@py:pct`. Scopes act on the date dimension of the time range (the cube's first). With any scope, the days shown are those of the range, up to the as-of date, that satisfy the filters on that dimension; facts without a day are not shown.",
	"`py`, `py2` … show a fact as many years later (29 February on the 28th in other years); where weeks are shown, 364 days later for each year. `pw` shows it 364 days later, on the same weekday. `pp` shows it one unit of the finest period on the axes later, or, with none there, the length of the time range later; days of a longer month fall on the last day of a shorter one. Members that have only facts of the time compared with are listed too.",
	"`ytd`, `htd`, `qtd`, `mtd`, `wtd`, `fytd` and `aytd` cover the facts from the first day of the year (half, quarter, month, week, fiscal year, academic year) to the last day shown of the cell's period; `roll12m` and the like cover so many units up to that day. With a comparison the window ends on the last day whose facts are shown by that day: the end of a month stays the end of a month.",
	"`delta` is the value less the value compared with, a missing amount counting as 0 beside one that is there; `pct` is delta over the size of the value compared with; `lfl` is pct of the values per working day.",
	"A measure taken over time by its last (first) day is its sum over the last (first) day, within the cell's period, on which the cube has any facts, whatever the other filters keep; by average, its sum divided by the number of such days. Over other dimensions it adds up.",
	"A scenario such as `net@plan` is the measure of that name in the scenario's cube at the same members. A cube that combines others computes each measure over the facts of its own cube; it has the dimensions that all of them share.",
	"An answer larger than its limit is refused with both counts, never cut.",
}

// Markdown writes the definitions page of a model: the rules, and every
// measure and attribute with its labels, its meaning and where it comes from.
func Markdown(w io.Writer, m *cube.Model) error {
	b := bufio.NewWriter(w)
	fmt.Fprint(b, "# Definitions\n\nGenerated from the cube catalog; do not edit.\n\n## Rules\n\n")
	for _, r := range rules {
		fmt.Fprintf(b, "- %s\n", r)
	}
	for _, c := range m.Cubes {
		fmt.Fprintf(b, "\n## Cube `%s`: %s (%s)\n\n%s %s\n\n%s. Dimensions: ", c.Name, c.Label.EN, c.Label.ZH, c.Description.EN, c.Description.ZH, factsOf(c))
		for i, u := range c.Dimensions {
			if i > 0 {
				fmt.Fprint(b, ", ")
			}
			fmt.Fprintf(b, "`%s`", u.Name)
			if !c.Virtual() {
				fmt.Fprintf(b, " (by `%s`)", u.Key)
			}
		}
		fmt.Fprint(b, ".\n\n| measure | English | 中文 | meaning | 含义 | computed as | unit |\n|---|---|---|---|---|---|---|\n")
		for _, x := range c.Measures {
			row(b, "`"+x.Name+"`", x.Label.EN, x.Label.ZH, x.Description.EN, x.Description.ZH, formula(x), unit(x))
		}
	}
	for _, d := range m.Dimensions {
		fmt.Fprintf(b, "\n## Dimension `%s`: %s (%s)\n\n%s %s\n\nMembers: `%s` by `%s`.\n\n", d.Name, d.Label.EN, d.Label.ZH, d.Description.EN, d.Description.ZH, d.Table, d.Key)
		fmt.Fprint(b, "| attribute | English | 中文 | meaning | 含义 | type | column |\n|---|---|---|---|---|---|---|\n")
		for _, a := range d.Attributes {
			row(b, "`"+d.Name+"."+a.Name+"`", a.Label.EN, a.Label.ZH, a.Description.EN, a.Description.ZH, a.Type, columnOf(d, a))
		}
		for _, h := range d.Hierarchies {
			fmt.Fprintf(b, "\nHierarchy %s (%s): %s.\n", h.Label.EN, h.Label.ZH, strings.Join(h.Levels, " › "))
		}
	}
	return b.Flush()
}

func row(b *bufio.Writer, cells ...string) {
	for _, c := range cells {
		fmt.Fprintf(b, "| %s ", strings.ReplaceAll(c, "|", "\\|"))
	}
	fmt.Fprint(b, "|\n")
}

func formula(m *cube.Measure) string {
	where := ""
	if m.WhenKnown != "" {
		where = " where `" + m.WhenKnown + "` is known"
	}
	switch m.Kind {
	case cube.Count:
		return "count of facts" + where
	case cube.Distinct:
		return "distinct `" + m.Column + "`" + where
	case cube.Ratio:
		return "`" + m.Numerator + "` / `" + m.Denominator + "`"
	}
	switch m.OverTime {
	case cube.Last, cube.First:
		where += ", of the " + m.OverTime + " day"
	case cube.Average:
		where += ", an average over days"
	}
	return m.Kind + " of `" + m.Column + "`" + where
}

// factsOf says what a cube is computed from.
func factsOf(c *cube.Cube) string {
	if !c.Virtual() {
		return "Facts: `" + c.Table + "`"
	}
	var names []string
	for _, from := range c.Combines {
		names = append(names, "`"+from.Cube+"`")
	}
	return "Measures of the cubes " + strings.Join(names, ", ")
}

func unit(m *cube.Measure) string {
	u := m.Unit
	if u == "currency" {
		u = "report currency"
	}
	if m.LowerIsBetter {
		u = strings.TrimPrefix(u+", less is better", ", ")
	}
	return u
}

func columnOf(d *cube.Dimension, a *cube.Attribute) string {
	column := "`" + a.Column + "`"
	for _, b := range d.Beside {
		if b.Name == a.In {
			column = "`" + b.Table + "." + a.Column + "`"
		}
	}
	return column
}
