package cube

import "verso/olap/formula"

// Text is a word or sentence in the languages verso speaks.
type Text struct {
	EN string `yaml:"en"`
	ZH string `yaml:"zh"`
}

// In gives the text in a language, "en" or "zh"; English where the language is
// unknown or the text was not translated.
func (t Text) In(lang string) string {
	if lang == "zh" && t.ZH != "" {
		return t.ZH
	}
	return t.EN
}

// Model is every cube and dimension that questions can be asked of, validated:
// all references resolve. It is read-only after Load.
type Model struct {
	Cubes      []*Cube
	Dimensions []*Dimension
	Rollups    []*Rollup // declared; which of them stand in a generation is another matter

	cubes      map[string]*Cube
	dimensions map[string]*Dimension
	withheld   map[string]bool // what LoadHeld left out
}

// Cube returns a cube by name, or nil.
func (m *Model) Cube(name string) *Cube { return m.cubes[name] }

// Dimension returns a shared dimension by name, or nil.
func (m *Model) Dimension(name string) *Dimension { return m.dimensions[name] }

// Cube is one fact table with its dimensions and measures, or, with Combines,
// measures of several cubes over the dimensions that they share.
type Cube struct {
	Name        string      `yaml:"name"`
	Extends     bool        `yaml:"extends"` // adds measures and dimensions to the cube of this name
	Label       Text        `yaml:"label"`
	Description Text        `yaml:"description"`
	Table       string      `yaml:"table"` // schema.table
	Dimensions  []*Use      `yaml:"dimensions"`
	Measures    []*Measure  `yaml:"measures"`
	Combines    []*Combine  `yaml:"combines"`  // no table, dimensions those shared; its own measures are made of the combined ones
	Scenarios   []*Scenario `yaml:"scenarios"` // what its measures can be compared with besides other times
	Bridges     []*Bridge   `yaml:"bridges"`   // how to take changes of money apart into price, volume, mix, currency and cost
	Drivers     []string    `yaml:"drivers"`   // attributes that a change is explained by; none: all but dates
	Position    Position    `yaml:"-"`

	home     map[*Measure]*Cube // of combined measures
	uses     map[string]*Use
	measures map[string]*Measure
	synonyms map[string]string // measure synonym → name
}

// Measure returns a measure by name or synonym, or nil.
func (c *Cube) Measure(name string) *Measure {
	if m := c.measures[name]; m != nil {
		return m
	}
	return c.measures[c.synonyms[name]]
}

// Use returns a dimension of the cube by the name it has there, or nil.
func (c *Cube) Use(name string) *Use { return c.uses[name] }

// Use is a dimension as a cube has it: one shared dimension may be used several
// times under different names (order date, return date).
type Use struct {
	Name      string `yaml:"name"`      // in queries; usually the dimension's own
	Dimension string `yaml:"dimension"` // the shared dimension; "": the same as Name
	Key       string `yaml:"key"`       // integer column of the fact table
	Label     Text   `yaml:"label"`     // empty: the dimension's
	Grain     string `yaml:"grain"`     // a date dimension: facts stand on the first day of this period, such as month; "": days

	Of    *Dimension `yaml:"-"`
	Whole bool       `yaml:"-"` // with Grain: the facts of a period are those of all its days, so ranges are of whole periods
}

// Dimension is a table of members that facts point to by an integer key. Key
// -1 is the unknown member.
type Dimension struct {
	Name        string       `yaml:"name"`
	Date        bool         `yaml:"date"` // days, keyed yyyymmdd
	Label       Text         `yaml:"label"`
	Description Text         `yaml:"description"`
	Table       string       `yaml:"table"`     // schema.table
	Key         string       `yaml:"key"`       // integer column, unique
	Qualified   bool         `yaml:"qualified"` // its attributes are named with it only: type is never its type, customer_then.type is
	Workday     string       `yaml:"workday"`   // a date dimension: boolean column of the days worked; "": not known
	Attributes  []*Attribute `yaml:"attributes"`
	Hierarchies []*Hierarchy `yaml:"hierarchies"`
	Beside      []*Beside    `yaml:"beside"` // tables with more about the members
	Position    Position     `yaml:"-"`

	Parents []*Parents          `yaml:"parents"` // hierarchies of members under members
	Sets    []*Set              `yaml:"sets"`    // named sets of members
	Default map[string][]string `yaml:"default"` // attribute → values, the filter where a query neither shows nor filters the dimension
	Derived []*Attribute        `yaml:"-"`       // made of Parents and Sets, not among Attributes

	attributes map[string]*Attribute
	synonyms   map[string]string
	beside     map[string]*Beside
}

// Attribute returns an attribute by name or synonym, or nil.
func (d *Dimension) Attribute(name string) *Attribute {
	if a := d.attributes[name]; a != nil {
		return a
	}
	return d.attributes[d.synonyms[name]]
}

// Attribute is something by which facts are grouped and filtered. Its members
// are its distinct values, or, with Key, the distinct keys, shown by the value.
type Attribute struct {
	Name        string          `yaml:"name"`
	Label       Text            `yaml:"label"`
	Description Text            `yaml:"description"`
	Type        string          `yaml:"type"`      // text (default), integer, date, boolean
	Column      string          `yaml:"column"`    // the value shown
	ColumnZH    string          `yaml:"column_zh"` // the value shown in Chinese; "": the same
	Key         string          `yaml:"key"`       // what tells members apart where values may repeat: the dimension's key, or a text column
	ShowKey     bool            `yaml:"show_key"`  // shown as "key value"
	ID          string          `yaml:"id"`        // text column, shown in brackets where two members of an answer look the same
	Grain       string          `yaml:"grain"`     // of a date dimension's attribute that is a period of time: year, month … (see Grains); "": cyclic, as weekdays are
	Order       string          `yaml:"order"`     // column that orders the members; "": the key when shown, else the value
	Names       map[string]Text `yaml:"names"`     // value → what is shown instead
	In          string          `yaml:"in"`        // the table beside that holds the column; "": the dimension's own
	Synonyms    []string        `yaml:"synonyms"`  // other names in queries
	Hidden      bool            `yaml:"hidden"`    // usable, not listed

	Members []*Calculated `yaml:"members"` // calculated members: unions of members
	Hide    []string      `yaml:"hide"`    // members that axes leave out and totals keep

	Dimension *Dimension `yaml:"-"`
	Tree      *Parents   `yaml:"-"` // derived: the hierarchy of parents of which it is a level
	Level     int        `yaml:"-"` // derived: the level, 1 the root
	Lead      string     `yaml:"-"` // derived: column shown before the value
	Set       *Set       `yaml:"-"` // derived: whether the member is in the set
}

// Hierarchy is attributes from coarse to fine, for drilling.
type Hierarchy struct {
	Name   string   `yaml:"name"`
	Label  Text     `yaml:"label"`
	Levels []string `yaml:"levels"`
}

// Beside is a table with at most one row per member, written after the
// dimension: scores, for example. Members without a row have no value there.
type Beside struct {
	Name  string            `yaml:"name"`
	Table string            `yaml:"table"`
	Key   string            `yaml:"key"`   // column that holds the member's key
	Where map[string]string `yaml:"where"` // column = value, so that a member has one row
}

// Bridge says how a change of an amount of money is taken apart into price,
// volume, mix, currency and cost. Its parts are sums over the same facts; the
// amount is Revenue less Cost.
type Bridge struct {
	Measure  string `yaml:"measure"`  // the amount
	Quantity string `yaml:"quantity"` // pieces
	Revenue  string `yaml:"revenue"`  // in the report currency; "": Measure itself
	Foreign  string `yaml:"foreign"`  // Revenue in the document's currency; "": no currency step
	Cost     string `yaml:"cost"`     // "": no cost step
	Item     string `yaml:"item"`     // attribute whose members have a price
	Group    string `yaml:"group"`    // attribute of the groups of items that make the mix
	Currency string `yaml:"currency"` // attribute of the document's currency; needed with Foreign
}

// Bridge is how the cube takes a measure's change apart, or nil.
func (c *Cube) Bridge(measure string) *Bridge {
	for _, b := range c.Bridges {
		if b.Measure == measure {
			return b
		}
	}
	return nil
}

// The kinds of measures.
const (
	Sum      = "sum"      // of a column; additive
	Count    = "count"    // of fact rows; additive
	Distinct = "distinct" // known members of a key column, counted exactly; computed at each level
	Approx   = "approx"   // the same by HyperLogLog: approximate (see ApproxError); computed at each level
	Min      = "min"      // of a column
	Max      = "max"      // of a column
	Quantile = "quantile" // of a column, exact; computed at each level
	Average  = "average"  // of the known values of a column: their sum by their number; also a way of taking a sum over time
	Weighted = "weighted" // average of a column by another one: sum of products by sum of weights
	StdDev   = "stddev"   // sample standard deviation of a column, from exact sums
	Ratio    = "ratio"    // of two other measures, divided at each level
	Formula  = "formula"  // of other measures, worked out at each level
)

// Measure is a number computed over fact rows.
type Measure struct {
	Name          string   `yaml:"name"` // in queries
	Label         Text     `yaml:"label"`
	Description   Text     `yaml:"description"`
	Kind          string   `yaml:"kind"`            // how it is computed
	Column        string   `yaml:"column"`          // of the fact table
	WhenKnown     string   `yaml:"when_known"`      // only fact rows that have a value in this column
	WhenTrue      string   `yaml:"when_true"`       // only fact rows where this boolean column is true
	Numerator     string   `yaml:"numerator"`       // ratio: a measure
	Denominator   string   `yaml:"denominator"`     // ratio: a measure
	Q             *float64 `yaml:"q"`               // quantile: which, from 0 to 1; 0.5 is the median
	Weight        string   `yaml:"weight"`          // weighted: the column of weights
	WeightType    string   `yaml:"weight_type"`     // weighted: decimal (default) or integer
	OverTime      string   `yaml:"over_time"`       // sum: how it is taken over days, where it may not be added up: last, first or average
	Formula       string   `yaml:"formula"`         // formula: the expression over measures, such as net - coalesce(cost, 0)
	Type          string   `yaml:"type"`            // of the column: decimal (default: four decimals), integer, double; min, max and quantile also date
	Unit          string   `yaml:"unit"`            // "currency" for the report currency, else shown as it stands
	Format        string   `yaml:"format"`          // how it is shown
	Digits        int      `yaml:"digits"`          // decimals shown; 0: those of the format
	LowerIsBetter bool     `yaml:"lower_is_better"` // costs and returns, for example
	Synonyms      []string `yaml:"synonyms"`        // other names in queries
	Hidden        bool     `yaml:"hidden"`          // usable, not listed

	expr  *formula.Expr // what it is computed from, where it is no aggregate of fact rows
	known []string      // columns that must have a value, besides WhenKnown: of the parts of averages
	times string        // column that Column is multiplied by: of the parts of averages
	scale int           // with times: the decimals of the products
}
