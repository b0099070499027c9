package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"verso/etl/canon"
)

// ConstantRates are the rates at which amounts of all times are compared:
// company.constant_rates: {year: 2025}, the average middle rates of a calendar
// year, {USD: 7.1, EUR: 7.8}, a fixed table, or both: the year then counts for
// the currencies that the table does not have.
type ConstantRates struct {
	Year  int                // 0: the last full calendar year before the as-of date
	Rates map[string]float64 // report currency per unit, by ISO 4217 code
}

// Costs are what work, travel, returns, storage and capital cost in report
// currency, for the cost to serve. What is not written has a default, which the
// table meta.cost_rate states.
type Costs struct {
	Minute     *float64           `yaml:"minute"`     // of work; default: derived from the expenses that pay for people, else 1
	Activities map[string]float64 `yaml:"activities"` // of work, by type of activity: {visit: 2.5}; default: minute
	Tickets    map[string]float64 `yaml:"tickets"`    // of work, by type of ticket: {complaint: 3}; default: minute
	KM         *float64           `yaml:"km"`         // of travel; default 1
	Return     *float64           `yaml:"return"`     // of handling one return line; default 10
	Storage    *float64           `yaml:"storage"`    // share of the stock's value per year; default 0.1
	Capital    *float64           `yaml:"capital"`    // share of the money tied up per year; default 0.06
	People     []string           `yaml:"people"`     // kinds of expense that pay for people's time; default: the usual words for salaries
}

// Named are the configured rates by their names in meta.cost_rate; nil for none.
func (c Costs) Named() map[string]float64 {
	named := map[string]float64{}
	for name, v := range map[string]*float64{"minute": c.Minute, "km": c.KM, "return": c.Return, "storage": c.Storage, "capital": c.Capital} {
		if v != nil {
			named[name] = *v
		}
	}
	for kind, v := range c.Activities {
		named["minute.activity."+kind] = v
	}
	for kind, v := range c.Tickets {
		named["minute.ticket."+kind] = v
	}
	if len(named) == 0 {
		return nil
	}
	return named
}

// PeopleKinds are People as expenses are compared with them: in lower case,
// without blanks around; nil for the default.
func (c Costs) PeopleKinds() []string {
	var kinds []string
	for _, k := range c.People {
		kinds = append(kinds, strings.ToLower(strings.TrimSpace(k)))
	}
	return kinds
}

func (r *reader) constantRates(to *ConstantRates) func(place) {
	return func(p place) {
		const hint = "write constant_rates: {year: 2025}, or rates of report currency per unit: {USD: 7.1, EUR: 7.8}"
		if _, ok := p.value.(ast.MapNode); !ok {
			r.report(p.at(), hint, "%s must be a year or a table of rates, not %s", p.path, describe(p.value))
			return
		}
		for _, e := range r.entries(p) {
			if e.key.Value == "year" {
				r.integer(&to.Year, FirstYear, LastYear)(e)
				continue
			}
			if !iso4217.MatchString(e.key.Value) {
				r.report(e.key, hint, "%s is neither year nor an ISO 4217 code of three capital letters", e.path)
				continue
			}
			var rate float64
			if !r.figure(&rate, false)(e) {
				continue
			}
			if to.Rates == nil {
				to.Rates = map[string]float64{}
			}
			to.Rates[e.key.Value] = rate
		}
	}
}

// largestAmount is the largest rate that the warehouse's decimals hold.
const largestAmount = 9_999_999_999

// figure reads a number from 0, or above 0, and tells whether it could.
func (r *reader) figure(to *float64, zero bool) func(place) bool {
	return func(p place) bool {
		s, quoted, _ := scalar(p.value)
		f, err := strconv.ParseFloat(s, 64)
		low := map[bool]string{true: "0 or more", false: "above 0"}[zero]
		switch {
		case err != nil || quoted:
			r.report(p.at(), "", "%s must be a number, not %s", p.path, describe(p.value))
		case !(f > 0 && f <= largestAmount || zero && f == 0):
			r.report(p.at(), "", "%s must be %s and below ten thousand million, not %s", p.path, low, s)
		case !zero && f < 1e-8:
			r.report(p.at(), "", "%s must have no more than eight decimals, not %s", p.path, s)
		default:
			*to = f
			return true
		}
		return false
	}
}

func (r *reader) cost(to **float64) func(place) {
	return func(p place) {
		var f float64
		if r.figure(&f, true)(p) {
			*to = &f
		}
	}
}

// share reads a share of value per year.
func (r *reader) share(to **float64) func(place) {
	return func(p place) {
		r.cost(to)(p)
		if *to != nil && **to > 1 {
			r.report(p.at(), "it is a share: write 0.06 for 6 % a year", "%s must be from 0 to 1", p.path)
			*to = nil
		}
	}
}

// costsOf reads rates by a column's accepted values.
func (r *reader) costsOf(to *map[string]float64, table string) func(place) {
	return func(p place) {
		var kinds []string
		for _, t := range canon.Tables() {
			if t.Name == table {
				c, _ := t.Column("type")
				kinds = c.Values
			}
		}
		for _, e := range r.entries(p) {
			if !slices.Contains(kinds, e.key.Value) {
				hint := "there are " + strings.Join(kinds, ", ")
				if near := canon.Nearest(e.key.Value, kinds, 1); near != nil {
					hint = "did you mean " + near[0] + "? " + hint
				}
				r.report(e.key, hint, "%s is no type of %s", e.path, table)
				continue
			}
			var f float64
			if !r.figure(&f, true)(e) {
				continue
			}
			if *to == nil {
				*to = map[string]float64{}
			}
			(*to)[e.key.Value] = f
		}
	}
}

func (r *reader) costs(c *Costs, p place) {
	r.mapping(p, fields{
		"minute":     r.cost(&c.Minute),
		"activities": r.costsOf(&c.Activities, "activity"),
		"tickets":    r.costsOf(&c.Tickets, "ticket"),
		"km":         r.cost(&c.KM),
		"return":     r.cost(&c.Return),
		"storage":    r.share(&c.Storage),
		"capital":    r.share(&c.Capital),
		"people":     r.texts(&c.People),
	})
}
