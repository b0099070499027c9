package catalog

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
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
	"An average is the sum of the known values divided by their number; a weighted average the sum of value × weight divided by the sum of the weights, over facts that have both. A standard deviation is that of a sample, √((n·Σx² − (Σx)²) / (n·(n−1))), from exact sums; of fewer than two values it is empty. Like ratios, they are computed at each level.",
	"A quantile q of n known values is the one at place q·(n−1) of their order, counted from 0; between two places it lies between the two values in proportion. Of dates it is the first day at which at least the share q of the values is reached. The median is q = 0.5. Over no value it is empty.",
	"Least and greatest values, of dates too, are those of the known values; over none they are empty.",
	"Counts marked approximate are made by HyperLogLog: their standard error is about 13 %, one in twenty is off by more than 26 %. They are the same at every run and on any number of cores, but a whole is not the sum of its parts. The answer says so in a note. All other measures are exact.",
	"Formulas are computed at each level from the measures of that level. In a sum or difference a missing part counts as 0 unless all parts are missing; a product or quotient with a missing part is empty, and so is a division by zero. `min`, `max` and `coalesce` pass over missing values; `nullif(a, b)` is empty where a = b; `if(a < b, x, y)` is y where the comparison does not hold, also where one side is missing.",
	"Sums, differences and products of whole numbers and decimals are exact, with up to 12 decimals; with more they become floating-point numbers, and so does every quotient: the one nearest to the true quotient as long as both sides have at most 15 digits, so that equal ratios are equal numbers.",
	"A time range includes both its days. Facts without a date, and facts on a day that the calendar does not have, are in no time range.",
	"`!=` and `not in` keep exactly what `=` and `in` leave out, `(none)` and `(unknown)` included. Comparisons with `<` and `>` keep neither. `is null` keeps both.",
	"Every negative condition keeps exactly what the positive one leaves out: `not contains`, `not under`, `not in set` and `key not in` too. Conditions stand in groups of which any or all must hold, up to 8 deep, across dimensions. `starts`, `ends` and `contains` ignore case; `key_in` compares what tells members apart instead of what is shown.",
	"A hierarchy of parents (`salesperson.teams`) gives an attribute for each level, `teams_1` for the member at the top. A member above a level has no value there and shows as `(none)`: under a parent, `(none)` holds the parent's own facts, so that a parent is the sum of its children and `(none)`. The name of the hierarchy on an axis stands for all levels that the data has. `under` keeps a member, by key or as shown (every member of that name), and everything below it.",
	"A hierarchy of parents in which a member is its own ancestor, has a parent that does not exist, or stands deeper than declared is refused with the members' names.",
	"A named set is filtered by with `in_set` on the dimension, and is an attribute (`customer.set_top_decile`) on axes. A ranked set is of the members that have facts in its own time, over all facts of its cube, whatever else a question filters; equal members in the order of their keys, per cent rounded up. The unknown member is in no set.",
	"A calculated member is a named union of members. In filters it stands for them. On an axis it is asked for with a plus, `class.l1+`, and follows the other members; each of its values is computed from its facts, and no total contains it. One attribute of a question at a time, and not with a top-N.",
	"Hidden members are left out of axes and rankings, totals cover them, and a note says how many had facts. A dimension's default filter holds where a question neither shows nor filters the dimension, and a note says so; the filter `all` on the dimension switches it off.",
	"Members that look the same are told apart by their keys, which the rows and columns of every answer carry and which are the same in every language; `key_in` and `not_key_in` filter by them.",
	"A top-N ranks the members of the first row attribute, or of the one named within each combination of those before it, over everything that the filters keep, all columns together; equal members in the order of their values, members without a value last. A percentage of the members is rounded up. `(others)`, one row for each parent, is computed over the facts of all other members; totals cover everything, shown or not.",
	"A condition on a measure (having) keeps the finest rows whose value, all columns together, satisfies it. With a top-N it applies to the finest rows of the members that the ranking keeps; the ranking itself does not see it, and `(others)` is not tested. A subtotal without rows left, and an `(others)` row of such a parent, are left out; the `(others)` of the whole stay. Totals still cover everything that the filters keep; a note says how many rows are shown. A row without a value satisfies `is_null` only.",
	"A scope that only a ranking, a condition or the sorting names shows its members like one that is asked for: members ranked by last year are in the answer even if this year has no facts of them, with nothing in their cells, so that what a ranking keeps never depends on what is shown beside it.",
	"Rows are sorted by what is asked for, then by their members: by the order column or value, text by code point; by a measure all columns together, or in the column named. With subtotals, or members ranked within their parents, members are sorted among their siblings and each subtotal follows its rows. `(others)` comes after its siblings, the grand total last; columns stand in the order of their members, each subtotal after its columns.",
	"Shares divide a value by another of the same measure: share.parent by that of the row one level up in the same column (the whole is its own parent), share.row by that of all columns together in the same row, share.column by that of all rows together in the same column, share.total by that of everything; whether those are shown or not.",
	"rank is among the rows shown of the same parent, in the same column: 1 is the largest, or the least where less is better; equal values share the best rank and the next is one more than the rows before it. `(others)`, the grand total and empty values have none; subtotals are ranked among subtotals.",
	"running adds the rows of the same parent from the first shown to this one, `(others)` included; only for sums and counts of facts. index is 100 × the value ÷ that of the first row shown of the same parent; `(others)` has none. The grand total has neither.",
	"The facts behind a cell (drill-through) are all that the filters keep for its row's and its column's members, by day, then by identifier; those of an `(others)` row are of the members that the ranking leaves out, those of a total of all its members. Conditions on measures take none away. A page says how many there are.",
	"A measure may carry a scope of time, `net@py`, `net@ytd`, `net@ytd.py`, and be compared, `net@py:delta`, `net@py:pct`. Scopes act on the date dimension of the time range (the cube's first). With any scope, the days shown are those of the range, up to the as-of date, that satisfy the filters on that dimension; facts without a day are not shown.",
	"`py`, `py2` … show a fact as many years later (29 February on the 28th in other years); where weeks are shown, 364 days later for each year. `pw` shows it 364 days later, on the same weekday. `pp` shows it one unit of the finest period on the axes later, or, with none there, the length of the time range later; days of a longer month fall on the last day of a shorter one. Members that have only facts of the time compared with are listed too.",
	"`ytd`, `htd`, `qtd`, `mtd`, `wtd`, `fytd` and `aytd` cover the facts from the first day of the year (half, quarter, month, week, fiscal year, academic year) to the last day shown of the cell's period; `roll12m` and the like cover so many units up to that day. With a comparison the window ends on the last day whose facts are shown by that day: the end of a month stays the end of a month.",
	"`delta` is the value less the value compared with, a missing amount counting as 0 beside one that is there; `pct` is delta over the size of the value compared with; `lfl` is pct of the values per working day.",
	"A measure taken over time by its last (first) day is its sum over the last (first) day, within the cell's period, on which the cube has any facts, whatever the other filters keep, and members without facts on it are not listed; by average, its sum divided by the number of such days. Over other dimensions it adds up.",
	"A scenario such as `net@plan` is the measure of that name in the scenario's cube at the same members. A cube that combines others computes each measure over the facts of its own cube; it has the dimensions that all of them share.",
	"An answer larger than its limit is refused with both counts, never cut.",
}

// Rules are what every answer follows, in Markdown.
func Rules() []string { return slices.Clone(rules) }

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
		fmt.Fprint(b, ".\n\n| measure | English | 中文 | meaning | 含义 | computed as | unit | shown as | also |\n|---|---|---|---|---|---|---|---|---|\n")
		for _, x := range c.Measures {
			row(b, "`"+x.Name+"`", x.Label.EN, x.Label.ZH, x.Description.EN, x.Description.ZH, Computed(x), unit(x), shownAs(x), also(x))
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
		members(b, d)
	}
	return b.Flush()
}

func row(b *bufio.Writer, cells ...string) {
	for _, c := range cells {
		fmt.Fprintf(b, "| %s ", strings.ReplaceAll(c, "|", "\\|"))
	}
	fmt.Fprint(b, "|\n")
}

// Computed says how a measure is computed, in Markdown.
func Computed(m *cube.Measure) string {
	of := " of `" + m.Column + "`" + where(m)
	switch m.Kind {
	case cube.Count:
		return "count of facts" + where(m)
	case cube.Distinct:
		return "distinct `" + m.Column + "`" + where(m)
	case cube.Approx:
		return "distinct `" + m.Column + "`" + where(m) + ", approximately"
	case cube.Quantile:
		if *m.Q == 0.5 {
			return "median" + of
		}
		return "quantile " + strconv.FormatFloat(*m.Q, 'f', -1, 64) + of
	case cube.Weighted:
		return "average of `" + m.Column + "` weighted by `" + m.Weight + "`" + where(m)
	case cube.StdDev:
		return "standard deviation" + of
	case cube.Ratio:
		return "`" + m.Numerator + "` / `" + m.Denominator + "`"
	case cube.Formula:
		return "`" + m.Expr().String() + "`"
	}
	switch m.OverTime {
	case cube.Last, cube.First:
		of += ", of the " + m.OverTime + " day"
	case cube.Average:
		of += ", an average over days"
	}
	return m.Kind + of
}

func where(m *cube.Measure) string {
	var list []string
	if m.WhenKnown != "" {
		list = append(list, "`"+m.WhenKnown+"` is known")
	}
	if m.WhenTrue != "" {
		list = append(list, "`"+m.WhenTrue+"` is true")
	}
	if len(list) == 0 {
		return ""
	}
	return " where " + strings.Join(list, " and ")
}

func shownAs(m *cube.Measure) string {
	if m.Digits > 0 {
		return fmt.Sprintf("%s, %d digits", m.Format, m.Digits)
	}
	return m.Format
}

// also is the other names of a measure, and whether it is left out of lists.
func also(m *cube.Measure) string {
	var list []string
	for _, s := range m.Synonyms {
		list = append(list, "`"+s+"`")
	}
	if m.Hidden {
		list = append(list, "hidden")
	}
	return strings.Join(list, ", ")
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
