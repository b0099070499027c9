package schema

// field is what the struct does not say of itself.
type field struct {
	text   string
	words  []string // the only values
	format string
	least  int // items at least
}

// fields describes every field of the structs of a question.
var fields = map[string]field{
	"Query.cube":     {text: "The cube asked, such as sales."},
	"Query.rows":     {text: "Attributes on the rows, outermost first: dimension.attribute."},
	"Query.columns":  {text: "Attributes on the columns, outermost first."},
	"Query.measures": {text: "Measures, each with a scope of time and a calculation or without: net, net@py, net@ytd.py:pct, net:share.parent."},
	"Query.compare":  {text: "What every plain measure is compared with: py (previous year), pp (previous period), pw (same weekday a year earlier), py2, a scenario such as plan."},
	"Query.where":    {text: "Filters on members, all of which must hold."},
	"Query.having":   {text: "Conditions on the values of the finest rows, all of which must hold."},
	"Query.time":     {text: "The days that are shown."},
	"Query.top":      {text: "The first or last members by a measure."},
	"Query.totals":   {text: "Totals, each computed at its own level."},
	"Query.sort":     {text: "What orders the rows."},
	"Query.limit":    {text: "Rows at most; 0 for the default. More rows are an error, never cut."},

	"Filter.field": {text: "dimension.attribute; for under dimension.hierarchy, for in_set and all the dimension."},
	"Filter.op": {text: "How the attribute relates to the values.", words: []string{"=", "!=", "in", "not_in", "<", "<=", ">", ">=", "between",
		"contains", "not_contains", "starts", "ends", "is_null", "not_null", "key_in", "not_key_in", "under", "not_under", "in_set", "not_in_set", "all"}},
	"Filter.values": {text: "The values; (none) for members without one, (unknown) for the unknown member."},
	"Filter.any":    {text: "Instead of a field: filters of which at least one must hold.", least: 1},
	"Filter.all":    {text: "Instead of a field: filters that must all hold.", least: 1},

	"Having.by":     {text: "A measure, with scope and calculation or without."},
	"Having.op":     {text: "How its value relates to the numbers.", words: []string{"=", "!=", "<", "<=", ">", ">=", "between", "is_null", "not_null"}},
	"Having.values": {text: "The numbers: two for between, none for is_null and not_null."},

	"Time.field": {text: "The date dimension; the cube's first where none is named."},
	"Time.from":  {text: "The first day; none for an open range.", format: "date"},
	"Time.to":    {text: "The last day; none for an open range.", format: "date"},

	"Top.n":       {text: "How many members, or what per cent of them."},
	"Top.percent": {text: "n is per cent."},
	"Top.field":   {text: "The row attribute ranked, within each combination of those before it; the first where none is named."},
	"Top.by":      {text: "The measure that ranks."},
	"Top.others":  {text: "Gather the other members in one row."},
	"Top.bottom":  {text: "The last members instead of the first."},

	"Totals.grand":  {text: "One row over everything."},
	"Totals.rows":   {text: "Subtotals of the rows."},
	"Totals.cols":   {text: "A column group over all columns."},
	"Totals.colsub": {text: "Subtotals of the columns."},

	"Sort.by":      {text: "A row attribute or a measure."},
	"Sort.members": {text: "The column whose values are compared, by its members as shown; none for all columns together."},
	"Sort.desc":    {text: "The largest first."},
}
