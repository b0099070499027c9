package cube

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Ref is a column of numbers that a query asks for, in text
//
//	measure[@scope][:calc]
//
// as in net, net@py, net@py:delta, net@ytd.py:pct, net:share.parent. A scope is
// a window of time, a comparison, or both joined by a dot.
type Ref struct {
	Measure string
	Window  string // "", ytd, htd, qtd, mtd, wtd, fytd, aytd, or roll with a number and a unit: roll12m
	Against string // "", pp, pw, py, py2 … py9, or the name of a scenario of the cube such as plan
	Calc    string // "", delta, pct, lfl, share.parent, share.row, share.column, share.total, rank, running, index
}

// The calculations of a Ref.
const (
	Delta       = "delta"        // value less the value compared with
	Pct         = "pct"          // delta as a share of the size of the value compared with
	LikeForLike = "lfl"          // pct of the values per open day
	ShareParent = "share.parent" // of the row one level up, same column
	ShareRow    = "share.row"    // of all columns together, same row
	ShareColumn = "share.column" // of all rows together, same column
	ShareTotal  = "share.total"  // of everything
	Rank        = "rank"         // among the rows of the same parent, 1 the largest (the least where less is better); ties share the best
	Running     = "running"      // sum of this and the rows before it under the same parent
	Index       = "index"        // first row of the same parent = 100
)

var (
	windows     = []string{"ytd", "htd", "qtd", "mtd", "wtd", "fytd", "aytd"}
	calcs       = []string{Delta, Pct, LikeForLike, ShareParent, ShareRow, ShareColumn, ShareTotal, Rank, Running, Index}
	rollText    = regexp.MustCompile(`^roll([1-9][0-9]{0,3})([dwmqy])$`)
	againstYear = regexp.MustCompile(`^py([2-9])?$`)
	nameText    = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// ParseRef reads a Ref. Scenarios other than pp, pw and py are names that the
// cube must have. An error is a *ParseError.
func ParseRef(text string) (Ref, error) {
	fail := func(at int, message string) (Ref, error) {
		return Ref{}, ErrorAt("measure", text, at, "%s", message)
	}
	rest, calc, hasCalc := strings.Cut(text, ":")
	name, scope, hasScope := strings.Cut(rest, "@")
	r := Ref{Measure: name, Calc: calc}
	if name == "" {
		return fail(0, "a measure is missing")
	}
	if hasCalc && !slices.Contains(calcs, calc) {
		return fail(len(rest)+1, "no calculation "+strconv.Quote(Shorten(calc))+"; "+Hint(calc, calcs))
	}
	if hasScope {
		for i, part := range strings.Split(scope, ".") {
			window := slices.Contains(windows, part) || rollText.MatchString(part)
			switch {
			case i == 0 && window:
				r.Window = part
			case r.Against == "" && !window && nameText.MatchString(part):
				r.Against = part
			default:
				return fail(len(name)+1, strconv.Quote(Shorten(scope))+" is no scope; write a window ("+strings.Join(windows, ", ")+", roll12m), a comparison (py, pp, pw, py2, plan), or both: ytd.py")
			}
		}
	}
	if (calc == Delta || calc == Pct || calc == LikeForLike) && r.Against == "" {
		return fail(len(rest)+1, calc+" needs something to compare with, such as "+Shorten(name)+"@py:"+calc)
	}
	return r, nil
}

// String is the text that ParseRef reads.
func (r Ref) String() string {
	s := r.Measure
	if scope := r.Scope(); scope != "" {
		s += "@" + scope
	}
	if r.Calc != "" {
		s += ":" + r.Calc
	}
	return s
}

// Scope is the part between @ and :, "" for the time of the query itself.
func (r Ref) Scope() string {
	if r.Window != "" && r.Against != "" {
		return r.Window + "." + r.Against
	}
	return r.Window + r.Against
}

// Base is the Ref that delta, pct and lfl compare with, Ref{…, Against: ""}.
func (r Ref) Base() Ref { return Ref{Measure: r.Measure, Window: r.Window} }

// Roll is the length of a rolling window, false if it is none: n units of d, w,
// m, q or y.
func (r Ref) Roll() (n int, unit byte, ok bool) {
	m := rollText.FindStringSubmatch(r.Window)
	if m == nil {
		return 0, 0, false
	}
	n, _ = strconv.Atoi(m[1])
	return n, m[2][0], true
}

// YearsBack is how many years earlier the comparison is, false if it is not by
// years.
func (r Ref) YearsBack() (int, bool) {
	m := againstYear.FindStringSubmatch(r.Against)
	if m == nil {
		return 0, false
	}
	if m[1] == "" {
		return 1, true
	}
	n, _ := strconv.Atoi(m[1])
	return n, true
}

// Calculations are the calculations that a Ref may have.
func Calculations() []string { return slices.Clone(calcs) }

// Scopes are the scopes of time that a Ref may have; windows and comparisons may
// be joined by a dot, and roll has a number and a unit: roll12m.
func Scopes() []string {
	return slices.Concat([]string{"py", "pp", "pw"}, windows, []string{"roll12m"})
}
